"""What a rule is to the checker, and what it may bring to a proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from scenarios.reading.values import Table
from scenarios.verify.ground import Ground
from scenarios.verify.rounding import UNIT
from scenarios.writing.records import left_out

SLACK = 1e-6  # FORMAT.md: students, metres, minutes
SHARE_SLACK = 1e-9


@dataclass(frozen=True)
class Row:
    """A limit that a plan breaks, as results list it: by how much, in `unit`, at a school, a block or both.
    status_quo_amount: by how much today's zones break it. kind, rule: of the rule, and its place among those given."""

    limit: str
    amount: float
    limit_value: float | None
    unit: str
    school: str | None = left_out()
    block: str | None = left_out()
    status_quo_amount: float = 0.0
    inherited: bool = False
    kind: str = ""
    rule: int | None = left_out()


@dataclass(frozen=True, eq=False)
class Sum:
    """At each school j that takes blocks: low_j <= sum over the zone of part_i - factor_j whole_i <= high_j.

    part, whole: (blocks,), whole None where there is none. factor, low, high: by school; the allowances are in them.
    """

    part: Floats
    low: Sequence[float]
    high: Sequence[float]
    whole: Floats | None = None
    factor: Sequence[float] = ()

    def load(self, j: int, block: Ints) -> Floats:
        """What each of `block` adds at school j."""
        return self.part[block] if self.whole is None else self.part[block] - self.factor[j] * self.whole[block]

    def size(self, j: int, block: Ints) -> Floats:
        """The absolute values of the terms of `load`."""
        return self.part[block] if self.whole is None else self.part[block] + abs(self.factor[j]) * self.whole[block]


@dataclass(frozen=True, eq=False)
class BudgetCheck:
    """A budget as the checker sees it: over the whole plan, the costs of the chosen pairs add up to `limit` at most.

    cost: school -> (blocks,) what each block costs there; finite, also for blocks that may not go there. size: the
    same of the absolute values of the terms that make up a cost.
    """

    cost: Callable[[int], Floats]
    size: Callable[[int], Floats]
    limit: float

    def roomy(self, ground: Ground) -> float:
        """A hair above the limit, so that a plan at the limit by rounded sums is not ruled out by exact ones."""
        most = np.zeros(ground.blocks)
        for j in ground.takes:
            most = np.maximum(most, self.size(j))
        spare = (abs(self.limit) + float(most.sum())) * (len(most) + 16) * 2 * UNIT
        return self.limit + spare


class RuleCheck:
    """A rule as the checker sees it. What a kind does not override it leaves alone."""

    kind: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]

    @classmethod
    def read(cls, table: Table, ground: Ground) -> RuleCheck:
        """From [[rules]] as it is written. ground: before any rule. Raises ValueError saying what is wrong."""
        raise NotImplementedError

    @property
    def relaxes(self) -> tuple[str, ...]:
        """What of the rule the proof makes no use of, by name."""
        return ()

    def amend(self, ground: Ground) -> Ground:
        """The ground as the rule changes it: schools, seats, neighbours, travel. Raises ValueError."""
        return ground

    def narrow(self, ground: Ground, school: int, may: Bools) -> Bools:
        """(blocks,) which of the blocks that may have `school` still may under this rule."""
        return may

    def sums(self, ground: Ground) -> list[Sum]:
        return []

    def budgets(self, ground: Ground) -> list[BudgetCheck]:
        return []

    def broken(self, ground: Ground, zone: Ints) -> list[Row]:
        """A row for each way in which a plan breaks the rule."""
        return []


def place_of(ground: Ground, zone: Ints, block: int) -> tuple[str, str]:
    """The school that a plan gives a block, and the block, by their ids."""
    return ground.school_ids[zone[block]], ground.district.block_ids[block]
