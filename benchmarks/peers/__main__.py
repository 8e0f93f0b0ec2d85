"""The peers' table: `python -m benchmarks.peers [--full]`, which is what `make bench` runs.

By default some 15 minutes on two cores: 1, 10 and 60 s with three, two seeds and one, on generated districts. --full:
ten seeds of each, on the real districts too: a night. Each run has one core; as many go at once as there are cores.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from benchmarks.machine import DATA, about
from benchmarks.peers import PEERS
from benchmarks.peers.cell import Cell, whole_name
from benchmarks.peers.judge import Row, played, question
from benchmarks.peers.rows import write_rows
from benchmarks.peers.table import peers_table, quality
from optimizer.errors import InputError

GENERATED = ("300/8", "900/18", "2000/40")
REAL = ("charlottesville_va", "albemarle_va", "durham_nc")  # those with students in poverty
SHORT, FULL = ((1.0, 3), (10.0, 2), (60.0, 1)), ((1.0, 10), (10.0, 10), (60.0, 10))
DISTRICTS = "Blocks/schools such as 300/8, an instance of the library such as usual-0120, or a district's folder."
STARTING = 4.0  # seconds of a run before its clock, about


def cells(districts: list[str], peers: list[str], seeds: dict[float, int]) -> list[Cell]:
    """seeds: how many, by seconds. The longest first, so that cores end together."""
    return [
        Cell(district, peer, seconds, seed)
        for seconds in sorted(seeds, reverse=True)
        for district in districts
        for peer in peers
        for seed in range(1, seeds[seconds] + 1)
    ]


def run_all(todo: list[Cell], jobs: int) -> list[Row]:
    began, rows = time.monotonic(), []
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(played, cell) for cell in todo]):
            rows.append(done.result())
            line = f"\r{len(rows)} of {len(todo)} runs, {time.monotonic() - began:.0f} s"
            print(line, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return sorted(rows, key=lambda row: (row.cell.district, row.cell.peer, row.cell.seconds, row.cell.seed))


def main(words: list[str] | None = None) -> int:
    """The exit status: 0 done, 2 a district is none, or cannot be read."""
    given = _arguments().parse_args(words)
    seeds = dict(given.budgets or (FULL if given.full else SHORT))
    there = [name for name in REAL if (DATA / name).is_dir()]
    try:
        districts = [whole_name(name) for name in given.districts or [*GENERATED, *(there if given.full else [])]]
        for district in districts:
            question(district)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    todo = cells(districts, given.peers or list(PEERS), seeds)
    most = sum(cell.seconds + STARTING for cell in todo) / given.jobs / 60
    print(f"{about()}, one core a run; {len(todo)} runs, at most about {most:.0f} minutes", file=sys.stderr)
    rows = run_all(todo, given.jobs)
    if given.rows:
        write_rows(given.rows, rows)
    print(f"{time.strftime('%Y-%m-%d')}. {about()}; one core a run.\n")
    print(f"{peers_table()}\n")
    for district in districts:
        print(quality([row for row in rows if row.cell.district == district], district) + "\n")
    return 0


def _budget(text: str) -> tuple[float, int]:
    seconds, _, seeds = text.partition(":")
    return float(seconds), int(seeds or 1)


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--full", action="store_true", help="Ten seeds of 1, 10 and 60 s, the real districts too.")
    asked.add_argument("--districts", nargs="+", metavar="NAME", help=DISTRICTS)
    quoted = ", ".join(f'"{name}"' for name in PEERS)
    asked.add_argument("--peers", nargs="+", choices=list(PEERS), metavar="PEER", help=f"Default: all. {quoted}.")
    asked.add_argument("--budgets", nargs="+", type=_budget, metavar="SECONDS:SEEDS", help="Default: 1:3 10:2 60:1")
    asked.add_argument("--rows", type=Path, metavar="FILE", help="Write each run's figures there, as CSV.")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="Runs at once; default: the cores.")
    return asked


if __name__ == "__main__":
    sys.exit(main())
