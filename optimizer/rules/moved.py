"""At most a share of the students may change school: of all together, or at each school."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import SHARE_SLACK, Budget, Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import unknown_students


@dataclass(frozen=True)
class Moved:
    """Share of students whose block changes school <= share (0 to 1). Blocks of closed schools are not counted.

    of: whose share: `all`, `poverty`, a group, or the name of a count column. by_school: at each school, of its
    students of today, instead of once over the district; each school is then a budget of its own in the search. every:
    count every block at another school than today's, those of closed schools too (`Plan.moved_share`); over the
    district alone, and no key of [[rules]]: it is what a scored plan is matched by. option: it is the limit
    `max_moved`, and none of the rules that somebody gave.
    """

    kind: ClassVar[str] = "moved"
    share: float
    of: str = "all"
    by_school: bool = False
    every: bool = field(default=False, metadata={"key": False})
    option: bool = field(default=False, metadata={"key": False}, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InputError(Fault("share", f"{self.share} is not a share", "Give a number from 0 to 1"))

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        if self.every:
            return "moved_share"
        return "max_moved" if self.of == "all" and not self.by_school else f"moved.{self.of}"

    def faults(self, district: District) -> list[Fault]:
        return unknown_students(self.kind, self.of, district)

    def students(self, district: District) -> Floats:
        """(blocks,) the students counted."""
        return district.column(district.column_of(self.of))

    def narrow(self, model: Model) -> Model:
        students, home = self.students(model.district), model.district.home
        today = model.district.status_quo[model.pairs.rows]
        cost = np.where(model.pairs.index == today if self.every else model.free, 0.0, students[model.pairs.rows])
        if not self.by_school:
            return replace(model, budgets=(*model.budgets, self._budget(cost, float(students.sum()))))
        from_school, stays = home[model.pairs.rows], home >= 0
        whole = np.bincount(home[stays], students[stays], model.district.schools)
        rows = [self._budget(np.where(from_school == j, cost, 0.0), float(whole[j])) for j in np.flatnonzero(whole > 0)]
        return replace(model, budgets=(*model.budgets, *rows))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row, or one for each school with by_school: amount is the share beyond the limit."""
        students, home = self.students(plan.district), plan.district.home
        if not self.by_school:
            moved = plan.moved if self.every else plan.counted_moved
            return self._row(float(students.sum()), float(students[moved].sum()), None)
        rows = []
        for j, school in enumerate(plan.district.school_ids):
            here = home == j
            rows += self._row(float(students[here].sum()), float(students[here & plan.counted_moved].sum()), school)
        return rows

    def attributes(self, district: District) -> tuple[str, ...]:
        return (district.column_of(self.of),)

    def _budget(self, cost: Floats, students: float) -> Budget:
        return Budget(self.name, frozen(cost), (self.share + SHARE_SLACK) * students)

    def _row(self, students: float, moved: float, school: str | None) -> list[Breach]:
        over = moved / students - self.share if students > 0 else 0.0
        return [Breach(self.name, over, self.share, school, unit="share")] if over > SHARE_SLACK else []
