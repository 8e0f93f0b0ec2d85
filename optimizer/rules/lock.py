"""Blocks that keep the school they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.errors import Fault, doubt
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.names import flag_faults, flags, index_of, need_one_of, unknown_blocks, unknown_schools


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The blocks keep today's school. Exactly one of: `blocks`, their ids; `schools`, all blocks zoned to these today;
    `column`, a further column that is true (or 1) for the blocks and false (or 0) for all others."""

    kind: ClassVar[str] = "lock"
    children: ClassVar[bool] = False
    blocks: tuple[str, ...] | None = None
    schools: tuple[str, ...] | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        need_one_of(blocks=self.blocks, schools=self.schools, column=self.column)

    def faults(self, district: District) -> list[Fault]:
        if self.column is not None:
            return flag_faults(self.kind, self.column, district)
        found = unknown_blocks(self.kind, "blocks", self.blocks or (), district)
        return found + unknown_schools(self.kind, "schools", self.schools or (), district)

    def locked(self, district: District) -> Bools:
        """(blocks,) whether the block keeps its school."""
        found = self._named(district)
        if not found.any():
            doubt("rule lock", "it meets no block, so that it asks nothing")
        return found

    def _named(self, district: District) -> Bools:
        if self.column is not None:
            return flags(district, self.column)
        if self.schools is not None:
            return np.isin(district.status_quo, index_of(self.schools, district.school_ids))
        return np.isin(np.arange(district.blocks), index_of(self.blocks or (), district.block_ids))

    def narrow(self, model: Model) -> Model:
        return model.keep_pairs(~self.locked(model.district)[model.pairs.rows] | model.stay)

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block that left its school; amount 1."""
        return at_blocks("lock", plan, self.locked(plan.district) & (plan.school != plan.district.home))

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
