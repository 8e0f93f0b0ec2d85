"""What a plan asks of families is shared out: no group moves, or travels, much more than another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import ClassVar, Literal

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault
from optimizer.model import SHARE_SLACK, STUDENT_SLACK, Budget, Model
from optimizer.plan import Plan
from optimizer.rules.base import AmountUnit, Breach
from optimizer.rules.shared.names import need_range


@dataclass(frozen=True)
class Burden:
    """Between any two groups with students, the burden differs by at most `difference`.

    of: `moved`, the share of a group's students whose block changes school, those of closed schools not counted; or
    `travel`, the travel added per student, in metres or minutes, over the blocks whose travel today is known, those of
    closed schools too. Without groups: students in poverty and the others.
    """

    kind: ClassVar[str] = "burden"
    of: Literal["moved", "travel"]
    difference: float

    def __post_init__(self) -> None:
        need_range(0, 1 if self.of == "moved" else np.inf, difference=self.difference)

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        return f"burden.{self.of}"

    @property
    def slack(self) -> float:
        return SHARE_SLACK if self.of == "moved" else STUDENT_SLACK

    def faults(self, district: District) -> list[Fault]:
        if district.groups or district.has_poverty:
            return []
        mend = "Give groups in district.toml, or students_poverty in the blocks"
        return [Fault("rule burden", "the district has no groups to compare", mend)]

    def sides(self, district: District) -> list[Floats]:
        """(blocks,) students of each group that has any whom the burden counts."""
        if district.groups:
            sides = list(district.group_counts.T)
        else:
            sides = [district.poverty, district.students - district.poverty]
        if self.of == "travel":
            sides = [np.where(np.isfinite(district.travel_today), side, 0.0) for side in sides]
        return [side for side in sides if side.sum() > 0]

    def narrow(self, model: Model) -> Model:
        """A budget for each ordered pair of groups: burden of one - burden of the other <= difference."""
        district, rows = model.district, model.pairs.rows
        if self.of == "moved":
            asked = np.where(model.free, 0.0, 1.0)
        else:
            now, new = district.travel_today[rows], district.travel.of(model.pairs)
            known = np.isfinite(now) & np.isfinite(new)
            asked = np.subtract(new, now, out=np.zeros(len(rows)), where=known)
        burdens = [asked * (side / side.sum())[rows] for side in self.sides(district)]
        limit = self.difference + self.slack
        budgets = [Budget(self.name, frozen(one - other), limit) for one, other in permutations(burdens, 2)]
        return replace(model, budgets=(*model.budgets, *budgets))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row: the largest burden of a group less the smallest, beyond the limit."""
        asked = plan.counted_moved.astype(np.float64) if self.of == "moved" else np.nan_to_num(plan.travel_change)
        burdens = [float(np.average(asked, weights=side)) for side in self.sides(plan.district)]
        over = max(burdens, default=0.0) - min(burdens, default=0.0) - self.difference
        unit: AmountUnit = "share" if self.of == "moved" else plan.district.travel.unit
        return [Breach(self.name, over, self.difference, unit=unit)] if over > self.slack else []

    def attributes(self, district: District) -> tuple[str, ...]:
        groups = tuple(f"students_{group}" for group in district.groups)
        return groups or ("students", "students_poverty")
