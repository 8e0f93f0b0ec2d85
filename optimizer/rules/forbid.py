"""Single pairs of a block and a school: never, or always."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optimizer.arrays import Bools, Ints
from optimizer.district import District
from optimizer.errors import Fault
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules.base import Breach, at_blocks
from optimizer.rules.shared.names import index_of, unknown_blocks, unknown_schools

Pairs = tuple[tuple[str, str], ...]  # ids of a block and a school


@dataclass(frozen=True)
class Forbid:
    """No block of `pairs` (block id, school id) goes to its school, even where it is there today."""

    kind: ClassVar[str] = "forbid"
    children: ClassVar[bool] = False
    pairs: Pairs

    def faults(self, district: District) -> list[Fault]:
        return _pair_faults(self.kind, self.pairs, district)

    def narrow(self, model: Model) -> Model:
        block, school = _places(self.pairs, model.district)
        wide = model.district.schools
        wrong = block.astype(np.int64) * wide + school
        return model.keep_pairs(~np.isin(model.pairs.rows.astype(np.int64) * wide + model.pairs.index, wrong))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block at a school where it may not be; amount 1."""
        block, school = _places(self.pairs, plan.district)
        return at_blocks("forbid", plan, _marked(block[plan.school[block] == school], plan.district))

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Require:
    """Every block of `pairs` (block id, school id) goes to its school."""

    kind: ClassVar[str] = "require"
    children: ClassVar[bool] = False
    pairs: Pairs

    def faults(self, district: District) -> list[Fault]:
        schools: dict[str, set[str]] = {}
        for block, school in self.pairs:
            schools.setdefault(block, set()).add(school)
        twice = tuple(f"{block} ({', '.join(sorted(to))})" for block, to in schools.items() if len(to) > 1)
        found = _pair_faults(self.kind, self.pairs, district)
        if twice:
            mend = "Name each block once"
            found.append(Fault("rule require", "blocks are sent to two schools at once", mend, "pairs", twice))
        return found

    def narrow(self, model: Model) -> Model:
        block, school = _places(self.pairs, model.district)
        only = np.full(model.district.blocks, -1, np.int32)
        only[block] = school
        wanted = only[model.pairs.rows]
        return model.keep_pairs((wanted < 0) | (wanted == model.pairs.index))

    def excess(self, plan: Plan) -> list[Breach]:
        """One row for each block that is not where it must be; amount 1."""
        block, school = _places(self.pairs, plan.district)
        return at_blocks("require", plan, _marked(block[plan.school[block] != school], plan.district))

    def attributes(self, district: District) -> tuple[str, ...]:
        return ()


def pinned(plan: Plan, blocks: Bools) -> Require:
    """The rule that these blocks (blocks,) keep the schools that a plan gives them: of locks, and of what lies outside
    an area that is worked on."""
    block_ids, school_ids = plan.district.block_ids, plan.district.school_ids
    return Require(tuple((block_ids[i], school_ids[plan.school[i]]) for i in np.flatnonzero(blocks)))


def _pair_faults(kind: str, pairs: Pairs, district: District) -> list[Fault]:
    found = unknown_blocks(kind, "pairs", (block for block, _ in pairs), district)
    return found + unknown_schools(kind, "pairs", (school for _, school in pairs), district)


def _places(pairs: Pairs, district: District) -> tuple[Ints, Ints]:
    """(pairs,) block and (pairs,) school by number."""
    blocks = index_of((block for block, _ in pairs), district.block_ids)
    return blocks, index_of((school for _, school in pairs), district.school_ids)


def _marked(block: Ints, district: District) -> Bools:
    return np.isin(np.arange(district.blocks), block)
