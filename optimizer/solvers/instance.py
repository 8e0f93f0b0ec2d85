"""From a Model and a compiled objective to the arrays of the compiled search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Csr, Floats, Ints, frozen
from optimizer.model import SHARE_SLACK, STUDENT_SLACK, Borders, Budget, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Roundness
from optimizer.objectives.gains import gains
from optimizer.plan import Plan
from optimizer.solvers.features import Features
from optimizer.solvers.kernel.borders import rebuild_borders
from optimizer.solvers.kernel.layout import BEST_COST, BESTS, COUNTS, HELD, KINDS, TALLIES, TOTALS
from optimizer.solvers.kernel.moves import SLACK, most_blocks
from optimizer.solvers.kernel.state import Instance, State, rebuild

NEARLY = 0.9  # of the allowance: the rest is more than rounding does to a running sum
SAMPLE = 2000  # single moves that say what a move changes of a ceiling
LOG = 1 << 15  # steps kept to come back to the best plan; a full log costs one copy of the plan


def instance_of(model: Model, compiled: Compiled, start: Ints, *, excess_first: bool) -> Instance:
    """Arrays of one model. With excess_first the cost is the excess, and what the zones of `start` break is no bar."""
    district, schools, sums = model.district, model.district.schools, model.sums
    features = Features(model, compiled)
    contiguity = model.contiguity
    detached = np.zeros(district.blocks, bool) if contiguity is None else contiguity.detached
    room = np.bincount(model.pairs.index, minlength=schools)
    edges = _edges(model, compiled)
    splits = _splits(model)
    ties = _ties(model)
    budgets = _budgets(model)
    setting = [contiguity is not None, excess_first, len(edges["edge_cost"]) > 0]
    return read_only(
        {
            "start": district.adjacency.start,
            "index": district.adjacency.index,
            "pair_start": model.pairs.start,
            "pair_school": model.pairs.index,
            "pair_cost": compiled.pair_cost,
            "budget_cost": _columns([b.cost for b in budgets], len(model.pairs.index)),
            "budget_limit": np.array([b.limit for b in budgets], np.float64),
            "budget_step": _steps(model, start),
            "budget_weight": _weights(model),
            **edges,
            "pair_cell": splits.cell,
            "cell_cost": splits.cost,
            "base": np.array([-splits.none]),
            "feature": features.columns(),
            "part": np.array([features.of_column(s.part) for s in sums], np.int32),
            "whole": np.array([-1 if s.whole == -1 else features.of_column(s.whole) for s in sums], np.int32),
            **_sums(model, start, excess_first=excess_first),
            **features.curves(len(budgets) - len(model.ceilings)),
            **features.checks(slack=np.inf if excess_first else SHARE_SLACK),
            "root": district.root if contiguity is None else contiguity.root,
            "detached": detached,
            "loose": np.flatnonzero(detached).astype(np.int32),
            "home": district.home,
            "weightless": _weightless(model),
            "tie_start": ties.start,
            "tie_index": ties.index,
            "setting": np.array([*setting, features.perimeter, len(model.ceilings) > 0], np.int32),
            "list_start": np.concatenate([[0], np.cumsum(room)]).astype(np.int64),
        }
    )


def _sums(model: Model, start: Ints, *, excess_first: bool) -> dict[str, Floats]:
    """What each sum may be at each school (sums by schools). With excess_first what it is in `start` is no bar."""
    district, sums = model.district, model.sums
    rows = {name: _rows([getattr(s, name) for s in sums], district.schools) for name in _SUM_ROWS}
    slack = np.array([[NEARLY * s.slack] for s in sums]).reshape(len(sums), 1)
    hard_low, hard_high = rows["hard_low"] - slack, rows["hard_high"] + slack
    if excess_first:
        now = _rows([s.value(district, start) for s in sums], district.schools)
        hard_low, hard_high = np.minimum(hard_low, now - SLACK), np.maximum(hard_high, now + SLACK)
    return rows | {"hard_low": hard_low, "hard_high": hard_high}


def read_only(arrays: Mapping[str, NDArray[Any]]) -> Instance:
    """The instance of these, which nothing changes any more."""
    return Instance(**{name: frozen(np.asarray(array)) for name, array in arrays.items()})


def held_still(inst: Instance, zone: Ints) -> Instance:
    """The same instance where all that is tied may only stay where it is in `zone`."""
    rows = np.repeat(np.arange(len(zone)), np.diff(inst.pair_start))
    kept = (np.diff(inst.tie_start) == 0)[rows] | (inst.pair_school == zone[rows])
    start = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=len(zone)))]).astype(np.int64)
    by_pair = {
        name: frozen(getattr(inst, name)[kept]) for name in ("pair_school", "pair_cost", "budget_cost", "pair_cell")
    }
    return replace(inst, pair_start=frozen(start), **by_pair)


def _weightless(model: Model) -> Bools:
    """(nodes,) without students of any kind, as are all that go along with it."""
    empty, unit = model.district.counts.max(axis=1, initial=0.0) == 0, model.together
    if unit is None:
        return empty
    tied = np.flatnonzero(unit >= 0)
    some = np.bincount(unit[tied], ~empty[tied]) > 0
    empty[tied] &= ~some[unit[tied]]
    return empty


_SUM_ROWS = ("factor", "low", "high", "hard_low", "hard_high")


def lack_of(model: Model, school: Ints) -> float:
    """What the search makes small first: the excess over all sums, how far zones fall short of their checks, and what
    budgets are used beyond their limits."""
    excess = sum(s.excess(model.district, school) for s in model.sums)
    return excess + Features.shortfall(model, school) + float(_weights(model) @ overdrafts(model, school))


def overdrafts(model: Model, school: Ints) -> Floats:
    """(budgets,) what each is used beyond its limit, in the order of `_budgets`."""
    at, adjacency = model.pairs.find(school), model.district.adjacency
    cut, plan = school[adjacency.rows] != school[adjacency.index], Plan(model.district, school)
    used = [float(b.cost[at].sum()) - b.limit for b in model.budgets]
    used += [float(b.weight[cut].sum()) / 2 - b.limit for b in _bounded(model)]
    used += [c.worth.value(model, plan) - c.limit for c in model.ceilings]
    return np.maximum(np.array(used, np.float64), 0.0)


def _budgets(model: Model) -> list[Budget]:
    """All that is limited over the whole plan, by what pairs use of it: budgets, then borders, then ceilings, which
    keep away from the edge of what comparisons allow."""
    none = np.zeros(len(model.pairs.index))
    return [
        *(lifted(model, budget) for budget in model.budgets),
        *(Budget(b.name, none, b.limit) for b in _bounded(model)),
        *(Budget(c.name, c.worth.pair_cost, c.limit - (1 - NEARLY) * c.slack) for c in model.ceilings),
    ]


def lifted(model: Model, budget: Budget) -> Budget:
    """The same budget with what each block uses anyway taken off both sides: costs are then 0 or more, and their share
    of the limit says how tight it is."""
    pairs = model.pairs
    least = np.full(model.district.blocks, np.inf)
    np.minimum.at(least, pairs.rows, budget.cost)
    least[~np.isfinite(least)] = 0.0
    return replace(budget, cost=frozen(budget.cost - least[pairs.rows]), limit=budget.limit - float(least.sum()))


def _weights(model: Model) -> Floats:
    """(budgets,) students for a unit beyond the limit: a block that uses its part weighs its students, on average."""
    each = float(model.district.students.mean()) if model.district.blocks else 0.0
    weights = []
    for cost in [*(lifted(model, b).cost for b in model.budgets), *(b.weight for b in _bounded(model))]:
        used = cost[cost > 0]
        weights.append(max(each, 1e-6) / float(used.mean()) if used.size else 1.0)
    weights += [max(each, 1e-6) / step if step > 0 else 1.0 for step in _of_ceilings(model, model.district.status_quo)]
    return np.array(weights, np.float64)


def _steps(model: Model, school: Ints) -> Floats:
    """(budgets,) what one block's move changes of each ceiling, on average; 0 for the other budgets."""
    others = len(model.budgets) + len(_bounded(model))
    return np.concatenate([np.zeros(others), _of_ceilings(model, school)])


