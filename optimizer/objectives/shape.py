"""Objectives of shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.district import District
from optimizer.measures.shape import cut_edges
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan


@dataclass(frozen=True)
class CutEdges:
    """How many pairs of neighbours are in different zones."""

    name: ClassVar[str] = "cut_edges"

    def compile(self, model: Model) -> Compiled:
        entries = len(model.district.adjacency.index)
        return Compiled(np.zeros(len(model.pairs.index)), border_cost=np.ones(entries))

    def value(self, plan: Plan) -> float:
        return float(cut_edges(plan))

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
