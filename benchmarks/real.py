"""The real districts, where they are there, beside what their own real plans do: `python -m benchmarks.real`.

districts: one row each: the objective today, what is found in --seconds, and what is proved.
plans: one row for each real plan: students over seats, travel, students moved, limits broken; and what is found for the
shortest travel under the default limits when as many students may move (--each seconds).

Only figures are printed. Nothing of the districts' data is written anywhere.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import DATA, about, folders
from optimizer import District, Moved, Plan, TravelMean, breaches, is_valid, make_objective, measure, optimize
from optimizer.rules import DEFAULT_RULES
from scenarios.folder import read_district
from scenarios.plans.file import read_plan

Line = Sequence[str]


def over_seats(plan: Plan) -> float:
    """Students beyond the seats of their schools, where seats are given."""
    load = plan.load + plan.district.other_students
    return float(np.nansum(np.maximum(load - plan.district.capacity, 0)))


def district_row(folder: Path, seconds: float) -> Line:
    """What is found and proved for one district under the default limits."""
    district = read_district(folder)
    objective = make_objective(None, district)
    found = optimize(district, objective, time_limit=seconds, seed=1)
    assert is_valid(breaches(found.plan, DEFAULT_RULES)), folder.name
    scale, unit = (100.0, "points") if objective.name == "disparity" else (1.0, district.travel.unit)
    figures = (found.objective_value_status_quo, found.objective_value, found.bound or 0.0)
    solver = "" if found.solver_bound is None else f"{scale * found.solver_bound:.3f}"
    race = [measure(plan).get("dissimilarity.race") for plan in (Plan.status_quo(district), found.plan)]
    return [
        folder.name,
        f"{district.blocks:,}/{district.schools}",
        f"{objective.name}, {unit}",
        *(f"{scale * figure:.3f}" for figure in figures),
        solver,
        f"{100 * found.plan.moved_share:.1f} %",
        *("not known" if value is None else f"{value:.3f}" for value in race),
    ]


def plan_rows(folder: Path, each: float) -> Iterator[Line]:
    """Today, then each real plan beside what is found when as many students may move."""
    district = read_district(folder)
    today = Plan.status_quo(district)
    yield [f"{folder.name}: today", *_figures(today), _broken(today), "", "", ""]
    for file in sorted((folder / "plans").glob("*.csv")):
        real = read_plan(file, district)
        found = _found(district, real.moved_share, each)
        yield [file.stem, *_figures(real), _broken(real), *_figures(found)]


def _found(district: District, share: float, seconds: float) -> Plan:
    rules = (*DEFAULT_RULES, Moved(share=share))
    found = optimize(district, TravelMean(), rules, time_limit=seconds, seed=1, proving=0.3)
    assert is_valid(breaches(found.plan, rules)), "no valid plan was found"
    return found.plan


def _figures(plan: Plan) -> Line:
    return [
        f"{over_seats(plan):.0f}",
        f"{measure(plan)['travel_mean'] or 0.0:.2f}",
        f"{100 * plan.moved_share:.1f} %",
    ]


def _broken(plan: Plan) -> str:
    """Limits that the plan breaks and that today's zones do not break as much, with how often."""
    counts = Counter(row.limit for row in breaches(plan, DEFAULT_RULES) if not row.inherited)
    return ", ".join(f"{n} {limit}" for limit, n in sorted(counts.items())) or "none"


DISTRICTS = ("district", "size", "objective", "today", "found", "bound", "solver's", "moved", "race today", "race")
PLANS = ("plan", "over seats", "travel", "moved", "newly broken", "found: over seats", "travel", "moved")


def _print(line: Line) -> None:
    print("| " + " | ".join(line) + " |", flush=True)


def _table(head: Line, lines: Iterator[Line]) -> None:
    _print(head)
    _print(["---"] * len(head))
    for line in lines:
        _print(line)
    print()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", choices=["districts", "plans", []], default=[])
    asked.add_argument("--seconds", type=float, default=60.0, help="For each district.")
    asked.add_argument("--each", type=float, default=20.0, help="For each real plan.")
    given = asked.parse_args()
    there = folders()
    if not there:
        print(f"No real districts: {DATA} is not there.")
        return
    print(f"{time.strftime('%Y-%m-%d')}. {about()}.\n")
    if not given.parts or "districts" in given.parts:
        _table(DISTRICTS, (district_row(folder, given.seconds) for folder in there))
    if not given.parts or "plans" in given.parts:
        for folder in (folder for folder in there if (folder / "plans").is_dir()):
            _table(PLANS, plan_rows(folder, given.each))


if __name__ == "__main__":
    main()
