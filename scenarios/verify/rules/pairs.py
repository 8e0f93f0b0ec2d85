"""Rules that keep single blocks from single schools: lock, forbid, require, walk_zone, recently_moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from scenarios.reading.values import Table
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import SLACK, Row, RuleCheck, place_of


class Keeps(RuleCheck):
    """Some blocks stay at home."""

    def kept(self, ground: Ground) -> Bools:
        """(blocks,) which."""
        raise NotImplementedError

    def narrow(self, ground: Ground, school: int, may: Bools) -> Bools:
        return may & (~self.kept(ground) | ground.is_home(school))

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        wrong = self.kept(ground) & ground.moved(zone)
        return at_blocks(self.kind, ground, zone, np.flatnonzero(wrong).tolist())


@dataclass(frozen=True, eq=False)
class Lock(Keeps):
    """Blocks by name, by their school of today, or by a column. At a closed school they break the rule everywhere."""

    kind = "lock"
    keys = ("blocks", "schools", "column")
    locked: Bools

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Lock:
        key = values.one_of(table, *cls.keys)
        if key == "column":
            return cls(values.flags(table, ground))
        if key == "schools":
            return cls(np.isin(ground.today, values.schools(table, key, ground)))
        blocks = values.places(values.texts(table, key), ground.district.block_ids, "block")
        return cls(np.isin(np.arange(ground.blocks), blocks))

    def kept(self, ground: Ground) -> Bools:
        return self.locked


@dataclass(frozen=True)
class WalkZone(Keeps):
    """Blocks whose travel today is at most `distance`; not those of closed schools."""

    kind = "walk_zone"
    keys = ("distance",)
    distance: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> WalkZone:
        return cls(values.number(table, "distance", 0))

    def kept(self, ground: Ground) -> Bools:
        return (ground.travel_today <= self.distance + SLACK) & (ground.home >= 0)


@dataclass(frozen=True, eq=False)
class RecentlyMoved(Keeps):
    """Blocks that changed school at most `years` ago; not those of closed schools. ago: (blocks,), NaN for never."""

    kind = "recently_moved"
    keys = ("column", "years", "year")
    ago: Floats
    years: float

    @classmethod
    def read(cls, table: Table, ground: Ground) -> RecentlyMoved:
        ago, year = values.figures(table, ground), values.maybe(table, "year")
        return cls(ago if year is None else year - ago, values.number(table, "years", 0))

    def kept(self, ground: Ground) -> Bools:
        return (self.ago <= self.years) & (ground.home >= 0)


class OfPairs(RuleCheck):
    """A rule about pairs. block, school: (pairs,)."""

    keys = ("pairs",)

    def __init__(self, block: Ints, school: Ints) -> None:
        self.block, self.school = block, school

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Self:
        written = values.pairs_of_text(table, "pairs")
        block = values.places([block for block, _ in written], ground.district.block_ids, "block")
        school = values.places([school for _, school in written], ground.school_ids, "school")
        return cls(np.array(block, np.int32), np.array(school, np.int32))

    def wrong(self, school: Ints | int) -> Bools:
        """(pairs,) whether the pair's block breaks the rule at a school, or at (pairs,) a school each."""
        raise NotImplementedError

    def narrow(self, ground: Ground, school: int, may: Bools) -> Bools:
        may = may.copy()
        may[self.block[self.wrong(school)]] = False
        return may

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        return at_blocks(self.kind, ground, zone, np.unique(self.block[self.wrong(zone[self.block])]).tolist())


class Forbid(OfPairs):
    """No block of the pairs goes to its school."""

    kind = "forbid"

    def wrong(self, school: Ints | int) -> Bools:
        return np.asarray(self.school == school)


class Require(OfPairs):
    """Every block of the pairs goes to its school."""

    kind = "require"

    def wrong(self, school: Ints | int) -> Bools:
        return np.asarray(self.school != school)


def at_blocks(limit: str, ground: Ground, zone: Ints, blocks: list[int]) -> list[Row]:
    """A row for each block, with the school that the plan gives it."""
    return [Row(limit, 1.0, 0.0, "blocks", *place_of(ground, zone, i)) for i in blocks]
