"""The main job's figures: `python benchmarks/main_job.py [PART ...] [--long 300]`, of the parts

process: the whole command at 2,000/40 (blocks/schools) with --time-limit 10: seconds (bar: 12), memory (bar: 1 GB).
quality: disparity after 10 s of search against the best of a long run (bar: 0.5 %); Albemarle (bar: .0588).
reading: seconds to read and check 10,000/100 (bar: 5) and Fairfax (bar: 8), and to evaluate a plan (bar: 0.5).
moves: moves tried a second on one core and on two, without recombination (bar: 3 and 6 million).
baselines: seconds, mean travel and how far above the least at most (bar: 20 s and 0.2 % at 100,000/1,000).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from machine import DATA, SIZES, about

from optimizer import Contiguity, Disparity, District, Model, Plan, Size, Travel, breaches, is_valid, measure
from optimizer.baselines import Baseline, least_travel, nearest_within_seats
from optimizer.contradictions import ready
from optimizer.deadline import Deadline
from optimizer.objectives import TravelMean
from optimizer.solvers import chain
from optimizer.solvers.search import SearchResult, search
from scenarios import read_district
from scenarios.folder import write_district
from scenarios.generator import generate

RULES = (Travel(), Size(), Contiguity())
SEEDS = (1, 2, 3)
BASELINES = ((2000, 40), (10_000, 100), (100_000, 1000))
REZONE = Path(sys.executable).parent / "rezone"


def districts() -> Iterator[tuple[str, District]]:
    for blocks, schools in SIZES:
        yield f"{blocks}/{schools}", generate(blocks, schools, np.random.default_rng(1))
    if (DATA / "albemarle_va").is_dir():
        yield "albemarle_va", read_district(DATA / "albemarle_va")
    else:
        print("albemarle_va is not there: skipped")


def found(district: District, seconds: float, seed: int, threads: int = 2) -> SearchResult:
    model = Model.build(district, RULES)
    random = np.random.default_rng(seed)
    result = search(model, Disparity(), Deadline(seconds=seconds), random=random, lanes=threads, threads=threads)
    assert is_valid(breaches(Plan(district, result.school), RULES))
    return result


def process() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_district(generate(2000, 40, np.random.default_rng(1)), Path(folder))
        words = (REZONE, "optimize", folder, "--out", Path(folder) / "out", "--time-limit", "10", "--seed", "1")
        began = time.monotonic()
        subprocess.run(words, check=True, capture_output=True)
        seconds = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"process  2000/40 --time-limit 10: {seconds:.1f} s (bar 12), {memory:.2f} GB (bar 1)")


def quality(long: float) -> None:
    for name, district in districts():
        short = [found(district, 10, seed).value for seed in SEEDS]
        best = min([found(district, long, 1).value, *short])
        off = ", ".join(f"{value:.5f} (+{100 * (value / best - 1):.2f} %)" for value in short)
        mean = 100 * (np.mean(short) / best - 1)
        print(f"quality  {name}: after 10 s, seeds {SEEDS}: {off}; mean {np.mean(short):.5f} (+{mean:.2f} %);", end=" ")
        print(f"best of a run of {long:g} s: {best:.5f}", flush=True)


def reading() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_district(generate(10_000, 100, np.random.default_rng(1)), Path(folder))
        _read("10000/100", Path(folder), 5)
    if (DATA / "fairfax_va").is_dir():
        _read("fairfax_va", DATA / "fairfax_va", 8)


def _read(name: str, folder: Path, bar: float) -> None:
    began = time.monotonic()
    district = read_district(folder)
    read = time.monotonic()
    plan = Plan.status_quo(district)
    measure(plan)
    breaches(plan, RULES)
    done = time.monotonic()
    print(f"reading  {name}: {read - began:.2f} s (bar {bar}); a plan evaluated in {done - read:.2f} s (bar 0.5)")


def moves() -> None:
    district = generate(2000, 40, np.random.default_rng(1))
    share, chain.RECOMBINED = chain.RECOMBINED, 0.0
    for threads in (1, 2):
        tried = [found(district, 10, seed, threads).iterations / 10e6 for seed in SEEDS]
        print(f"moves    2000/40 on {threads} threads: {np.mean(tried):.2f} M a second (bar {3 * threads})", flush=True)
    chain.RECOMBINED = share
    tried = [found(district, 10, seed, 1).iterations / 10e6 for seed in SEEDS]
    print(f"moves    with {share:.0%} of the time in recombination: {np.mean(tried):.2f} M a second on 1 thread")
    kinds = found(district, 10, SEEDS[0], 1).moves
    print("moves    accepted:", ", ".join(f"{row.kind} {row.accepted / max(row.tried, 1):.1%}" for row in kinds))


def baselines() -> None:
    for blocks, schools in BASELINES:
        district = generate(blocks, schools, np.random.default_rng(1))
        today, question = TravelMean().value(Plan.status_quo(district)), ready(district, RULES)
        _baseline(f"{blocks}/{schools} nearest school", today, partial(nearest_within_seats, district))
        _baseline(f"{blocks}/{schools} least travel", today, partial(least_travel, question, RULES))


def _baseline(name: str, today: float, job: Callable[[], Baseline]) -> None:
    began, spent = time.monotonic(), time.process_time()
    found = job()
    seconds, own = time.monotonic() - began, time.process_time() - spent
    shown = f"{found.value:.1f} m (today {today:.1f}), at most {100 * (found.gap or 0):.3f} % above the least"
    print(f"baselines {name}: {seconds:.1f} s ({own:.1f} s of one core), {shown}")


def main() -> None:
    parts = {"process": process, "reading": reading, "moves": moves, "baselines": baselines, "quality": None}
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", choices=[*parts, []], default=[])
    asked.add_argument("--long", type=float, default=300.0, help="Seconds of the long runs to compare with.")
    given = asked.parse_args()
    print(about())
    found(generate(30, 2, np.random.default_rng(0)), 1, 1)  # load the kernels
    for name, part in parts.items():
        if not given.parts or name in given.parts:
            quality(given.long) if part is None else part()


if __name__ == "__main__":
    main()
