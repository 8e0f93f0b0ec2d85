"""Group by group: who meets how much poverty, who moves, who travels how far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.change import farther, moved_counted, moved_share, travel_change
from optimizer.measures.exposure import bands, met_by
from optimizer.measures.record import Count, Share
from optimizer.measures.travel import travel_mean
from optimizer.measures.zones import number, share, zone_counts
from optimizer.plan import Plan


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """A group's students, the shares of them moved (`moved_counted`: as limits count them), their mean travel, exposure
    to poverty, and the share in schools within, above and below the band. None stands for what is not defined."""

    group: str
    students: Count
    moved_share: Share
    moved_counted: Share = None  # results of version 0.1 do not have it
    travel_mean: Count
    exposure_to_poverty: Share
    within_band: Share
    high_band: Share
    low_band: Share


@dataclass(frozen=True)
class Burden:
    """What a plan asks of a group: the share of its students whose travel grows, and the mean change of travel of those
    who change school, in the unit of travel. None where no student counts."""

    group: str
    farther: Share
    moved_travel_change: float | None


def group_rows(plan: Plan) -> list[GroupRow]:
    """One row for all students, one a group, and one for students in poverty and one for the others where known."""
    return [_row(plan, name, students) for name, students in _groups(plan)]


def burdens(plan: Plan) -> list[Burden]:
    """The same groups in the same order."""
    grows = farther(plan)
    return [
        Burden(name, number(share(grows, students)), travel_change(plan, np.where(plan.moved, students, 0.0)))
        for name, students in _groups(plan)
    ]


def _groups(plan: Plan) -> Iterator[tuple[str, Floats]]:
    """(name, (blocks,) its students)."""
    district = plan.district
    yield "all", district.exposed
    yield from zip(district.groups, district.group_counts.T, strict=True)
    if district.has_poverty:
        yield "poverty", district.poverty
        yield "not_poverty", district.exposed - district.poverty


def _row(plan: Plan, name: str, students: Floats) -> GroupRow:
    zones, mine = zone_counts(plan), plan.sums(students)
    total, found = float(students.sum()), bands(zones)
    within, high, low = (
        None if mask is None or total == 0 else float(mine[mask].sum()) / total for mask in found or (None,) * 3
    )
    met = None if zones.poverty is None else number(met_by(mine[:, None], zones.poverty, zones.whole)[0])
    return GroupRow(
        group=name,
        students=total,
        moved_share=number(moved_share(plan, students)),
        moved_counted=number(moved_counted(plan, students)),
        travel_mean=number(travel_mean(plan, students)),
        exposure_to_poverty=met,
        within_band=within,
        high_band=high,
        low_band=low,
    )
