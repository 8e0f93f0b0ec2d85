"""Whether a plan keeps a model, and what it is worth: computed from the arrays as they are, without any rounding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.graph import away_from_root
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Roundness, roundness, zone_sums
from optimizer.plan import Plan


def excess(model: Model, school: Ints) -> float:
    """Total excess over the sums' limits."""
    return sum(s.excess(model.district, school) for s in model.sums)


def value(model: Model, compiled: Compiled, school: Ints) -> float:
    """The objective of a plan of candidate pairs."""
    return compiled.value(model, Plan(model.district, school))


def total(model: Model, compiled: Compiled, school: Ints) -> float:
    """The objective and what rules cost besides, of a plan of candidate pairs."""
    compiled = folded(model, compiled)
    further = sum(split.cost * (cells(split.part, school) - sets(split.part)) for split in model.splits)
    return value(model, compiled, school) + further


def folded(model: Model, compiled: Compiled) -> Compiled:
    """With the costs that rules lay on borders and shapes; those of splits are left to the model."""
    adjacency, border = model.district.adjacency, compiled.border_cost
    for b in model.borders:
        if b.cost > 0:
            border = frozen(b.cost * b.weight + (0.0 if border is None else border))
    shapes = [Roundness(c.name, c.area, c.around, adjacency, c.shared, c.cost) for c in model.compact if c.cost > 0]
    return replace(compiled, curves=(*compiled.curves, *shapes), border_cost=border)


def uncharged(model: Model) -> Model:
    """The model with its limits alone: no rule costs anything."""
    borders = tuple(replace(b, cost=0.0) for b in model.borders if b.limit < np.inf)
    compact = tuple(replace(c, cost=0.0) for c in model.compact if c.low > 0)
    return replace(model, borders=borders, compact=compact, splits=())


def charges(model: Model) -> bool:
    """Whether some rule costs anything."""
    costs = [*(b.cost for b in model.borders), *(c.cost for c in model.compact)]
    return bool(model.splits) or any(cost > 0 for cost in costs)


def softened(model: Model) -> bool:
    """Whether some hard limit is wider than the limit."""
    return any((s.hard_high > s.high).any() or (s.hard_low < s.low).any() for s in model.sums)


def sets(part: Ints) -> int:
    """How many sets there are."""
    return len(np.unique(part[part >= 0]))


def cells(part: Ints, school: Ints) -> int:
    """How many pairs of a set and a school that has some of its blocks."""
    part = part.reshape(len(school), -1)
    there = part >= 0
    return len(np.unique(np.column_stack([part[there], np.broadcast_to(school[:, None], part.shape)[there]]), axis=0))


def holds(model: Model, school: Ints, held: float | None = None) -> bool:
    """Whether the plan keeps every hard limit, and its excess is at most `held`."""
    at = model.pairs.find(school)
    if (at < 0).any():
        return False
    if not all(s.keeps(s.value(model.district, school)) for s in model.sums):
        return False
    if any(float(budget.cost[at].sum()) > budget.limit for budget in model.budgets):
        return False
    if any(c.worth.value(model, Plan(model.district, school)) > c.limit for c in model.ceilings):
        return False
    if held is not None and excess(model, school) > held + STUDENT_SLACK:
        return False
    return _keeps_shapes(model, school) and _is_together(model.together, school) and not cut_off(model, school).any()


def cut_weight(adjacency: Csr, weight: Floats, school: Ints) -> float:
    """The weight of all pairs of neighbours in different zones."""
    return float(weight[school[adjacency.rows] != school[adjacency.index]].sum()) / 2


def cut_off(model: Model, school: Ints) -> Bools:
    """(blocks,) blocks that contiguity does not allow where the plan has them, for one of their parts at least."""
    wrong, _ = parts_cut_off(model, school)
    return np.bincount(model.district.part_block, wrong, model.district.blocks) > 0


def parts_cut_off(model: Model, school: Ints) -> tuple[Bools, Ints]:
    """(parts,) the same of parts, and the piece that each lies in."""
    contiguity, district = model.contiguity, model.district
    block = district.part_block
    if contiguity is None:
        return np.zeros(len(block), bool), np.arange(len(block), dtype=np.int32)
    if district.parts is None:
        away, piece = away_from_root(district.adjacency, school, contiguity.root)
        return away & ~(contiguity.detached & (school == district.home)), piece
    away, piece = district.away(school)
    return away & ~(district.part_detached & (school == district.home)[block]), piece


def _keeps_shapes(model: Model, school: Ints) -> bool:
    """Limits on borders, on the largest part of each zone, and on how round it is."""
    adjacency = model.district.adjacency
    if any(cut_weight(adjacency, b.weight, school) > b.limit for b in model.borders):
        return False
    for row in model.largest:
        most = zone_sums(school, row.part).max(axis=1) if row.part.shape[1] else 0.0
        if (most < row.low * zone_sums(school, row.whole)).any():
            return False
    return not any(
        (roundness(school, c.area, c.around, adjacency, c.shared) < c.low).any() for c in model.compact if c.low > 0
    )


def _is_together(unit: Ints | None, school: Ints) -> bool:
    if unit is None:
        return True
    tied = unit >= 0
    return len(np.unique(np.column_stack([unit[tied], school[tied]]), axis=0)) == len(np.unique(unit[tied]))
