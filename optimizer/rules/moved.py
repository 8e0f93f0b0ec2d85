"""At most a share of the students may change school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK, Budget, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach


@dataclass(frozen=True)
class Moved:
    """Share of students whose block changes school <= share (0 to 1). Blocks of closed schools are not counted.

    of: whose share: `all`, `poverty`, a group, or the name of a count column.
    """

    kind: ClassVar[str] = "moved"
    share: float
    of: str = "all"

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(Fault("max_moved", f"{self.share} is not a share", "Give a number from 0 to 1"))

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        return "max_moved" if self.of == "all" else f"moved.{self.of}"

    def students(self, district: District) -> Floats:
        """(blocks,) the students counted."""
        return district.column(district.column_of(self.of))

    def narrow(self, model: Model) -> Model:
        students = self.students(model.district)
        cost = np.where(model.free, 0.0, students[model.pairs.rows])
        limit = (self.share + SHARE_SLACK) * float(students.sum())
        return replace(model, budgets=(*model.budgets, Budget(self.name, frozen(cost), limit)))

    def excess(self, plan: Plan) -> list[Breach]:
        students = self.students(plan.district)
        total = float(students.sum())
        over = float(students[plan.counted_moved].sum()) / total - self.share if total > 0 else 0.0
        return [Breach(self.name, amount=over, limit_value=self.share)] if over > SHARE_SLACK else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return (district.column_of(self.of),)
