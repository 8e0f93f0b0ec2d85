"""One annealing chain: a state of the compiled search, and the best plan that it has met."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solvers.instance import held_still, state_of
from optimizer.solvers.kernel.anneal import mean_change, run_chunk
from optimizer.solvers.kernel.borders import rebuild_borders
from optimizer.solvers.kernel.layout import BEST_COST, COST, EDGES, EXCESS_FIRST, HELD
from optimizer.solvers.kernel.moves import Move, empty_move
from optimizer.solvers.kernel.spanning import Trees, empty_trees
from optimizer.solvers.kernel.state import Instance

CHUNK = 8192  # proposals between looks at the clock; in a large district more, since each chunk adds all up afresh
# With budgets shorter: prices change from chunk to chunk, and a short run must have enough of them (a cap of 1 % after
# 100,000 proposals: .0861 with chunks of 8,192, .0836 with these).
PRICED = 2048
HOT, COLD = 3.0, 0.02  # temperatures, in mean absolute changes of cost
DESCENT = 0.97  # share of the schedule after which only downhill moves are taken
HARD = 0.9  # share of the schedule after which budgets are limits, no longer priced
TRIALS = 800  # border moves that give the unit of temperature
RECOMBINED = 0.6  # share of the time spent in recombination
FIRST_PRICE = 0.3  # in units of temperature
LEAST_PRICE = 0.003  # share of the first price that is always asked
FADE = 0.8  # how much of the level a chunk leaves of the chunks before it


class Scratch(NamedTuple):
    """What a thread needs beside the state: shared by the chains that take turns in it."""

    move: Move
    trees: Trees

    @classmethod
    def of(cls, inst: Instance) -> Scratch:
        sizes = len(inst.curve_weight), inst.feature.shape[1], len(inst.budget_limit)
        return cls(empty_move(inst), empty_trees(len(inst.home), *sizes))


def unit_of(inst: Instance, zone: Ints, random: np.random.Generator) -> float:
    """The unit of temperature: the mean absolute change of cost over random border moves from `zone`."""
    return float(mean_change(inst, state_of(inst, zone, random), Scratch.of(inst).move, TRIALS))


def temperature(unit: float, share: float) -> float:
    """Geometric in the share of the schedule, 0 at its end."""
    return unit * HOT * (COLD / HOT) ** share if share < DESCENT else 0.0


class Chain:
    """Anneals from `zone`. best: (value, zone) of the best plan met, in one tuple, so that another thread may read it.
    level: the smoothed cost of late, by which chains are compared."""

    def __init__(self, inst: Instance, zone: Ints, random: np.random.Generator, *, unit: float, held: float) -> None:
        self.inst, self.unit = inst, unit
        self.st = state_of(inst, zone, random)
        self.st.best[HELD] = held
        self.least_price = LEAST_PRICE * _first_prices(inst, unit)
        self.st.price[:] = _first_prices(inst, unit)
        counts = bool(inst.setting[EXCESS_FIRST]) or bool(np.all(self.st.budget <= inst.budget_limit))
        cost = float(self.st.total[COST]) if counts else np.inf
        self.best: tuple[float, Ints] = (cost, np.array(zone))
        self.level, self.proposals = np.inf, 0
        self.mixes = _recombinations(inst)
        self.chunk = max(PRICED if len(inst.budget_limit) else CHUNK, len(zone) // 4)

    def run(self, scratch: Scratch, size: int, share: float, *, hard: bool = False) -> None:
        """One chunk of `size` proposals at a share of the schedule. hard: budgets are limits from the start."""
        st, inst = self.st, self.inst
        within = bool(np.all(st.budget <= inst.budget_limit))
        hard = hard or (share >= HARD and within)
        heat = temperature(self.unit, share)
        mixes = self.mixes * size // CHUNK
        if inst.tie_index.size and mixes:
            self._alternate(scratch, size, mixes, heat, hard)
        else:
            run_chunk(inst, st, scratch.move, scratch.trees, size, mixes, heat, hard)
        self._reprice()
        self.proposals += size
        cost = float(st.total[COST])
        self.level = cost if self.level == np.inf else FADE * self.level + (1 - FADE) * cost
        if st.best[BEST_COST] < self.best[0]:
            self.best = (float(st.best[BEST_COST]), st.best_zone.copy())

    def _alternate(self, scratch: Scratch, size: int, mixes: int, heat: float, hard: bool) -> None:
        """One chunk where blocks are tied: half of it as it is, and half with recombination, which knows nothing of
        ties, while all that is tied stays where it is."""
        st, inst, first = self.st, self.inst, size // 2
        run_chunk(inst, st, scratch.move, scratch.trees, first, 0, heat, hard)
        still = held_still(inst, st.zone)
        rebuild_borders(still, st)
        run_chunk(still, st, scratch.move, scratch.trees, size - first, mixes, heat, hard)
        rebuild_borders(inst, st)

    def _reprice(self) -> None:
        """Dearer where the budget is overdrawn, cheaper where there is room; never so cheap that it could not come back
        in time."""
        used = np.maximum(self.st.budget, 0.0) / np.maximum(self.inst.budget_limit, 1e-9)
        price = self.st.price * np.clip(np.sqrt(used), 0.85, 1.2)
        self.st.price[:] = np.maximum(price, self.least_price)


def _first_prices(inst: Instance, unit: float) -> Floats:
    """(budgets,) so that what a pair, a border or, of a ceiling, a move uses on average costs 0.3 units."""
    uses = np.abs(np.concatenate([inst.budget_cost, inst.edge_budget]))
    count = (uses > 0).sum(axis=0)
    price = np.where(count > 0, FIRST_PRICE * unit * count / np.maximum(uses.sum(axis=0), 1e-300), 0.0)
    return np.where(inst.budget_step > 0, FIRST_PRICE * unit / np.maximum(inst.budget_step, 1e-300), price)


def _recombinations(inst: Instance) -> int:
    """Recombinations of a chunk: none where borders or splits play a part, since they do not know what a new border
    between two zones does to those. Else so many that they take their share of the time: one costs about 0.4 proposals
    for each block of the two zones (measured at 37 to 136 blocks a zone)."""
    if inst.setting[EDGES] or inst.cell_cost.size:
        return 0
    zones = max(1, len(np.unique(inst.home[inst.home >= 0])))
    proposals = max(8.0, 0.4 * 2 * len(inst.home) / zones)
    return int(CHUNK * RECOMBINED / (1 - RECOMBINED) / proposals)
