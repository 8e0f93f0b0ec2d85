"""Rules about the plan as a whole: how many students change school, and how far all of them travel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from scenarios.reading.values import Table
from scenarios.verify.counts import Exposed, column, column_name
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, BudgetCheck, Row, RuleCheck


@dataclass(frozen=True)
class Moved(RuleCheck):
    """At most `share` of the students of a column change school; by_school: of those of each school of today."""

    kind = "moved"
    keys = ("share", "of", "by_school")
    share: float
    of: str = "all"
    by_school: bool = False

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Moved:
        values.counted(table, ground, "all")
        by_school = values.truth(table, "by_school", False)
        return cls(values.number(table, "share", 0, 1), values.text(table, "of", "all"), by_school)

    @property
    def name(self) -> str:
        return f"moved.{self.of}" if self.by_school or self.of != "all" else "max_moved"

    def students(self, ground: Ground) -> Floats:
        return column(ground.district, column_name(self.of, ground.district))

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        students = self.students(ground)
        if not self.by_school:
            return [self._budget(ground, np.where(ground.home >= 0, students, 0.0), math.fsum(students.tolist()))]
        return [
            self._budget(ground, np.where(ground.home == j, students, 0.0), total)
            for j, total in enumerate(ground.at_home(students))
            if total > 0
        ]

    def _budget(self, ground: Ground, moving: Floats, total: float) -> BudgetCheck:
        """moving: (blocks,) what a block costs away from home. total: whose share it is."""

        def cost(j: int) -> Floats:
            return np.where(ground.home == j, 0.0, moving)

        return BudgetCheck(cost, cost, (self.share + SHARE_SLACK) * total)

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        gone = ground.counted_moved(zone)
        if not self.by_school:
            return self._rows(ground, gone, np.ones(len(gone), bool), None)
        rows = [self._rows(ground, gone, ground.is_home(j), ground.school_ids[j]) for j in ground.takes]
        return [found for some in rows for found in some]

    def _rows(self, ground: Ground, gone: Bools, among: Bools, school: str | None) -> list[Row]:
        students = self.students(ground)
        total = math.fsum(students[among].tolist())
        over = math.fsum(students[gone & among].tolist()) / total - self.share if total > 0 else 0.0
        return [Row(self.name, over, self.share, "share", school)] if over > SHARE_SLACK else []


@dataclass(frozen=True, eq=False)
class Changed(RuleCheck):
    """At most `share` of the students of a column have another school than in a second plan. zone: (blocks,) that plan;
    a share of 1 asks nothing."""

    kind = "changed"
    keys = ("plan", "share", "of")
    zone: Ints
    share: float
    of: str = "all"

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Changed:
        values.counted(table, ground, "all")
        zone = values.plan(table, "plan", ground)
        return cls(zone, values.number(table, "share", 0, 1), values.text(table, "of", "all"))

    @property
    def name(self) -> str:
        return "max_changed" if self.of == "all" else f"changed.{self.of}"

    def students(self, ground: Ground) -> Floats:
        return column(ground.district, column_name(self.of, ground.district))

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        if self.share == 1:
            return []
        students = self.students(ground)

        def cost(j: int) -> Floats:
            return np.where(self.zone == j, 0.0, students)

        return [BudgetCheck(cost, cost, (self.share + SHARE_SLACK) * math.fsum(students.tolist()))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        students = self.students(ground)
        total = math.fsum(students.tolist())
        over = math.fsum(students[zone != self.zone].tolist()) / total - self.share if total > 0 else 0.0
        return [Row(self.name, over, self.share, "share")] if over > SHARE_SLACK else []


@dataclass(frozen=True)
class Burden(RuleCheck):
    """Between any two groups with students, the share moved or the travel added for each student differs by at most
    `difference`."""

    kind = "burden"
    keys = ("of", "difference")
    of: str
    difference: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Burden:
        if not ground.district.groups and "students_poverty" not in ground.district.columns:
            raise ValueError("burden needs groups, or counts of students in poverty")
        of = values.choice(table, "of", ("moved", "travel"))
        return cls(of, values.number(table, "difference", 0, 1 if of == "moved" else math.inf))

    @property
    def slack(self) -> float:
        return SHARE_SLACK if self.of == "moved" else SLACK

    def groups(self, ground: Ground) -> list[Floats]:
        """(blocks,) by group with students who count, each block's share of them."""
        counts = Exposed.of(ground.district).groups
        if self.of == "travel":
            counts = np.where(np.isfinite(ground.travel_today)[:, None], counts, 0.0)
        return [group / math.fsum(group.tolist()) for group in counts.T if group.any()]

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        """One for each ordered pair of groups: the first's burden less the second's."""
        return [self._budget(ground, one, other) for one, other in permutations(self.groups(ground), 2)]

    def _budget(self, ground: Ground, one: Floats, other: Floats) -> BudgetCheck:
        def asked(j: int) -> tuple[Floats, Floats]:
            if self.of == "moved":
                moves = ((ground.home != j) & (ground.home >= 0)).astype(np.float64)
                return moves, moves
            new, now = ground.far(j), ground.travel_today
            known = np.isfinite(new) & np.isfinite(now)
            new, now = np.where(known, new, 0.0), np.where(known, now, 0.0)
            return new - now, new + now

        return BudgetCheck(
            lambda j: asked(j)[0] * (one - other), lambda j: asked(j)[1] * (one + other), self.difference + self.slack
        )

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        if self.of == "moved":
            asked = ground.counted_moved(zone).astype(np.float64)
        else:
            new, now = ground.travel(zone), ground.travel_today
            known = np.isfinite(new) & np.isfinite(now)
            asked = np.where(known, new, 0.0) - np.where(known, now, 0.0)
        burdens = [math.fsum((asked * group).tolist()) for group in self.groups(ground)]
        over = max(burdens, default=0.0) - min(burdens, default=0.0) - self.difference
        unit = "share" if self.of == "moved" else ground.district.travel.unit
        return [Row(f"burden.{self.of}", over, self.difference, unit)] if over > self.slack else []


