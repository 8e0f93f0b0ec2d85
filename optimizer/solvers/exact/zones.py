"""Objectives with other curved parts than one of exposures, and costs and limits of borders, splits and shapes: list
all zones of every school, leave out what no better plan has (partition.py), choose among the rest (choice.py).

Where there are exposures, prices leave out zones while they are listed, as in curve.py: all other parts are at least 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Ints
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Roundness
from optimizer.solvers.exact.check import folded, softened, total
from optimizer.solvers.exact.choice import Lot, choose
from optimizer.solvers.exact.columns import columns_of
from optimizer.solvers.exact.curve import Best
from optimizer.solvers.exact.listing import list_all
from optimizer.solvers.exact.partition import goal, shadow_of
from optimizer.solvers.exact.patience import Patience, Setup
from optimizer.solvers.exact.prices import Prices, prices_at
from optimizer.solvers.exact.territory import over_least
from optimizer.solvers.exact.words import fits_words, free_blocks


def solve_zones(
    model: Model, compiled: Compiled, start: Ints, held: float | None, patience: Patience, setup: Setup
) -> Best:
    """The best plan of excess <= held by objective and rules' costs, from a start that is one."""
    first = total(model, compiled, start)
    if len(free_blocks(model)) == 0:
        return Best(start, first, first, first, first)  # there is one plan
    if not fits_words(model):
        return Best(start, first, first, -np.inf, -np.inf)
    lean, charged = over_least(model), folded(model, compiled)
    prices, most = _prices(model, charged, start, first)
    lists = list_all(lean, prices, most, patience)
    if lists is None:
        return Best(start, first, first, -np.inf, -np.inf)
    lot = Lot(model, compiled, columns_of(lean, charged, lists), patience, setup)
    school, bound = _least(lot, start, held)
    if held is None or not softened(model):
        value = lot.cost(school)
        return Best(school, value, value, bound, bound)
    anyhow, bound_any = _least(lot, school, None)
    return Best(school, lot.cost(school), lot.cost(anyhow), bound, min(bound, bound_any))


def _least(lot: Lot, school: Ints, held: float | None) -> tuple[Ints, float]:
    """The best plan of excess <= held, from one; and what none is below."""
    target = goal(lot.cost(school))
    if not (np.diff(lot.columns.start) > 0).all():
        return school, target  # some school has no zone left
    shadow = shadow_of(lot.columns, lot.columns.of(school), target, held, lot.patience)
    if shadow.bound >= target or lot.patience.over:
        return school, min(shadow.bound, target)
    return choose(lot, shadow, school, held)


def _prices(model: Model, charged: Compiled, start: Ints, first: float) -> tuple[Prices, float]:
    """Prices of exposures, and the value of a plan by which they leave zones out: none where there are no exposures."""
    exposures = charged.exposures
    if exposures is None or any(isinstance(curve, Roundness) for curve in charged.curves):
        nothing, blocks, pairs = np.zeros(0), np.zeros(model.district.blocks), np.zeros(len(model.pairs.index))
        return Prices(blocks, 0.0, blocks, pairs, nothing, blocks, blocks), np.inf
    return prices_at(model, replace(charged, curves=(exposures,), border_cost=None), start), first
