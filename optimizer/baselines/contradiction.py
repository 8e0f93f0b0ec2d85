"""The limits of a model as a linear programme, and whether prices of them prove that they contradict each other."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack

from optimizer.arrays import Floats
from optimizer.baselines.program import Program, contradicts, solve
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.solvers.contract import contract
from optimizer.striking.pairs import Entries


def contradictory(model: Model) -> bool:
    """Whether no plan keeps the hard limits, not even one that splits blocks: proved by prices, in plain arithmetic. A
    no is no proof of the contrary."""
    over = contract(model, Compiled(np.zeros(len(model.pairs.index)))).model
    cost = np.ones(len(over.pairs.index))
    if over.contiguity is not None:
        cost[Entries.of(over).apart] = np.inf
    program = program_of(over, cost)
    if np.isinf(program.least(cost)).any():
        return True  # a block that no walk joins to any of its schools
    return contradicts(program, solve(program).price)


def program_of(model: Model, cost: Floats) -> Program:
    """A unit a node, with the hard limits as rows. cost: (pairs,)."""
    return Program(model.pairs.rows, cost, *_rows(model))


def _rows(model: Model) -> tuple[csr_array, Floats, Floats]:
    """School sums, budgets, and ties between nodes as rows over the pairs, with the validity check's allowances."""
    pairs, schools = model.pairs, model.district.schools
    rows, low, high = [csr_array((0, len(pairs.index)))], [np.zeros(0)], [np.zeros(0)]
    for s in model.sums:
        load = model.district.amount(s.part)[pairs.rows]
        if s.whole != -1:
            load = load - s.factor[pairs.index] * model.district.amount(s.whole)[pairs.rows]
        at = np.arange(len(load))
        kept = np.isfinite(s.hard_low) | np.isfinite(s.hard_high)
        rows.append(csr_array((load, (pairs.index, at)), shape=(schools, len(at)))[kept])
        low.append(s.hard_low[kept] - STUDENT_SLACK)
        high.append(s.hard_high[kept] + STUDENT_SLACK)
    for budget in model.budgets:
        rows.append(csr_array(budget.cost[None, :]))
        low.append(np.full(1, -np.inf))
        high.append(np.full(1, budget.limit))
    ties = _ties(model)
    rows.append(ties)
    low.append(np.zeros(ties.shape[0]))
    high.append(np.zeros(ties.shape[0]))
    return csr_array(vstack(rows)), np.concatenate(low), np.concatenate(high)


def _ties(model: Model) -> csr_array:
    """(rows, pairs) rows = 0: nodes that are tied are at a school all or none."""
    unit, pairs, schools = model.together, model.pairs, model.district.schools
    size = len(pairs.index)
    if unit is None:
        return csr_array((0, size))
    at = np.flatnonzero(unit[pairs.rows] >= 0)
    key = unit[pairs.rows[at]].astype(np.int64) * schools + pairs.index[at]
    members = np.bincount(unit[unit >= 0])
    _, first, place, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    lone = count[place] < members[key // schools]  # no school that all of them may go to
    other = np.flatnonzero(~lone & (first[place] != np.arange(len(at))))
    alone = np.flatnonzero(lone)
    row = np.concatenate([np.arange(len(other)), np.arange(len(other)), len(other) + np.arange(len(alone))])
    column = np.concatenate([at[other], at[first[place][other]], at[alone]])
    value = np.concatenate([np.ones(len(other)), -np.ones(len(other)), np.ones(len(alone))])
    return csr_array((value, (row, column)), shape=(len(other) + len(alone), size))
