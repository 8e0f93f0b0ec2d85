"""A cap or a floor on the share of some students at each school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import EXPOSED, District
from optimizer.errors import Fault, InputError
from optimizer.model import ROUNDING, SHARE_SLACK, Model, SchoolSum
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.between import Between
from optimizer.rules.shared.names import need_range, unknown_students


@dataclass(frozen=True, kw_only=True)
class Share(Between):
    """low <= share of students at each school <= high (0 to 1; at least one of the two).

    of: `poverty` or a group, as a share of the students whom exposure counts; or the name of a count column, as a share
    of `students`. A school without students meets it. Where today's zones break a limit, today's share is the limit
    there, unless `strict`.
    """

    kind: ClassVar[str] = "share"
    of: str

    def __post_init__(self) -> None:
        need_range(0, 1, low=self.low, high=self.high)
        super().__post_init__()
        if self.of in ("all", "students"):
            raise InputError(Fault("of", "all students are always a share of 1", "Give poverty, a group or a column"))

    @property
    def name(self) -> str:
        """What errors and results call the limit."""
        return f"share.{self.of}"

    def faults(self, district: District) -> list[Fault]:
        found = unknown_students(self.kind, self.of, district)
        if found or self.whole(district) == EXPOSED:
            return found
        # Such a block would be a part of no whole: a zone of these blocks alone has no share.
        odd = (district.students <= 0) & (district.column(self.of) > 0)
        ids = tuple(district.block_ids[i] for i in np.flatnonzero(odd))
        mend = "Give these blocks their students, or 0 in the column"
        return [Fault("rule share", "it counts students where a block has none", mend, self.of, ids)] if ids else []

    def whole(self, district: District) -> int:
        """The column that the share is of."""
        counted = {"students_poverty", *(f"students_{group}" for group in district.groups)}
        return EXPOSED if district.column_of(self.of) in counted else district.column_index("students")

    def shares(self, district: District, school: Ints) -> Floats:
        """(schools,) the share at each school where block i goes to school[i] (-1: nowhere); NaN without students."""
        there, size = school >= 0, district.schools
        part, whole = district.column(district.column_of(self.of)), district.amount(self.whole(district))
        parts = np.bincount(school[there], part[there], size)
        wholes = np.bincount(school[there], whole[there], size)
        return np.divide(parts, wholes, out=np.full(size, np.nan), where=wholes > 0)

    def narrow(self, model: Model) -> Model:
        district, rows = model.district, list(model.sums)
        now = self.shares(district, district.home)
        for limit, side in self.sides:
            held = self.held(limit, side, now)
            rows.append(self._sum(district, held, side, district.open))
            if (held != limit).any():
                # What was inherited is no bar, but the search makes it small first.
                soft = self._sum(district, np.full(district.schools, limit), side, held != limit)
                none = np.full(district.schools, np.inf)
                rows.append(replace(soft, hard_low=-none, hard_high=none))
        return replace(model, sums=tuple(rows))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each school and limit: amount is the share beyond it."""
        district = plan.district
        return self.beyond(
            self.name, district, self.shares(district, plan.school), self.shares(district, district.home)
        )

    def attributes(self, district: District) -> tuple[str, ...]:
        exposed = self.whole(district) == EXPOSED and district.groups
        whole = tuple(f"students_{group}" for group in district.groups) if exposed else ("students",)
        return tuple(dict.fromkeys((district.column_of(self.of), *whole)))

    def _sum(self, district: District, limit: Floats, side: float, at: Bools) -> SchoolSum:
        """part - limit * whole <= 0 (side 1) or >= 0 (side -1) at the schools `at`."""
        bar, none = np.where(at, 0.0, np.inf), np.full(district.schools, np.inf)
        low, high = (-none, bar) if side > 0 else (-bar, none)
        part = district.column_index(district.column_of(self.of))
        factor = limit + side * SHARE_SLACK
        return SchoolSum(self.name, part, self.whole(district), factor, low, high, low, high, ROUNDING)
