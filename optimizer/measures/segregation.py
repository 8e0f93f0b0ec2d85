"""Segregation: how unevenly students are spread over schools.

Every index here is the several-group form of Reardon and Firebaugh (2002), which with two groups is the classic one:
t_j students of school j, T of the district, p_gj and P_g the share of group g there and in the district.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.exposure import met_by
from optimizer.measures.record import Measure, Place, Values, by_group
from optimizer.measures.zones import divided, zone_counts
from optimizer.plan import Plan


def tables(plan: Plan) -> dict[str, Floats | None]:
    """What is set against what, by name: `poverty` (students in poverty, the others), `race` (all groups); and each
    group against the rest. (schools, kinds) students; None where it is not defined."""
    zones = zone_counts(plan)
    rows: dict[str, Floats | None] = {
        "poverty": None if zones.poverty is None else _against(zones.poverty, zones.whole)
    }
    if plan.district.groups:
        rows["race"] = zones.groups
    return rows | {group: _against(part, zones.whole) for group, part in by_group(plan, zones.groups).items()}


def _against(part: Floats, whole: Floats) -> Floats:
    return np.stack([part, np.maximum(whole - part, 0.0)], axis=-1)


def _shares(table: Floats) -> tuple[Floats, Floats, Floats]:
    """t (schools, 1), p (schools, kinds), 0 in a school without students, and P (1, kinds), NaN without any."""
    t, whole = table.sum(axis=-1, keepdims=True), table.sum(axis=-2, keepdims=True)
    p = np.divide(table, t, out=np.zeros_like(table), where=t > 0)
    return t, p, divided(whole, whole.sum(axis=-1, keepdims=True))


def dissimilarity(table: Floats) -> Floats:
    """() D = sum_gj t_j |p_gj - P_g| / (2 T I), I = sum_g P_g (1 - P_g); 0 (even) to 1. table: (schools, kinds)
    students. NaN with fewer than two kinds of students, since then nothing can be uneven."""
    t, p, overall = _shares(table)
    return divided(_total(t * np.abs(p - overall)), 2 * _total(t) * _total(overall * (1 - overall)))


def theil_h(table: Floats) -> Floats:
    """() H = sum_gj t_j p_gj ln(p_gj / P_g) / (T E), E = sum_g P_g ln(1 / P_g); 0 (even) to 1. table and NaN as for
    dissimilarity."""
    t, p, overall = _shares(table)
    logs = np.log(np.where(p > 0, divided(p, overall), 1.0))  # 0 ln 0 is 0
    kinds = overall * np.log(divided(np.ones_like(overall), overall), out=np.zeros_like(overall), where=overall > 0)
    return divided(_total(t * p * logs), _total(t) * _total(kinds))


def gini(table: Floats) -> Floats:
    """() G = sum_g sum_ij t_i t_j |p_gi - p_gj| / (2 T^2 I); 0 (even) to 1. table and NaN as for dissimilarity."""
    t, p, overall = _shares(table)
    return divided(_total(_differences(t, p)), 2 * _total(t) ** 2 * _total(overall * (1 - overall)))


def _differences(t: Floats, p: Floats) -> Floats:
    """(schools, kinds) that add up to sum_ij t_i t_j |p_i - p_j|, by sorting the schools by each kind."""
    order = np.argsort(p, axis=-2)
    t, p = np.take_along_axis(np.broadcast_to(t, p.shape), order, -2), np.take_along_axis(p, order, -2)
    before, mass = np.cumsum(t, axis=-2) - t, np.cumsum(t * p, axis=-2) - t * p
    return 2 * t * (p * before - mass)


def _total(values: Floats) -> Floats:
    """() of (schools, kinds): school by school, so that one without students changes no digit."""
    return np.asarray(values.sum(axis=-2).sum(axis=-1))


def isolation(plan: Plan) -> dict[str, Floats]:
    """By group, the share of its own in its students' schools: sum_j (x_j / X)(x_j / t_j), 0 to 1."""
    zones = zone_counts(plan)
    groups = by_group(plan, zones.groups)
    return {group: met_by(part[..., None], part, zones.whole)[..., 0] for group, part in groups.items()}


def variance_ratio(plan: Plan) -> dict[str, Floats]:
    """By group, (isolation - P) / (1 - P), 0 (even) to 1: eta squared. NaN for a group with no or all students."""
    zones = zone_counts(plan)
    overall = by_group(plan, divided(zones.group_totals, zones.whole.sum(axis=-1)[..., None]))
    return {group: divided(alone - overall[group], 1 - overall[group]) for group, alone in isolation(plan).items()}


def _of_tables(index: Callable[[Floats], Floats]) -> Callable[[Plan], Values]:
    return lambda plan: {name: None if table is None else index(table) for name, table in tables(plan).items()}


def _uneven(index: Callable[[Floats], Floats], places: Mapping[str, Place]) -> Measure:
    name = index.__name__
    return Measure(name, _of_tables(index), "index", places=places, many=True)


MEASURES = (
    _uneven(dissimilarity, {"race": Place.JUDGED, "poverty": Place.COMPARED}),
    _uneven(theil_h, {}),
    _uneven(gini, {}),
    Measure("isolation", isolation, "share", places={}, many=True),
    Measure("variance_ratio", variance_ratio, "index", places={}, many=True),
)
