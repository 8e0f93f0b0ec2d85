"""A weighted mixture of objectives, each divided by its value under the status quo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives.base import Compiled, Objective, weighted
from optimizer.plan import Plan

NOTHING = 1e-12


@dataclass(frozen=True)
class Mixture:
    """sum of weight * objective / its status-quo value; a part whose status-quo value is 0 is taken undivided (up to
    1e-12 counts as 0: what rounding leaves of it must not become the scale)."""

    name: ClassVar[str] = "mixture"
    parts: tuple[tuple[float, Objective], ...]

    def _weights(self, district: District) -> list[tuple[float, Objective]]:
        today = Plan.today(district)
        values = [part.value(today) for _, part in self.parts]
        scales = [value if value > NOTHING else 1.0 for value in values]
        return [(weight / scale, part) for (weight, part), scale in zip(self.parts, scales, strict=True)]

    def compile(self, model: Model) -> Compiled:
        return weighted([(weight, part.compile(model)) for weight, part in self._weights(model.district)])

    def value(self, plan: Plan) -> float:
        return sum(weight * part.value(plan) for weight, part in self._weights(plan.district))

    def attributes(self, district: District) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for _, part in self.parts for name in part.attributes(district)))
