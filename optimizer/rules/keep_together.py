"""Sets of blocks - a neighbourhood, a housing estate, a street - that go to one school."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Ints, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.model import Model, Splits
from optimizer.plan import Plan
from optimizer.rules.base import Breach
from optimizer.rules.shared.names import (
    index_of,
    label_faults,
    labels,
    need_above_zero,
    need_one_of,
    unknown_blocks,
)


@dataclass(frozen=True)
class KeepTogether:
    """Blocks with the same value of the further column `column` go to one school; an empty cell is in no set. Or
    `blocks`, by id, are the one set. A set that today's zones split must be mended too. cost: instead of the rule, what
    the search pays for each further school that a set is spread over, in the objective's unit. hard: true, or false
    with a cost; it may be left out."""

    kind: ClassVar[str] = "keep_together"
    children: ClassVar[bool] = False
    column: str | None = None
    blocks: tuple[str, ...] | None = None
    hard: bool | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        need_one_of(column=self.column, blocks=self.blocks)
        need_above_zero(cost=self.cost)
        if self.cost is not None and self.hard:
            raise InputError(Fault("hard", "a hard rule has no cost", "Give hard = true, or cost", column="hard"))
        if self.cost is None and self.hard is False:
            raise InputError(Fault("hard", "a rule that is not hard needs a cost", "Give cost, or hard = true"))

    def faults(self, district: District) -> list[Fault]:
        if self.column is None:
            return unknown_blocks(self.kind, "blocks", self.blocks or (), district)
        return label_faults(self.kind, self.column, district)

    def narrow(self, model: Model) -> Model:
        part = self._part(model.district)
        if self.cost is None:
            return model.keep_together(part)
        return replace(model, splits=(*model.splits, Splits(self.kind, frozen(part), self.cost)))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each set that is spread over several schools, at its first block; amount: how many more than
        one. None where splits have a cost."""
        if self.cost is not None:
            return []
        part, rows = self._part(plan.district), []
        for number in range(int(part.max(initial=-1)) + 1):
            blocks = np.flatnonzero(part == number)
            further = len(np.unique(plan.school[blocks])) - 1
            if further:
                first = plan.district.block_ids[blocks[0]]
                rows.append(Breach(self.kind, float(further), 1.0, block=first, unit="schools"))
        return rows

    def _part(self, district: District) -> Ints:
        """(blocks,) the set of each, -1 for none."""
        if self.column is not None:
            return labels(district, self.column)
        part = np.full(district.blocks, -1, np.int32)
        part[index_of(self.blocks or (), district.block_ids)] = 0
        return part

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()
