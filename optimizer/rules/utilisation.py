"""How full each school is, as a share of its seats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.district import District
from optimizer.model import ROUNDING, SHARE_SLACK, Model, SchoolSum
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.amend import opened
from optimizer.rules.shared.between import Between
from optimizer.rules.shared.names import need_range


@dataclass(frozen=True, kw_only=True)
class Utilisation(Between):
    """low <= (students of the zone + other students) / capacity <= high at each school whose seats are given: shares,
    so that 1.1 is 110 %; at least one of the two. Where today's zones break a limit, what they have is the limit there,
    unless `strict`."""

    kind: ClassVar[str] = "utilisation"

    def __post_init__(self) -> None:
        need_range(0, np.inf, low=self.low, high=self.high)
        super().__post_init__()

    def limited(self, district: District) -> Bools:
        """(schools,) whether the school takes blocks and its seats are given."""
        return district.open & (np.nan_to_num(district.capacity) > 0)

    def filled(self, district: District, load: Floats) -> Floats:
        """(schools,) the share of the seats that `load` (schools,) students of zones take; NaN where not limited."""
        at = self.limited(district)
        return np.divide(load + district.other_students, district.capacity, out=np.full(len(at), np.nan), where=at)

    def filled_now(self, district: District) -> Floats:
        """(schools,) the same where nobody moves; NaN too where a rule opens the school."""
        return np.where(opened(district), np.nan, self.filled(district, district.load_now))

    def narrow(self, model: Model) -> Model:
        district, at = model.district, self.limited(model.district)
        now, none = self.filled_now(district), np.full(district.schools, np.inf)
        ends = {"low": -none, "high": none, "hard_low": -none, "hard_high": none}
        for limit, side in self.sides:
            end = "high" if side > 0 else "low"
            for name, share in ((end, np.full(district.schools, limit)), (f"hard_{end}", self.held(limit, side, now))):
                students = (share + side * SHARE_SLACK) * district.capacity - district.other_students
                ends[name] = np.where(at, students, ends[name])
        column = district.column_index("students")
        row = SchoolSum(self.kind, column, -1, np.zeros(district.schools), **ends, slack=ROUNDING)
        return replace(model, sums=(*model.sums, row))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each school and limit: amount is the share of the seats beyond it."""
        district = plan.district
        return self.beyond(self.kind, district, self.filled(district, plan.load), self.filled_now(district))

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)
