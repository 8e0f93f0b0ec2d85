"""Simulated annealing over border blocks, in several starts over threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimizer.arrays import Ints
from optimizer.model import Model
from optimizer.objectives.base import Objective
from optimizer.solvers.instance import instance_of, state_of
from optimizer.solvers.kernel.anneal import mean_change, run_chunk
from optimizer.solvers.kernel.moves import empty_move
from optimizer.solvers.kernel.recombine import empty_trees
from optimizer.solvers.kernel.state import ACCEPTED, Instance, State

CHUNK = 8192  # proposals between looks at the clock
HOT, COLD = 3.0, 0.01  # temperatures, in mean absolute changes of cost
DESCENT = 0.97  # share of the budget after which only downhill moves are taken
HARD = 0.9  # share of the budget after which budgets are limits, no longer priced
TRIALS = 800  # border moves that give the unit of temperature
EXCESS_SHARE = 0.2  # at most this share of the budget goes into making the excess small
EXCESS_ROUNDS = 40  # chunks of a round of that
RECOMBINED = 0.3  # share of the time spent in recombination


@dataclass(frozen=True)
class Budget:
    """When to stop: after `seconds` (None: no limit), or after `iterations` proposals a start (None: no limit)."""

    seconds: float | None = None
    iterations: int | None = None


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found. school: (blocks,). value: the objective. excess: over the sums' limits, 0 where all hold."""

    school: Ints
    value: float
    excess: float
    iterations: int
    starts: int
    stopped: bool


class Clock:
    """Which share of the budget is used; by iterations where they are given, so that runs repeat to the byte."""

    def __init__(self, budget: Budget, stop: threading.Event) -> None:
        self.budget, self.stop, self.began = budget, stop, time.monotonic()

    def share(self, iterations: int) -> float:
        used = 0.0
        if self.budget.iterations is not None:
            used = iterations / self.budget.iterations
        if self.budget.seconds is not None:
            late = (time.monotonic() - self.began) / self.budget.seconds
            # With both, time only ever ends the run: it must not bend the temperature.
            used = max(used, late) if self.budget.iterations is None or late >= 1 else used
        return used

    def chunk(self, iterations: int) -> int:
        """Proposals of the next chunk, 0 when the budget is used up or somebody asked to stop."""
        if self.stop.is_set() or self.share(iterations) >= 1:
            return 0
        left = CHUNK if self.budget.iterations is None else self.budget.iterations - iterations
        return max(0, min(CHUNK, left))


