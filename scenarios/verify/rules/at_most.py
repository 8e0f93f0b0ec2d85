"""An objective under a limit, as the checker sees it: what an earlier objective of an ordered list becomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.errors import InputError
from scenarios.reading.values import Table
from scenarios.verify.goal import LINEAR, Goal
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, BudgetCheck, Row, RuleCheck

# What objectives are counted in, by name or by what stands before the first dot; fractions where they are not here.
INDICES = ("segregation_poverty", "dissimilarity", "theil_h", "variance_ratio")
UNITS = {"cut_edges": "edges", **dict.fromkeys(INDICES, "index")}


@dataclass(frozen=True)
class AtMost(RuleCheck):
    """The objective `of` is at most `limit`. Plain sums over blocks are a budget; what else there is the proof leaves
    out."""

    kind = "at_most"
    keys = ("of", "limit")
    of: str
    limit: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> AtMost:
        of = values.text(table, "of")
        if of == "changed":
            raise ValueError("'changed' is held against a plan, which the rule `changed` has")
        rule = cls(of, values.number(table, "limit", 0))
        try:
            rule.goal(ground)
        except InputError as error:
            raise ValueError(error.faults[0].problem) from None
        return rule

    def goal(self, ground: Ground) -> Goal:
        return Goal.of(self.of, ground, self.kind)

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.of}"

    @property
    def relaxes(self) -> tuple[str, ...]:
        return () if self.of in LINEAR else (self.name,)

    def unit(self, ground: Ground) -> str:
        if self.of == "travel_mean":
            return ground.district.travel.unit
        return UNITS.get(self.of.partition(".")[0], "share")

    def slack(self, ground: Ground) -> float:
        return SHARE_SLACK if self.unit(ground) in ("share", "index") else SLACK

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        if self.of not in LINEAR:
            return []
        goal, every = self.goal(ground), np.arange(ground.blocks, dtype=np.int32)

        def cost(j: int) -> Floats:
            far = ground.far(j)
            return goal.cost(j, every, np.where(np.isfinite(far), far, 0.0))

        return [BudgetCheck(cost, cost, self.limit + self.slack(ground))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        over = self.goal(ground).value(zone) - self.limit
        return [Row(self.name, over, self.limit, self.unit(ground))] if over > self.slack(ground) else []
