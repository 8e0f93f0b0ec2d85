"""How far students travel over the whole district: on average, and how many too far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from optimizer.arrays import Floats, Ints
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, BudgetCheck, Row, RuleCheck, row

if TYPE_CHECKING:
    from scenarios.verify.case import Case


@dataclass(frozen=True)
class TravelMean(RuleCheck):
    """Students' mean travel is at most `limit`; what is not known counts neither way."""

    kind: ClassVar[str] = "travel_mean"
    keys: ClassVar[tuple[str, ...]] = ("limit",)
    limit: float

    @classmethod
    def read(cls, table: values.Table, ground: Ground) -> TravelMean:
        return cls(values.number(table, "limit", 0))

    def budgets(self, case: Case) -> list[BudgetCheck]:
        ground, most = case.ground, self.limit + SLACK

        def cost(j: int) -> Floats:
            far = ground.far(j)
            return ground.students * np.where(np.isfinite(far), far, most)

        return [BudgetCheck(cost, cost, most * math.fsum(ground.students.tolist()))]

    def broken(self, case: Case, zone: Ints) -> list[Row]:
        far = case.ground.travel(zone)
        known = np.isfinite(far)
        students = case.ground.students[known]
        total = math.fsum(students.tolist())
        over = math.fsum((students * far[known]).tolist()) / total - self.limit if total > 0 else 0.0
        return [row(self.kind, over, self.limit, unit=case.ground.district.travel.unit)] if over > SLACK else []


@dataclass(frozen=True)
class Riders(RuleCheck):
    """At most `share` of all students travel farther than `distance`; travel that is not known is not farther."""

    kind: ClassVar[str] = "riders"
    keys: ClassVar[tuple[str, ...]] = ("distance", "share")
    distance: float
    share: float

    @classmethod
    def read(cls, table: values.Table, ground: Ground) -> Riders:
        return cls(values.number(table, "distance", 0), values.number(table, "share", 0, 1))

    def riders(self, ground: Ground, far: Floats) -> Floats:
        """(blocks,) the students of each block who travel so far."""
        return np.where(np.isfinite(far) & (far > self.distance + SLACK), ground.students, 0.0)

    def budgets(self, case: Case) -> list[BudgetCheck]:
        ground = case.ground

        def cost(j: int) -> Floats:
            return self.riders(ground, ground.far(j))

        return [BudgetCheck(cost, cost, (self.share + SHARE_SLACK) * math.fsum(ground.students.tolist()))]

    def broken(self, case: Case, zone: Ints) -> list[Row]:
        total = math.fsum(case.ground.students.tolist())
        riding = math.fsum(self.riders(case.ground, case.ground.travel(zone)).tolist())
        over = riding / total - self.share if total > 0 else 0.0
        return [row(self.kind, over, self.share, unit="share")] if over > SHARE_SLACK else []
