"""From a Model and an Objective to the arrays of the compiled search."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints, frozen
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.solvers.kernel.moves import SLACK
from optimizer.solvers.kernel.state import Instance, State, rebuild, rebuild_borders

LOG = 1 << 15  # steps kept to come back to the best plan; a full log costs one copy of the plan


def instance_of(model: Model, compiled: Compiled, *, excess_first: bool) -> Instance:
    """Arrays of one model. With excess_first the cost is the excess, and what today's zones break is no bar."""
    district, curve = model.district, compiled.exposures
    schools, sums = district.schools, model.sums
    columns = sorted({column for s in sums for column in (s.part, s.whole) if column >= 0})
    counts = curve.counts if curve is not None else np.zeros((district.blocks, 0))
    poor = curve.poverty if curve is not None else np.zeros(district.blocks)
    groups = counts.shape[1]
    place = {column: groups + 1 + k for k, column in enumerate(columns)}
    rows = {name: _rows([getattr(s, name) for s in sums], schools) for name in _SUM_ROWS}
    hard_low, hard_high = rows["hard_low"] - SLACK, rows["hard_high"] + SLACK
    if excess_first:
        now = _rows([s.value(district, district.status_quo) for s in sums], schools)
        hard_low, hard_high = np.minimum(hard_low, now - SLACK), np.maximum(hard_high, now + SLACK)
    contiguity = model.contiguity
    detached = np.zeros(district.blocks, bool) if contiguity is None else contiguity.detached
    room = np.bincount(model.pairs.index, minlength=schools)
    setting = [curve is not None, contiguity is not None, excess_first]
    inst = Instance(
        start=district.adjacency.start,
        index=district.adjacency.index,
        pair_start=model.pairs.start,
        pair_school=model.pairs.index,
        pair_cost=compiled.pair_cost,
        budget_cost=_rows([b.cost for b in model.budgets], len(model.pairs.index)),
        budget_limit=np.array([b.limit for b in model.budgets]),
        feature=np.column_stack([counts, poor, district.counts[:, columns]]),
        part=np.array([place[s.part] for s in sums], np.int32),
        whole=np.array([place.get(s.whole, -1) for s in sums], np.int32),
        factor=rows["factor"],
        low=rows["low"],
        high=rows["high"],
        hard_low=hard_low,
        hard_high=hard_high,
        root=district.root if contiguity is None else contiguity.root,
        detached=detached,
        loose=np.flatnonzero(detached).astype(np.int32),
        status_quo=district.home,
        weightless=district.counts.max(axis=1, initial=0.0) == 0,
        weight=np.zeros(0) if curve is None else curve.weight,
        group_total=np.zeros(0) if curve is None else curve.total,
        curve=np.zeros(2) if curve is None else np.array([curve.aim[0], curve.scale]),
        setting=np.array(setting, np.int32),
        list_start=np.concatenate([[0], np.cumsum(room)]).astype(np.int64),
    )
    # All read-only: kernels are compiled for each mixture of read-only arrays and others that they meet.
    return Instance._make(frozen(np.asarray(array)) for array in inst)


_SUM_ROWS = ("factor", "low", "high", "hard_low", "hard_high")


def _rows(values: list[Floats], width: int) -> Floats:
    return np.array(values, np.float64).reshape(len(values), width)


def state_of(inst: Instance, zone: Ints, random: np.random.Generator) -> State:
    """A fresh state that stands at `zone` (blocks,), with its own stream of random numbers."""
    n, m, k, g = len(zone), len(inst.root), inst.feature.shape[1], len(inst.weight)
    q = len(inst.budget_limit)
    ints = {name: np.zeros(n, np.int32) for name in ("foreign", "border", "place", "zone_place", "queue")}
    st = State(
        zone=np.array(zone, np.int32),
        joined=np.zeros(n, bool),
        sums=np.zeros((m, k)),
        inner=np.zeros((m, g)),
        met=np.zeros(g),
        budget=np.zeros(q),
        price=np.zeros(q),
        total=np.zeros(4),
        count=np.zeros(6, np.int64),
        zone_border=np.zeros(int(inst.list_start[-1]), np.int32),
        zone_count=np.zeros(m, np.int32),
        mark=np.zeros(n, np.int64),
        toggled=np.zeros(16 * n + 16, np.int32),
        log_block=np.zeros(LOG, np.int32),
        log_zone=np.zeros(LOG, np.int32),
        random=random.integers(1, 2**63, 4, dtype=np.uint64),
        best=np.array([np.inf, 0.0, STUDENT_SLACK]),
        best_zone=np.array(zone, np.int32),
        **ints,
    )
    rebuild(inst, st)
    rebuild_borders(inst, st)
    return st