@dataclass(frozen=True)
class TravelMean(RuleCheck):
    """Students' mean travel is at most `limit`; what is not known counts neither way."""

    kind = "travel_mean"
    keys = ("limit",)
    limit: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> TravelMean:
        return cls(values.number(table, "limit", 0))

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        most = self.limit + SLACK

        def cost(j: int) -> Floats:
            far = ground.far(j)
            return ground.students * np.where(np.isfinite(far), far, most)

        return [BudgetCheck(cost, cost, most * math.fsum(ground.students.tolist()))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        far = ground.travel(zone)
        known = np.isfinite(far)
        students = ground.students[known]
        total = math.fsum(students.tolist())
        over = math.fsum((students * far[known]).tolist()) / total - self.limit if total > 0 else 0.0
        return [Row(self.kind, over, self.limit, ground.district.travel.unit)] if over > SLACK else []


@dataclass(frozen=True)
class Riders(RuleCheck):
    """At most `share` of all students travel farther than `distance`; travel that is not known is not farther."""

    kind = "riders"
    keys = ("distance", "share")
    distance: float
    share: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Riders:
        return cls(values.number(table, "distance", 0), values.number(table, "share", 0, 1))

    def riders(self, ground: Ground, far: Floats) -> Floats:
        """(blocks,) the students of each block who travel so far."""
        return np.where(np.isfinite(far) & (far > self.distance + SLACK), ground.students, 0.0)

    def budgets(self, ground: Ground) -> list[BudgetCheck]:

        def cost(j: int) -> Floats:
            return self.riders(ground, ground.far(j))

        return [BudgetCheck(cost, cost, (self.share + SHARE_SLACK) * math.fsum(ground.students.tolist()))]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        total = math.fsum(ground.students.tolist())
        riding = math.fsum(self.riders(ground, ground.travel(zone)).tolist())
        over = riding / total - self.share if total > 0 else 0.0
        return [Row(self.kind, over, self.share, "share")] if over > SHARE_SLACK else []
