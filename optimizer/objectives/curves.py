"""The curved parts that solvers know: outer( sum over schools of inner(the zone's sums) ).

Sums are over the blocks of a zone. All arrays are read-only; columns are (blocks,) or (blocks, k) floats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Csr, Floats, Ints, frozen

BAND_SLACK = 1e-9


def zone_sums(school: Ints, values: Floats) -> Floats:
    """(schools,) or (schools, k): values added up by zone; schools beyond the last that is used are left out."""
    if values.ndim == 1:
        return np.bincount(school, values).astype(np.float64)
    return np.column_stack([np.bincount(school, column) for column in values.T])


@dataclass(frozen=True, eq=False)
class Exposures:
    """scale * sqrt( sum_k weight_k (E_k - aim_k)^2 ), E_k = sum over schools of counts_k * poverty / heads / total_k.

    counts: (blocks, k) students whose exposure counts; of a difference of groups, signed. heads: (blocks,) all students
    that they meet. poverty: (blocks,) those whose share is met, at most heads. weight: (k,) >= 0, 0 for a group without
    students. total: (k,) students, 1 for a group without. aim: (k,).
    """

    name: str
    counts: Floats
    heads: Floats
    poverty: Floats
    weight: Floats
    total: Floats
    aim: Floats
    scale: float = 1.0

    @classmethod
    def of(
        cls, name: str, counts: Floats, poverty: Floats, *, heads: Floats | None = None, weight: Floats | None = None
    ) -> Exposures:
        """Of groups that make up all students, around the district's rate. weight: (k,); None: by students."""
        heads = counts.sum(axis=1) if heads is None else heads
        total, everyone = counts.sum(axis=0), float(heads.sum())
        if weight is None:
            weight = total / everyone if everyone > 0 else np.zeros_like(total)
        rate = float(poverty.sum()) / everyone if everyone > 0 else 0.0
        return cls(
            name,
            frozen(counts),
            frozen(heads),
            frozen(poverty),
            frozen(weight),
            frozen(np.where(total > 0, total, 1.0)),
            frozen(np.full(counts.shape[1], rate)),
        )

    def value(self, school: Ints) -> float:
        zones, poor, whole = (zone_sums(school, v) for v in (self.counts, self.poverty, self.heads))
        met = np.divide(poor, whole, out=np.zeros_like(poor), where=whole > 0)
        exposure = (zones * met[:, None]).sum(axis=0) / self.total
        return self.scale * float(np.sqrt((self.weight * (exposure - self.aim) ** 2).sum()))


@dataclass(frozen=True, eq=False)
class Uneven:
    """scale * sum over schools of sum_k |part_k|; part: (blocks, k)."""

    name: str
    part: Floats
    scale: float = 1.0

    def value(self, school: Ints) -> float:
        return self.scale * float(np.abs(zone_sums(school, self.part)).sum())


@dataclass(frozen=True, eq=False)
class Entropy:
    """scale * sum over schools of sum_k n_k ln( n_k / (heads * share_k) ); counts: (blocks, k), share: (k,) > 0."""

    name: str
    counts: Floats
    heads: Floats
    share: Floats
    scale: float = 1.0

    def value(self, school: Ints) -> float:
        zones, whole = zone_sums(school, self.counts), zone_sums(school, self.heads)[:, None]
        there = (zones > 1e-9) & (whole > 1e-9)
        ratio = np.divide(zones, whole * self.share, out=np.ones_like(zones), where=there)
        return self.scale * float((zones * np.log(ratio)).sum())


@dataclass(frozen=True, eq=False)
class Band:
    """scale * share of schools with students whose rate poverty / heads lies farther than `width` from `rate`."""

    name: str
    poverty: Floats
    heads: Floats
    rate: float
    width: float
    scale: float = 1.0

    def value(self, school: Ints) -> float:
        poor, whole = zone_sums(school, self.poverty), zone_sums(school, self.heads)
        there = whole > 1e-9
        outside = np.abs(poor[there] / whole[there] - self.rate) > self.width + BAND_SLACK
        return self.scale * float(outside.mean()) if there.any() else 0.0


@dataclass(frozen=True, eq=False)
class Roundness:
    """scale * (1 - mean over zones with blocks of 4 pi area / perimeter^2), Polsby and Popper 1991. area, around:
    (blocks,); adjacency, shared: metres of the border that two neighbours share."""

    name: str
    area: Floats
    around: Floats
    adjacency: Csr
    shared: Floats
    scale: float = 1.0

    def value(self, school: Ints) -> float:
        return self.scale * (1.0 - float(roundness(school, self.area, self.around, self.adjacency, self.shared).mean()))


def roundness(school: Ints, area: Floats, around: Floats, adjacency: Csr, shared: Floats) -> Floats:
    """(zones with blocks,) 4 pi area / perimeter^2 of each, in ascending order of schools."""
    rows = adjacency.rows
    inside = school[rows] == school[adjacency.index]
    size = int(school.max(initial=-1)) + 1
    perimeter = zone_sums(school, around) - np.bincount(school[rows[inside]], shared[inside], size)
    there = np.bincount(school, minlength=size) > 0
    return np.asarray(4 * np.pi * zone_sums(school, area)[there] / np.maximum(perimeter[there], 1e-9) ** 2)


Sums = Exposures | Uneven | Entropy | Band  # of what zones add up, without borders
Curve = Sums | Roundness


def carried(curve: Sums, carry: Callable[[Floats], Floats]) -> Sums:
    """The same of other blocks. carry: gives an array of these blocks over those."""
    match curve:
        case Exposures():
            counts, heads, poverty = carry(curve.counts), carry(curve.heads), carry(curve.poverty)
            return replace(curve, counts=counts, heads=heads, poverty=poverty)
        case Uneven():
            return replace(curve, part=carry(curve.part))
        case Entropy():
            return replace(curve, counts=carry(curve.counts), heads=carry(curve.heads))
        case Band():
            return replace(curve, heads=carry(curve.heads), poverty=carry(curve.poverty))
