"""Objectives of shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.district import District
from optimizer.measures.record import Unit
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan


@dataclass(frozen=True)
class CutEdges:
    """How many pairs of neighbours are in different zones. Those that a rule parts are no neighbours here, so that with
    a barrier the value is less than the measure of the same name."""

    name: ClassVar[str] = "cut_edges"
    unit: ClassVar[Unit] = "count"

    def compile(self, model: Model) -> Compiled:
        entries = len(model.district.adjacency.index)
        return Compiled(np.zeros(len(model.pairs.index)), border_cost=np.ones(entries))

    def value(self, plan: Plan) -> float:
        adjacency = plan.district.adjacency
        return float((plan.school[adjacency.rows] != plan.school[adjacency.index]).sum()) / 2

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
