"""Rules that hold a share at each school between a floor and a cap: share, utilisation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from optimizer.arrays import Floats, Ints
from scenarios.reading.values import Table
from scenarios.verify.counts import Exposed, column, column_name, zone_sums
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, SLACK, Row, RuleCheck, Sum

UP, DOWN = 1.0, -1.0  # a cap, a floor
Shares = Sequence[float | None]  # by school, None where there is none


@dataclass(frozen=True, kw_only=True)
class Between(RuleCheck):
    """low <= share <= high. What today's zones break is the limit there, unless strict."""

    low: float | None
    high: float | None
    of: str = ""

    @classmethod
    def taken(cls, table: Table, most: float, of: str = "") -> Self:
        low, high = values.maybe(table, "low", 0, most), values.maybe(table, "high", 0, most)
        if low is None and high is None:
            raise ValueError("neither low nor high is given")
        return cls(low=low, high=high, of=of)

    @property
    def name(self) -> str:
        raise NotImplementedError

    @property
    def sides(self) -> list[tuple[float, float]]:
        """The limits that are given, the cap first."""
        return [(limit, side) for limit, side in ((self.high, UP), (self.low, DOWN)) if limit is not None]

    def held(self, limit: float, side: float, now: float | None, ground: Ground) -> float:
        """What no plan goes beyond at a school whose share is `now` today, with the allowance."""
        bad = now is not None and side * (now - limit) > SHARE_SLACK and not ground.strict
        return (now if bad and now is not None else limit) + side * SHARE_SLACK

    def rows(self, ground: Ground, new: Shares, now: Shares) -> list[Row]:
        rows, strict = [], ground.strict
        for j, share in enumerate(new):
            for limit, side in self.sides:
                over = -math.inf if share is None else side * (share - limit)
                if over <= SHARE_SLACK:
                    continue
                today = now[j]
                before = 0.0 if today is None else side * (today - limit)
                before = before if before > SHARE_SLACK else 0.0
                inherited = not strict and before > 0 and over <= before + SHARE_SLACK
                school = ground.school_ids[j]
                rows.append(Row(self.name, over, limit, "share", school, None, before, inherited))
        return rows


@dataclass(frozen=True, kw_only=True)
class Share(Between):
    """Of students in poverty and of groups among those whom exposure counts; of other columns among all students."""

    kind = "share"
    keys = ("of", "low", "high")

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Share:
        if values.counted(table, ground) == "students":
            raise ValueError("of all students the share is always 1")
        return cls.taken(table, 1, values.text(table, "of"))

    @property
    def name(self) -> str:
        return f"share.{self.of}"

    def counts(self, ground: Ground) -> tuple[Floats, Floats]:
        """(blocks,) part and whole."""
        name = column_name(self.of, ground.district)
        exposed = name == "students_poverty" or name.removeprefix("students_") in ground.district.groups
        return column(ground.district, name), Exposed.of(ground.district).whole if exposed else ground.students

    def sums(self, ground: Ground) -> list[Sum]:
        """part - factor * whole, for the cap and for the floor."""
        part, whole = self.counts(ground)
        now, size = shares(ground.at_home(part), ground.at_home(whole)), ground.schools
        found = []
        for limit, side in self.sides:
            low, high = (-math.inf, SLACK) if side == UP else (-SLACK, math.inf)
            factor = [self.held(limit, side, share, ground) for share in now]
            found.append(Sum(part, [low] * size, [high] * size, whole, factor))
        return found

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        part, whole = self.counts(ground)
        new = shares(zone_sums(part, zone, ground.schools), zone_sums(whole, zone, ground.schools))
        return self.rows(ground, new, shares(ground.at_home(part), ground.at_home(whole)))


@dataclass(frozen=True, kw_only=True)
class Utilisation(Between):
    """(students of the zone + other students) / capacity, at schools that take blocks and give their capacity."""

    kind = "utilisation"
    keys = ("low", "high")

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Utilisation:
        return cls.taken(table, math.inf)

    @property
    def name(self) -> str:
        return self.kind

    def filled(self, ground: Ground, load: Sequence[float]) -> Shares:
        """By school, the share of the seats that so many students of zones take."""
        found: list[float | None] = [None] * ground.schools
        for j in ground.takes:
            if ground.capacity[j] > 0:
                found[j] = (load[j] + ground.other[j]) / ground.capacity[j]
        return found

    def filled_now(self, ground: Ground) -> Shares:
        """By school, the same of today; None where a school opens: nothing is inherited there."""
        found = self.filled(ground, ground.load)
        return [None if j in ground.opened else share for j, share in enumerate(found)]

    def sums(self, ground: Ground) -> list[Sum]:
        """One, of students, whatever limits are given."""
        now, there = self.filled_now(ground), self.filled(ground, ground.load)
        low, high = [-math.inf] * ground.schools, [math.inf] * ground.schools
        for j, share in enumerate(now):
            for limit, side in self.sides if there[j] is not None else []:
                students = self.held(limit, side, share, ground) * ground.capacity[j] - ground.other[j]
                if side == UP:
                    high[j] = students + SLACK
                else:
                    low[j] = students - SLACK
        return [Sum(ground.students, low, high)]

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        load = zone_sums(ground.students, zone, ground.schools)
        return self.rows(ground, self.filled(ground, load), self.filled_now(ground))


def shares(part: Sequence[float], whole: Sequence[float]) -> Shares:
    """By school, None without students."""
    return [p / n if n > 0 else None for p, n in zip(part, whole, strict=True)]
