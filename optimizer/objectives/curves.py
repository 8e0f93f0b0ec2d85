"""The curved parts that solvers know: outer( sum over schools of inner(the zone's sums) ).

Sums are over the blocks of a zone. All arrays are read-only; columns are (blocks,) or (blocks, k) floats. Of curves
without borders, `columns` are what zones add up, `inner` takes such sums (n, columns) to (n, parts), and `outer` the
parts' totals over all schools (..., parts) to the value: so that many single moves can be valued at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

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

    @cached_property
    def columns(self) -> Floats:
        return frozen(np.column_stack([self.counts, self.poverty, self.heads]))

    def inner(self, sums: Floats) -> Floats:
        """(n, k) what each zone adds to the groups' exposures, before they are divided by the group."""
        poor, whole = sums[:, -2], sums[:, -1]
        met = np.divide(poor, whole, out=np.zeros_like(poor), where=whole > 0)
        return np.asarray(sums[:, :-2] * met[:, None])

    def outer(self, total: Floats) -> Floats:
        return np.asarray(self.scale * np.sqrt((self.weight * (total / self.total - self.aim) ** 2).sum(axis=-1)))

    def value(self, school: Ints) -> float:
        return float(self.outer(self.inner(zone_sums(school, self.columns)).sum(axis=0)))


@dataclass(frozen=True, eq=False)
class Uneven:
    """scale * sum over schools of sum_k |part_k|; part: (blocks, k)."""

    name: str
    part: Floats
    scale: float = 1.0

    @property
    def columns(self) -> Floats:
        return self.part

    def inner(self, sums: Floats) -> Floats:
        return np.abs(sums)

    def outer(self, total: Floats) -> Floats:
        return np.asarray(self.scale * total.sum(axis=-1))

    def value(self, school: Ints) -> float:
        return self.scale * float(self.inner(zone_sums(school, self.columns)).sum())


@dataclass(frozen=True, eq=False)
class Entropy:
    """scale * sum over schools of sum_k n_k ln( n_k / (heads * share_k) ); counts: (blocks, k), share: (k,) > 0."""

    name: str
    counts: Floats
    heads: Floats
    share: Floats
    scale: float = 1.0

    @cached_property
    def columns(self) -> Floats:
        return frozen(np.column_stack([self.counts, self.heads]))

    def inner(self, sums: Floats) -> Floats:
        zones, whole = sums[:, :-1], sums[:, -1:]
        there = (zones > 1e-9) & (whole > 1e-9)
        ratio = np.divide(zones, whole * self.share, out=np.ones(zones.shape), where=there)
        return np.asarray(zones * np.log(ratio))

    def outer(self, total: Floats) -> Floats:
        return np.asarray(self.scale * total.sum(axis=-1))

    def value(self, school: Ints) -> float:
        return self.scale * float(self.inner(zone_sums(school, self.columns)).sum())


@dataclass(frozen=True, eq=False)
class Band:
    """scale * share of schools with students whose rate poverty / heads lies farther than `width` from `rate`."""

    name: str
    poverty: Floats
    heads: Floats
    rate: float
    width: float
    scale: float = 1.0

    @cached_property
    def columns(self) -> Floats:
        return frozen(np.column_stack([self.poverty, self.heads]))

    def inner(self, sums: Floats) -> Floats:
        """(n, 2) whether the zone lies outside, and whether it has students."""
        poor, whole = sums[:, 0], sums[:, 1]
        there = whole > 1e-9
        rate = np.divide(poor, whole, out=np.full(len(whole), self.rate), where=there)
        return np.column_stack([np.abs(rate - self.rate) > self.width + BAND_SLACK, there]).astype(np.float64)

    def outer(self, total: Floats) -> Floats:
        outside, there = total[..., 0], total[..., 1]
        return self.scale * np.divide(outside, there, out=np.zeros(np.shape(there)), where=there > 0)

    def value(self, school: Ints) -> float:
        return float(self.outer(self.inner(zone_sums(school, self.columns)).sum(axis=0)))


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
