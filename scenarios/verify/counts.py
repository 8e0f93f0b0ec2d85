"""The district's counts of students, as the checker adds them up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District


def column(district: District, name: str) -> Floats:
    """(blocks,) one column of counts."""
    return np.asarray(district.counts[:, district.columns.index(name)], np.float64)


def zone_sums(values: Floats, zone: Ints, schools: int) -> list[float]:
    """By school, the correctly rounded sum of `values` (blocks,) over its zone."""
    parts: list[list[float]] = [[] for _ in range(schools)]
    for value, j in zip(values.tolist(), zone.tolist(), strict=True):
        parts[j].append(value)
    return [math.fsum(part) for part in parts]


@dataclass(frozen=True, eq=False)
class Exposed:
    """What exposure counts, by block: n_ri (blocks, groups), n_i and P_i (blocks,). Without poverty P_i is 0; without
    groups the two groups are the students in poverty and the others."""

    groups: Floats
    whole: Floats
    poor: Floats

    @classmethod
    def of(cls, district: District) -> Exposed:
        known = "students_poverty" in district.columns
        poor = column(district, "students_poverty") if known else np.zeros(district.blocks)
        if district.groups:
            groups = np.column_stack([column(district, f"students_{group}") for group in district.groups])
            return cls(groups, groups.sum(axis=1), poor)
        whole = column(district, "students")
        return cls(np.column_stack([poor, whole - poor]), whole, poor)


def disparity(exposed: Exposed, zone: Ints) -> float:
    """sqrt( sum_r w_r (E_r - p)^2 ), from sums that are rounded once each. 0 where exposure counts nobody."""
    total = math.fsum(exposed.whole.tolist())
    if total == 0:
        return 0.0
    schools = int(zone.max()) + 1
    p = math.fsum(exposed.poor.tolist()) / total
    whole, poor = zone_sums(exposed.whole, zone, schools), zone_sums(exposed.poor, zone, schools)
    rate = [part / n if n > 0 else 0.0 for part, n in zip(poor, whole, strict=True)]
    terms = []
    for group in exposed.groups.T:
        size = math.fsum(group.tolist())
        if size > 0:
            zones = zone_sums(group, zone, schools)
            met = math.fsum(n * share for n, share in zip(zones, rate, strict=True)) / size
            terms.append(size / total * (met - p) ** 2)
    return math.sqrt(math.fsum(terms))
