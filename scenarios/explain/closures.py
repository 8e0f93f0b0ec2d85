"""Where the blocks of closed schools could go, where there is no valid plan: the nearest seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.result import Result
from optimizer.rules import Size
from optimizer.rules.shared.nearby import Near, nearest_open
from optimizer.travel import Unit
from scenarios.paper.plain import plain_in

SHOWN = 10  # blocks of which the nearest seats are named


@dataclass(frozen=True, kw_only=True)
class NearestSeats:
    """nowhere: whether it is about blocks that no school can take, and not about all of the closed schools, which can
    be taken one by one. blocks: the first of them. schools: nearest first, for each of these."""

    nowhere: bool
    count: int
    students: float
    blocks: Sequence[str]
    travel_unit: Unit
    schools: Sequence[Near]


def nearest_seats(result: Result) -> NearestSeats | None:
    """For a result without a valid plan in which rules close schools; None where no school is closed."""
    district = result.plan.district
    lost = district.home < 0
    if not lost.any():
        return None
    left = lost & (result.plan.school == district.status_quo)
    blocks = np.flatnonzero(left if left.any() else lost)
    size = next((rule for rule in result.rules if isinstance(rule, Size)), Size())
    return NearestSeats(
        nowhere=bool(left.any()),
        count=len(blocks),
        students=float(district.students[blocks].sum()),
        blocks=[district.block_ids[i] for i in blocks[:SHOWN]],
        travel_unit=district.travel.unit,
        schools=nearest_open(district, blocks[:SHOWN].astype(np.int32), size.band(district)[1]),
    )


def seats_in_words(found: NearestSeats) -> str:
    """The same for people: one line a block."""
    more = "" if found.count <= SHOWN else f" The first {SHOWN}:"
    if found.nowhere:
        head = f"No school left can take {found.count:,} blocks of closed schools.{more}"
    else:
        students = plain_in("count", found.students)
        head = f"{found.count:,} blocks with {students} students are of closed schools.{more}"
    lines = [head]
    for block in found.blocks:
        near = "; ".join(_school(row, found.travel_unit) for row in found.schools if row.block == block)
        lines.append(f"  {block}: nearest {near}")
    return "\n".join(lines)


def _school(row: Near, unit: str) -> str:
    seats = "no limit of seats" if row.free_seats is None else f"{plain_in('count', row.free_seats)} seats free"
    if row.travel is not None:
        away = plain_in("travel", row.travel, unit)
    elif row.straight_line_m is not None:
        away = f"travel not known, {plain_in('travel', row.straight_line_m, 'm')} in a straight line"
    else:
        away = "travel not known"
    return f"{row.school} ({away}, {seats})"
