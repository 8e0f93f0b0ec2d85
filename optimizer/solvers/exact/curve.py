"""Objectives with a curved part, such as the disparity: list zones school by school, then join them into plans.

Measured on generated districts of 20 to 40 blocks and 2 to 4 schools, two cores: 161 of 162 are proved in 0.03 to 4
seconds, median below 0.1. A CP-SAT model over blocks, with rates and squares as products, proved some of them in half a
second and was nowhere near a proof of others after 15 to 30 s, since its relaxation mixes zones. But what zones there
are can be listed: travel, sizes and contiguity leave few, still fewer when each must leave the other schools whole, and
prices (prices.py) leave out those that no better plan has. The last school's zone is what the others leave over, so
that the longest list is never made. What stays hard: two schools that share some 30 blocks freely, and a best value
next to 0, where prices say nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from optimizer.arrays import Ints
from optimizer.gap import NOUGHT
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.solvers.exact.check import holds, value
from optimizer.solvers.exact.join import Join, prepare
from optimizer.solvers.exact.listing import Listed, Lister, Part, Shelf, shelve
from optimizer.solvers.exact.patience import STEPS, Patience
from optimizer.solvers.exact.prices import prices_at
from optimizer.solvers.exact.territory import over_least
from optimizer.solvers.exact.words import fits_words, free_blocks
from optimizer.solvers.kernel.join import BEST, BEST_ANY, FOUND, HELD, SLACK, TRIED, join_zones
from optimizer.solvers.kernel.zones import DONE
from optimizer.solvers.threads import in_threads

NEARLY = 1e-6  # a plan must be better by this fraction: plans that differ in empty blocks alone are many
SLICES, LANES = 32, 4  # parts of the first list, and how many are worked on before they share what they found
BATCH = 1 << 20  # steps between two looks at the clock


@dataclass(frozen=True, eq=False)
class Best:
    """The best plan known. value_any: the best where any excess within the hard limits is allowed. bound: no plan with
    the excess held has a smaller objective. bound_any: no plan that keeps the hard limits has."""

    school: Ints
    value: float
    value_any: float
    bound: float
    bound_any: float

    def with_bounds(self) -> Best:
        """Where all plans have been tried."""
        return replace(self, bound=target(self.value), bound_any=target(self.value_any))


def solve_curved(
    model: Model, compiled: Compiled, start: Ints, held: float | None, patience: Patience, threads: int
) -> Best:
    """The best plan of excess <= held, from a start that is one."""
    first = value(model, compiled, start)
    if len(free_blocks(model)) == 0:
        return Best(start, first, first, first, first)  # there is one plan
    if first <= NOUGHT:  # no objective is below 0, and all ties would be looked at
        return Best(start, first, first, min(first, 0.0), min(first, 0.0))
    if not fits_words(model):
        return Best(start, first, first, -np.inf, -np.inf)
    prices, lean = prices_at(model, compiled, start), over_least(model)
    shelf = shelve(lean, prices, first, patience)
    bound = min(shelf.bound - prices.hair, first)
    best = Best(start, first, first, bound, bound)
    patience.tell(first, bound)
    if shelf.lister is None:
        return best
    return Hunt(model, lean, compiled, shelf, shelf.lister, prices.hair, held, patience, threads).best(best)


def target(value: float) -> float:
    """What a plan must be below to count as better."""
    return value - NEARLY * abs(value)


@dataclass(frozen=True, eq=False)
class HuntedSlice:
    """What one slice came to: the best with its school None where nothing better was found."""

    school: Ints | None
    value: float
    value_any: float
    steps: int
    finished: bool


@dataclass(frozen=True, eq=False)
class Hunt:
    """Tries all combinations of listed zones that may be better than the best plan. lean: the model whose budgets the
    join goes by."""

    model: Model
    lean: Model
    compiled: Compiled
    shelf: Shelf
    lister: Lister
    hair: float
    held: float | None
    patience: Patience
    threads: int

    def best(self, best: Best) -> Best:
        """The best plan; with the old bounds if there was no time to try all."""
        (part,) = in_threads([self._lister(best)], 1, self.patience)
        self.patience.spend(part.steps / STEPS)
        with ThreadPoolExecutor(1) as ahead:
            while part.finished:
                last, go_on = self.lister.done, self._lister(best)
                # The next part is listed while this one is joined, where there is a thread for it.
                future = ahead.submit(go_on) if not last and self.threads > 1 else None
                best, tried = self._join(part.listed, best)
                if last or not tried:
                    return best.with_bounds() if tried else best
                part = future.result() if future is not None else go_on()
                self.patience.spend(part.steps / STEPS)
        return best

    def _lister(self, best: Best) -> Callable[[], Part]:
        """Lists more zones of the last school but one, as things stand now."""
        threshold = self.shelf.threshold(len(self.shelf.least) - 2, best.value) + self.hair
        return partial(self.lister.part, threshold, self._steps(1), self.patience)

    def _join(self, part: Listed, best: Best) -> tuple[Best, bool]:
        """The best plan with some zones of the last school but one, and whether all have been tried."""
        lists = [*self.shelf.lists, part]
        if not all(len(one.mask) for one in lists):
            return best, True
        join = prepare(self.lean, self.compiled, self.lister.schools, lists, self.shelf.last)
        size = int(join.lists.start[1])
        edges = np.linspace(0, size, min(size, SLICES) + 1).astype(int)
        slices = list(pairwise(edges))
        for k in range(0, len(slices), LANES):
            jobs = [partial(self._try, join, low, high, best) for low, high in slices[k : k + LANES]]
            found = in_threads(jobs, self.threads, self.patience)
            self.patience.spend(sum(f.steps for f in found) / STEPS)
            for f in found:
                if f.school is not None and f.value < best.value:
                    best = replace(best, school=f.school, value=f.value)
            best = replace(best, value_any=min(best.value, best.value_any, *(f.value_any for f in found)))
            self.patience.tell(best.value, best.bound)
            if not all(f.finished for f in found):
                return best, False
        return best, True

    def _steps(self, share: float) -> int | None:
        """Steps that a share of the units left pays for."""
        units = self.patience.iterations_left
        return None if units is None else int(share * units * STEPS)

    def _try(self, join: Join, low: int, high: int, best: Best) -> HuntedSlice:
        """Zones low to high of the first list, with all that go with them."""
        cursor, school, steps = join.cursor(low, high), None, self._steps(2 / LANES)
        within, anyhow = best.value, best.value_any
        cursor.limit[HELD] = np.inf if self.held is None else self.held + 2 * STUDENT_SLACK
        while True:
            cursor.limit[[BEST, BEST_ANY]] = target(within), target(anyhow)
            cursor.limit[SLACK] = target(within) + self.hair - self.shelf.bound
            batch = BATCH if steps is None else max(0, min(BATCH, steps - int(cursor.state[TRIED])))
            outcome = join_zones(join.schools, join.lists, join.rest, cursor, batch)
            if outcome == FOUND:
                plan = join.plan(cursor)
                worth = value(self.model, self.compiled, plan)
                # The kernel allows a hair more than the model: what it found is looked at again, exactly.
                if holds(self.model, plan):
                    anyhow = min(anyhow, worth)
                if worth < within and holds(self.model, plan, self.held):
                    school, within = plan, worth
            if outcome == DONE or batch == 0 or self.patience.late:
                return HuntedSlice(school, within, anyhow, int(cursor.state[TRIED]), outcome == DONE)
