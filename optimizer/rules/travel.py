"""No block may change to a school that is much farther than its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Csr, Floats
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import STUDENT_SLACK, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.amend import partners

FLOOR = {"m": 1000.0, "min": 5.0}  # FORMAT.md: what is near enough for anyone


@dataclass(frozen=True, kw_only=True)
class Travel:
    """A block may change school only if new travel <= max((1 + increase) * current, floor).

    Current is travel to the block's own school; where a rule closes it, to the nearest school left. New is travel to
    the farthest of the schools that a rule pairs.

    increase: a fraction >= 0. floor: metres, or minutes where travel is in minutes; None means 1000 m or 5 minutes.
    A block whose own school's travel is not known keeps its school.
    """

    kind: ClassVar[str] = "travel"
    children: ClassVar[bool] = False
    increase: float = 0.5
    floor: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("increase", self.increase), ("floor", self.floor)):
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise InputError(Fault(f"travel_{name}", f"{value} is not a limit", "Give a number of 0 or more"))

    def limit(self, district: District) -> Floats:
        """(blocks,) the farthest that each block may go if it changes school."""
        floor = FLOOR[district.travel.unit] if self.floor is None else self.floor
        now = district.travel_current
        return np.where(np.isfinite(now), np.maximum((1 + self.increase) * now, floor), -np.inf)

    def reach(self, district: District) -> Floats:
        return self.limit(district) + STUDENT_SLACK

    def narrow(self, model: Model) -> Model:
        district, pairs = model.district, model.pairs
        travel = district.travel.of(pairs)
        for first, other in partners(district):
            joins = np.flatnonzero(pairs.index == first)
            there = Csr.of_pairs(pairs.rows[joins], np.full(len(joins), other, np.int32), district.blocks)
            travel[joins] = np.maximum(travel[joins], district.travel.of(there))
        return model.keep_pairs((travel <= self.reach(district)[pairs.rows]) | model.stay)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block moved too far. Moves where travel is not known are `Reach`'s to name, and those to
        closed schools `Close`'s."""
        district, limit = plan.district, self.limit(plan.district)
        travel = plan.travel.copy()
        for first, other in partners(district):
            joins = plan.school == first
            there = district.travel.to(np.where(joins, other, plan.school))
            travel[joins] = np.maximum(travel, there)[joins]
        known = np.isfinite(limit) & np.isfinite(travel)
        moves = (plan.school != district.home) & district.open[plan.school]
        beyond = moves & known & (travel > limit + STUDENT_SLACK)
        return [
            Breach(
                "travel_increase",
                amount=float(travel[i] - limit[i]),
                limit_value=float(limit[i]),
                block=district.block_ids[i],
                school=district.school_ids[plan.school[i]],
                unit=district.travel.unit,
            )
            for i in np.flatnonzero(beyond)
        ]

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
