"""One annealing chain: a state of the compiled search, and the best plan that it has met."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Ints
from optimizer.solvers.instance import state_of
from optimizer.solvers.kernel.anneal import mean_change, run_chunk
from optimizer.solvers.kernel.moves import Move, empty_move
from optimizer.solvers.kernel.recombine import Trees, empty_trees
from optimizer.solvers.kernel.state import COST, Instance

CHUNK = 8192  # proposals between looks at the clock; in a large district more, since each chunk adds all up afresh
HOT, COLD = 3.0, 0.02  # temperatures, in mean absolute changes of cost
DESCENT = 0.97  # share of the schedule after which only downhill moves are taken
HARD = 0.9  # share of the schedule after which budgets are limits, no longer priced
TRIALS = 800  # border moves that give the unit of temperature
RECOMBINED = 0.6  # share of the time spent in recombination
FADE = 0.8  # how much of the level a chunk leaves of the chunks before it


class Scratch(NamedTuple):
    """What a thread needs beside the state: shared by the chains that take turns in it."""

    move: Move
    trees: Trees

    @classmethod
    def of(cls, inst: Instance) -> Scratch:
        sizes = len(inst.weight), inst.feature.shape[1], len(inst.budget_limit)
        return cls(empty_move(*sizes), empty_trees(len(inst.status_quo), *sizes))


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
        self.st.best[2] = held
        self.st.price[:] = _first_price(inst, unit)
        cost = float(self.st.total[COST]) if bool(np.all(self.st.budget <= inst.budget_limit)) else np.inf
        self.best: tuple[float, Ints] = (cost, np.array(zone))
        self.level, self.proposals = np.inf, 0
        self.mixes = _recombinations(inst)
        self.chunk = max(CHUNK, len(zone) // 4)

    def run(self, scratch: Scratch, size: int, share: float, *, hard: bool = False) -> None:
        """One chunk of `size` proposals at a share of the schedule. hard: budgets are limits from the start."""
        st, inst = self.st, self.inst
        within = bool(np.all(st.budget <= inst.budget_limit))
        hard = hard or (share >= HARD and within)
        heat = temperature(self.unit, share)
        run_chunk(inst, st, scratch.move, scratch.trees, size, self.mixes * size // CHUNK, heat, hard)
        self._reprice()
        self.proposals += size
        cost = float(st.total[COST])
        self.level = cost if self.level == np.inf else FADE * self.level + (1 - FADE) * cost
        if st.best[0] < self.best[0]:
            self.best = (float(st.best[0]), st.best_zone.copy())

    def _reprice(self) -> None:
        """Dearer where the budget is overdrawn, cheaper where there is room."""
        limit = np.maximum(self.inst.budget_limit, 1e-9)
        self.st.price[:] *= np.clip(np.sqrt(self.st.budget / limit), 0.85, 1.2)


def _first_price(inst: Instance, unit: float) -> float:
    """Of a student moved: 0.3 units for a block of mean size."""
    used = inst.budget_cost[inst.budget_cost > 0]
    return 0.3 * unit / float(used.mean()) if used.size else 0.0


def _recombinations(inst: Instance) -> int:
    """Recombinations of a chunk, so that they take their share of the time: one costs about 0.4 proposals for each
    block of the two zones (measured at 37 to 136 blocks a zone)."""
    zones = max(1, len(np.unique(inst.status_quo)))
    proposals = max(8.0, 0.4 * 2 * len(inst.status_quo) / zones)
    return int(CHUNK * RECOMBINED / (1 - RECOMBINED) / proposals)
