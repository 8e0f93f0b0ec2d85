"""The small algebra that every rule compiles to and every solver reads.

A rule turns a Model into a narrower one, out of few kinds of thing: candidate pairs, school sums, plan budgets and
contiguity. Solvers read these alone and never ask which rule they came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.district import District

if TYPE_CHECKING:
    from optimizer.rules.base import Rule

STUDENT_SLACK = 1e-6  # students, metres, minutes: how far comparisons reach beyond a limit (FORMAT.md)
SHARE_SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class SchoolSum:
    """At each school: low <= sum over the zone of (part - factor * whole) <= high.

    part, whole: columns of District.counts; whole is -1 where there is no second column. factor, low, high: (schools,);
    low and high may be infinite. hard_low, hard_high: (schools,) what no plan may go beyond: they differ from low and
    high where the status quo itself breaks the limit. What lies between is excess, which the search makes small first.
    """

    name: str
    part: int
    whole: int
    factor: Floats
    low: Floats
    high: Floats
    hard_low: Floats
    hard_high: Floats

    def value(self, district: District, school: Ints) -> Floats:
        """(schools,) the sum under an assignment."""
        zone = np.bincount(school, district.counts[:, self.part], district.schools).astype(np.float64)
        if self.whole >= 0:
            zone = zone - self.factor * np.bincount(school, district.counts[:, self.whole], district.schools)
        return zone

    def excess(self, district: District, school: Ints) -> float:
        """Total over the schools of what lies beyond low and high."""
        value = self.value(district, school)
        return float(np.maximum(value - self.high, 0).sum() + np.maximum(self.low - value, 0).sum())


@dataclass(frozen=True, eq=False)
class Budget:
    """Over the whole plan: sum of `cost` (candidate pairs,) over the chosen pairs <= limit. cost >= 0."""

    name: str
    cost: Floats
    limit: float


@dataclass(frozen=True, eq=False)
class OneCluster:
    """Contiguity. root: (schools,) block, -1 where none; a root stays. detached: (blocks,) may be away from the root
    of its status-quo zone, and of no other."""

    root: Ints
    detached: Bools


@dataclass(frozen=True, eq=False)
class Model:
    """pairs: the schools that each block may go to. schools in none of them take no block."""

    district: District
    pairs: Csr
    sums: tuple[SchoolSum, ...] = ()
    budgets: tuple[Budget, ...] = ()
    contiguity: OneCluster | None = None

    @classmethod
    def build(cls, district: District, rules: tuple[Rule, ...]) -> Model:
        """The model of all rules together. Rules that narrow pairs come first, so that budgets are laid over the
        pairs that are left."""
        model = cls(district, _reachable(district, rules))
        for rule in rules:
            model = rule.narrow(model)
        return model

    def keep_pairs(self, mask: Bools) -> Model:
        """The model with only the pairs where `mask` (pairs,) is true."""
        budgets = tuple(replace(budget, cost=frozen(budget.cost[mask])) for budget in self.budgets)
        return replace(self, pairs=self.pairs.keep(mask), budgets=budgets)

    @property
    def stay(self) -> Bools:
        """(pairs,) whether the pair is the block's school under the status quo."""
        return self.pairs.index == self.district.status_quo[self.pairs.rows]


def _reachable(district: District, rules: tuple[Rule, ...]) -> Csr:
    """Each block's own school, and those within the tightest reach that a rule gives, among schools with a zone."""
    limit = np.full(district.blocks, np.inf)
    for rule in rules:
        reach = getattr(rule, "reach", None)
        if reach is not None:
            limit = np.minimum(limit, reach(district))
    # "Out of reach" is stored as a missing pair or an infinite value: neither is ever a candidate.
    limit = np.where(np.isfinite(district.travel_now), np.minimum(limit, np.finfo(float).max), -np.inf)
    near = district.travel.within(limit, district.has_zone)
    rows = np.concatenate([near.rows, np.arange(district.blocks, dtype=np.int32)])
    return Csr.of_pairs(rows, np.concatenate([near.index, district.status_quo]), district.blocks)
