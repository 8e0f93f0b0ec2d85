"""The plan of least travel within all limits: what zones would be if nobody looked at who lives where.

A linear programme over the candidate pairs gives prices of seats, moves and contiguity, and with them what no valid
plan is below. The compiled search then goes from legal zones towards it, each step legal: first by what pairs cost at
the prices, which lead past full schools, then by travel alone. All work is counted, none timed: the same question has
the same answer, however fast the machine is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from optimizer import kernels
from optimizer.arrays import Floats, Ints, Offsets, frozen
from optimizer.baselines.baseline import Baseline
from optimizer.baselines.contradiction import program_of
from optimizer.baselines.cuts import separators
from optimizer.baselines.program import Program, Solved, contradicts, reduced, solve
from optimizer.baselines.tree import Tree
from optimizer.contradictions import Ready
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives import TravelMean
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan
from optimizer.rules import Rule, breaches, is_valid
from optimizer.solvers.contract import Contraction, contract
from optimizer.striking.pairs import Entries

CUT_ROUNDS = 12  # of rows for what a solution cuts off, at most,
CUT_PAIRS = 500_000  # and so many times pairs
PROPOSALS, SMALLER = 12, (1000, 300_000)  # of a try a block; in a smaller district more, up to so many in all
WARM = (0.45, 1.0)  # shares of the schedule that a try goes through by the prices,
LAST = (0.7, 1.0)  # and then by travel alone
PARTS = 30  # of either
TRIES, TRIED = 3, 20_000  # tries, of which the best counts; one alone where there are more blocks
CLOSE = 5e-4  # relative: a plan so near its bound is not searched for any longer
NODES, SMALL = 60_000, 1_500  # programmes of branch and bound times pairs; pairs up to which there is any,
TINY = 300  # and up to which it comes before the search
MOST_NODES = 500


def least_travel(question: Ready, rules: tuple[Rule, ...], *, seed: int = 0, effort: float = 1.0) -> Baseline:
    """The valid plan of least mean travel, as far as it was found, and what none is below. Limits that today's zones
    break may be broken as much. question: `ready` under the rules. effort: share of the usual work, above 0."""
    kernels.ensure()
    if len(question.nowhere):
        return Baseline(None, None, impossible=True)
    return _Least.of(question.model, rules, effort).answer(np.random.default_rng(seed))


@dataclass(frozen=True, eq=False)
class _Least:
    """whole: the model, with what no plan may go beyond as its limits. over: the same over nodes. program: a unit a
    node; its pairs are those of `over`. entries: None without contiguity. effort: see least_travel."""

    whole: Model
    rules: tuple[Rule, ...]
    over: Contraction
    program: Program
    entries: Entries | None
    effort: float

    @classmethod
    def of(cls, model: Model, rules: tuple[Rule, ...], effort: float) -> _Least:
        sums = tuple(replace(s, low=s.hard_low, high=s.hard_high) for s in model.sums)
        model = replace(model, sums=sums, splits=(), borders=tuple(b for b in model.borders if b.limit < np.inf))
        over = contract(model, TravelMean().compile(model))
        entries = None if over.model.contiguity is None else Entries.of(over.model)
        cost = np.array(over.compiled.pair_cost)
        if entries is not None:
            cost[entries.apart] = np.inf
        return cls(model, rules, over, program_of(over.model, cost), entries, effort)

    def answer(self, random: np.random.Generator) -> Baseline:
        program, solved = self._cut()
        if contradicts(program, solved.price):
            return Baseline(None, None, self._relaxes, impossible=True)
        tree = Tree(program, self._choice_value, self._separators, np.inf, None, solved.bound)
        pairs = int(np.isfinite(program.cost).sum())
        nodes = min(MOST_NODES, NODES // pairs) if pairs <= SMALL else 0
        tree.grow(nodes if pairs <= TINY else 0)
        if not tree.done:
            self._take_best(tree, self._search(program, solved, random))
            tree.grow(nodes if tree.bound < (1 - CLOSE) * tree.best else 0)
        plan = None if tree.choice is None else self._plan(self.over.model.pairs.index[tree.choice])
        if plan is None and tree.done:
            return Baseline(None, None, self._relaxes, impossible=True)
        return Baseline(plan, None if plan is None else max(0.0, tree.bound), self._relaxes)

    def _take_best(self, tree: Tree, zone: Ints) -> None:
        """The zones found, or today's, which may be valid where the search's steps end in nothing."""
        for one in (zone, self.over.model.district.home):
            value = self._value(one)
            if value is not None and value < tree.best:
                tree.best, tree.choice = value, self.over.model.pairs.find(one)

    def _cut(self) -> tuple[Program, Solved]:
        """The programme with rows against what its solutions cut off, and the last solution."""
        program, rounds = self.program, min(CUT_ROUNDS, int(self.effort * CUT_PAIRS / len(self.program.cost)) + 1)
        solved = solve(program)
        for _ in range(rounds):
            rows = self._separators(solved)
            if rows.shape[0] == 0:
                break
            program = program.with_rows(rows, np.full(rows.shape[0], -np.inf), np.zeros(rows.shape[0]))
            solved = solve(program, solved.price)
        return program, solved

    def _separators(self, solved: Solved) -> csr_array:
        if self.entries is None:
            return csr_array((0, len(self.program.cost)))
        return separators(self.entries, solved.share, self.over.model.district.students, len(self.program.cost))

    def _search(self, program: Program, solved: Solved, random: np.random.Generator) -> Ints:
        """(nodes,) the best zones met on the way to the solution."""
        dear = reduced(program, solved.price)
        dear = np.maximum(dear - program.least(dear)[program.unit], 0.0)
        dear = np.where(np.isfinite(dear), dear, 2 * float(dear[np.isfinite(dear)].max(initial=0.0)))
        walk = _Walk(self.over, random, self.effort)
        zone = walk.begin()
        if zone is None or len(walk.model.pairs.index) == walk.model.district.blocks:
            return walk.zone
        best = zone
        for _ in range(TRIES if self.effort >= 1 and walk.model.district.blocks <= TRIED else 1):
            tried = walk.go(zone, dear, np.linspace(*WARM, PARTS))
            best = min((best, walk.go(tried, walk.cost, np.ones(PARTS // 3))), key=walk.value)
            if self._gap(best, solved.bound) <= CLOSE:
                return best
            best = min((best, walk.go(best, walk.cost, np.linspace(*LAST, PARTS))), key=walk.value)
        return best

    def _gap(self, zone: Ints, bound: float) -> float:
        value = float(self.over.compiled.pair_cost[self.over.model.pairs.find(zone)].sum())
        return (value - bound) / max(value, 1e-300)

    def _plan(self, zone: Ints) -> Plan:
        return Plan(self.whole.district, self.over.expand(zone))

    def _value(self, zone: Ints) -> float | None:
        """Mean travel of zones of nodes; None where they are not valid."""
        if (zone < 0).any():
            return None
        at = self.over.model.pairs.find(zone)
        if (at < 0).any() or not is_valid(breaches(self._plan(zone), self.rules)):
            return None
        return float(self.over.compiled.pair_cost[at].sum())

    def _choice_value(self, choice: Offsets) -> float | None:
        return self._value(self.over.model.pairs.index[choice])

    @property
    def _relaxes(self) -> tuple[str, ...]:
        """What the programme knows nothing, or not all, of."""
        model = self.over.model
        names = [row.name for row in model.largest]
        names += [row.name for row in model.borders if row.limit < np.inf]
        names += [row.name for row in model.compact if row.low > 0]
        names += [ceiling.name for ceiling in model.ceilings]
        return tuple(dict.fromkeys(names))


class _Walk:
    """The compiled search, from legal zones on."""

    def __init__(self, over: Contraction, random: np.random.Generator, effort: float) -> None:
        from optimizer.solvers.order import memory_order  # noqa: PLC0415 - numba takes a second to import

        self.over, self.model, self.cost, self.random = over, over.model, over.compiled.pair_cost, random
        self.order = memory_order(self.model.district)
        self.zone = self.model.district.home
        blocks = self.model.district.blocks
        self.proposals = int(effort * max(PROPOSALS * blocks, min(SMALLER[0] * blocks, SMALLER[1]))) + 1

    def value(self, zone: Ints) -> float:
        return float(self.cost[self.model.pairs.find(zone)].sum())

    def begin(self) -> Ints | None:
        """(nodes,) zones that keep every limit, or nearly; None where none are legal."""
        from optimizer.solvers.search import Lane, Population  # noqa: PLC0415
        from optimizer.solvers.start import start_of  # noqa: PLC0415

        start = start_of(self.over)
        self.zone = start.zone
        if len(start.stuck):
            return None
        deadline = Deadline(iterations=10 * self.proposals)
        (lessen,) = Population(self.over, start.zone, [Lane(self.random)], deadline).lessen_excess()
        self.zone = lessen()[1]
        return self.zone

    def go(self, zone: Ints, cost: Floats, shares: Floats) -> Ints:
        """(nodes,) the best zones met from `zone` on, by `cost` (pairs,), at these shares of the schedule."""
        from optimizer.solvers.chain import Chain, Scratch, unit_of  # noqa: PLC0415
        from optimizer.solvers.instance import instance_of  # noqa: PLC0415
        from optimizer.solvers.order import reordered  # noqa: PLC0415

        compiled = Compiled(frozen(np.array(cost)))
        inst = reordered(instance_of(self.model, compiled, zone, excess_first=False), self.order)
        within = zone[self.order]
        held = sum(s.excess(self.model.district, zone) for s in self.model.sums)
        chain = Chain(inst, within, self.random, unit=unit_of(inst, within, self.random), held=held)
        scratch = Scratch.of(inst)
        for share in shares.tolist():
            chain.run(scratch, max(1, self.proposals // PARTS), share, hard=True)
        out = np.empty_like(zone)
        out[self.order] = chain.best[1]
        return out
