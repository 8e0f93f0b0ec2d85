"""Exposure: the poverty that each group meets at school, and the groups that it meets there.

Source of the formulas: Bell (1954) and Lieberson (1981) for exposure; FORMAT.md for disparity.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.measures.record import Measure, Place, Values, by_group, one
from optimizer.measures.zones import ZoneCounts, divided, number, zone_counts
from optimizer.model import SHARE_SLACK
from optimizer.plan import Plan

BAND = 0.15  # a school's poverty rate is near the district's where it is within this, inclusive


def met_by(groups: Floats, other: Floats, whole: Floats) -> Floats:
    """(groups,) E_r = sum_j (n_rj / N_r) * (other_j / whole_j), 0 to 1; NaN for a group without students.

    groups: (schools, groups). other, whole: (schools,). Schools without students add nothing.
    """
    rate = np.nan_to_num(divided(other, whole))
    return divided((groups * rate[..., None]).sum(axis=-2), groups.sum(axis=-2))


def exposure_to_poverty(plan: Plan) -> dict[str, float | None]:
    """By group, the mean poverty rate of its students' schools, 0 to 1; None for a group without students.
    Empty without poverty counts."""
    return {group: number(value) for group, value in _met(plan).items()} if plan.district.has_poverty else {}


def racial_exposure(plan: Plan) -> dict[str, dict[str, float | None]]:
    """By group, then by group: the share that the second has in the first one's schools, 0 to 1; each group's sum over
    the second is 1. The exposure of a group to itself is its isolation. None for a group without students."""
    pairs, groups = _pairs(plan), plan.district.groups
    return {group: {other: number(pairs[f"{group}.{other}"]) for other in groups} for group in groups}


def variance(plan: Plan) -> Floats:
    """() V = sum_r w_r (E_r - p)^2 with w_r = N_r / sum N_r, 0 to 0.25. Without groups: of students in poverty and the
    others. NaN without poverty counts or without students."""
    zones = zone_counts(plan)
    rate = zones.district_rate
    if zones.poverty is None or rate is None:
        return np.full(zones.whole.shape[:-1], np.nan)
    groups = zones.groups
    if not plan.district.groups:
        groups = np.stack([zones.poverty, np.maximum(zones.whole - zones.poverty, 0.0)], axis=-1)
    met, rate = met_by(groups, zones.poverty, zones.whole), rate[..., None]
    total = groups.sum(axis=-2)
    weight = divided(total, total.sum(axis=-1, keepdims=True))
    return np.asarray((weight * (np.where(np.isnan(met), rate, met) - rate) ** 2).sum(axis=-1))


def disparity(plan: Plan) -> Floats:
    """() the square root of the variance, 0 to 0.5: how far groups' exposures to poverty lie from the district rate."""
    return np.sqrt(variance(plan))


def gaps(plan: Plan) -> dict[tuple[str, str], float | None]:
    """By pair of groups, in the district's order: exposure to poverty of the first less that of the second."""
    met = exposure_to_poverty(plan)
    pairs = {}
    for group, other in combinations(met, 2):
        first, second = met[group], met[other]
        pairs[group, other] = None if first is None or second is None else first - second
    return pairs


def bands(zones: ZoneCounts) -> tuple[Bools, Bools, Bools] | None:
    """(schools,) three masks: within the band about the district's poverty rate, above it, below it. A school without
    students is in none. None without poverty counts."""
    rate, p = zones.rate, zones.district_rate
    if rate is None or p is None:
        return None
    off = np.nan_to_num(rate - p[..., None], nan=0.0)
    there = zones.whole > 0
    return (
        there & (np.abs(off) <= BAND + SHARE_SLACK),
        there & (off > BAND + SHARE_SLACK),
        there & (off < -BAND - SHARE_SLACK),
    )


def within_band(plan: Plan) -> Values:
    """Under "" the share of schools with students within the band, and by group the share of its students in them."""
    zones = zone_counts(plan)
    found = bands(zones)
    if found is None:
        return dict.fromkeys(("", *plan.district.groups))
    inside, there = found[0], zones.whole > 0
    shares = divided((zones.groups * inside[..., None]).sum(axis=-2), zones.group_totals)
    return {"": divided(inside.sum(axis=-1), there.sum(axis=-1)), **by_group(plan, shares)}


def _met(plan: Plan) -> dict[str, Floats]:
    zones = zone_counts(plan)
    if zones.poverty is None:
        return by_group(plan, np.full_like(zones.group_totals, np.nan))
    return by_group(plan, met_by(zones.groups, zones.poverty, zones.whole))


def _pairs(plan: Plan) -> dict[str, Floats]:
    zones, found = zone_counts(plan), dict[str, Floats]()
    empty = zones.group_totals == 0
    for k, other in enumerate(plan.district.groups):
        met = met_by(zones.groups, zones.groups[..., k], zones.whole)
        met[empty[..., k]] = np.nan
        found |= {f"{group}.{other}": met[..., i] for i, group in enumerate(plan.district.groups)}
    return found


MEASURES = (
    Measure("disparity", one(disparity), "points", places={"": Place.JUDGED}, many=True),
    Measure("variance", one(variance), "square", places={}, many=True),
    # What one group meets less of, another meets more of.
    Measure("exposure_to_poverty", _met, "share", better=None, places={}, many=True),
    Measure("exposure", _pairs, "share", better=None, places={}, many=True),
)
# Told after segregation.
NEAR = Measure("within_band", within_band, "share", better="more", places={"": Place.CARD}, many=True)
