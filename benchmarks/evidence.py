"""Redrawn counts at a district's size: every measure of plans on 1,000 draws, at 2,000 blocks and 40 schools.

    python -m benchmarks.evidence [--blocks 2000 --schools 40 --draws 1000]

Prints seconds, by the clock and of the processor, and peak memory, each in a process of its own: reading a folder's
draws of 7 columns; that with one plan and today's zones on them, and with ten plans; one plan on the model's draws. The
bars are 5 s and 1 GB for one plan.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.machine import about
from optimizer.plan import Plan
from scenarios import generate, read_district
from scenarios.answer.redraws import Redraws, redraws_of
from scenarios.answer.uncertainty import Redrawn
from scenarios.folder import write_district
from scenarios.folder.draws import write_draws

COLUMNS = 7
CASES = {"read": 0, "1 plan": 1, "10 plans": 10, "1 plan, the model's draws": 1}
BARS = 5.0, 1000.0


def timed(folder: Path, draws: int, case: str) -> tuple[float, float, float]:
    """Seconds by the clock and of the processor, and MB at most."""
    district = read_district(folder)
    random = np.random.default_rng(2)
    plans = [Plan(district, random.permutation(district.status_quo)) for _ in range(CASES[case])]
    began, worked = time.perf_counter(), time.process_time()
    redraws = Redraws(draws) if "model" in case else redraws_of(folder, district, draws, 0)
    if plans:
        found = Redrawn.of(plans, redraws)
        for k in range(len(plans)):
            found.uncertainty(k)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, time.process_time() - worked, most


def made(folder: Path, blocks: int, schools: int, draws: int) -> None:
    """A district, and a file of the model's draws."""
    district = generate(blocks, schools, np.random.default_rng(1))
    write_district(district, folder)
    drawn = np.concatenate(list(Redraws(draws, seed=1).parts(district)))
    names = district.columns[:COLUMNS]
    write_draws(folder, district.block_ids, {name: drawn[:, :, k] for k, name in enumerate(names)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=2000)
    parser.add_argument("--schools", type=int, default=40)
    parser.add_argument("--draws", type=int, default=1000)
    asked = parser.parse_args()
    print(about())
    print(
        f"{asked.draws:,} draws, {asked.blocks:,} blocks, {asked.schools} schools; bars {BARS[0]:g} s, {BARS[1]:g} MB"
    )
    with tempfile.TemporaryDirectory() as name:
        made(Path(name), asked.blocks, asked.schools, asked.draws)
        for case in CASES:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
                seconds, worked, most = alone.submit(timed, Path(name), asked.draws, case).result()
            print(f"{case:<28}{seconds:8.2f} s{worked:8.2f} s{most:8.0f} MB")


if __name__ == "__main__":
    main()
