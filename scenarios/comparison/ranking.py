"""Ranks and dominance, as pure functions of arrays. Less is better throughout."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints

STEPS = 5  # weights are multiples of 1/5: 56 weightings of four criteria
CHUNK = 512  # plans held against the front at once
SIEVE = 64  # plans of the front that all others are held against at once
SAME = 12  # decimals: figures nearer than this are the same


def dominated_by(values: Floats, counted: Bools | None = None) -> Ints:
    """(plans,) a plan that is at least as good in every column and better in one, -1 where there is none. It is itself
    dominated by none; of several it is the one with the least sum of columns scaled to 0..1.

    values: (plans, criteria), finite. counted: (plans,) the plans that can dominate others; None: all of them.
    """
    found = np.full(len(values), -1, np.int32)
    if not values.size:
        return found
    # Of plans that are alike, one that counts stands first, to be the one that is named.
    can = np.ones(len(values), bool) if counted is None else counted
    place = np.argsort(~can, kind="stable")
    every, first, back = np.unique(np.round(values, SAME)[place], axis=0, return_index=True, return_inverse=True)
    first, group = place[first], np.empty(len(values), np.int64)
    group[place] = back.ravel()
    by = _first_dominators(every, can[first])[group]
    found[by >= 0] = first[by[by >= 0]]
    return found


def _first_dominators(rows: Floats, can: Bools) -> NDArray[np.int64]:
    """(rows,) for each row the first that dominates it, by the sum of scaled columns; -1 where none does. No two rows
    are alike."""
    # Whatever dominates a row comes before it: its sum is less. So "at least as good" is enough, and the first of all
    # that dominate a row is dominated by none.
    left = np.argsort(scaled(rows).sum(axis=1), kind="stable")
    by, front = np.full(len(rows), -1, np.int64), np.zeros(0, np.int64)
    while len(left):
        some, left = left[:CHUNK], left[CHUNK:]
        before = np.concatenate([front, some])
        better = np.ones((len(some), len(before)), bool)
        for column in rows.T:
            better &= column[before][None] <= column[some][:, None]
        better[np.arange(len(some)), len(front) + np.arange(len(some))] = False
        better &= can[before]
        beaten = better.any(axis=1)
        by[some[beaten]] = before[better[beaten].argmax(axis=1)]
        sieve = front[:0] if len(front) else some[~beaten & can[some]][:SIEVE]
        front = np.concatenate([front, some[~beaten & can[some]]])
        # The best few dominate most of the others: what they leave is compared with the whole front.
        for one in sieve:
            behind = (rows[one] <= rows[left]).all(axis=1)
            by[left[behind]], left = one, left[~behind]
    return by


def scaled(values: Floats) -> Floats:
    """(plans, criteria) each column from 0 (the best of these plans) to 1 (the worst); 0 where all are alike."""
    low, high = values.min(axis=0), values.max(axis=0)
    return np.divide(values - low, high - low, out=np.zeros_like(values), where=high > low)


def weightings(criteria: int, steps: int = STEPS) -> Floats:
    """(weightings, criteria) every way to share out a weight of 1 in parts of 1/steps."""
    if criteria < 2:
        return np.ones((criteria, criteria))  # one criterion has all the weight
    bars = np.array(list(combinations(range(steps + criteria - 1), criteria - 1)), int).reshape(-1, criteria - 1)
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), steps + criteria - 1)])
    return (np.diff(edges, axis=1) - 1) / steps


def stability(values: Floats) -> tuple[Floats, Ints, Ints]:
    """(plans,) each: the share of all weightings under which the plan is first (ties count for all), and its best and
    its worst rank. values: (plans, criteria), finite; scaled to 0..1 among these plans."""
    scores = np.round(weightings(values.shape[1]) @ scaled(values).T, SAME)
    found = ranks(scores)
    return (found == 1).mean(axis=0), found.min(axis=0), found.max(axis=0)


def ranks(values: Floats) -> Ints:
    """(rows, plans) within each row 1 for the least; equal values share the better rank. NaN ranks last."""
    # By sorting each row once: binary searches of unsorted values are three times as slow.
    found = np.empty(values.shape, np.int32)
    count = np.arange(1, values.shape[1] + 1, dtype=np.int32)
    for row, out in zip(values, found, strict=True):
        order = np.argsort(row)
        ahead = row[order]
        new = np.concatenate([[True], ahead[1:] != ahead[:-1]])
        out[order] = np.maximum.accumulate(np.where(new, count, 0))
    return found
