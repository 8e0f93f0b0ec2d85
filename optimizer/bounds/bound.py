"""The certified lower bound of a model: a run that can be stopped, and asked for its proof, at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.bounds.certificate import Certificate
from optimizer.bounds.claim import certify
from optimizer.bounds.kernel.data import FULL, Work
from optimizer.bounds.kernel.price import Effort, price
from optimizer.bounds.problem import Problem, direction_of, rates_of
from optimizer.bounds.volume import FIRST, LAST, Volume
from optimizer.bounds.work import enlarged, fresh, with_cuts
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives.base import Objective
from optimizer.striking import all_left, ground_of, struck
from optimizer.striking.kernel.data import Left

FIRST_INTERVALS = 16  # of each school; a power of 2
WIDTH, FINE_WIDTH = 1 / 2048, 1 / 8192  # ranges of rates are halved down to this, in a run and in its last pass
MOST_LEAVES = 4096  # of each school
TRIES = 6  # blocks by which a leaf may be split that are tried
IMPROVEMENTS = 10  # leaves of each school made better in a step
FIRST_ROUND = 500  # steps of the first round of a run without limit
SLACK = 0.005  # of the gap that is left: what a smaller certificate may cost
PASSES = 2  # last passes: each adds to the cuts of the one before
SMALL = 4000  # candidate pairs for which one thread is enough
REACH = 1e2  # multipliers go no farther, in first strides: beyond lie only rates and sizes that no zone has
TURNED = 0.02  # a new plan's direction is taken where it lies farther than this from the old one


@dataclass(frozen=True, eq=False)
class Duals:
    """What a linear programme over the candidate pairs says that limits are worth. block: (blocks,). budget: (budgets,)
    >= 0; sums: (sums, schools); cuts: school, block, separator and weight of each; where `sums` is None the blocks'
    prices alone are known."""

    block: Floats
    budget: Floats
    sums: Floats | None = None
    cuts: Sequence[tuple[int, int, Ints, float]] = ()


class Bounder:
    """A lower bound of `objective` over all valid plans of `model`, from a good plan.

    school: (blocks,) the best plan known. value: its objective. best: the greatest value proved so far, but for
    rounding: what `certificate` claims is a little less, or more after `finish`. steps: price steps so far.
    The same calls with the same numbers of steps give the same certificate at any number of threads.
    """

    def __init__(
        self, model: Model, objective: Objective, school: Ints, value: float, *, threads: int = 1, trees: bool = True
    ) -> None:
        model = struck(model)
        self.problem = Problem.of(model, objective.compile(model))
        self.value = value
        self.steps = 0
        entries = self.problem.entries
        self._threads = 1 if len(entries.pair) < SMALL else max(1, min(threads, len(entries.schools)))
        self._tries = TRIES if trees else 0
        self._ground = ground_of(model, entries)
        self._left = [all_left(self._ground) for _ in range(self._threads)]
        self._zones = np.zeros(len(entries.pair))
        self._least = np.zeros(len(entries.schools))
        self._order = np.argsort(-np.diff(entries.first), kind="stable")
        self._aim(direction_of(self.problem, school))
        prices, tilt = self._first_prices(school)
        self._volume = Volume(self.problem, prices, self.problem.borders.of_plan(self._inside(school)))
        self._work = self._start_work(tilt)
        self._proved: Certificate | None = None
        self._fresh = False  # whether that is the proof of the best prices so far

    @property
    def best(self) -> float:
        """The greatest value so far, at least 0: a bound but for rounding."""
        return max(0.0, self._volume.best)

    def run(self, deadline: Deadline, watch: Callable[[float, int], None] | None = None) -> None:
        """Improve the prices until the deadline, or until nothing is left to gain. watch: told the best value and the
        steps so far after each step."""
        with ThreadPoolExecutor(self._threads) as pool:
            while not deadline.over and not self._done():
                step = FIRST * (LAST / FIRST) ** _pace(deadline)
                volume = self._volume
                value = self._evaluate(pool, volume.block, volume.budget, volume.border, self._effort(last=False))
                self._volume.take(value, self._zones, self.value, step)
                self.steps += 1
                deadline.spend()
                self._fresh = False
                if watch is not None:
                    watch(self.best, self.steps)
                if deadline.near(self.value, self.best):
                    return

    def update(self, school: Ints, value: float) -> None:
        """Take a better plan: a nearer target, and its direction where that is another. What was proved before stays
        proved."""
        self.value = value
        direction = direction_of(self.problem, school)
        if len(direction) and self._away(direction) > TURNED:
            if self.steps:
                self.certificate()
            self._aim(direction)
            self._volume.start_again()
            self._fresh = False

    def begin(self, duals: Duals) -> None:
        """Begin with what a linear programme says, and prove that first: a run may lose it."""
        self._volume.block = self._volume.best_block = duals.block.copy()
        if duals.sums is None or self.problem.compiled.curves:
            return
        self._volume.budget = self._volume.best_budget = duals.budget.copy()
        for at, school in enumerate(self.problem.entries.schools):
            block, work = self.problem.part[at].block, self._work[at]
            work.price[0] = duals.sums[:, school]
            # A struck block has no cut, and in a separator it is 0.
            local = [(b, np.intersect1d(m, block), y) for j, b, m, y in duals.cuts if j == school and b in block]
            cuts = [
                (int(np.searchsorted(block, b)), np.searchsorted(block, m).astype(np.int32), y) for b, m, y in local
            ]
            self._work[at] = with_cuts(work, cuts) if cuts else work
        self.certificate()

    def adopt(self, other: Bounder) -> None:
        """Begin with the prices of blocks and the cuts of another run over the same pairs, with other budgets."""
        self._work = other._work
        self._volume.block = self._volume.best_block = other._volume.best_block
        self._volume.border = self._volume.best_border = other._volume.best_border

    def retarget(self, budget: int, limit: float, school: Ints, value: float) -> None:
        """Go on under another limit of one budget, by its place, with a plan that is the best known there. What was
        proved so far is forgotten; prices and cuts are kept."""
        budgets, limits = list(self.problem.model.budgets), self.problem.limit.copy()
        budgets[budget], limits[budget] = replace(budgets[budget], limit=limit), limit
        model = replace(self.problem.model, budgets=tuple(budgets))
        self.problem = self._volume.problem = replace(self.problem, model=model, limit=limits)
        self.value = value
        self._aim(direction_of(self.problem, school))
        self._volume.start_again()
        self._proved, self._fresh = None, False

    def finish(self, deadline: Deadline | None = None) -> Certificate:
        """A last pass at the best prices with fine intervals, its parts until the deadline, the first in any case. The
        certificate with the greatest bound so far."""
        prices = self._volume.best_block, self._volume.best_budget, self._volume.best_border
        with ThreadPoolExecutor(self._threads) as pool:
            for effort in (self._effort(last=False), *[self._effort(last=True)] * PASSES):
                self._volume.best = max(self._volume.best, self._evaluate(pool, *prices, effort))
                if deadline is not None and deadline.late:
                    break
        slack = SLACK * max(self.value - self.best, 0.0)
        certificate = certify(self.problem, self._work, self._direction, *prices, slack=slack)
        if self._proved is None or certificate.bound >= self._proved.bound:
            self._proved = certificate
        self._fresh = True
        return self._proved

    def certificate(self) -> Certificate:
        """The certificate of the best prices so far, without a last pass; or an earlier one with a greater bound."""
        return self._proved if self._proved is not None and self._fresh else self.finish(Deadline(seconds=0))

    def _done(self) -> bool:
        return self._volume.best >= self.value - 1e-9 * abs(self.value)

    def _aim(self, direction: Floats) -> None:
        self._direction = direction
        self.problem.aim(direction)
        self._constant = self.problem.constant(direction)

    def _away(self, direction: Floats) -> float:
        e = self.problem.exposures
        return 0.0 if e is None else float(np.sqrt((e.weight * (direction - self._direction) ** 2).sum()))

    def _first_prices(self, school: Ints) -> tuple[Floats, Floats]:
        """(blocks,) what each block adds to the cost of its zone, to first order; (schools,) C_j / N_j."""
        problem, schools = self.problem, self.problem.model.district.schools
        curve, rate = problem.curve(self._direction), rates_of(problem, school)
        heads = np.bincount(school, problem.heads, schools)
        tilt = np.divide(np.bincount(school, curve, schools), heads, out=np.zeros(schools), where=heads > 0)
        prices = (
            problem.parts.marginal(school)
            + rate[school] * curve
            + tilt[school] * (problem.poor - rate[school] * problem.heads)
        )
        at, cost = problem.model.pairs.find(school), problem.compiled.pair_cost.copy()
        cost[problem.entries.pair] += problem.borders.costs(problem.borders.of_plan(self._inside(school)))
        return prices + np.where(at >= 0, cost[np.maximum(at, 0)], 0.0), tilt

    def _inside(self, school: Ints) -> Floats:
        """(entries,) the pairs of a plan."""
        entries = self.problem.entries
        return (self.problem.model.pairs.index[entries.pair] == school[entries.block]).astype(np.float64)

    def _start_work(self, tilt: Floats) -> list[Work]:
        problem = self.problem
        students = float(problem.heads.sum()) or 1.0
        by_head = (float(np.abs(problem.curve(self._direction)).sum()) + problem.parts.worth) / students
        self._stride = stride = 0.1 * (by_head or abs(self.value) / students or 1.0)
        tilt = np.clip(tilt, -100 * stride, 100 * stride)
        intervals = FIRST_INTERVALS if problem.parts.rated is not None else 1
        return [
            fresh(part, intervals, float(tilt[j]), stride)
            for j, part in zip(self.problem.entries.schools, self.problem.part, strict=True)
        ]

    def _effort(self, *, last: bool) -> Effort:
        """For a step of a run, or for the last pass."""
        gap = max(self.value - self.best, 1e-4 * abs(self.value)) if np.isfinite(self.value) else 1.0
        share = gap / max(1, len(self._work))
        width = 1.0 if self.problem.parts.rated is None else FINE_WIDTH if last else WIDTH
        return Effort(
            width=width,
            tries=0 if last else self._tries,
            improvements=10_000 if last else IMPROVEMENTS,
            sweeps=2 if last else 1,
            rounds=1,
            polish=last,
            tolerance=(1e-6 if last else 1e-3) * share,
            least=1e-6 * share,
            reach=REACH * self._stride,
            step=0.0 if last else self._volume.step,
            borrow=True,
        )

    def _evaluate(
        self, pool: ThreadPoolExecutor, prices: Floats, budget_prices: Floats, border_prices: Floats, effort: Effort
    ) -> float:
        """The value of the prices; the least zones are left in _zones."""
        self.problem.lay(border_prices)
        queue = iter(self._order.tolist())
        lock = threading.Lock()

        def some(left: Left) -> None:
            while True:
                with lock:
                    at = next(queue, -1)
                if at < 0:
                    return
                self._price(at, left, prices, budget_prices, effort)

        if self._threads == 1:
            some(self._left[0])
        else:
            for future in [pool.submit(some, left) for left in self._left]:
                future.result()
        fixed = float(prices.sum()) - float(budget_prices @ self.problem.limit) + self._constant
        return fixed + float(self._least.sum())

    def _price(self, at: int, left: Left, prices: Floats, budget_prices: Floats, effort: Effort) -> None:
        work, zone = self._work[at], self._zones[self.problem.entries.of_school(at)]
        part = self.problem.part[at]
        self._least[at] = price(part, work, self._ground, left, at, prices, budget_prices, effort, zone)
        if work.count[FULL]:
            self._work[at] = enlarged(work, MOST_LEAVES)


def _pace(deadline: Deadline) -> float:
    """How far a run has come, 0 to 1. With no end in sight, in rounds of twice as many steps each, from 0 to just under
    1."""
    if deadline.seconds is not None or deadline.iterations is not None:
        return deadline.share
    rounds = deadline.done / FIRST_ROUND + 1
    return float(rounds / 2 ** np.floor(np.log2(rounds)) - 1)
