"""The best single moves from a plan: one block that goes to a neighbouring zone, all else as it is.

All moves at borders are valued at once; those that the model rules out by itself are left out the same way, and the
rest are held to the rules' own check, the best first, until there are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Csr, Ints
from optimizer.contradictions import ready
from optimizer.model import ROUNDING, STUDENT_SLACK, Model
from optimizer.objectives import Objective, Spec, objective_of
from optimizer.objectives.base import Compiled
from optimizer.objectives.gains import gains
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, Breach, Reach, Rule, broken_by

LEAST = 1e-12  # a smaller gain is rounding


@dataclass(frozen=True, eq=False)
class Move:
    """One block that goes to the school of a neighbouring zone, all else as in the plan. students: of the block. gain:
    by how much the objective falls, by its value before and after. valid: whether the plan is valid then."""

    block: int
    school: int
    students: float
    gain: float
    valid: bool = True


def best_moves(
    plan: Plan,
    objective: Objective | Spec = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    count: int = 20,
    area: Bools | None = None,
    locked: Bools | None = None,
) -> tuple[Move, ...]:
    """Up to `count` single moves that make the objective smaller, the greatest gain first.

    Each alone breaks no limit that the plan does not break already, by as much: from a valid plan all lead to valid
    ones. Empty where the plan's own value is infinite: a block is where nobody knows the way. area: (blocks,) the
    blocks that may move; None: all. locked: (blocks,) blocks that may not. Raises InputError where a rule does not fit,
    or rules contradict each other.
    """
    rules = tuple(rules)
    model = ready(plan.district, rules).model
    plan = plan.over(model.district)
    objective = objective_of(objective, model.district)
    free = np.ones(model.district.blocks, bool) if area is None else area
    block, to = border_moves(model, plan.school, free if locked is None else free & ~locked)
    gain = gains(*_compiled(model, objective, plan.school), plan.school, block, to)
    may = (gain > LEAST) & _within_sums(model, plan.school, block, to) & _within_budgets(model, plan.school, block, to)
    block, to, gain = block[may], to[may], gain[may]
    judge, found = _Judge(model, objective, rules, plan), []
    for k in np.lexsort((to, block, -gain)):
        move = judge.move(int(block[k]), int(to[k]))
        found += [] if move is None else [move]
        if len(found) == count:
            break
    return tuple(sorted(found, key=lambda move: (-move.gain, move.block, move.school)))


def border_moves(model: Model, school: Ints, free: Bools) -> tuple[Ints, Ints]:
    """(moves,) blocks and (moves,) schools: every block that is `free` (blocks,), with each school that it may go to
    and that a neighbour of it is at, by block."""
    rows, other = model.district.adjacency.rows, school[model.district.adjacency.index]
    cut = (school[rows] != other) & free[rows]
    wide = model.district.schools
    key = np.unique(rows[cut].astype(np.int64) * wide + other[cut])
    block, to = (key // wide).astype(np.int32), (key % wide).astype(np.int32)
    may = model.pairs.places(block, to) >= 0
    return block[may], to[may]


def _compiled(model: Model, objective: Objective, school: Ints) -> tuple[Model, Compiled]:
    """The objective, over pairs among which the plan's own are, whether it may have them or not."""
    if (model.pairs.find(school) < 0).any():
        rows = np.concatenate([model.pairs.rows, np.arange(len(school))])
        pairs = Csr.of_pairs(rows, np.concatenate([model.pairs.index, school]), len(school))
        model = Model(model.district, pairs)
    return model, objective.compile(model)


def _within_sums(model: Model, school: Ints, block: Ints, to: Ints) -> Bools:
    """(moves,) whether no school goes beyond a limit, or farther beyond it than it is."""
    kept, here = np.ones(len(block), bool), school[block]
    for s in model.sums:
        now = s.value(model.district, school)
        high = np.maximum(s.hard_high + s.slack, now) + ROUNDING
        low = np.minimum(s.hard_low - s.slack, now) - ROUNDING
        left = now[here] - s.load(model.district, here, block)
        come = now[to] + s.load(model.district, to, block)
        kept &= (low[here] <= left) & (left <= high[here]) & (low[to] <= come) & (come <= high[to])
    return kept


def _within_budgets(model: Model, school: Ints, block: Ints, to: Ints) -> Bools:
    """(moves,) whether no budget is overdrawn, or more so than it is. All of them, where the plan is none of the model:
    what it uses is not known then."""
    kept, at = np.ones(len(block), bool), model.pairs.find(school)
    if (at < 0).any():
        return kept
    after = model.pairs.places(block, to)
    for budget in model.budgets:
        used, more = float(budget.cost[at].sum()), budget.cost[after] - budget.cost[at[block]]
        spare = ROUNDING * (1 + abs(budget.limit))
        kept &= (used + more <= budget.limit + spare) | (more <= spare)
    return kept


class _Judge:
    """Tells of moves, one after the other, whether they may be, and what they gain."""

    def __init__(self, model: Model, objective: Objective, rules: tuple[Rule, ...], plan: Plan) -> None:
        self.objective, self.rules, self.plan = objective, (Reach(), *rules), plan
        self.value = objective.value(plan)
        self.broken = {_key(row): row.amount for row in broken_by(plan, self.rules) if not row.inherited}
        kept = not any(kind == "contiguity" for kind, *_ in self.broken)
        self.whole = kept and model.contiguity is not None and plan.district.parts is None

    def move(self, block: int, to: int) -> Move | None:
        """The move; None where it breaks a limit, or gains nothing."""
        if self.whole and self._cuts_off(block, to):
            return None
        district, school = self.plan.district, self.plan.school.copy()
        school[block] = to
        after = Plan(district, school)
        rows = [row for row in broken_by(after, self.rules) if not row.inherited]
        gain = self.value - self.objective.value(after)
        if not LEAST < gain < np.inf or any(
            row.amount > self.broken.get(_key(row), 0.0) + STUDENT_SLACK for row in rows
        ):
            return None
        return Move(block, to, float(district.students[block]), gain, not rows)

    def _cuts_off(self, block: int, to: int) -> bool:
        """Whether the block, or what it leaves behind, would be away from its school, and was not so before: what the
        rule finds of the whole plan, found from two zones. Of plans that keep it, in districts without parts."""
        district, school, away = self.plan.district, self.plan.school, self.plan.away[0]
        near = district.adjacency.row(block)
        beside = (school[near] == to) & ~away[near]
        if not beside.any() and not (district.detached[block] and district.home[block] == to):
            return True
        here = int(school[block])
        left = near[(school[near] == here) & ~away[near]]
        if away[block] or len(left) < 2:
            return False
        lost = self._lost(here, block)
        return any(not (district.detached[b] and district.home[b] == here) for b in lost)

    def _lost(self, zone: int, block: int) -> set[int]:
        """The blocks of a zone that are joined to its root through this block alone."""
        adjacency, school, away = self.plan.district.adjacency, self.plan.school, self.plan.away[0]
        root = int(self.plan.district.root[zone])
        seen, queue = {root, block}, [root]
        while queue:
            for other in adjacency.row(queue.pop()).tolist():
                if other not in seen and school[other] == zone:
                    seen.add(other)
                    queue.append(other)
        return set(np.flatnonzero((school == zone) & ~away).tolist()) - seen


def _key(row: Breach) -> tuple[str, int | None, str, str | None, str | None]:
    return row.kind, row.rule, row.limit, row.school, row.block
