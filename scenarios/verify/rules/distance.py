"""How far students travel over the whole district: on average, and how many too far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from scenarios.reading.values import Table
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, BudgetCheck, Row, RuleCheck


@dataclass(frozen=True)
class TravelMean(RuleCheck):
    """Students' mean travel is at most `limit`; what is not known counts neither way."""

    kind = "travel_mean"
    keys = ("limit",)
    limit: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> TravelMean:
        return cls(values.number(table, "limit", 0))

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        most = self.limit + SLACK

        def cost(j: int) -> Floats:
            far = ground.far(j)
            return ground.students * np.where(np.isfinite(far), far, most)

        return [BudgetCheck(cost, cost, most * math.fsum(ground.students.tolist()))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        far = ground.travel(zone)
        known = np.isfinite(far)
        students = ground.students[known]
        total = math.fsum(students.tolist())
        over = math.fsum((students * far[known]).tolist()) / total - self.limit if total > 0 else 0.0
        return [Row(self.kind, over, self.limit, ground.district.travel.unit)] if over > SLACK else []


@dataclass(frozen=True)
class Riders(RuleCheck):
    """At most `share` of all students travel farther than `distance`; travel that is not known is not farther."""

    kind = "riders"
    keys = ("distance", "share")
    distance: float
    share: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Riders:
        return cls(values.number(table, "distance", 0), values.number(table, "share", 0, 1))

    def riders(self, ground: Ground, far: Floats) -> Floats:
        """(blocks,) the students of each block who travel so far."""
        return np.where(np.isfinite(far) & (far > self.distance + SLACK), ground.students, 0.0)

    def budgets(self, ground: Ground) -> list[BudgetCheck]:

        def cost(j: int) -> Floats:
            return self.riders(ground, ground.far(j))

        return [BudgetCheck(cost, cost, (self.share + SHARE_SLACK) * math.fsum(ground.students.tolist()))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        total = math.fsum(ground.students.tolist())
        riding = math.fsum(self.riders(ground, ground.travel(zone)).tolist())
        over = riding / total - self.share if total > 0 else 0.0
        return [Row(self.kind, over, self.share, "share")] if over > SHARE_SLACK else []
