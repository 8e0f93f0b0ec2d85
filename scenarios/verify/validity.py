"""Which limits a plan breaks, straight from FORMAT.md and in plain loops, apart from the rules of the solvers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.arrays import Ints
from scenarios.verify.case import Case
from scenarios.verify.counts import zone_sums
from scenarios.verify.ground import Ground
from scenarios.verify.rules import SLACK, Row, RuleCheck, place_of
from scenarios.verify.travel import travel_of


def broken_limits(case: Case, zone: Ints) -> list[Row]:
    """A row for each limit that the plan breaks, those inherited from today's zones included."""
    always = [("reach", _out_of_reach), ("travel", _too_far), ("size", _sizes)]
    always += [("contiguity", _contiguity)] if case.options.contiguity else []
    rows = [replace(found, kind=kind) for kind, broken in always for found in broken(case, zone)]
    given = len(case.rules) - (case.options.max_moved is not None)
    for place, rule in enumerate(case.rules):
        own = place if place < given else None
        rows += [replace(found, kind=rule.kind, rule=own) for found in _beside_today(rule, case.ground, zone)]
    return rows


def _beside_today(rule: RuleCheck, ground: Ground, zone: Ints) -> list[Row]:
    """Rows with what today's zones break of the same, whether or not that excuses a plan."""
    rows = rule.broken(ground, zone)
    if all(found.status_quo_amount > 0 for found in rows):
        return rows
    before = {_about(found): found.amount for found in rule.broken(ground, ground.today)}
    return [
        found if found.status_quo_amount > 0 else replace(found, status_quo_amount=before.get(_about(found), 0.0))
        for found in rows
    ]


def _about(found: Row) -> tuple[str, str | None]:
    """The limit, and the block, else the school, that it is broken at."""
    return found.limit, found.school if found.block is None else found.block


def is_valid(rows: list[Row]) -> bool:
    """Whether nothing is broken but what today's zones break as much."""
    return all(found.inherited for found in rows)


def _out_of_reach(case: Case, zone: Ints) -> list[Row]:
    """Blocks sent to a school that never takes any, or whose travel there or today is not known. Schools that a rule
    closes or pairs are for that rule to name."""
    ground, takes, zoned = case.ground, set(case.ground.takes), set(case.ground.today.tolist())
    known = np.isfinite(travel_of(ground.reach, zone)) & np.isfinite(ground.travel_current)
    return [
        Row("reach", 1.0, 0.0, "blocks", *place_of(ground, zone, i))
        for i in np.flatnonzero(ground.moved(zone)).tolist()
        if (int(zone[i]) in takes and not known[i]) or int(zone[i]) not in takes | zoned
    ]


def _too_far(case: Case, zone: Ints) -> list[Row]:
    ground, takes, unit = case.ground, set(case.ground.takes), case.ground.district.travel.unit
    travel, most = travel_of(ground.reach, zone).tolist(), case.travel_limit.tolist()
    return [
        Row("travel_increase", travel[i] - most[i], most[i], unit, *place_of(ground, zone, i))
        for i in np.flatnonzero(ground.moved(zone)).tolist()
        if int(zone[i]) in takes and math.isfinite(travel[i]) and math.isfinite(most[i]) and travel[i] > most[i] + SLACK
    ]


def _sizes(case: Case, zone: Ints) -> list[Row]:
    ground, sizes, rows = case.ground, case.sizes, []
    load = zone_sums(ground.students, zone, ground.schools)
    for j in ground.takes:
        low, high, now = sizes.low[j], sizes.high[j], sizes.now[j]
        shown = high if math.isnan(ground.capacity[j]) else ground.capacity[j]
        for name, amount, before, value in (
            ("capacity", load[j] - high, 0.0 if now is None else now - high, shown),
            ("min_students", low - load[j], 0.0 if now is None else low - now, low),
        ):
            if amount > SLACK:
                broken_today = before > SLACK
                inherited = not case.options.strict and broken_today and amount <= before + SLACK
                was, school = before if broken_today else 0.0, ground.school_ids[j]
                rows.append(Row(name, amount, value, "students", school, None, was, inherited))
    return rows


def _contiguity(case: Case, zone: Ints) -> list[Row]:
    """Roots that have left, and pieces away from their root that hold a part of a block which was not so in that zone
    today."""
    ground, rows = case.ground, []
    for j, root in ground.root.items():
        if zone[root] != j:
            rows.append(Row("contiguity", 1.0, 0.0, "blocks", ground.school_ids[j], ground.district.block_ids[root]))
    wrong = ground.adrift(zone) & ~(ground.loose & ~ground.moved(zone)[ground.owner])
    for piece in ground.web.pieces(np.asarray(zone)[ground.owner], wrong):
        new = sorted({int(ground.owner[part]) for part in piece if wrong[part]})
        rows.append(Row("contiguity", float(len(new)), 0.0, "blocks", *place_of(ground, zone, new[0])))
    return rows
