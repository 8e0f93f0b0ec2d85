"""Segregation: how unevenly students are spread over schools.

Every index here is the several-group form of Reardon and Firebaugh (2002), which with two groups is the classic one:
t_j students of school j, T of the district, p_gj and P_g the share of group g there and in the district.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.exposure import met_by
from optimizer.measures.record import Measure, Place, Values
from optimizer.measures.zones import number, zone_counts
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
    for k, group in enumerate(plan.district.groups):
        rows[group] = _against(zones.groups[:, k], zones.whole)
    return rows


def _against(part: Floats, whole: Floats) -> Floats:
    return np.column_stack([part, np.maximum(whole - part, 0.0)])


def _shares(table: Floats) -> tuple[Floats, Floats, Floats] | None:
    """t (schools,), p (schools, kinds) and P (kinds,) of the schools that have students; None where fewer than two
    kinds have any, since then nothing can be uneven."""
    table = table[:, table.sum(axis=0) > 0]
    table = table[table.sum(axis=1) > 0]
    if table.shape[1] < 2:
        return None
    t = table.sum(axis=1)
    return t, table / t[:, None], table.sum(axis=0) / t.sum()


def dissimilarity(table: Floats) -> float | None:
    """D = sum_gj t_j |p_gj - P_g| / (2 T I), I = sum_g P_g (1 - P_g); 0 (even) to 1. table: (schools, kinds) students.
    None with fewer than two kinds of students."""
    shares = _shares(table)
    if shares is None:
        return None
    t, p, overall = shares
    return number((t[:, None] * np.abs(p - overall)).sum() / (2 * t.sum() * (overall * (1 - overall)).sum()))


def theil_h(table: Floats) -> float | None:
    """H = sum_gj t_j p_gj ln(p_gj / P_g) / (T E), E = sum_g P_g ln(1 / P_g); 0 (even) to 1. table and None as for
    dissimilarity."""
    shares = _shares(table)
    if shares is None:
        return None
    t, p, overall = shares
    logs = np.log(np.where(p > 0, p / overall, 1.0))  # 0 ln 0 is 0
    return number((t[:, None] * p * logs).sum() / (t.sum() * (overall * np.log(1 / overall)).sum()))


def gini(table: Floats) -> float | None:
    """G = sum_g sum_ij t_i t_j |p_gi - p_gj| / (2 T^2 I); 0 (even) to 1. table and None as for dissimilarity."""
    shares = _shares(table)
    if shares is None:
        return None
    t, p, overall = shares
    apart = sum(_differences(t, p[:, g]) for g in range(p.shape[1]))
    return number(apart / (2 * t.sum() ** 2 * (overall * (1 - overall)).sum()))


def _differences(t: Floats, p: Floats) -> float:
    """sum_ij t_i t_j |p_i - p_j|, by sorting."""
    order = np.argsort(p)
    t, p = t[order], p[order]
    before, mass = np.cumsum(t) - t, np.cumsum(t * p) - t * p
    return float(2 * (t * (p * before - mass)).sum())


def isolation(plan: Plan) -> dict[str, float | None]:
    """By group, the share of its own in its students' schools: sum_j (x_j / X)(x_j / t_j), 0 to 1."""
    zones = zone_counts(plan)
    groups = plan.district.groups
    return {
        group: number(met_by(zones.groups[:, [k]], zones.groups[:, k], zones.whole)[0])
        for k, group in enumerate(groups)
    }


def variance_ratio(plan: Plan) -> dict[str, float | None]:
    """By group, (isolation - P) / (1 - P), 0 (even) to 1: eta squared. None for a group with no or all students."""
    zones = zone_counts(plan)
    total = float(zones.whole.sum())
    rows: dict[str, float | None] = {}
    for k, (group, alone) in enumerate(isolation(plan).items()):
        overall = float(zones.groups[:, k].sum()) / total if total > 0 else 1.0
        rows[group] = None if alone is None or overall >= 1 else (alone - overall) / (1 - overall)
    return rows


def _of_tables(index: Callable[[Floats], float | None]) -> Callable[[Plan], Values]:
    return lambda plan: {name: None if table is None else index(table) for name, table in tables(plan).items()}


def _uneven(index: Callable[[Floats], float | None], places: Mapping[str, Place]) -> Measure:
    name = index.__name__
    return Measure(name, _of_tables(index), "index", places=places)


MEASURES = (
    _uneven(dissimilarity, {"race": Place.JUDGED, "poverty": Place.COMPARED}),
    _uneven(theil_h, {}),
    _uneven(gini, {}),
    Measure("isolation", isolation, "share", places={}),
    Measure("variance_ratio", variance_ratio, "index", places={}),
)
