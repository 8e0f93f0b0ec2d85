"""Schools are neither too full nor too empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import STUDENT_SLACK, Model, SchoolSum
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.amend import opened

DefaultMinimum = Literal["today_or_seats", "today"]


@dataclass(frozen=True, kw_only=True)
class Size:
    """min_students <= students of the zone, and students + other students <= capacity.

    Where a school gives no capacity or minimum: within `tolerance` (a fraction >= 0) of its zone today. A school that
    gives its seats and no minimum may always shrink to `tolerance` below what its seats leave the zone, so that no
    default keeps it overfull. A limit that today's zones break may be broken by as much, not more, unless `strict`. A
    school without a zone has no limit; one that a rule opens has none but what is given, and that is hard.

    default_minimum: `today` leaves the seats out of the default minimum, as results did that do not name it.
    """

    kind: ClassVar[str] = "size"
    tolerance: float = 0.15
    strict: bool = False
    default_minimum: DefaultMinimum = "today_or_seats"

    def __post_init__(self) -> None:
        if not (np.isfinite(self.tolerance) and self.tolerance >= 0):
            raise InputError(Fault("size_tolerance", f"{self.tolerance} is not a limit", "Give a number of 0 or more"))
        if self.default_minimum not in get_args(DefaultMinimum):
            mend = f"It is one of: {', '.join(get_args(DefaultMinimum))}"
            raise InputError(Fault("default_minimum", f"{self.default_minimum!r} is none that is known", mend))

    def band(self, district: District) -> tuple[Floats, Floats]:
        """(schools,) the fewest and the most students a zone may hold, without other students."""
        now, seats = district.load_now, district.capacity - district.other_students
        held = np.where(self.by_seats(district), seats, now)
        least = max(1 - self.tolerance, 0.0) * np.maximum(held, 0.0)
        low = np.where(np.isnan(district.min_students), least, district.min_students)
        high = np.where(
            np.isnan(district.capacity), np.where(opened(district), np.inf, (1 + self.tolerance) * now), seats
        )
        return np.where(district.open, low, -np.inf), np.where(district.open, high, np.inf)

    def by_seats(self, district: District) -> Bools:
        """(schools,) whether the default minimum, where it is used, is taken from the seats, not from today's zone."""
        seats = district.capacity - district.other_students
        return np.asarray((self.default_minimum == "today_or_seats") & (seats < district.load_now))

    def narrow(self, model: Model) -> Model:
        district = model.district
        low, high = self.band(district)
        now, new = district.load_now, self.strict | opened(district)
        # As in `excess`: what lies within the allowance today is not broken, so that nothing further is inherited.
        under, over = ~new & (low - now > STUDENT_SLACK), ~new & (now - high > STUDENT_SLACK)
        hard = np.where(under, now, low), np.where(over, now, high)
        column = district.column_index("students")
        size = SchoolSum("size", column, -1, np.zeros(district.schools), low, high, *hard)
        return replace(model, sums=(*model.sums, size))

    def excess(self, plan: Plan) -> list[Breach]:
        district = plan.district
        low, high = self.band(district)
        new = opened(district)
        rows = []
        out = np.maximum(plan.load - high, low - plan.load) > STUDENT_SLACK
        for j in np.flatnonzero(district.open & out):
            now, load = district.load_now[j], plan.load[j]
            other = district.other_students[j] if np.isfinite(district.capacity[j]) else 0.0
            over_now, under_now = (0.0, 0.0) if new[j] else (now - high[j], low[j] - now)
            rows += self._row("capacity", district.school_ids[j], load - high[j], over_now, high[j] + other)
            rows += self._row("min_students", district.school_ids[j], low[j] - load, under_now, low[j])
        return rows

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students",)

    def _row(self, limit: str, school: str, over: float, over_now: float, value: float) -> list[Breach]:
        if not over > STUDENT_SLACK:
            return []
        before = max(float(over_now), 0.0) if over_now > STUDENT_SLACK else 0.0
        inherited = not self.strict and before > 0 and bool(over <= before + STUDENT_SLACK)
        row = Breach(limit, float(over), float(value), school, None, before, inherited, unit="students")
        return [row]