def _of_ceilings(model: Model, school: Ints) -> Floats:
    """(ceilings,) the mean change over some single moves from these zones."""
    if not model.ceilings:
        return np.zeros(0)
    rows, to = model.pairs.rows, model.pairs.index
    away = np.flatnonzero(to != school[rows])
    away = away[:: max(1, len(away) // SAMPLE)]
    if not len(away) or (model.pairs.find(school) < 0).any():
        return np.zeros(len(model.ceilings))
    compiled = [Compiled(c.worth.pair_cost, c.worth.curves, c.worth.border_cost) for c in model.ceilings]
    changes = [np.abs(gains(model, worth, school, rows[away], to[away])) for worth in compiled]
    return np.array([float(change.mean()) for change in changes])


def _bounded(model: Model) -> list[Borders]:
    return [borders for borders in model.borders if borders.limit < np.inf]


def _edges(model: Model, compiled: Compiled) -> dict[str, Floats]:
    """edge_cost, edge_budget, edge_shared; empty where borders play no part."""
    entries, bounded = len(model.district.adjacency.index), _bounded(model)
    costs = [b.cost * b.weight for b in model.borders if b.cost > 0]
    costs += [] if compiled.border_cost is None else [compiled.border_cost]
    shared = next((c.shared for c in model.compact), None)
    shared = next((curve.shared for curve in compiled.curves if isinstance(curve, Roundness)), shared)
    held = [c.worth.border_cost for c in model.ceilings]
    if not costs and not bounded and shared is None and all(weight is None for weight in held):
        none = np.zeros(0)
        return {"edge_cost": none, "edge_budget": np.zeros((0, len(model.budgets) + len(held))), "edge_shared": none}
    used = [np.zeros(entries) for _ in model.budgets] + [b.weight for b in bounded]
    used += [np.zeros(entries) if weight is None else weight for weight in held]
    return {
        "edge_cost": sum(costs, start=np.zeros(entries)),
        "edge_budget": _columns(used, entries),
        "edge_shared": np.zeros(entries) if shared is None else shared,
    }


class _Splits(NamedTuple):
    """cell, cost: pair_cell and cell_cost. none: what it costs where no set is split."""

    cell: Ints
    cost: Floats
    none: float


def _splits(model: Model) -> _Splits:
    """A set has a cell at each school that any of its blocks may go to; sets follow each other."""
    cells, costs, base, first = [], [], 0.0, 0
    for split in model.splits:
        part = split.part.reshape(model.district.blocks, -1)[model.pairs.rows].astype(np.int64)
        key = np.where(part >= 0, part * model.district.schools + model.pairs.index[:, None], -1)
        known, cell = np.unique(key, return_inverse=True)
        shift = int(known[0] < 0) if len(known) else 0
        cells.append(np.where(key >= 0, cell.reshape(key.shape) - shift + first, -1))
        costs += [split.cost] * key.shape[1]
        base += split.cost * len(np.unique(split.part[split.part >= 0]))
        first += len(known) - shift
    pairs = len(model.pairs.index)
    table = np.column_stack(cells) if cells else np.zeros((pairs, 0))
    return _Splits(np.ascontiguousarray(table, np.int32), np.array(costs, np.float64), base)


def _ties(model: Model) -> Csr:
    """For each block those that move with it."""
    unit, blocks = model.together, model.district.blocks
    if unit is None:
        return Csr(np.zeros(blocks + 1, np.int64), np.zeros(0, np.int32))
    rows, values = [], []
    inside = np.flatnonzero(unit >= 0)
    order = inside[np.argsort(unit[inside], kind="stable")]
    for members in np.split(order, np.flatnonzero(np.diff(unit[order])) + 1):
        a, b = np.repeat(members, len(members)), np.tile(members, len(members))
        rows.append(a[a != b])
        values.append(b[a != b])
    if not rows:
        return Csr(np.zeros(blocks + 1, np.int64), np.zeros(0, np.int32))
    return Csr.of_pairs(np.concatenate(rows), np.concatenate(values), blocks)


def _rows(values: list[Floats], width: int) -> Floats:
    return np.array(values, np.float64).reshape(len(values), width)


def _columns(values: list[Floats], height: int) -> Floats:
    return np.ascontiguousarray(_rows(values, height).T)


def state_of(inst: Instance, zone: Ints, random: np.random.Generator) -> State:
    """A fresh state that stands at `zone` (blocks,), with its own stream of random numbers."""
    n, m, k, v = len(zone), len(inst.root), inst.feature.shape[1], len(inst.curve_weight)
    q = len(inst.budget_limit)
    ints = {name: np.zeros(n, np.int32) for name in ("foreign", "border", "place", "zone_place", "queue")}
    st = State(
        zone=np.array(zone, np.int32),
        joined=np.zeros(n, bool),
        sums=np.zeros((m, k)),
        inner=np.zeros((m, v)),
        met=np.zeros(v),
        cells=np.zeros(int(inst.pair_cell.max(initial=-1)) + 1, np.int32),
        budget=np.zeros(q),
        price=np.zeros(q),
        total=np.zeros(TOTALS),
        count=np.zeros(COUNTS, np.int64),
        moves=np.zeros((KINDS, TALLIES), np.int64),
        zone_border=np.zeros(int(inst.list_start[-1]), np.int32),
        zone_count=np.zeros(m, np.int32),
        mark=np.zeros(n, np.int64),
        toggled=np.zeros((2 * most_blocks(inst) + 4) * n + 16, np.int32),
        log_block=np.zeros(LOG, np.int32),
        log_zone=np.zeros(LOG, np.int32),
        random=random.integers(1, 2**63, 4, dtype=np.uint64),
        best=np.zeros(BESTS),
        best_zone=np.array(zone, np.int32),
        **ints,
    )
    st.best[BEST_COST], st.best[HELD] = np.inf, STUDENT_SLACK
    rebuild(inst, st)
    rebuild_borders(inst, st)
    return st
