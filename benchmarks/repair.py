"""Repairs of spoilt plans: `python -m benchmarks.repair [--blocks 2000] [--schools 40] [--seconds 5] [--drawings 20]`.

Each drawing takes a valid plan, today's zones and one that a search found in turn, and paints bad strokes over it: of 1
to 10 blocks, given to a neighbouring zone, to a zone that the stroke does not touch, or to any school. Of each:
students whom the strokes changed, whom the repair changed, and what no repair is below. The bar: every repair is valid
in the time, and changes no more students than undoing all strokes.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.machine import about
from optimizer import DEFAULT_RULES, Disparity, District, Plan, breaches, is_valid, optimize
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


@dataclass(frozen=True)
class Row:
    """Students: changed by undoing everything, by the repair, and at least, as proved and as the exact solver says."""

    undone: float
    changed: float
    proved: float
    solver: float
    seconds: float
    work: float

    @classmethod
    def of(cls, drawn: Plan, base: Plan, seconds: float, seed: int) -> Row:
        students, began, worked = drawn.district.students, time.monotonic(), time.process_time()
        result = repair(drawn, known=[base], time_limit=seconds, seed=seed)
        taken = time.monotonic() - began, time.process_time() - worked
        assert is_valid(breaches(result.plan, DEFAULT_RULES))
        undone, changed = (float(students[plan.school != drawn.school].sum()) for plan in (base, result.plan))
        assert changed <= undone
        proved, solver = (float(students.sum()) * (bound or 0.0) for bound in (result.bound, result.solver_bound))
        return cls(undone, changed, proved, solver, *taken)

    def line(self) -> str:
        solver = f"{self.solver:9,.0f}" if self.solver else "        -"
        figures = f"{self.undone:9,.0f} {self.changed:9,.0f} {self.proved:9,.1f} {solver}"
        return f"{figures} {self.seconds:6.2f} {self.work:6.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name, value in (("blocks", 2000), ("schools", 40), ("drawings", 20), ("strokes", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    district = generate(asked.blocks, asked.schools, np.random.default_rng(asked.seed))
    found = optimize(district, Disparity(), time_limit=SEARCH, seed=asked.seed, proving=0).plan
    repair(painted(found, np.random.default_rng(asked.seed), 1), time_limit=1)  # the process is warm
    print(f"{about()}\n{district.name}, {asked.strokes} strokes a drawing, {asked.seconds:g} s")
    print("   breaches  undone  repaired    proved    solver      s  cpu s")
    rows = []
    for number in range(asked.drawings):
        base = found if number % 2 else Plan.status_quo(district)
        drawn = painted(base, np.random.default_rng([asked.seed, number]), asked.strokes)
        wrong = sum(not row.inherited for row in breaches(drawn, DEFAULT_RULES))
        rows.append(Row.of(drawn, base, asked.seconds, asked.seed))
        print(f"{number:3d} {wrong:5d} {rows[-1].line()}", flush=True)
    undone, changed, proved = (sum(getattr(row, name) for row in rows) for name in ("undone", "changed", "proved"))
    exact = sum(row.solver > row.changed - 1 for row in rows)
    print(
        f"repairs change {changed / undone:.1%} of the students whom undoing changes, no plan less than "
        f"{proved / undone:.1%}; {exact} of {len(rows)} are the nearest by the exact solver; "
        f"slowest {max(row.seconds for row in rows):.1f} s, {max(row.work for row in rows):.1f} s of work"
    )


if __name__ == "__main__":
    main()
