"""Blocks within walking distance keep their school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.errors import doubt
from optimizer.model import STUDENT_SLACK, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.names import need_range


@dataclass(frozen=True)
class WalkZone:
    """A block whose travel today is at most `distance` (metres, or minutes where travel is in minutes) keeps its
    school, unless that is closed."""

    kind: ClassVar[str] = "walk_zone"
    children: ClassVar[bool] = False
    distance: float

    def __post_init__(self) -> None:
        need_range(0, float("inf"), distance=self.distance)

    def within(self, district: District) -> Bools:
        """(blocks,) whether the block's school is open and within walking distance."""
        found = (district.home >= 0) & (district.travel_today <= self.distance + STUDENT_SLACK)
        if not found.any():
            doubt("rule walk_zone", f"no block lies within {self.distance:g} of its school, so that it asks nothing")
        return found

    def narrow(self, model: Model) -> Model:
        return model.keep_pairs(~self.within(model.district)[model.pairs.rows] | model.stay)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block within walking distance that left its school; amount 1."""
        return at_blocks("walk_zone", plan, self.within(plan.district) & plan.counted_moved)

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
