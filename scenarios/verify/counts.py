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


def column_name(of: str, district: District) -> str:
    """The column that a rule means by `of`."""
    if of in ("all", "poverty"):
        return {"all": "students", "poverty": "students_poverty"}[of]
    return f"students_{of}" if of in district.groups else of


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

    @property
    def rate(self) -> float:
        """p, 0 where exposure counts nobody."""
        total = math.fsum(self.whole.tolist())
        return math.fsum(self.poor.tolist()) / total if total > 0 else 0.0
