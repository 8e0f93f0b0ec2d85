"""The tables themselves, as frames: pure functions of plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.measures import exposure_to_poverty, measure
from optimizer.measures.projection import projected, seats_taken
from optimizer.measures.travel import travel_by_school, travel_mean
from optimizer.measures.zones import divided, number, share, zone_counts
from optimizer.plan import Plan
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL

FEW, MANY = 0.9, 1.1  # projected utilisation outside these is flagged (FORMAT.md has it in limits, requests ask for it)
GRADE = "students_grade_"
Plans = Mapping[str, Plan]


def grades_of(district: District) -> list[str]:
    """The grades that the blocks have counts of, in the files' order."""
    return [name.removeprefix(GRADE) for name in district.columns if name.startswith(GRADE)]


def count_tables(plans: Plans, growth: Floats) -> dict[str, pd.DataFrame]:
    """The tables that count children, by name. plans: today's first. growth: (schools, years) of today's zones."""
    found = {}
    if grades_of(next(iter(plans.values())).district):
        found["pupils by grade"] = _by_grade(plans)
        found["moved by grade"] = _moved_by_grade(plans)
    found["race and poverty"] = _race_and_poverty(plans)
    found["distance"] = _distance(plans)
    found["options"] = _options(plans, growth)
    found["projections"] = _projections(plans, growth)
    return found


def _by_grade(plans: Plans) -> pd.DataFrame:
    def cells(plan: Plan) -> dict[str, Floats]:
        district = plan.district
        named = {f"grade_{g}": plan.sums(district.column(GRADE + g)) for g in grades_of(district)}
        return {"students": plan.load, **named}

    return _by_school(plans, cells)


def _race_and_poverty(plans: Plans) -> pd.DataFrame:
    """Counts and shares of each group and of students in poverty, at each school."""

    def cells(plan: Plan) -> dict[str, Floats]:
        district, zones = plan.district, zone_counts(plan)
        found = {"students": plan.load}
        for k, group in enumerate(district.groups):
            found[f"students_{group}"] = zones.groups[:, k]
        if zones.poverty is not None:
            found["students_poverty"] = zones.poverty
        for k, group in enumerate(district.groups):
            found[f"share_{group}"] = divided(zones.groups[:, k], zones.whole)
        if zones.rate is not None:
            found["share_poverty"] = zones.rate
        return found

    return _by_school(plans, cells)


def _distance(plans: Plans) -> pd.DataFrame:
    """Mean travel to each school, and of the district, in the unit of travel."""

    def cells(plan: Plan) -> dict[str, Floats]:
        return {"students": plan.load, "travel_mean": travel_by_school(plan)}

    frame = _by_school(plans, cells)
    rows = [
        {"plan": name, "school_id": "", "name": "all schools", "students": float(plan.load.sum()), "travel_mean": mean}
        for name, plan in plans.items()
        for mean in [number(travel_mean(plan, plan.district.students))]
    ]
    return pd.concat([pd.DataFrame(rows), frame], ignore_index=True)


def _moved_by_grade(plans: Plans) -> pd.DataFrame:
    """Students of each grade whose block changes school; as they are today."""
    rows = []
    for name, plan in list(plans.items())[1:]:
        district = plan.district
        for grade in grades_of(district):
            own = district.column(GRADE + grade)
            everyone = float(own.sum())
            rows.append({"plan": name, "grade": grade, "students": everyone, **_movers(plans, plan, own)})
    return pd.DataFrame(rows)


def _movers(plans: Plans, plan: Plan, students: Floats) -> dict[str, float | None]:
    """Students who change school, and their share; where rules close or pair schools also without those of closed
    schools, as limits on moves count them. students: (blocks,)."""
    counts = {"moved": plan.moved}
    if any((one.moved != one.counted_moved).any() for one in plans.values()):
        counts["moved_counted"] = plan.counted_moved
    found: dict[str, float | None] = {}
    for name, blocks in counts.items():
        found |= {f"students_{name}": float(students[blocks].sum()), f"share_{name}": number(share(blocks, students))}
    return found


