"""The table by the clock: `python -m benchmarks.table [--part edits] [--size 10000x100] [--edits 500]`.

Parts, all of them where none is named, over the real command and, where it says so, a real Chromium: `start` (from the
call to the first paint), `paint` (from the address to the first paint), `edits` (from click to new figures on screen),
`improve` (from asking a warm engine to the first better plan), `headroom`, `repair` (random strokes over today's
zones), `readers` (20 at once, while somebody edits), `memory` (server and engine, at their most). Each is of the size
that its limit is of, edits of both, where none is asked for. Run it on a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np

from benchmarks.machine import about
from benchmarks.repair import painted
from benchmarks.table_served import ENV, REZONE, Server, browser, opened, served
from optimizer import Plan

READERS, READS = 20, 20
LIMITS = {  # of the issue, in seconds; bytes for memory
    "start": 5.0, "paint": 2.0, "edits": 0.1, "improve": 1.0, "headroom": 10.0, "repair": 5.0, "readers": 0.5,
    "memory": 1e9,
}  # fmt: skip
SMALL, LARGE = (2_000, 40), (10_000, 100)
SIZES = {"start": (LARGE,), "paint": (LARGE,), "edits": (SMALL, LARGE)}  # of other parts the small one alone
LATE = 0.25  # for edits of the large one
MIDDLE = """b => { const { map } = window.rezone, c = map.atlas.centre, box = map.element.getBoundingClientRect();
  const at = map.leaflet.latLngToContainerPoint([-c[2 * b + 1], c[2 * b]]);
  return [box.left + at.x, box.top + at.y]; }"""


def start(folder: Path, _: argparse.Namespace) -> list[float]:
    with browser() as found:
        with served(folder):
            pass  # the second start: the first one after an installation compiles what it imports
        began = time.monotonic()
        with served(folder) as server:
            opened(found, server.address)
            return [time.monotonic() - began]


def paint(folder: Path, _: argparse.Namespace) -> list[float]:
    with browser() as found, served(folder) as server:
        server.warm()
        began = time.monotonic()
        opened(found, server.address)
        return [time.monotonic() - began]


def edits(folder: Path, given: argparse.Namespace) -> list[float]:
    random = np.random.default_rng(0)
    with browser() as found, served(folder) as server:
        server.warm()
        page = opened(found, server.address)
        page.click("button[data-verb=give]")
        page.click("button[data-how=point]")
        for k in range(given.edits):
            late = time.monotonic() + 60
            while page.evaluate("took.length") <= k:
                assert time.monotonic() < late, f"edit {k} shows nothing"
                place, school = _beside(server, random, page)
                page.select_option("#school", str(school))
                page.mouse.click(*place)
                # A click on a school's name chooses the school, one between small blocks may change nothing: another.
                end = time.monotonic() + 5
                while page.evaluate("took.length") <= k and page.input_value("#school") == str(school):
                    if time.monotonic() > end:
                        break
                    time.sleep(0.005)
        return [took / 1000 for took in page.evaluate("took")]


def _beside(server: Server, random: np.random.Generator, page: Any) -> tuple[list[float], int]:
    """Where on the screen a block at a border lies that nothing covers, and the school of a neighbour. Not beside a
    school: who clicks there chooses it."""
    district, school = server.district, page.evaluate("[...window.rezone.store.school]")
    roots = set(district.root.tolist())
    while True:
        block = int(random.integers(district.blocks))
        near = set(district.adjacency.row(block).tolist())
        others = set() if roots & {block, *near} else {school[o] for o in near} - {school[block]}
        place = page.evaluate(MIDDLE, block)
        if others and page.evaluate("at => document.elementFromPoint(...at) === window.rezone.map.element", place):
            return place, int(random.choice(sorted(others)))


def improve(folder: Path, given: argparse.Namespace) -> list[float]:
    with served(folder) as server:
        server.warm()
        return [_first_better(server) for _ in range(given.times)]


def _first_better(server: Server) -> float:
    """Seconds from asking to the event that holds a plan with a better value than today's."""
    today = server.ask("api/plans/1")["figures"]["value"]
    with urlopen(server.address + "api/events") as events:
        began = time.monotonic()
        number = server.ask("api/plans/1/ask", {"what": "improve", "seq": server.seq, "seconds": 4.0})["job"]
        for line in events:
            told = json.loads(line.partition(b": ")[2] or b"{}") if line.startswith(b"data: {") else {}
            if told.get("job") == number and told["best"] and told["value"] < today:
                took = time.monotonic() - began
                break
    server.ask(f"api/jobs/{number}/stop", {})
    while server.ask(f"api/jobs/{number}")["state"] == "working":
        time.sleep(0.02)
    return took


