"""Which limits a plan breaks, straight from FORMAT.md and in plain loops, apart from the rules of the solvers."""

from __future__ import annotations

import math

import numpy as np

from optimizer.arrays import Ints
from scenarios.verify.case import SLACK, Case
from scenarios.verify.counts import zone_sums
from scenarios.verify.rules import Row, row


def broken_limits(case: Case, zone: Ints) -> list[Row]:
    """A row for each limit that the plan breaks, those inherited from today's zones included."""
    rows = _out_of_reach(case, zone) + _too_far(case, zone) + _sizes(case, zone)
    if case.options.contiguity:
        rows += _contiguity(case, zone)
    return rows + [found for rule in case.rules for found in rule.broken(case.district, zone)]


def is_valid(rows: list[Row]) -> bool:
    """Whether nothing is broken but what today's zones break as much."""
    return all(found["inherited"] for found in rows)


def _out_of_reach(case: Case, zone: Ints) -> list[Row]:
    """Blocks sent to a school without a zone, or whose travel there or to today's school is not known."""
    district, zoned = case.district, set(case.zoned)
    known = np.isfinite(district.travel.to(zone)) & np.isfinite(district.travel.to(case.today))
    return [
        row("reach", 1.0, 0.0, school=district.school_ids[zone[i]], block=district.block_ids[i])
        for i in np.flatnonzero(zone != case.today).tolist()
        if not known[i] or int(zone[i]) not in zoned
    ]


def _too_far(case: Case, zone: Ints) -> list[Row]:
    district, rows = case.district, []
    travel, most = district.travel.to(zone).tolist(), case.travel_limit.tolist()
    for i in np.flatnonzero(zone != case.today).tolist():
        if math.isfinite(travel[i]) and most[i] > -math.inf and travel[i] > most[i] + SLACK:
            place = {"school": district.school_ids[zone[i]], "block": district.block_ids[i]}
            rows.append(row("travel_increase", travel[i] - most[i], most[i], **place))
    return rows


def _sizes(case: Case, zone: Ints) -> list[Row]:
    district, sizes, rows = case.district, case.sizes, []
    load = zone_sums(case.students, zone, district.schools)
    for j in case.zoned:
        seats = float(district.capacity[j])
        shown = sizes.high[j] if math.isnan(seats) else seats
        over, over_now = load[j] - sizes.high[j], sizes.now[j] - sizes.high[j]
        under, under_now = sizes.low[j] - load[j], sizes.low[j] - sizes.now[j]
        for name, amount, before, value in (
            ("capacity", over, over_now, shown),
            ("min_students", under, under_now, sizes.low[j]),
        ):
            if amount > SLACK:
                broken_today = before > SLACK
                inherited = not case.options.strict and broken_today and amount <= before + SLACK
                now = before if broken_today else 0.0
                rows.append(row(name, amount, value, now=now, inherited=inherited, school=district.school_ids[j]))
    return rows


def _contiguity(case: Case, zone: Ints) -> list[Row]:
    """Roots that have left, and pieces away from their root that hold a block which was not so in that zone today."""
    district, rows = case.district, []
    for j, root in case.roots.items():
        if zone[root] != j:
            rows.append(row("contiguity", 1.0, 0.0, school=district.school_ids[j], block=district.block_ids[root]))
    away = ~case.graph.joined(zone, case.roots)
    wrong = away & ~(case.detached & (zone == case.today))
    for piece in case.graph.pieces(zone, wrong):
        new = [i for i in piece if wrong[i]]
        place = {"school": district.school_ids[zone[new[0]]], "block": district.block_ids[new[0]]}
        rows.append(row("contiguity", float(len(new)), 0.0, **place))
    return rows