def _options(plans: Plans, growth: Floats) -> pd.DataFrame:
    """The options side by side: a row each, today's zones first."""
    rows = []
    for name, plan in plans.items():
        found, years = measure(plan), projected(plan, growth)
        full = [seats_taken(plan, load) for load in years]
        rows.append(
            {
                "plan": name,
                **_movers(plans, plan, plan.district.students),
                "share_disparity_of_poverty": found[DISPARITY],
                "share_dissimilarity_race": found.get(RACE),
                "share_dissimilarity_poverty": found.get("dissimilarity.poverty"),
                **{f"share_poverty_met_by_{g}": value for g, value in (exposure_to_poverty(plan) or {}).items()},
                "travel_mean": found[TRAVEL],
                "schools_outside_90_110_now": _outside(full[0]),
                f"schools_outside_90_110_year_{len(full) - 1}": _outside(full[-1]),
            }
        )
    return pd.DataFrame(rows)


def _projections(plans: Plans, growth: Floats) -> pd.DataFrame:
    """A row a plan, school and year, 0 for today: students, seats, utilisation, and whether that is outside 90 to
    110 %."""
    rows: list[dict[str, Any]] = []
    for name, plan in plans.items():
        district = plan.district
        for year, load in enumerate(projected(plan, growth)):
            full = seats_taken(plan, load)
            rows += [
                {**_school(name, district, j), "year": year, "projected": load[j], "seats": _none(district.capacity[j])}
                | {"share_of_seats": _none(full[j]), "flag": _flag(full[j])}
                for j in _with_zone(plan)
            ]
    return pd.DataFrame(rows)


def _flag(full: float) -> str:
    return "" if np.isnan(full) or FEW <= full <= MANY else "under 90 %" if full < FEW else "over 110 %"


def _outside(full: Floats) -> int:
    known = full[~np.isnan(full)]
    return int(((known < FEW) | (known > MANY)).sum())


def _by_school(plans: Plans, cells: Any) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name, plan in plans.items():
        columns = cells(plan)
        rows += [
            {**_school(name, plan.district, j), **{key: _none(values[j]) for key, values in columns.items()}}
            for j in _with_zone(plan)
        ]
    return pd.DataFrame(rows)


def _with_zone(plan: Plan) -> Ints:
    return np.unique(plan.school)


def _school(plan: str, district: District, j: int) -> dict[str, str]:
    return {"plan": plan, "school_id": district.school_ids[j], "name": district.school_names[j]}


def _none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def place_tables(
    plans: Plans, neighbourhood: str | None, streets: Sequence[tuple[str, int]]
) -> Iterator[tuple[str, Any]]:
    """The tables that count no children: split neighbourhoods, where the blocks name one, and streets. streets: (street
    or address, its block)."""
    if neighbourhood is not None:
        values = next(iter(plans.values())).district.attributes[neighbourhood]
        places = [(str(v), b) for b, v in enumerate(values) if not pd.isna(v) and v != ""]
        yield "neighbourhoods", _places(plans, places, "neighbourhood")
    if streets:
        yield "streets", _places(plans, streets, "street")


def _places(plans: Plans, places: Sequence[tuple[str, int]], what: str) -> pd.DataFrame:
    """A row a place: its schools under every plan, and under how many plans it is split."""
    of: dict[str, list[int]] = {}
    for name, block in places:
        of.setdefault(name, []).append(block)
    rows = []
    for name in sorted(of):
        row: dict[str, Any] = {what: name}
        for plan_name, plan in plans.items():
            schools = np.unique(plan.school[of[name]])
            row[f"schools, {plan_name}"] = "; ".join(plan.district.school_ids[j] for j in schools)
            row[f"split, {plan_name}"] = len(schools) > 1
        rows.append(row)
    return pd.DataFrame(rows)
