"""What an objective is to the solvers: a cost over pairs, a cost over borders, and curved parts, each of the form
outer( sum over schools of inner(the zone's sums) ) (`optimizer.objectives.curves`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from optimizer.arrays import Bools, Floats, frozen
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives.curves import Curve, Exposures
from optimizer.plan import Plan


@dataclass(frozen=True, eq=False)
class Compiled:
    """An objective laid over one model: the sum of its parts. pair_cost: (pairs,) >= 0. curves: curved parts.
    border_cost: (entries of District.adjacency,) >= 0, of each pair of neighbours in different zones, or None."""

    pair_cost: Floats
    curves: tuple[Curve, ...] = ()
    border_cost: Floats | None = None

    def keep_pairs(self, mask: Bools) -> Compiled:
        """Over the pairs where `mask` (pairs,) is true."""
        return replace(self, pair_cost=frozen(self.pair_cost[mask]))

    @property
    def exposures(self) -> Exposures | None:
        """The first curved part of exposures, if there is one."""
        return next((curve for curve in self.curves if isinstance(curve, Exposures)), None)

    @property
    def mixed(self) -> bool:
        """Whether there is more than pair costs and one part of exposures."""
        known = self.exposures
        return self.border_cost is not None or any(curve is not known for curve in self.curves)

    def value(self, model: Model, plan: Plan) -> float:
        """Of a plan of candidate pairs."""
        total = float(self.pair_cost[model.pairs.find(plan.school)].sum())
        total += sum(curve.value(plan.school) for curve in self.curves)
        if self.border_cost is not None:
            adjacency = model.district.adjacency
            cut = plan.school[adjacency.rows] != plan.school[adjacency.index]
            total += float(self.border_cost[cut].sum()) / 2
        return total


class Objective(Protocol):
    """Something to make small. `compile` is for solvers; `value` computes it from a plan, on its own."""

    @property
    def name(self) -> str: ...

    def compile(self, model: Model) -> Compiled: ...

    def value(self, plan: Plan) -> float: ...

    def attributes(self, district: District) -> tuple[str, ...]:
        """The count columns that enter the objective."""
        ...


@dataclass(frozen=True, eq=False)
class Given:
    """An objective that is compiled already, for one model."""

    name: ClassVar[str] = "given"
    model: Model
    compiled: Compiled

    def compile(self, model: Model) -> Compiled:
        return self.compiled

    def value(self, plan: Plan) -> float:
        return self.compiled.value(self.model, plan)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


def weighted(parts: Sequence[tuple[float, Compiled]]) -> Compiled:
    """The sum of compiled objectives times their weights; parts of weight 0 are left out."""
    pair_cost = sum((weight * part.pair_cost for weight, part in parts), start=np.zeros_like(parts[0][1].pair_cost))
    curves = [replace(c, scale=c.scale * weight) for weight, part in parts if weight > 0 for c in part.curves]
    border: Floats | None = None
    for weight, part in parts:
        if part.border_cost is not None and weight > 0:
            border = weight * part.border_cost + (0.0 if border is None else border)
    return Compiled(frozen(pair_cost), tuple(curves), None if border is None else frozen(border))
