"""Issue "rules": what five rules at once cost the search, and a frontier of 12 points at 2,000 blocks and 40 schools.

    python benchmarks/rules.py [--rounds 3] [--frontier 90]

Speeds are proposals a second of processor time over a whole schedule, one chain, the plain problem and the one with
rules in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from machine import about

from optimizer import Contiguity, Disparity, District, Moved, Rule, Size, Travel
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules import RULES, breaches, is_valid
from optimizer.solvers.chain import Chain, Scratch, unit_of
from optimizer.solvers.contract import contract
from optimizer.solvers.instance import instance_of
from optimizer.solvers.search import search
from optimizer.solvers.start import start_of
from scenarios.folder import write_district
from scenarios.generator import generate

PLAIN: tuple[Rule, ...] = (Travel(), Size(), Contiguity())
FIVE: tuple[Rule, ...] = (
    RULES["keep_together"](column="hood"),
    RULES["share"](of="poverty", high=0.9),
    RULES["burden"](of="moved", difference=0.1),
    RULES["travel_mean"](limit=1e4),
    RULES["utilisation"](low=0.5, high=1.2),
)
FURTHER: tuple[Rule, ...] = (*FIVE, RULES["shape"](measure="cut_edges", cost=1e-6), Moved(0.2))
CHUNKS, SIZE = 40, 8192


def with_hoods(district: District) -> District:
    """Neighbourhoods of about four blocks: blocks of one zone in one cell of a grid."""
    xy = district.travel.block_xy  # type: ignore[attr-defined]  # generated districts travel in straight lines
    side = 2 * np.sqrt(np.prod(np.ptp(xy, axis=0)) / len(xy))
    cell = ((xy - xy.min(axis=0)) // side).astype(int)
    names = [f"{a}-{b}-{j}" for (a, b), j in zip(cell, district.status_quo, strict=True)]
    keep = np.random.default_rng(0).random(len(names)) < 0.3
    hood = np.where(keep, names, None)
    hood[district.root[district.root >= 0]] = None
    return replace(district, attributes={**district.attributes, "hood": hood})


def speed(district: District, rules: Sequence[Rule]) -> tuple[float, bool]:
    """Proposals a second over a schedule, in nodes of the contracted model; and whether the plan found is valid."""
    model = Model.build(district, tuple(rules))
    small = contract(model, Disparity().compile(model))
    start = start_of(small).zone
    inst, random = instance_of(small.model, small.compiled, start, excess_first=False), np.random.default_rng(1)
    chain = Chain(inst, start, random, unit=unit_of(inst, start, random), held=1e9)
    chain.mixes, scratch = 0, Scratch.of(inst)
    began = time.process_time()
    for k in range(CHUNKS):
        chain.run(scratch, SIZE, k / CHUNKS)
    rate = CHUNKS * SIZE / (time.process_time() - began)
    found = search(model, Disparity(), Deadline(iterations=200_000), random=random, lanes=1, threads=1)
    return rate, is_valid(breaches(Plan(model.district, found.school), tuple(rules)))


def curve(district: District, seconds: float) -> str:
    """The whole command, with every certificate verified."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "district", Path(place) / "out"
        folder.mkdir()
        write_district(district, folder)
        rezone = str(Path(sys.executable).with_name("rezone"))
        began = time.monotonic()
        subprocess.run(
            [rezone, "frontier", folder, "--out", out, "--time-limit", str(seconds), "--seed", "1"],
            check=True, capture_output=True,
        )  # fmt: skip
        spent = time.monotonic() - began
        table = pd.read_csv(out / "frontier.csv")
        proved = sum(
            subprocess.run(
                [rezone, "verify", folder, "--plan", out / row, "--certificate", out / f"certificates/{k:02d}.json"],
                capture_output=True, check=False,
            ).returncode == 0
            for k, row in enumerate(table["plan"])
        )  # fmt: skip
    gaps = ", ".join(f"{100 * gap:.1f}" for gap in table["gap"])
    return f"frontier of {len(table)} points in {spent:.1f} s, {proved} certificates verified, gaps in percent: {gaps}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frontier", type=float, default=90.0, help="seconds; 0 leaves it out")
    given = parser.parse_args()
    print(about())
    district = with_hoods(generate(2000, 40, np.random.default_rng(1)))
    for name, rules in (("five rules", FIVE), ("seven rules", FURTHER)):
        pairs = [(speed(district, PLAIN), speed(district, (*PLAIN, *rules))) for _ in range(given.rounds)]
        plain, with_rules = (float(np.median([pair[k][0] for pair in pairs])) for k in range(2))
        valid = all(pair[1][1] for pair in pairs)
        print(
            f"{name}: {with_rules / 1e6:.2f} M proposals a second, plain {plain / 1e6:.2f} M, ratio "
            f"{with_rules / plain:.2f} (bar 0.5), plans valid: {valid}"
        )
    if given.frontier:
        print(curve(district, given.frontier))


if __name__ == "__main__":
    main()
