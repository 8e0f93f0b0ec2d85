"""Students who go on to one school together: zones follow a further column, such as the middle school of each block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault
from optimizer.model import SHARE_SLACK, Largest, Model, Splits
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import label_faults, labels, need_above_zero, need_one_of, need_range


@dataclass(frozen=True)
class Feeder:
    """At each school, at least a share of the zone's students go on together.

    column: a further column, the school that each block goes on to; empty where it is not known. Exactly one of: low,
    the least share (0 to 1) of each zone's students who go on to the school that most of them go on to; cost, what the
    search pays for each further school that the blocks of one value are spread over, in the objective's unit.
    """

    kind: ClassVar[str] = "feeder"
    column: str
    low: float | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        need_one_of(low=self.low, cost=self.cost)
        need_range(0, 1, low=self.low)
        need_above_zero(cost=self.cost)

    def faults(self, district: District) -> list[Fault]:
        return label_faults(self.kind, self.column, district)

    def narrow(self, model: Model) -> Model:
        label, students = labels(model.district, self.column), model.district.students
        if self.cost is not None:
            return replace(model, splits=(*model.splits, Splits(self.kind, frozen(label), self.cost)))
        assert self.low is not None
        part: Floats = np.zeros((len(label), int(label.max(initial=-1)) + 1))
        known = label >= 0
        part[known, label[known]] = students[known]
        row = Largest(self.kind, frozen(part), students, self.low - SHARE_SLACK)
        return replace(model, largest=(*model.largest, row))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each school: by how much its largest share is below `low`. None where splits have a cost."""
        if self.low is None:
            return []
        label, students, rows = labels(plan.district, self.column), plan.district.students, []
        for j in np.flatnonzero(plan.load > 0):
            here = plan.school == j
            each = np.bincount(label[here] + 1, students[here])[1:]  # the first is of blocks without a value
            under = self.low - float(each.max(initial=0.0)) / float(students[here].sum())
            if under > SHARE_SLACK:
                rows.append(Breach(self.kind, under, self.low, plan.district.school_ids[j], unit="share"))
        return rows

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)