class Start:
    """One start: anneals from the status quo, first the excess away, then the objective down."""

    def __init__(self, model: Model, objective: Objective, zone: Ints, random: np.random.Generator) -> None:
        self.model, self.compiled, self.random = model, objective.compile(model), random
        self.zone, self.excess, self.iterations = np.array(zone), 0.0, 0
        self.value = np.inf
        self.done = False

    def run(self, clock: Clock, held: float) -> None:
        """Anneal the objective with the excess held at `held`; `zone` and `value` always stand at the best so far."""
        inst = instance_of(self.model, self.compiled, excess_first=False)
        st = state_of(inst, self.zone, self.random)
        st.best[2] = held
        self.value = float(st.total[0])
        self._anneal(clock, inst, st, rounds=None)
        self.done = True

    def lessen_excess(self, clock: Clock) -> None:
        """Make the excess small: rounds of annealing until one brings nothing."""
        inst = instance_of(self.model, self.compiled, excess_first=True)
        before = np.inf
        while (
            self.excess_now() > 0 and self.excess_now() < before - 1e-9 and clock.share(self.iterations) < EXCESS_SHARE
        ):
            before = self.excess_now()
            self._anneal(clock, inst, state_of(inst, self.zone, self.random), rounds=EXCESS_ROUNDS)
        self.excess = self.excess_now()
        self.value = np.inf  # what was small was the excess, not the objective

    def excess_now(self) -> float:
        return sum(s.excess(self.model.district, self.zone) for s in self.model.sums)

    def _anneal(self, clock: Clock, inst: Instance, st: State, rounds: int | None) -> None:
        move = empty_move(len(inst.weight), inst.feature.shape[1], len(inst.budget_limit))
        trees = empty_trees(len(self.zone), len(inst.weight), inst.feature.shape[1], len(inst.budget_limit))
        unit = mean_change(inst, st, move, TRIALS)
        st.price[:] = self._first_price(inst, unit)
        done, mixes = 0, self._recombinations(inst)
        while size := clock.chunk(self.iterations):
            share = clock.share(self.iterations)
            if rounds is not None:
                # A round ends early where no excess is left, or its part of the budget is used up.
                share = max(done / rounds, share / EXCESS_SHARE)
                if st.best[0] <= 0:
                    return
            if share >= 1:
                return
            temperature = unit * HOT * (COLD / HOT) ** share if share < DESCENT else 0.0
            within = bool(np.all(st.budget <= inst.budget_limit))
            hard = (share >= HARD and within) or rounds is not None
            run_chunk(inst, st, move, trees, size, mixes, temperature, hard)
            self._reprice(inst, st)
            self.iterations += size
            done += 1
            if st.best[0] < (self.value if rounds is None else np.inf):
                self.zone = st.best_zone.copy()
                self.value = float(st.best[0])
            if st.count[ACCEPTED] == 0 and self._nothing_to_do(inst, st):
                return

    def _first_price(self, inst: Instance, unit: float) -> float:
        students = float(self.model.district.students.mean()) if len(self.zone) else 0.0
        return 0.3 * unit / students if students > 0 else 0.0

    def _reprice(self, inst: Instance, st: State) -> None:
        """Dearer where the budget is overdrawn, cheaper where there is room."""
        limit = np.maximum(inst.budget_limit, 1e-9)
        st.price[:] *= np.clip(np.sqrt(st.budget / limit), 0.85, 1.2)

    def _recombinations(self, inst: Instance) -> int:
        """Recombinations of a chunk: one costs about a third as many proposals as two zones have blocks."""
        zones = max(1, int(self.model.district.has_zone.sum()))
        proposals = max(10.0, 2.0 * len(self.zone) / zones)
        return int(CHUNK * RECOMBINED / (1 - RECOMBINED) / proposals)

    def _nothing_to_do(self, inst: Instance, st: State) -> bool:
        """No block may go anywhere else: a district of one school, say."""
        return len(inst.pair_school) == len(self.zone)


def search(
    model: Model,
    objective: Objective,
    budget: Budget,
    *,
    random: np.random.Generator,
    starts: int,
    threads: int,
    watch: Callable[[Start], None] | None = None,
) -> Found:
    """Anneal from the status quo in `starts` starts over `threads` threads, each with its own random stream.

    watch: called a few times a second from the calling thread with the best start so far. On KeyboardInterrupt the
    starts end, and the best so far is returned with stopped=True.
    """
    stop = threading.Event()
    clock = Clock(budget, stop)
    zone = model.district.status_quo
    runs = [Start(model, objective, zone, stream) for stream in random.spawn(starts)]
    stopped = _in_threads([partial(r.lessen_excess, clock) for r in runs], threads, stop, lambda: None)
    # One start's least excess is every start's: from its zones all of them go on.
    least = min(range(starts), key=lambda s: (runs[s].excess, s))
    for run in runs:
        run.zone, run.excess = runs[least].zone.copy(), runs[least].excess
    held = runs[least].excess
    report = (lambda: watch(_best(runs))) if watch is not None else (lambda: None)
    stopped |= _in_threads([partial(r.run, clock, held) for r in runs], threads, stop, report)
    best = _best(runs)
    return Found(best.zone, best.value, best.excess_now(), sum(r.iterations for r in runs), starts, stopped)


def _best(runs: list[Start]) -> Start:
    return min(enumerate(runs), key=lambda item: (item[1].value, item[0]))[1]


def _in_threads(
    jobs: list[Callable[[], None]], threads: int, stop: threading.Event, report: Callable[[], None]
) -> bool:
    """Run all jobs; True if somebody pressed Ctrl-C meanwhile."""
    stopped = False
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(job) for job in jobs]
        while not all(future.done() for future in futures):
            try:
                report()
                time.sleep(0.02)
            except KeyboardInterrupt:
                stopped = True
                stop.set()
        for future in futures:
            future.result()
    return stopped