def headroom(folder: Path, given: argparse.Namespace) -> list[float]:
    with served(folder) as server:
        server.warm()
        jobs = [server.job("headroom", seconds=9.5) for _ in range(given.times)]
        assert all((job["answer"]["bound"] or 0) > 0 for job in jobs)
        return [job["seconds"] for job in jobs]


def repair(folder: Path, _: argparse.Namespace) -> list[float]:
    random, took = np.random.default_rng(0), []
    with served(folder) as server:
        server.warm()
        today = Plan.status_quo(server.district)
        for _drawing in range(20):
            drawn = painted(today, random, int(random.integers(1, 5)))
            blocks = np.flatnonzero(drawn.school != today.school)
            data = {"blocks": blocks.tolist(), "schools": drawn.school[blocks].tolist()}
            server.ask("api/plans/1/edits", {"seq": server.seq, "kind": "assign", "data": data})
            job = server.job("repair", seconds=4.8)
            took.append(job["seconds"])
            assert job["answer"]["valid"]
            assert job["answer"]["changed"]["students"] <= server.district.students[blocks].sum() + 1e-6
            server.ask("api/plans/1/undo", {"seq": server.seq})
    return took


def readers(folder: Path, _: argparse.Namespace) -> list[float]:
    took: list[float] = []

    def read(server: Server) -> None:
        for _ in range(READS):
            began = time.monotonic()
            server.ask("api/plans/1")
            took.append(time.monotonic() - began)
            time.sleep(0.2)

    with served(folder) as server:
        server.warm()
        threads = [threading.Thread(target=read, args=(server,)) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            body = {"kind": "lock", "data": {"blocks": [0], "on": server.seq % 2 == 0}}
            server.ask("api/plans/1/edits", body | {"seq": server.seq})
            time.sleep(0.1)
    return took


def memory(folder: Path, _: argparse.Namespace) -> list[float]:
    with served(folder) as server:
        for what in ("improve", "headroom", "frontier", "draws"):
            server.job(what, **({} if what == "draws" else {"seconds": 5.0}))
        return [server.memory()]


PARTS: dict[str, Callable[[Path, argparse.Namespace], list[float]]] = {
    part.__name__: part for part in (start, paint, edits, improve, headroom, repair, readers, memory)
}


def main() -> None:
    """Print each part's median, 95th percentile and worst beside its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append", help="which; may be given again")
    parser.add_argument("--size", type=_size, help="blocks and schools, such as 10000x100")
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--times", type=int, default=5, help="of improve and headroom")
    given = parser.parse_args()
    print(about())
    for size in (given.size,) if given.size else (SMALL, LARGE):
        names = [name for name in given.part or PARTS if given.size or size in SIZES.get(name, (SMALL,))]
        if names:
            _at(size, names, given)


def _size(text: str) -> tuple[int, int]:
    blocks, schools = text.split("x")
    return int(blocks), int(schools)


def _at(size: tuple[int, int], names: list[str], given: argparse.Namespace) -> None:
    """The parts of these names in a district of this size."""
    print(f"{size[0]:,} blocks, {size[1]} schools")
    with tempfile.TemporaryDirectory(prefix="rezone-") as place:
        folder = Path(place) / "district"
        asked = ["--blocks", str(size[0]), "--schools", str(size[1]), "--seed", "1"]
        subprocess.run([REZONE, "generate", *asked, str(folder)], check=True, env=ENV)
        for name in names:
            took = PARTS[name](folder, given)
            limit = LATE if name == "edits" and size[0] >= LARGE[0] else LIMITS[name]
            told = [f"{np.quantile(took, q):.3g}" for q in (0.5, 0.95, 1.0)]
            print(f"{name:9} median {told[0]}, p95 {told[1]}, worst {told[2]} of {len(took)}; limit {limit:g}")


if __name__ == "__main__":
    main()
