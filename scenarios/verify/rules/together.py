"""Rules about blocks that belong together: keep_together, feeder. The proof makes no use of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from scenarios.reading.values import Table
from scenarios.verify.counts import zone_sums
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SHARE_SLACK, Row, RuleCheck


@dataclass(frozen=True, eq=False)
class KeepTogether(RuleCheck):
    """Blocks of one set go to one school. part: (blocks,) their sets, -1 for none. hard: with a cost it is no limit."""

    kind = "keep_together"
    keys = ("column", "hard", "cost")
    part: Ints
    hard: bool

    @classmethod
    def read(cls, table: Table, ground: Ground) -> KeepTogether:
        cost = values.maybe(table, "cost", 0)
        hard = values.truth(table, "hard", cost is None)
        if hard == (cost is not None):
            raise ValueError("either hard is true or a cost is given")
        return cls(values.sets(table, ground), hard)

    @property
    def relaxes(self) -> tuple[str, ...]:
        return (self.kind,) if self.hard else ()

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        rows, members = [], dict[int, list[int]]()
        for block, number in enumerate(self.part.tolist()):
            if number >= 0 and self.hard:
                members.setdefault(number, []).append(block)
        for blocks in members.values():
            further = len({int(zone[i]) for i in blocks}) - 1
            if further:
                first = ground.district.block_ids[blocks[0]]
                rows.append(Row(self.kind, float(further), 1.0, "schools", block=first))
        return rows


@dataclass(frozen=True, eq=False)
class Feeder(RuleCheck):
    """At each school, the largest share of the zone's students who go on to one school is at least `low`; None where
    the rule is a cost alone. part: (blocks,) the school that a block goes on to, -1 where it is not known."""

    kind = "feeder"
    keys = ("column", "low", "cost")
    part: Ints
    low: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Feeder:
        values.one_of(table, "low", "cost")
        values.maybe(table, "cost", 0)
        return cls(values.sets(table, ground), values.maybe(table, "low", 0, 1))

    @property
    def relaxes(self) -> tuple[str, ...]:
        return () if self.low is None else (self.kind,)

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        if self.low is None:
            return []
        rows = []
        load = zone_sums(ground.students, zone, ground.schools)
        for j in range(ground.schools):
            here = np.flatnonzero(zone == j)
            if load[j] <= 0:
                continue
            parts: dict[int, list[float]] = {}
            for number, students in zip(self.part[here].tolist(), ground.students[here].tolist(), strict=True):
                parts.setdefault(number, []).append(students)
            most = max((math.fsum(part) for number, part in parts.items() if number >= 0), default=0.0)
            under = self.low - most / load[j]
            if under > SHARE_SLACK:
                rows.append(Row(self.kind, under, self.low, "share", ground.school_ids[j]))
        return rows
