"""How sure the measures are: counts redrawn, measures computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from scenarios.reading.records import Interval, Uncertainty

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


def with_intervals(plan: Plan, draws: int, random: np.random.Generator) -> Uncertainty:
    """Over `draws` redrawn districts.

    A measure that a draw leaves undefined counts without that draw; one undefined in all is left out."""
    rows, today = [], []
    for _ in range(draws):
        district = redrawn(plan.district, random)
        rows.append(measure(Plan(district, plan.school)))
        today.append(measure(Plan.today(district)))
    now, before = _values(rows), _values(today)
    change = {name: now[name] - before[name] for name in now}
    below = {name: values[np.isfinite(values)] < 0 for name, values in change.items()}
    return Uncertainty(
        intervals=_intervals(now),
        intervals_status_quo=_intervals(before),
        intervals_change=_intervals(change),
        below_status_quo={name: float(less.mean()) for name, less in below.items() if len(less)},
        draws=draws,
        draws_model=f"{draws} draws: {MODEL}",
    )


def _values(rows: Sequence[Measures]) -> dict[str, Floats]:
    """By measure its value in each draw, NaN where it is not defined."""
    return {name: np.array([np.nan if row[name] is None else row[name] for row in rows]) for name in rows[0]}


def _intervals(values: Mapping[str, Floats]) -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for name, drawn in values.items():
        known = drawn[np.isfinite(drawn)]
        if len(known):
            low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            found[name] = Interval(low=float(low), high=float(high), level=LEVEL)
    return found
