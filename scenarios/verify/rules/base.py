"""What a rule is to the checker, and what it may bring to a proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from scenarios.verify.ground import Ground
from scenarios.verify.rounding import UNIT

if TYPE_CHECKING:
    from scenarios.verify.case import Case

Row = dict[str, Any]  # one entry of broken_limits
SLACK = 1e-6  # FORMAT.md: students, metres, minutes
SHARE_SLACK = 1e-9


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

    def roomy(self, case: Case) -> float:
        """A hair above the limit, so that a plan at the limit by rounded sums is not ruled out by exact ones."""
        most = np.zeros(case.ground.blocks)
        for j in case.ground.takes:
            most = np.maximum(most, self.size(j))
        spare = (abs(self.limit) + float(most.sum())) * (len(most) + 16) * 2 * UNIT
        return self.limit + spare


class RuleCheck:
    """A rule as the checker sees it. What a kind does not override it leaves alone."""

    kind: ClassVar[str]
    keys: ClassVar[tuple[str, ...]]

    @classmethod
    def read(cls, table: Mapping[str, Any], ground: Ground) -> RuleCheck:
        """From [[rules]] as it is written. ground: before any rule. Raises ValueError saying what is wrong."""
        raise NotImplementedError

    @property
    def relaxes(self) -> tuple[str, ...]:
        """What of the rule the proof makes no use of, by name."""
        return ()

    def amend(self, ground: Ground) -> Ground:
        """The ground as the rule changes it: schools, seats, neighbours, travel. Raises ValueError."""
        return ground

    def narrow(self, case: Case, school: int, may: Bools) -> Bools:
        """(blocks,) which of the blocks that may have `school` still may under this rule."""
        return may

    def sums(self, case: Case) -> list[Sum]:
        return []

    def budgets(self, case: Case) -> list[BudgetCheck]:
        return []

    def broken(self, case: Case, zone: Ints) -> list[Row]:
        """A row for each way in which a plan breaks the rule."""
        return []


def row(
    limit: str,
    amount: float,
    value: float | None,
    place: Mapping[str, str] | None = None,
    *,
    unit: str,
    now: float = 0.0,
    inherited: bool = False,
) -> Row:
    """An entry of broken_limits. place: `school` or `block`, or both, with their ids. unit: what the amount is in."""
    return {"limit": limit, **(place or {}), "amount": amount, "limit_value": value} | {
        "status_quo_amount": now,
        "inherited": inherited,
        "unit": unit,
    }


def place_of(case: Case, zone: Ints, block: int) -> dict[str, str]:
    """A block, and its school under a plan."""
    return {"school": case.ground.school_ids[zone[block]], "block": case.ground.district.block_ids[block]}
