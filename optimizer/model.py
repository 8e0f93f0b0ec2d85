"""The small algebra that every rule compiles to and every solver reads.

A rule turns a Model into a narrower one, out of few kinds of thing: candidate pairs, school sums, plan budgets, what
holds together, borders and splits, ceilings on objectives, and contiguity. Solvers read these alone and never ask which
rule they came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan

STUDENT_SLACK = 1e-6  # students, metres, minutes: how far comparisons reach beyond a limit (FORMAT.md)
SHARE_SLACK = 1e-9
ROUNDING = 1e-9  # students: beyond sums whose limits hold the allowance already


@dataclass(frozen=True, eq=False)
class SchoolSum:
    """At each school: low <= sum over the zone of (part - factor * whole) <= high.

    part, whole: columns of District.counts, or EXPOSED; whole is -1 where there is no second column. factor, low, high:
    (schools,); low and high may be infinite. hard_low, hard_high: (schools,) what no plan may go beyond: they differ
    from low and high where the status quo itself breaks the limit. What lies between is excess, which the search makes
    small first. slack: how far a plan may go beyond hard_low and hard_high, so that solvers and checks agree at the
    limit: ROUNDING alone where these hold the allowance already, as those of shares do.
    """

    name: str
    part: int
    whole: int
    factor: Floats
    low: Floats
    high: Floats
    hard_low: Floats
    hard_high: Floats
    slack: float = STUDENT_SLACK

    def keeps(self, value: Floats) -> bool:
        """Whether sums (schools,) lie within the hard limits."""
        return not ((value > self.hard_high + self.slack) | (value < self.hard_low - self.slack)).any()

    def value(self, district: District, school: Ints) -> Floats:
        """(schools,) the sum under an assignment."""
        zone = np.bincount(school, district.amount(self.part), district.schools).astype(np.float64)
        if self.whole != -1:
            zone = zone - self.factor * np.bincount(school, district.amount(self.whole), district.schools)
        return zone

    def load(self, district: District, j: int | Ints, block: Ints) -> Floats:
        """What each of `block` adds to the sum at school j, or at its own of (n,) schools."""
        part = district.amount(self.part)[block]
        return part if self.whole == -1 else part - self.factor[j] * district.amount(self.whole)[block]

    def excess(self, district: District, school: Ints) -> float:
        """Total over the schools of what lies beyond low and high."""
        value = self.value(district, school)
        return float(np.maximum(value - self.high, 0).sum() + np.maximum(self.low - value, 0).sum())


@dataclass(frozen=True, eq=False)
class Budget:
    """Over the whole plan: sum of `cost` (candidate pairs,) over the chosen pairs <= limit. Costs may be negative."""

    name: str
    cost: Floats
    limit: float


@dataclass(frozen=True, eq=False)
class OneCluster:
    """Contiguity. root: (schools,) block, -1 where none; a root stays. detached: (blocks,) may be away from the root
    of its home zone, and of no other."""

    root: Ints
    detached: Bools


@dataclass(frozen=True, eq=False)
class Borders:
    """Neighbours in different zones: the sum of `weight` (entries of District.adjacency,), each pair of neighbours once
    and so symmetric and >= 0, is at most `limit`; `cost` a unit is added to what the search makes small."""

    name: str
    weight: Floats
    limit: float = np.inf
    cost: float = 0.0


@dataclass(frozen=True, eq=False)
class Splits:
    """Sets of blocks that had better stay together: `cost` for each further school that a set is spread over.
    part: (blocks,) the set of each block, 0 and up without gaps; -1 for none. (blocks, k) where a block, made of
    several, is in up to k sets."""

    name: str
    part: Ints
    cost: float


@dataclass(frozen=True, eq=False)
class Largest:
    """At each school: the largest of the sums of `part` (blocks, k) is at least `low` times the sum of `whole`
    (blocks,). A share of each zone that goes on together."""

    name: str
    part: Floats
    whole: Floats
    low: float


@dataclass(frozen=True, eq=False)
class Compact:
    """At each school with a zone: 4 pi area / perimeter^2 is at least `low` (Polsby and Popper 1991). area, around:
    (blocks,) square metres, and metres of the block's whole border; shared: (entries of District.adjacency,) metres.
    cost: a unit of 1 less the mean over the schools, added to what the search makes small."""

    name: str
    area: Floats
    around: Floats
    shared: Floats
    low: float
    cost: float = 0.0


class Worth(Protocol):
    """A compiled objective (`optimizer.objectives.base.Compiled`), as a ceiling holds it."""

    @property
    def pair_cost(self) -> Floats: ...

    @property
    def curves(self) -> tuple[Any, ...]: ...

    @property
    def border_cost(self) -> Floats | None: ...

    def value(self, model: Model, plan: Plan) -> float: ...

    def keep_pairs(self, mask: Bools) -> Worth: ...


@dataclass(frozen=True, eq=False)
class Ceiling:
    """Over the whole plan: an objective with a curved part is at most `limit`. slack: how much of the limit is the
    allowance of comparisons, so that a running sum may keep away from its edge."""

    name: str
    worth: Worth
    limit: float
    slack: float


class Narrows(Protocol):
    """What a model asks of a rule. See optimizer.rules.base for all that a rule is."""

    def narrow(self, model: Model) -> Model: ...


@dataclass(frozen=True, eq=False)
class Model:
    """pairs: the schools that each block may go to. schools in none of them take no block. together: (blocks,) blocks
    of one number, 0 and up, go to one school; -1: by itself."""

    district: District
    pairs: Csr
    sums: tuple[SchoolSum, ...] = ()
    budgets: tuple[Budget, ...] = ()
    contiguity: OneCluster | None = None
    borders: tuple[Borders, ...] = ()
    splits: tuple[Splits, ...] = ()
    largest: tuple[Largest, ...] = ()
    compact: tuple[Compact, ...] = ()
    together: Ints | None = None
    ceilings: tuple[Ceiling, ...] = ()
    struck: Ints | None = None

    @classmethod
    def build(cls, district: District, rules: tuple[Narrows, ...]) -> Model:
        """The model of all rules together, over a district that is `under` them. Rules that narrow pairs come first, so
        that budgets are laid over the pairs that are left. Raises InputError with every fault of every rule."""
        check(district, rules)
        model = cls(district, _reachable(district, rules))
        for rule in rules:
            model = rule.narrow(model)
        return model

    def keep_pairs(self, mask: Bools) -> Model:
        """The model with only the pairs where `mask` (pairs,) is true."""
        budgets = tuple(replace(budget, cost=frozen(budget.cost[mask])) for budget in self.budgets)
        ceilings = tuple(replace(ceiling, worth=ceiling.worth.keep_pairs(mask)) for ceiling in self.ceilings)
        return replace(self, pairs=self.pairs.keep(mask), budgets=budgets, ceilings=ceilings)

    def keep_together(self, unit: Ints) -> Model:
        """The model where blocks of one number of `unit` (blocks,), -1 for none, go to one school, besides what holds
        together already."""
        if self.together is not None:
            unit = _joined(self.together, unit)
        return replace(self, together=frozen(unit.astype(np.int32)))

    @property
    def stay(self) -> Bools:
        """(pairs,) whether a block that has this school does not move."""
        return self.pairs.index == self.district.home[self.pairs.rows]

    @property
    def free(self) -> Bools:
        """(pairs,) where no limit on moves counts the block: it stays, or its school is closed."""
        return self.stay | (self.district.home < 0)[self.pairs.rows]


def check(district: District, rules: Iterable[Narrows]) -> None:
    """Raises InputError with all that the rules name and the district has not; and with neighbours of one side alone:
    the search would walk on for ever."""
    faults = _one_sided(district)
    for rule in rules:
        find = getattr(rule, "faults", None)
        faults += find(district) if find is not None else []
    if faults:
        raise InputError(faults)


def _one_sided(district: District) -> list[Fault]:
    lonely = district.adjacency.one_sided
    if not len(lonely):
        return []
    one, other = (district.block_ids[side[lonely[0]]] for side in (district.adjacency.rows, district.adjacency.index))
    problem = f"block '{other}' is a neighbour of '{one}', and '{one}' none of '{other}'"
    return [Fault("adjacency", f"{problem} ({len(lonely)} such pairs)", "Give each pair of neighbours both ways round")]


def _joined(first: Ints, second: Ints) -> Ints:
    """Units of the finest partition that is coarser than both; -1 where a block is in neither."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - takes a moment to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n, a = len(first), int(first.max(initial=-1)) + 1
    rows = np.concatenate([np.flatnonzero(first >= 0), np.flatnonzero(second >= 0)])
    cols = np.concatenate([n + first[first >= 0], n + a + second[second >= 0]])
    size = n + a + int(second.max(initial=-1)) + 1
    label = connected_components(csr_matrix((np.ones(len(rows)), (rows, cols)), (size, size)), directed=False)[1][:n]
    inside = (first >= 0) | (second >= 0)
    out = np.full(n, -1)
    out[inside] = np.unique(label[inside], return_inverse=True)[1]
    return out.astype(np.int32)


def _reachable(district: District, rules: tuple[Narrows, ...]) -> Csr:
    """Each block's home, and the schools within the tightest reach that a rule gives, among those that take blocks."""
    limit = np.full(district.blocks, np.inf)
    for rule in rules:
        reach = getattr(rule, "reach", None)
        if reach is not None:
            limit = np.minimum(limit, reach(district))
    # "Out of reach" is stored as a missing pair or an infinite value: neither is ever a candidate.
    limit = np.where(np.isfinite(district.travel_current), np.minimum(limit, np.finfo(float).max), -np.inf)
    near = district.travel.within(limit, district.open)
    stays, rooted = np.flatnonzero(district.home >= 0), np.flatnonzero(district.root >= 0)
    rows = np.concatenate([near.rows, stays, district.root[rooted]])
    return Csr.of_pairs(rows, np.concatenate([near.index, district.home[stays], rooted]), district.blocks)
