"""Why a block cannot go to a school: the limits that forbid it, alone or together; and what else would have to move."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer import kernels
from optimizer.arrays import Csr, Ints
from optimizer.contradictions import ready
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.explain.conflict import Conflict
from optimizer.explain.explain import conflict_in
from optimizer.explain.limits import RULE_NAMES, Case, Limit
from optimizer.explain.oracle import Oracle
from optimizer.explain.work import Work
from optimizer.model import STUDENT_SLACK, Model
from optimizer.plan import Plan
from optimizer.repair import repair
from optimizer.result import Result
from optimizer.rules import Breach, Reach, Require, Rule, broken_by
from optimizer.solvers.threads import cores
from optimizer.striking import Contradiction, contradiction

MENDING = 0.8  # share of the time for the moves that go with it


@dataclass(frozen=True, eq=False)
class WhyNot:
    """moved: the plan with this one move. alone: the limits that it breaks and the plan does not, or not by as much.
    never: the limits that keep the block from the school wherever others go, by name. faults: rules that contradict
    the wish, found before any solving. struck: what would follow from the pair, and cannot be. mended: the valid plan
    with the wish that changes the fewest students of the plan, or how far the search for it came; None where `never`,
    `struck` or `faults` say that there is none. conflict: limits that cannot all be kept with the wish, which is
    proved; None where it is not. case: what its limits refer to."""

    block: int
    school: int
    moved: Plan
    alone: tuple[Breach, ...]
    never: tuple[str, ...] = ()
    struck: Contradiction | None = None
    faults: tuple[Fault, ...] = ()
    mended: Result | None = None
    conflict: Conflict | None = None
    case: Case | None = None

    @property
    def possible(self) -> bool | None:
        """Whether a valid plan has the block at the school; None where that is not known."""
        if self.mended is None or self.mended.impossible:
            return False
        if self.mended.valid:
            return True
        return None if self.conflict is None else False

    @property
    def others(self) -> Ints:
        """The blocks that move with it: all but the block itself that the mended plan has elsewhere."""
        if self.mended is None or not self.mended.valid:
            return np.zeros(0, np.int32)
        return np.flatnonzero(self.mended.plan.school != self.moved.school).astype(np.int32)

    @property
    def together(self) -> tuple[Limit, ...]:
        """The limits of the conflict, without the wish itself."""
        if self.conflict is None or self.case is None:
            return ()
        wish = len(self.case.rules) - 1
        return tuple(limit for limit in self.conflict.limits if (limit.kind, limit.at) != ("rule", wish))


def why_not(
    plan: Plan,
    rules: Sequence[Rule],
    block: int,
    school: int,
    *,
    time_limit: float | None = 5.0,
    seed: int = 0,
    threads: int | None = None,
    stop: threading.Event | None = None,
) -> WhyNot:
    """Why the block cannot have the school, all else as in the plan, and with which others it could.

    block, school: their places in the plan's district. time_limit: seconds for all of it. Raises InputError where a
    rule does not fit, or where the rules contradict each other even without the wish.
    """
    kernels.ensure()
    work = Work(time_limit, stop=stop or threading.Event(), threads=cores(threads), seed=seed)
    rules, name = tuple(rules), plan.district.school_ids[school]
    district = ready(plan.district, rules).model.district
    plan = plan.over(district)
    school = district.school_ids.index(name)
    zone = plan.school.copy()
    zone[block] = school
    moved = Plan(district, zone)
    alone = _alone(plan, moved, rules)
    never = _never(district, rules, block, school)
    if never:
        return WhyNot(block, school, moved, alone, never)
    struck = contradiction(Model.build(district, rules), block, school)
    if struck is not None:
        return WhyNot(block, school, moved, alone, struck=struck)
    wish = Require(((district.block_ids[block], name),))
    try:
        mended = repair(
            moved,
            (*rules, wish),
            time_limit=work.seconds_of(MENDING),
            seed=seed,
            threads=threads,
            stop=work.stop,
        )
    except InputError as error:
        return WhyNot(block, school, moved, alone, faults=tuple(error.faults))
    if mended.valid:
        return WhyNot(block, school, moved, alone, mended=mended)
    oracle = Oracle(Case(district, (*rules, wish)), work)
    oracle.know(mended.plan.school)
    conflict = conflict_in(oracle)
    return WhyNot(block, school, moved, alone, mended=mended, conflict=conflict, case=oracle.case)


def _alone(plan: Plan, moved: Plan, rules: tuple[Rule, ...]) -> tuple[Breach, ...]:
    """What the move breaks by itself."""
    before = {_key(row): row.amount for row in broken_by(plan, (Reach(), *rules)) if not row.inherited}
    rows = [row for row in broken_by(moved, (Reach(), *rules)) if not row.inherited]
    return tuple(row for row in rows if row.amount > before.get(_key(row), 0.0) + STUDENT_SLACK)


def _key(row: Breach) -> tuple[str, int | None, str, str | None, str | None]:
    return row.kind, row.rule, row.limit, row.school, row.block


def _never(district: District, rules: tuple[Rule, ...], block: int, school: int) -> tuple[str, ...]:
    """The limits that rule out the pair by itself."""
    from optimizer.solvers.connected import connected  # noqa: PLC0415 - solvers load slowly

    model = Model.build(district, rules)
    if model.pairs.places(np.array([block]), np.array([school]))[0] >= 0:
        return () if school in connected(model).pairs.row(block) else ("contiguity",)
    every = np.flatnonzero(district.open)
    pairs = Csr.of_pairs(np.full(len(every), block), every, district.blocks)
    whole = Model(district, pairs)
    names = [
        RULE_NAMES.get(rule.kind, rule.kind) for rule in rules if school not in rule.narrow(whole).pairs.row(block)
    ]
    return tuple(dict.fromkeys(names)) or ("reach",)
