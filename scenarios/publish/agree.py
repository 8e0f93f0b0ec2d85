"""Figures as far as all tables agree on them that a reader cannot tell from the true one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.measures import (
    Burden,
    GroupRow,
    SchoolRow,
    burdens,
    counts_children,
    group_rows,
    measure,
    moves,
    record_of,
    school_rows,
)
from optimizer.plan import Plan
from scenarios.publish.facts import FARTHER, STEPS, rounded
from scenarios.publish.suppress import Suppression

Figure = float | None
ByGroup = TypeVar("ByGroup", GroupRow, Burden)
NEAR = 1e-4  # of a grid: what lies so near between two of its values may be rounded either way


def agreed(base: Figure, tables: Iterable[Figure], grid: float) -> Figure:
    """`base`, rounded to the grid, where all tables' values are rounded to the same; else None."""
    values = [base, *tables]
    if any(value is None for value in values):
        return None
    ends = {rounded(value + sign * NEAR * grid, grid) for value in values for sign in (-1, 1)}  # type: ignore[operator]
    return ends.pop() if len(ends) == 1 else None


def bracketed(base: Figure, tables: Iterable[Figure], steps: Sequence[float]) -> tuple[Figure, Figure]:
    """A figure, and how far at most the true one and those of all tables are from it; (None, None) where that would be
    too far to be of use. The figure is the middle of them all, rounded to about half their spread, so that it does not
    point at the true one. steps: what may be rounded to, and last the most that it may be off."""
    values = [base, *tables]
    if any(value is None for value in values):
        return None, None
    exact = agreed(base, values, steps[0])
    if exact is not None:
        return exact, steps[0] / 2
    low, high = min(values), max(values)  # type: ignore[type-var]
    assert low is not None
    assert high is not None
    grid = next((step for step in steps if step >= (high - low) / 2), steps[-1])
    middle = rounded((low + high) / 2, grid)
    off = math.ceil(max(high - middle, middle - low) / steps[0] - NEAR) * steps[0]
    return (None, None) if off > steps[-1] * (1 + NEAR) else (middle, round(off, 10))


@dataclass(frozen=True)
class Figures:
    """What a report counts of one plan, under one table. moves: students by pair of schools."""

    measures: Mapping[str, Figure]
    by_group: Sequence[GroupRow]
    by_school: Sequence[SchoolRow]
    burden: Sequence[Burden]
    moves: Mapping[tuple[int, int], Figure]


def figures_of(plan: Plan) -> Figures:
    """All of them, from the plan and its district's counts."""
    moved = {(row.from_, row.to): row.students for row in moves(plan)}
    return Figures(measure(plan), group_rows(plan), school_rows(plan), burdens(plan), moved)


def tables_of(found: Suppression) -> list[list[Figures]]:
    """By table, the true one first, the figures of each plan."""
    return [[figures_of(plan) for plan in plans] for plans in plans_of(found)]


def plans_of(found: Suppression) -> list[list[Plan]]:
    """The plans as each table has their district, the true one first. Students from outside the zones, of which small
    numbers are to be kept too, differ in the last."""
    tables = [(table, False) for table in found.tables]
    tables.append((found.tables[0], True))
    return [
        [Plan(_district(found, plan.district, table, extra=extra), plan.school) for plan in found.cells.plans]
        for table, extra in tables
    ]


def _district(found: Suppression, district: District, table: Floats, *, extra: bool) -> District:
    """A plan's district with a table's counts, spread over the blocks of each atom as the true ones are."""
    cells = found.cells
    counts = cells.spread * table[cells.atom]
    columns = district.counts.copy()
    for k, name in enumerate(district.columns):
        part = name if name == "students" else name.removeprefix("students_")
        if part in cells.columns:
            columns[:, k] = counts[:, cells.columns.index(part)]
    few = (district.other_students > 0) & (district.other_students < found.threshold)
    other = np.where(few & extra, district.other_students + found.threshold, district.other_students)
    return replace(district, counts=columns, other_students=other)


def steps_of(name: str, unit: str) -> Sequence[float]:
    """To what a measure is rounded, finest first; the last is the most that it may be off."""
    if name == "moved_travel_change":
        return STEPS[unit][:1]  # it is about as small as its coarser steps, which would make another figure of it
    record = record_of(name)
    if record is not None and record.unit == "travel":
        return STEPS[unit]
    return STEPS["share"][STEPS["share"].index(FARTHER) :] if name == "farther" else STEPS["share"]


def agreed_measures(
    base: Mapping[str, Figure], tables: Sequence[Mapping[str, Figure]], unit: str
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """(values, how far each may be off) by name. Variance is the square of the disparity as published. A measure of
    somebody's own that is not known here cannot be worked out for the tables, and is left out."""
    found = {
        name: (value, 0.0)
        if not counts_children(name)
        else bracketed(value, [t.get(name) for t in tables], steps_of(name, unit))
        for name, value in base.items()
    }
    if base.get("disparity") is not None and "variance" in found:
        value, off = found["disparity"]
        known = value is not None and off is not None
        found["variance"] = (round(value**2, 8), round(2 * value * off + off**2, 8)) if known else (None, None)  # type: ignore[operator]
    return {name: value for name, (value, _) in found.items()}, {name: off for name, (_, off) in found.items()}


def agreed_group(base: ByGroup, tables: Sequence[ByGroup], unit: str) -> ByGroup:
    """A row by group, or of burden: students as a whole number or nothing, means and shares as measures are."""
    found: dict[str, Figure] = {}
    for key, value in vars(base).items():
        others = [getattr(table, key) for table in tables]
        if key == "students":
            found[key] = agreed(value, others, 1.0)
        elif key != "group":
            found[key] = bracketed(value, others, steps_of(key, unit))[0]
    return replace(base, **found)  # type: ignore[arg-type]  # figures under their names


def agreed_school(base: SchoolRow, tables: Sequence[SchoolRow]) -> SchoolRow:
    """A school's row: a count as a whole number, a rate to a tenth of a point, or nothing."""
    share = STEPS["share"][0]
    grids = dict.fromkeys(("students", "other_students", "counted", "poverty"), 1.0)
    grids |= dict.fromkeys(("utilisation", "poverty_rate"), share)
    found = {key: agreed(getattr(base, key), [getattr(t, key) for t in tables], grid) for key, grid in grids.items()}
    groups = {name: agreed(value, [t.groups[name] for t in tables], 1.0) for name, value in base.groups.items()}
    band = base.band if all(t.band == base.band for t in tables) else None
    return replace(base, **found, groups=groups, band=band)  # type: ignore[arg-type]  # figures under their names
