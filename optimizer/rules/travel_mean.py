"""How far students travel over the whole district: on average, and how many too far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import frozen
from optimizer.district import District
from optimizer.model import SHARE_SLACK, STUDENT_SLACK, Budget, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import need_range


@dataclass(frozen=True)
class MeanTravel:
    """Students' mean travel <= limit (metres, or minutes where travel is in minutes). Blocks whose travel is not known
    count neither way."""

    kind: ClassVar[str] = "travel_mean"
    limit: float

    def __post_init__(self) -> None:
        need_range(0, np.inf, limit=self.limit)

    def narrow(self, model: Model) -> Model:
        district, limit = model.district, self.limit + STUDENT_SLACK
        travel = district.travel.of(model.pairs)
        # A pair without travel weighs as much as the limit: it changes nothing on either side.
        each = np.where(np.isfinite(travel), travel, limit)
        cost = frozen(each * district.students[model.pairs.rows])
        budget = Budget(self.kind, cost, limit * float(district.students.sum()))
        return replace(model, budgets=(*model.budgets, budget))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row: the mean travel beyond the limit."""
        students = np.where(np.isfinite(plan.travel), plan.district.students, 0.0)
        total = float(students.sum())
        mean = float(students @ np.where(students > 0, plan.travel, 0.0)) / total if total > 0 else 0.0
        over = mean - self.limit
        return [Breach(self.kind, over, self.limit, unit=plan.district.travel.unit)] if over > STUDENT_SLACK else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)


@dataclass(frozen=True)
class Riders:
    """At most `share` (0 to 1) of all students travel farther than `distance` (metres, or minutes): those who need a
    bus. Travel that is not known is not farther."""

    kind: ClassVar[str] = "riders"
    distance: float
    share: float

    def __post_init__(self) -> None:
        need_range(0, np.inf, distance=self.distance)
        need_range(0, 1, share=self.share)

    def narrow(self, model: Model) -> Model:
        students, travel = model.district.students, model.district.travel.of(model.pairs)
        rides = np.isfinite(travel) & (travel > self.distance + STUDENT_SLACK)
        cost = np.where(rides, students[model.pairs.rows], 0.0)
        limit = (self.share + SHARE_SLACK) * float(students.sum())
        return replace(model, budgets=(*model.budgets, Budget(self.kind, frozen(cost), limit)))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row: the share of riders beyond the limit."""
        far = [
            float(students)
            for students, travel in zip(plan.district.students, plan.travel, strict=True)
            if self.distance + STUDENT_SLACK < travel < np.inf
        ]
        total = float(plan.district.students.sum())
        over = sum(far) / total - self.share if total > 0 else 0.0
        return [Breach(self.kind, over, self.share, unit="share")] if over > SHARE_SLACK else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)
