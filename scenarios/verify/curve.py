"""The objectives of exposure: the one form that they have, which the proof bounds (docs/certificate.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from scenarios.verify.counts import Exposed, column, zone_sums

PLAIN = ("disparity", "disparity_equal")
OF_GROUPS = {"gap": 2, "variance_ratio": 1}  # how many groups follow the name


@dataclass(frozen=True, eq=False)
class Curve:
    """scale * sqrt( sum_k w_k (E_k - aim_k)^2 ), E_k = sum over schools of n_kj P_j / N_j / T_k.

    counts: (blocks, kinds) n_ki, signed for a difference; size: the same of absolute values. heads: (blocks,) N_i.
    poor: (blocks,) P_i, what the zone's rate is of. weight, total, aim: (kinds,) w, T > 0 and what E is set against.
    """

    counts: Floats
    size: Floats
    heads: Floats
    poor: Floats
    weight: Floats
    total: Floats
    aim: Floats
    scale: float = 1.0

    @property
    def empty(self) -> bool:
        """Whether it counts nobody, so that it is 0 for every plan."""
        return not self.heads.any()

    def value(self, zone: Ints) -> float:
        """Of a plan, from sums that are rounded once each."""
        schools = int(zone.max()) + 1
        whole, poor = zone_sums(self.heads, zone, schools), zone_sums(self.poor, zone, schools)
        rate = [part / n if n > 0 else 0.0 for part, n in zip(poor, whole, strict=True)]
        terms = []
        for k in np.flatnonzero(self.weight > 0):
            zones = zone_sums(self.counts[:, k], zone, schools)
            met = math.fsum(n * share for n, share in zip(zones, rate, strict=True)) / self.total[k]
            terms.append(float(self.weight[k]) * (met - float(self.aim[k])) ** 2)
        return self.scale * math.sqrt(math.fsum(terms))


def is_exposure(name: str) -> bool:
    """Whether an objective is one of exposure, by its name."""
    return name in PLAIN or name.split(".", maxsplit=1)[0] in OF_GROUPS


def curve_of(name: str, district: District) -> Curve:
    """The curve of an objective of exposure. Raises ValueError where the district has no data for it."""
    family, *groups = name.split(".")
    if family == "variance_ratio":
        return _variance_ratio(district, groups)
    if "students_poverty" not in district.columns:
        raise ValueError(f"{name} needs counts of students in poverty")
    return _gap(district, groups) if family == "gap" else _disparity(district, equal=name == "disparity_equal")


def _disparity(district: District, *, equal: bool) -> Curve:
    """The groups around the district's rate, weighted by their students or equally."""
    exposed = Exposed.of(district)
    total = np.array([math.fsum(group.tolist()) for group in exposed.groups.T])
    everyone, there = math.fsum(exposed.whole.tolist()), total > 0
    weight = there / max(1, int(there.sum())) if equal else total / (everyone or 1.0)
    aim = np.full(len(total), exposed.rate)
    size = exposed.groups
    return Curve(size, size, exposed.whole, exposed.poor, weight, np.where(there, total, 1.0), aim)


def _gap(district: District, groups: list[str]) -> Curve:
    """One kind: the difference of two groups' students, each as a share of its own."""
    first, second = _students(district, groups, OF_GROUPS["gap"])
    if groups[0] == groups[1]:
        raise ValueError("gap names one group twice")
    a, b = (part / math.fsum(part.tolist()) for part in (first, second))
    exposed, one = Exposed.of(district), np.ones(1)
    return Curve((a - b)[:, None], (a + b)[:, None], exposed.whole, exposed.poor, one, one, np.zeros(1))


def _variance_ratio(district: District, groups: list[str]) -> Curve:
    """One kind, whose own share of each zone is what it meets; its isolation against its share of the district."""
    (students,) = _students(district, groups, OF_GROUPS["variance_ratio"])
    heads = Exposed.of(district).whole
    total, everyone = math.fsum(students.tolist()), math.fsum(heads.tolist())
    if not total < everyone:
        raise ValueError(f"all students are {groups[0]}")
    share = total / everyone
    counts = students[:, None]
    return Curve(
        counts, counts, heads, students, np.ones(1), np.array([total]), np.array([share]), everyone / (everyone - total)
    )


def _students(district: District, groups: list[str], wanted: int) -> list[Floats]:
    """(blocks,) the students of each named group."""
    if len(groups) != wanted or not set(groups) <= set(district.groups):
        raise ValueError(f"it needs {wanted} groups of the district after its name: {', '.join(district.groups)}")
    found = [column(district, f"students_{group}") for group in groups]
    for group, students in zip(groups, found, strict=True):
        if not students.any():
            raise ValueError(f"the group {group} has no students")
    return found
