"""At most a share of the students may have another school than a second plan gives them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from optimizer.arrays import frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK, Budget, Model
from optimizer.plan import NamedPlan, Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import unknown_students


@dataclass(frozen=True)
class Changed:
    """Share of students whose school differs from that of `plan` <= share (0 to 1), blocks of closed and paired schools
    counted as all others.

    plan: a Plan, or a school id for each block id; every block of the district. of: whose share: `all`, `poverty`, a
    group, or the name of a count column. A share of 1 asks nothing, and says what the objective `changed` is against.
    """

    kind: ClassVar[str] = "changed"
    plan: Any
    share: float
    of: str = "all"

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(Fault("share", f"{self.share} is not a share", "Give a number from 0 to 1"))
        object.__setattr__(self, "plan", NamedPlan.of(self.plan))

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        return "max_changed" if self.of == "all" else f"changed.{self.of}"

    def faults(self, district: District) -> list[Fault]:
        where = f"rule {self.kind}"
        return [*self.plan.faults(district, where), *unknown_students(self.kind, self.of, district)]

    def narrow(self, model: Model) -> Model:
        if self.share == 1:
            return model
        students, rows = model.district.column(model.district.column_of(self.of)), model.pairs.rows
        stays = model.pairs.index == self.plan.on(model.district)[rows]
        limit = (self.share + SHARE_SLACK) * float(students.sum())
        budget = Budget(self.name, frozen(np.where(stays, 0.0, students[rows])), limit)
        return replace(model, budgets=(*model.budgets, budget))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row: amount is the share beyond the limit."""
        district = plan.district
        students = district.column(district.column_of(self.of))
        total, changed = float(students.sum()), plan.school != self.plan.on(district)
        over = float(students[changed].sum()) / total - self.share if total > 0 else 0.0
        return [Breach(self.name, over, self.share, unit="share")] if over > SHARE_SLACK else []

    def attributes(self, district: District) -> tuple[str, ...]:
        return (district.column_of(self.of),)
