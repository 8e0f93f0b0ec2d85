"""What an objective is to the solvers: outer( sum over schools of inner(the zone's sums) ) + a cost over pairs.

inner is, at each school, n_r * P / N for every group r: the students of the group times the poverty rate they meet.
Their sums over the schools, divided by the group's students, are the groups' exposures E_r; outer is
sqrt( sum_r weight_r (E_r - rate)^2 ).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.model import Model
from optimizer.plan import Plan


@dataclass(frozen=True, eq=False)
class Exposures:
    """The curved part of an objective: scale * sqrt( sum_r weight_r (E_r - rate)^2 ).

    counts: (blocks, groups) students whose exposure counts. poverty: (blocks,) students in poverty. weight: (groups,)
    >= 0, 0 for a group without students. total: (groups,) students, 1 for a group without. rate: district rate, 0 to 1.
    """

    counts: Floats
    poverty: Floats
    weight: Floats
    total: Floats
    rate: float
    scale: float = 1.0

    @classmethod
    def of(cls, counts: Floats, poverty: Floats) -> Exposures:
        """Groups weighted by their students."""
        total = counts.sum(axis=0)
        everyone = float(total.sum())
        weight = total / everyone if everyone > 0 else np.zeros_like(total)
        rate = float(poverty.sum()) / everyone if everyone > 0 else 0.0
        return cls(frozen(counts), frozen(poverty), frozen(weight), frozen(np.where(total > 0, total, 1.0)), rate)

    def value(self, plan: Plan) -> float:
        zones, poor = plan.sums(self.counts), plan.sums(self.poverty)
        whole = zones.sum(axis=1)
        met = np.divide(poor, whole, out=np.zeros_like(poor), where=whole > 0)
        exposure = (zones * met[:, None]).sum(axis=0) / self.total
        return self.scale * float(np.sqrt((self.weight * (exposure - self.rate) ** 2).sum()))


@dataclass(frozen=True, eq=False)
class Compiled:
    """An objective laid over one model. pair_cost: (pairs,). exposures: the curved part, or None."""

    pair_cost: Floats
    exposures: Exposures | None = None


class Objective(Protocol):
    """Something to make small. `compile` is for solvers; `value` computes it from a plan, on its own."""

    name: ClassVar[str]

    def compile(self, model: Model) -> Compiled: ...

    def value(self, plan: Plan) -> float: ...

    def attributes(self, district: District) -> tuple[str, ...]:
        """The count columns that enter the objective."""
        ...


def weighted(parts: Sequence[tuple[float, Compiled]]) -> Compiled:
    """The sum of compiled objectives times their weights; at most one of them may be curved."""
    pair_cost = sum((weight * part.pair_cost for weight, part in parts), start=np.zeros_like(parts[0][1].pair_cost))
    curved = [(weight, part.exposures) for weight, part in parts if part.exposures is not None]
    if len(curved) > 1:
        raise NotImplementedError("a mixture takes one objective of exposure")
    if not curved:
        return Compiled(frozen(pair_cost))
    weight, e = curved[0]
    return Compiled(frozen(pair_cost), Exposures(e.counts, e.poverty, e.weight, e.total, e.rate, e.scale * weight))
