"""How sure the measures are: counts redrawn, measures computed again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.measures import Measures, measure
from optimizer.plan import Plan

LEVEL = 0.9
MODEL = (
    "each group's count in a block redrawn Poisson, poverty redrawn binomial at the block's rate, blocks independent; "
    "errors that blocks share are not in it"
)


def redrawn(district: District, random: np.random.Generator) -> District:
    """The district with counts drawn anew: groups Poisson at their counts, poverty binomial at the block's own rate.

    Students change by as much as the groups do; further count columns stay.
    """
    counts = district.counts.copy()
    groups = [district.column_index(f"students_{group}") for group in district.groups]
    students = district.column_index("students")
    columns = groups or [students]
    drawn = random.poisson(counts[:, columns]).astype(float)
    if groups:
        counts[:, students] = np.maximum(counts[:, students] + drawn.sum(axis=1) - counts[:, groups].sum(axis=1), 0.0)
    counts[:, columns] = drawn
    if district.has_poverty:
        whole = drawn.sum(axis=1)
        counts[:, district.column_index("students_poverty")] = random.binomial(whole.astype(np.int64), _rates(district))
    return replace(district, counts=counts)


def _rates(district: District) -> Floats:
    exposed = district.exposed
    rate = np.divide(district.poverty, exposed, out=np.zeros(district.blocks), where=exposed > 0)
    return np.clip(rate, 0.0, 1.0)


def intervals(plan: Plan, draws: int, random: np.random.Generator) -> dict[str, dict[str, float]]:
    """By measure, the middle 90 % of its values over `draws` redrawn districts, under the same plan. A measure that a
    draw leaves undefined counts without that draw; one undefined in all is left out."""
    rows: list[Measures] = [measure(Plan(redrawn(plan.district, random), plan.school)) for _ in range(draws)]
    found: dict[str, dict[str, float]] = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows if row[name] is not None], np.float64)
        if len(values):
            low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            found[name] = {"low": float(low), "high": float(high), "level": LEVEL}
    return found


def with_intervals(plan: Plan, draws: int, random: np.random.Generator) -> dict[str, Any]:
    """`intervals` and `draws_model` as `evaluate` prints them."""
    return {"intervals": intervals(plan, draws, random), "draws_model": f"{draws} draws: {MODEL}"}
