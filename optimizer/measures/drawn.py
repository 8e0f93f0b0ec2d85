"""Measures of several plans under many counts that might be true, the same counts for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures import MEASURES, measure_by
from optimizer.plan import Plan

Drawn = Mapping[str, Floats]  # by measure its value in each draw, (draws,), NaN where it is not defined


def measure_drawn(plans: Sequence[Plan], counts: Floats) -> list[Drawn]:
    """Every measure of each plan, by name. plans: of districts of the same blocks, in one order. counts: (draws,
    blocks, columns)."""
    sums = _added_up(plans, plans[0].district.tallied_of(counts))
    return [_of_one(plan, counts, own) for plan, own in zip(plans, sums, strict=True)]


def _added_up(plans: Sequence[Plan], tallied: Floats) -> Iterator[Floats]:
    """For each plan (draws, schools, kinds) what its zones hold: one product for all plans and draws. tallied: (draws,
    blocks, kinds)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes a moment to import

    draws, blocks, kinds = tallied.shape
    order = [np.argsort(plan.school, kind="stable") for plan in plans]
    sizes = [np.bincount(plan.school, minlength=plan.district.schools) for plan in plans]
    start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    ones = np.ones(len(plans) * blocks)
    zones = csr_array((ones, np.concatenate(order), start), (len(start) - 1, blocks))
    whole = np.moveaxis(tallied, 1, 0).reshape(blocks, draws * kinds)
    sums = np.moveaxis((zones @ whole).reshape(-1, draws, kinds), 0, 1)
    return iter(np.split(sums, np.cumsum([len(size) for size in sizes])[:-1], axis=1))


def _of_one(plan: Plan, counts: Floats, sums: Floats) -> Drawn:
    """sums: (draws, schools, kinds)."""
    redrawn, found = plan.redrawn(counts, sums), dict[str, Floats]()
    for name, record in MEASURES.items():
        if record.children and record.many:
            values = record.value(redrawn)
            found |= {f"{name}.{key}" if key else name: _each(values[key], len(counts)) for key in values}
            continue
        # What no count enters is the same in every draw; what somebody else has written is asked draw by draw.
        times = zip(counts, sums, strict=True) if record.children else ()
        rows = [measure_by(record, plan.redrawn(*one)) for one in times] or [measure_by(record, plan)] * len(counts)
        found |= {key: np.array([row[key] for row in rows], np.float64) for key in rows[0]}
    return found


def _each(value: float | Floats | None, draws: int) -> Floats:
    return np.broadcast_to(np.float64(np.nan) if value is None else np.asarray(value, np.float64), draws)
