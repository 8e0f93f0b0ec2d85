"""A proof of a lower bound, as arrays: docs/certificate.md says what each part means, and how to check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.gap import keep_from_below_nought


@dataclass(frozen=True, eq=False)
class Cuts:
    """x_t <= sum of x over C, at one school each. school, block: (cuts,). start: (cuts + 1,), member: blocks of C."""

    school: Ints
    block: Ints
    start: Offsets
    member: Ints

    def separator(self, cut: int) -> Ints:
        return self.member[self.start[cut] : self.start[cut + 1]]


@dataclass(frozen=True, eq=False)
class SchoolProof:
    """One school's zones in a tree, and the multipliers of its leaves.

    split: (nodes,) node by node, the first child and all below it before the second: LEAF; DEAD where no valid plan has
    such a zone; RATE where it is split at `middle` (nodes,), which is NaN elsewhere; or the block that is in or not.
    low, high: (leaves,) rates. tilt: (leaves,) g. size_price: (leaves, sums) mu, one for each SchoolSum of the model.
    start: (leaves + 1,) where each leaf's cuts lie; cut: places in Certificate.cuts; weight: y >= 0. border: (n, 2)
    neighbours, and border_price: (n,) what the first costs more and the second less; None where borders cost nothing.
    """

    school: int
    split: Ints
    middle: Floats
    low: Floats
    high: Floats
    tilt: Floats
    size_price: Floats
    start: Offsets
    cut: Ints
    weight: Floats
    border: Ints | None = None
    border_price: Floats | None = None

    @property
    def by_rates(self) -> bool:
        """Whether zones are parted by their rates alone."""
        return len(self.split) == 2 * int(np.isfinite(self.middle).sum()) + 1

    def _parts(self) -> dict[str, Any]:
        """The edges of intervals where zones are parted by their rates alone; else the tree."""
        if self.by_rates:
            return {"edges": [*self.low.tolist(), float(self.high[-1])]}
        nodes = zip(np.isfinite(self.middle).tolist(), self.split.tolist(), self.middle.tolist(), strict=True)
        return {"tree": [[at] if by_rate else kind for by_rate, kind, at in nodes]}

    def document(self, priced: Sequence[int]) -> dict[str, Any]:
        """As in the file. priced: the sums whose prices are written."""
        lists = {}
        for k in range(len(self.tilt)):
            here = slice(self.start[k], self.start[k + 1])
            if self.start[k + 1] > self.start[k]:
                pairs = zip(self.cut[here].tolist(), self.weight[here].tolist(), strict=True)
                lists[str(k)] = [number for pair in pairs for number in pair]
        found = {
            "school": self.school,
            **self._parts(),
            "tilt": self.tilt.tolist(),
            "sum_prices": [self.size_price[:, s].tolist() for s in priced],
            "cuts": lists,
        }
        if self.border is None or self.border_price is None:
            return found
        borders = zip(self.border.tolist(), self.border_price.tolist(), strict=True)
        return found | {"borders": [number for pair, price in borders for number in (*pair, price)]}


@dataclass(frozen=True, eq=False)
class Leaf:
    """A proof under a box of rates of some schools: rates {school: (low, high)}, empty where it is not split.
    direction: (groups,), empty without exposures. prices: (blocks,). budget_prices: (budgets,) >= 0."""

    direction: Floats
    prices: Floats
    budget_prices: Floats
    schools: tuple[SchoolProof, ...]
    rates: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def document(self, priced: Sequence[int]) -> dict[str, Any]:
        """As in the file. priced: the sums whose prices are written."""
        return {
            "rates": {str(school): list(box) for school, box in self.rates.items()},
            "direction": self.direction.tolist(),
            "prices": self.prices.tolist(),
            "budget_prices": self.budget_prices.tolist(),
            "schools": [proof.document(priced) for proof in self.schools],
        }


@dataclass(frozen=True, eq=False)
class Certificate:
    """bound: no valid plan has a smaller objective, in the objective's unit; >= 0. relaxes: the rules that the proof
    makes no use of, by name. priced: the SchoolSums that no plan may go beyond at some school, by their places: those
    without hard limits have no price, and are not written. None: all. struck: (n, 2) block and school of the pairs that
    no valid plan has and that the proof leaves out, in the order in which each follows."""

    bound: float
    relaxes: tuple[str, ...]
    cuts: Cuts
    leaves: tuple[Leaf, ...]
    priced: tuple[int, ...] | None = None
    struck: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int32))

    def __post_init__(self) -> None:
        keep_from_below_nought(self, "bound")

    def document(self) -> dict[str, Any]:
        """The keys of the file that this knows: bound, relaxes, struck, cuts, leaves."""
        cuts, priced = self.cuts, self.priced
        if priced is None:
            priced = tuple(range(self.leaves[0].schools[0].size_price.shape[1])) if self.leaves else ()
        return {
            "bound": self.bound,
            "relaxes": list(self.relaxes),
            "struck": self.struck.tolist(),
            "cuts": [
                {"school": int(cuts.school[k]), "block": int(cuts.block[k]), "separator": cuts.separator(k).tolist()}
                for k in range(len(cuts.block))
            ],
            "leaves": [leaf.document(priced) for leaf in self.leaves],
        }
