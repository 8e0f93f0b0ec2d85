"""Blocks that changed school not long ago are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.district import District
from optimizer.errors import Fault
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.names import need_range, number_faults, numbers

CALENDAR = 1000.0  # no block moved so many years ago: the column must hold calendar years


@dataclass(frozen=True)
class RecentlyMoved:
    """A block that changed school at most `years` years ago keeps its school, unless that is closed.

    column: a further column, the years since the block last changed school; empty where it never did. year: where it is
    given, the column holds calendar years, and this is the present one.
    """

    kind: ClassVar[str] = "recently_moved"
    children: ClassVar[bool] = False
    column: str
    years: float
    year: int | None = None

    def __post_init__(self) -> None:
        need_range(0, float("inf"), years=self.years)

    def faults(self, district: District) -> list[Fault]:
        found = number_faults(self.kind, self.column, district)
        if found:
            return found
        ago, where = self.ago(district), "rule recently_moved"
        calendar = tuple(np.array(district.block_ids)[ago > CALENDAR])
        if calendar and self.year is None:
            mend = "Give `year`, the present year, as a further key of the rule"
            return [Fault(where, "it seems to hold calendar years", mend, self.column, calendar)]
        future = tuple(np.array(district.block_ids)[ago < 0])
        if future:
            mend = "Give years of 0 or more since the change" if self.year is None else f"Give years up to {self.year}"
            return [Fault(where, "it has changes that are yet to come", mend, self.column, future)]
        return []

    def ago(self, district: District) -> Floats:
        """(blocks,) years since the block last changed school; NaN where it never did."""
        values = numbers(district, self.column)
        return values if self.year is None else self.year - values

    def recent(self, district: District) -> Bools:
        """(blocks,) whether the block may not change school again."""
        return (district.home >= 0) & (self.ago(district) <= self.years)

    def narrow(self, model: Model) -> Model:
        return model.keep_pairs(~self.recent(model.district)[model.pairs.rows] | model.stay)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block that changed school too soon; amount 1."""
        return at_blocks("recently_moved", plan, self.recent(plan.district) & plan.counted_moved)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
