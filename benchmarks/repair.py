"""Repairs of spoilt plans: `python -m benchmarks.repair [--blocks 2000] [--schools 40] [--seconds 5] [--drawings 20]`.

Each drawing takes a valid plan, today's zones and one that a search found in turn, and paints bad strokes over it: of 1
to 10 blocks, given to a neighbouring zone, to a zone that the stroke does not touch, or to any school. Of each:
students whom the strokes changed, whom the repair changed, and what no repair is below. The bar: every repair is valid
in the time, and changes no more students than undoing all strokes.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.machine import about
from optimizer import DEFAULT_RULES, Disparity, District, Plan, Result, breaches, is_valid, optimize
from optimizer.arrays import Ints
from optimizer.repair import repair
from scenarios.generator import generate

STROKE = 10  # blocks of a stroke at most
SEARCH = 3.0  # seconds for a plan to draw from


def painted(plan: Plan, random: np.random.Generator, strokes: int) -> Plan:
    """The plan with so many strokes over it; no root of a zone is painted over."""
    district, school = plan.district, np.array(plan.school)
    while strokes:
        block = int(random.integers(district.blocks))
        to = _target(district, school, block, str(random.choice(["beside", "apart", "far"], p=[0.5, 0.4, 0.1])), random)
        stroke = _stroke(district, school, block, int(random.integers(1, STROKE + 1)), random)
        if to >= 0 and len(stroke):
            school[stroke] = to
            strokes -= 1
    return Plan(district, school)


def _target(district: District, school: Ints, block: int, way: str, random: np.random.Generator) -> int:
    """The school that a stroke gives its blocks to, -1 for none: beside the block, beside its zone, or any."""
    zone = np.flatnonzero(school == school[block])
    near = [block] if way == "beside" else zone.tolist()
    others = np.unique(np.concatenate([school[district.adjacency.row(b)] for b in near]))
    others = others[others != school[block]] if way != "far" else np.flatnonzero(district.open)
    return int(random.choice(others)) if len(others) else -1


def _stroke(district: District, school: Ints, block: int, size: int, random: np.random.Generator) -> list[int]:
    """Blocks of one zone around a block."""
    roots, found, front = set(district.root.tolist()), [block], [block]
    while front and len(found) < size:
        for other in district.adjacency.row(front.pop(int(random.integers(len(front))))).tolist():
            if other not in found and school[other] == school[block] and len(found) < size:
                found.append(other)
                front.append(other)
    return [b for b in found if b not in roots]


def told(number: int, result: Result, drawn: Plan, base: Plan, seconds: float) -> tuple[float, float, float]:
    """One line of the table: students changed by undoing everything, by the repair, and at least."""
    students = drawn.district.students
    undone, changed = (float(students[plan.school != drawn.school].sum()) for plan in (base, result.plan))
    least = (result.bound or 0.0) * float(students.sum())
    wrong = [row for row in breaches(drawn, DEFAULT_RULES) if not row.inherited]
    blocks = int((result.plan.school != drawn.school).sum()), int((base.school != drawn.school).sum())
    print(
        f"{number:3d} {len(wrong):6d} {undone:9,.0f} {changed:9,.0f} {least:9,.1f} {blocks[1]:6d} {blocks[0]:6d} "
        f"{result.proof or '-':>11} {seconds:6.2f} {'valid' if result.valid else 'NOT VALID'}",
        flush=True,
    )
    assert is_valid(breaches(result.plan, DEFAULT_RULES))
    assert changed <= undone
    return undone, changed, least


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name, value in (("blocks", 2000), ("schools", 40), ("drawings", 20), ("strokes", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    district = generate(asked.blocks, asked.schools, np.random.default_rng(asked.seed))
    found = optimize(district, Disparity(), time_limit=SEARCH, seed=asked.seed, proving=0).plan
    print(f"{about()}\n{district.name}, {asked.strokes} strokes a drawing, {asked.seconds:g} s")
    print("    broken    undone  repaired  at least blocks blocks       proof      s")
    rows = []
    for number in range(asked.drawings):
        base = found if number % 2 else Plan.status_quo(district)
        drawn = painted(base, np.random.default_rng([asked.seed, number]), asked.strokes)
        began = time.monotonic()
        result = repair(drawn, known=[base], time_limit=asked.seconds, seed=asked.seed)
        rows.append(told(number, result, drawn, base, time.monotonic() - began))
    undone, changed, least = np.array(rows).sum(axis=0)
    print(f"repairs change {changed / undone:.1%} of the students whom undoing changes, at least {least / undone:.1%}")


if __name__ == "__main__":
    main()
