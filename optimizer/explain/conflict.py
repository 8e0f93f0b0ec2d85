"""A smallest set of limits that cannot hold together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.arrays import Ints
from optimizer.explain.limits import Case, Limit
from optimizer.explain.oracle import Oracle
from optimizer.model import STUDENT_SLACK

AGAIN = 0.15  # share of the time up to which a second order is tried


@dataclass(frozen=True, eq=False)
class Reason:
    """Why limits clash, where counting students shows it. kind: `seats` (the blocks can go to these schools alone, and
    those have less room), `minimum` (only these blocks can go to these schools, and those need more), `moves` (so
    many students must leave these schools, or come, and fewer may move), `crossed` (the school's minimum is above its
    seats). students: in `blocks`, or who must move. room:
    what there is for them, or what the schools need."""

    kind: Literal["seats", "minimum", "moves", "crossed"]
    schools: tuple[int, ...]
    students: float
    room: float
    blocks: Ints


@dataclass(frozen=True, eq=False)
class Conflict:
    """limits: cannot hold together, where `proved`; else those that the nearest plan found breaks. minimal: every
    proper part of them can be kept, shown by a plan for each."""

    limits: tuple[Limit, ...]
    proved: bool
    minimal: bool
    reason: Reason | None = None


def smallest(oracle: Oracle, core: frozenset[Limit]) -> Conflict:
    """The smallest conflict found within `core`, which cannot hold. Rules and budgets are left out first where that
    can be: what seats alone explain is easiest to understand."""
    work, began = oracle.work, oracle.work.spent
    best = _shorten(oracle, core, turned=False)
    quick = work.seconds is None or work.spent - began < AGAIN * work.seconds
    if quick and len(best.limits) > 2:
        other = _shorten(oracle, core, turned=True)
        best = min(best, other, key=lambda one: (not one.minimal, len(one.limits)))
    return Conflict(best.limits, True, best.minimal, reason(oracle.case, frozenset(best.limits)))


def _shorten(oracle: Oracle, core: frozenset[Limit], *, turned: bool) -> Conflict:
    """Leave out what can be left out: large parts first, then one by one."""
    kept, minimal = core, True
    general = sorted((limit for limit in core if limit.school < 0), key=lambda limit: limit.name)
    sums = sorted((limit for limit in core if limit.school >= 0), key=_order, reverse=turned)
    for limit in general:
        if oracle.keeps(kept - {limit}) is False:
            kept = _within(oracle, kept - {limit})
    size = max(1, len(sums) // 2)
    while True:
        for k in range(0, len(sums), size):
            part = frozenset(sums[k : k + size]) & kept
            if part and part < kept and oracle.keeps(kept - part) is False:
                kept = _within(oracle, kept - part)
        if size == 1:
            break
        size = size // 2
    minimal = all(len(kept) == 1 or oracle.keeps(kept - {limit}) is True for limit in kept)
    return Conflict(tuple(sorted(kept)), True, minimal)


def _within(oracle: Oracle, kept: frozenset[Limit]) -> frozenset[Limit]:
    """The smallest set within `kept` that has been refuted."""
    return min((core for core in oracle.refuted if core <= kept), key=len, default=kept)


def _order(limit: Limit) -> tuple[bool, Limit]:
    """Minima are tried first: a conflict of seats alone is easier to understand."""
    return limit.kind == "high", limit


def reason(case: Case, limits: frozenset[Limit]) -> Reason | None:
    """The count that shows the clash, if a plain one does."""
    highs = tuple(limit.school for limit in sorted(limits) if limit.kind == "high" and limit.name == "capacity")
    lows = tuple(limit.school for limit in sorted(limits) if limit.kind == "low" and limit.name == "min_students")
    sums = sum(limit.school >= 0 for limit in limits)
    if len(limits) == 2 and highs == lows and highs:
        size = case.whole.sums[next(iter(limits)).at]
        low, high = float(size.hard_low[highs[0]]), float(size.hard_high[highs[0]])
        return Reason("crossed", highs, low, high, np.zeros(0, np.int32)) if low > high + 2 * STUDENT_SLACK else None
    if sums != len(highs) + len(lows) or bool(highs) == bool(lows):
        return None
    if any(limit.kind == "budget" for limit in limits):
        return _moves(case, limits, highs or lows)
    model, students = case.model(limits), case.district.students
    mine = np.isin(model.pairs.index, highs or lows)
    inside = np.bincount(model.pairs.rows[mine], minlength=case.district.blocks)
    size = case.model(limits).sums[0]
    if highs:
        blocks = np.flatnonzero(inside == np.diff(model.pairs.start)).astype(np.int32)
        count, room = float(students[blocks].sum()), float(size.hard_high[list(highs)].sum())
        return Reason("seats", highs, count, room, blocks) if count > room + STUDENT_SLACK * len(highs) else None
    blocks = np.flatnonzero(inside).astype(np.int32)
    count, need = float(students[blocks].sum()), float(size.hard_low[list(lows)].sum())
    return Reason("minimum", lows, count, need, blocks) if count < need - STUDENT_SLACK * len(lows) else None


def _moves(case: Case, limits: frozenset[Limit], schools: tuple[int, ...]) -> Reason | None:
    """Today's excess at these schools must move, and the budget is less."""
    budgets = [limit for limit in limits if limit.kind == "budget"]
    if len(budgets) > 1 or budgets[0].name != "max_moved":
        return None
    sums = [limit for limit in sorted(limits) if limit.school >= 0]
    over = float(case.amounts(sums, case.today).sum())
    allowed = case.whole.budgets[budgets[0].at].limit
    none = np.zeros(0, np.int32)
    return Reason("moves", schools, over, allowed, none) if over > allowed + STUDENT_SLACK * len(sums) else None
