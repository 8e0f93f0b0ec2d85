"""At most a share of the students may change school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import frozen
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK, Budget, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach


@dataclass(frozen=True)
class Moved:
    """Share of students whose block changes school <= share (0 to 1)."""

    kind: ClassVar[str] = "moved"
    share: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(Fault("max_moved", f"{self.share} is not a share", "Give a number from 0 to 1"))

    def narrow(self, model: Model) -> Model:
        students = model.district.students
        cost = np.where(model.stay, 0.0, students[model.pairs.rows])
        limit = (self.share + SHARE_SLACK) * float(students.sum())
        return replace(model, budgets=(*model.budgets, Budget("max_moved", frozen(cost), limit)))

    def excess(self, plan: Plan) -> list[Breach]:
        over = plan.moved_share - self.share
        return [Breach("max_moved", amount=over, limit_value=self.share)] if over > SHARE_SLACK else []
