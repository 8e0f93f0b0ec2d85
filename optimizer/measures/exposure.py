"""Exposure: the poverty that each group meets at school, and the groups that it meets there.

Source of the formulas: Bell (1954) and Lieberson (1981) for exposure; FORMAT.md for disparity.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.measures.record import Measure, Place, one
from optimizer.measures.zones import ZoneCounts, divided, number, zone_counts
from optimizer.model import SHARE_SLACK
from optimizer.plan import Plan

BAND = 0.15  # a school's poverty rate is near the district's where it is within this, inclusive


def met_by(groups: Floats, other: Floats, whole: Floats) -> Floats:
    """(groups,) E_r = sum_j (n_rj / N_r) * (other_j / whole_j), 0 to 1; NaN for a group without students.

    groups: (schools, groups). other, whole: (schools,). Schools without students add nothing.
    """
    rate = np.nan_to_num(divided(other, whole))
    return divided((groups * rate[:, None]).sum(axis=0), groups.sum(axis=0))


def exposure_to_poverty(plan: Plan) -> dict[str, float | None]:
    """By group, the mean poverty rate of its students' schools, 0 to 1; None for a group without students.
    Empty without poverty counts."""
    zones = zone_counts(plan)
    if zones.poverty is None:
        return {}
    met = met_by(zones.groups, zones.poverty, zones.whole)
    return {group: number(value) for group, value in zip(plan.district.groups, met, strict=True)}


def racial_exposure(plan: Plan) -> dict[str, dict[str, float | None]]:
    """By group, then by group: the share that the second has in the first one's schools, 0 to 1; each group's sum over
    the second is 1. The exposure of a group to itself is its isolation. None for a group without students."""
    zones, groups = zone_counts(plan), plan.district.groups
    columns = [met_by(zones.groups, zones.groups[:, k], zones.whole) for k in range(len(groups))]
    empty = zones.group_totals == 0
    return {
        group: {other: None if empty[k] else number(columns[k][i]) for k, other in enumerate(groups)}
        for i, group in enumerate(groups)
    }


def variance(plan: Plan) -> float | None:
    """V = sum_r w_r (E_r - p)^2 with w_r = N_r / sum N_r, 0 to 0.25. Without groups: of students in poverty and the
    others. None without poverty counts or without students."""
    zones = zone_counts(plan)
    rate = zones.district_rate
    if zones.poverty is None or rate is None:
        return None
    groups = zones.groups
    if not plan.district.groups:
        groups = np.column_stack([zones.poverty, np.maximum(zones.whole - zones.poverty, 0.0)])
    met = met_by(groups, zones.poverty, zones.whole)
    weight = groups.sum(axis=0) / groups.sum()
    return float((weight * (np.nan_to_num(met, nan=rate) - rate) ** 2).sum())


def disparity(plan: Plan) -> float | None:
    """The square root of the variance, 0 to 0.5: how far groups' exposures to poverty lie from the district rate."""
    value = variance(plan)
    return None if value is None else float(np.sqrt(value))


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
    students is in none. None without poverty counts or without students."""
    rate, p = zones.rate, zones.district_rate
    if rate is None or p is None:
        return None
    off = np.nan_to_num(rate - p, nan=0.0)
    there = zones.whole > 0
    return (
        there & (np.abs(off) <= BAND + SHARE_SLACK),
        there & (off > BAND + SHARE_SLACK),
        there & (off < -BAND - SHARE_SLACK),
    )


def within_band(plan: Plan) -> dict[str, float | None]:
    """Under "" the share of schools with students within the band, and by group the share of its students in them."""
    zones = zone_counts(plan)
    found = bands(zones)
    if found is None:
        return dict.fromkeys(("", *plan.district.groups))
    inside, there = found[0], zones.whole > 0
    shares = divided(zones.groups[inside].sum(axis=0), zones.group_totals)
    row: dict[str, float | None] = {"": float(inside.sum() / there.sum())}
    return row | {group: number(value) for group, value in zip(plan.district.groups, shares, strict=True)}


def _met(plan: Plan) -> dict[str, float | None]:
    return exposure_to_poverty(plan) or dict.fromkeys(plan.district.groups)


def _pairs(plan: Plan) -> dict[str, float | None]:
    return {f"{group}.{other}": x for group, row in racial_exposure(plan).items() for other, x in row.items()}


MEASURES = (
    Measure("disparity", one(disparity), "points", places={"": Place.JUDGED}),
    Measure("variance", one(variance), "square", places={}),
    # What one group meets less of, another meets more of.
    Measure("exposure_to_poverty", _met, "share", better=None, places={}),
    Measure("exposure", _pairs, "share", better=None, places={}),
)
NEAR = Measure("within_band", within_band, "share", better="more", places={"": Place.CARD})  # told after segregation
