"""What every peer is asked, in plain arrays, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from optimizer import Disparity, District, Model, Plan
from optimizer.arrays import Floats, Ints
from optimizer.rules import DEFAULT_RULES


def eased(district: District) -> District:
    """The district with seats and minimum sizes that today's zones keep."""
    load = district.load_now
    return replace(
        district,
        capacity=np.maximum(district.capacity, load + district.other_students),
        min_students=np.minimum(district.min_students, load),
    )


class TimeUpError(Exception):
    """Raised inside a peer's own code where it offers no other way to end it."""


@dataclass(frozen=True, eq=False)
class Question:
    """One district under the default limits, to be made even.

    Seats and minimum sizes that today's zones break are set to today's loads (`eased`): this program would first mend
    such a breach and then hold it mended, which is more than a valid plan must do, and more than is asked of peers.

    may: by block, the schools that travel limits and roots leave it. low, high: (schools,) students that no valid plan
    goes beyond: the limits, or today's load where today's zones break them.
    """

    district: District

    @cached_property
    def model(self) -> Model:
        return Model.build(self.district, DEFAULT_RULES)

    @cached_property
    def may(self) -> list[frozenset[int]]:
        pairs = self.model.pairs
        return [frozenset(pairs.row(i).tolist()) for i in range(self.district.blocks)]

    @cached_property
    def low(self) -> Floats:
        return self.model.sums[0].hard_low

    @cached_property
    def high(self) -> Floats:
        return self.model.sums[0].hard_high

    @cached_property
    def neighbours(self) -> list[list[int]]:
        adjacency = self.district.adjacency
        return [adjacency.row(i).tolist() for i in range(self.district.blocks)]

    @cached_property
    def today(self) -> Ints:
        return self.district.status_quo

    @cached_property
    def loose(self) -> list[frozenset[int]]:
        """By school, the blocks that lie away from its root today, and so may do so in any plan."""
        district = self.district
        of = [np.flatnonzero(district.detached & (district.status_quo == j)) for j in range(district.schools)]
        return [frozenset(blocks.tolist()) for blocks in of]

    @cached_property
    def groups(self) -> Floats:
        """(blocks, groups) what exposure compares: racial groups, or students in poverty and the others."""
        district = self.district
        if district.groups:
            return district.group_counts
        return np.column_stack([district.poverty, district.students - district.poverty])

    def disparity(self, groups: Floats, poverty: Floats) -> float:
        """From (schools, groups) and (schools,) sums, by FORMAT.md's formula."""
        size = groups.sum(axis=1)
        rate = np.divide(poverty, size, out=np.zeros(len(size)), where=size > 0)
        total = groups.sum(axis=0)
        share = np.divide(rate @ groups, total, out=np.zeros(len(total)), where=total > 0)
        there = size.sum()
        return float(np.sqrt(total @ (share - poverty.sum() / there) ** 2 / there))

    def value(self, school: Ints) -> float:
        """The objective of a plan."""
        return Disparity().value(Plan(self.district, school))

    def holds_together(self, school: int, members: Collection[int]) -> bool:
        """Whether a zone reaches its root but for blocks that were loose in it today."""
        root = int(self.district.root[school])
        inside, seen, queue = set(members), {root}, [root]
        if root not in inside:
            return root < 0
        while queue:
            for other in self.neighbours[queue.pop()]:
                if other in inside and other not in seen:
                    seen.add(other)
                    queue.append(other)
        return len(seen) == len(inside) or inside - seen <= self.loose[school]

    def fits(self, school: int, students: float) -> bool:
        """Whether a zone of so many students is within its size limits."""
        return bool(self.low[school] - 1e-9 <= students <= self.high[school] + 1e-9)


@dataclass(frozen=True, eq=False)
class Answer:
    """school: (blocks,), None where the peer gave no plan. bound: what it claims that no plan is below. progress:
    (seconds, value) of its improvements, where it shows them. absent: the package that would be needed."""

    school: Ints | None = None
    bound: float | None = None
    progress: tuple[tuple[float, float], ...] = ()
    absent: str | None = None


@dataclass
class Best:
    """The best plan that a peer has met, and when."""

    question: Question
    school: Ints
    value: float = np.inf
    began: float = field(default_factory=time.monotonic)
    progress: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def of(cls, question: Question) -> Best:
        """From today's zones, with the clock started."""
        best = cls(question, question.today)
        best.offer(question.today, question.value(question.today))
        return best

    def offer(self, school: Iterable[int], value: float) -> None:
        """Keep the plan if it is better."""
        if value < self.value - 1e-12:
            self.school, self.value = np.array(list(school), np.int32), value
            self.progress.append((time.monotonic() - self.began, value))

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def answer(self, bound: float | None = None) -> Answer:
        return Answer(self.school, bound, tuple(self.progress))


class Peer(Protocol):
    """name: in tables. cannot: the limits that it cannot express, in words; empty where it can express all. setting:
    how it was set. package: what must be installed for it, besides the program's own."""

    @property
    def name(self) -> str: ...

    @property
    def cannot(self) -> tuple[str, ...]: ...

    @property
    def setting(self) -> str: ...

    @property
    def package(self) -> str | None: ...

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        """The best plan it finds within so many seconds on one core."""
        ...
