"""What a reader knows beside the counts: rounded means, which are linear in the counts, and that limits hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.measures.change import farther
from optimizer.measures.travel import travel_mean
from optimizer.measures.zones import number, share
from optimizer.plan import Plan
from scenarios.publish.cells import STUDENTS, Cells
from scenarios.reading.records import Limits

STEPS = {
    "share": (0.001, 0.002, 0.005, 0.01, 0.02, 0.03),
    "m": (100.0, 200.0, 500.0),
    "min": (0.5, 1.0, 2.0),
}  # to what figures are rounded, finest first; the last is the most that a figure may be off
FARTHER = STEPS["share"][3]
EASY, SEATS = 1e-3, 100.0  # the cost of a rounded mean and of a school's seats: see Fact
DRAWN_IN = 0.4999  # of a grid: what lies so near its middle is rounded to it, whatever the arithmetic


@dataclass(frozen=True, eq=False)
class Fact:
    """low <= the sum of weight times the counts of one column in some atoms <= high. cost: of leaving it out, by the
    student that it is in the way; None where it is known anyway. school: whose seats it tells; -1 where it tells none.
    """

    column: int
    atoms: Ints
    weight: Floats
    low: float
    high: float
    cost: float | None
    school: int = -1


def rounded(value: float, grid: float) -> float:
    """The nearest multiple of the grid."""
    return round(round(value / grid) * grid, 10)


def known_facts(cells: Cells, limits: Sequence[Limits | None]) -> list[Fact]:
    """limits: in force for each plan after today's, None where none is published."""
    facts = [fact for plan in cells.plans for fact in _means(cells, plan)]
    for plan, given in zip(cells.plans, (None, *limits), strict=True):
        facts += _limits(cells, plan, None if given is None else given.size_tolerance)
    return facts


def _means(cells: Cells, plan: Plan) -> Iterator[Fact]:
    """Mean travel, and the share who travel farther, of all students and of every part, as rounded."""
    district, today = cells.district, plan is cells.plans[0]
    known, grows = np.isfinite(plan.travel), farther(plan)
    travel = np.where(known, plan.travel, 0.0)
    grid = STEPS[district.travel.unit][0]
    for column in range(len(cells.columns)):
        counts = cells.counts[:, column]
        yield from _mean(cells, column, (travel, known), number(travel_mean(plan, counts)), grid)
        if not today:
            yield from _mean(cells, column, (grows, np.ones_like(known)), number(share(grows, counts)), FARTHER)


def _mean(cells: Cells, column: int, per_block: tuple[Any, Bools], mean: float | None, grid: float) -> Iterator[Fact]:
    """That a mean over students lies where its rounding says: sum of (value - low) >= 0, and (value - high) <= 0."""
    if mean is None:
        return
    middle, atoms = rounded(mean, grid), np.arange(len(cells.value), dtype=np.int32)
    low, high = middle - grid * DRAWN_IN, middle + grid * DRAWN_IN
    if low < mean < high:
        value, known = per_block
        for end, ends in ((low, (0.0, np.inf)), (high, (-np.inf, 0.0))):
            apart = cells.spread[:, column] * np.where(known, value - end, 0.0) / grid
            yield Fact(column, atoms, np.bincount(cells.atom, apart, len(atoms)).astype(np.float64), *ends, cost=EASY)


def _limits(cells: Cells, plan: Plan, tolerance: float | None) -> Iterator[Fact]:
    """That zones keep to their seats and their least size, where they do. A default minimum is the lesser of two: of
    these each that holds is taken to be known, which is more than a reader knows."""
    district, school, today = plan.district, cells.school_of(plan), cells.school_of(cells.plans[0])
    seats = district.capacity - district.other_students
    for j in np.unique(school):
        own, before = np.flatnonzero(school == j), np.flatnonzero(today == j)
        for limit, sign in ((seats[j], 1.0), (district.min_students[j], -1.0)):
            if np.isfinite(limit):
                yield from _at_most(cells, [(own, sign)], sign * limit, school=int(j))
            elif tolerance is not None:
                yield from _at_most(cells, [(own, sign), (before, -sign * (1 + sign * tolerance))], 0.0)
                if sign < 0 and np.isfinite(seats[j]):
                    yield from _at_most(cells, [(own, sign)], (tolerance - 1) * seats[j], school=int(j))


def _at_most(cells: Cells, parts: Sequence[tuple[Any, float]], limit: float, school: int = -1) -> Iterator[Fact]:
    weight = np.zeros(len(cells.value))
    for atoms, sign in parts:
        weight[atoms] += sign
    if float(weight @ cells.value[:, STUDENTS]) <= limit:
        atoms = np.flatnonzero(weight).astype(np.int32)
        yield Fact(STUDENTS, atoms, weight[atoms], -np.inf, limit, None if school < 0 else SEATS, school)
