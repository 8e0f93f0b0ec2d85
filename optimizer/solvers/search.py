"""Simulated annealing over border blocks, by a population of chains over threads.

Which valley a chain ends in is decided while it is hot: on real districts its level at a quarter of the schedule tells
two thirds to nine tenths of where it ends. So several chains go through the hot part, and only the lower ones go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives.base import Objective
from optimizer.solvers.chain import Chain, Scratch, unit_of
from optimizer.solvers.contract import Contraction, contract
from optimizer.solvers.instance import instance_of, lack_of
from optimizer.solvers.kernel.layout import KINDS, TALLIES
from optimizer.solvers.kernel.state import Instance
from optimizer.solvers.moves import Moves, by_kind
from optimizer.solvers.order import memory_order, reordered
from optimizer.solvers.start import start_of
from optimizer.solvers.threads import in_threads
from optimizer.solvers.tidy import tidied

# Stages of the schedule: from, to (shares of it), chains of a lane.
STAGES = ((0.0, 0.25, 4), (0.25, 0.5, 2), (0.5, 1.0, 1))
# The share of the cooling at which a search from a given plan begins. Measured on Albemarle, docs/search.md: full heat
# and 0.3 end lowest, 0.3 nearer to the plan; from 0.5 on it stays in the plan's valley.
COOLED = 0.3
EXCESS_SHARE = 0.2  # at most this share of the effort goes into making the excess small
EXCESS_ROUNDS = 40  # chunks of a round of that


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search found. school: (blocks,). value: the objective. excess: over the sums' limits, 0 where all hold.
    iterations: proposals of all lanes. moves: they and the recombinations, by kind."""

    school: Ints
    value: float
    excess: float
    iterations: int
    lanes: int
    moves: tuple[Moves, ...]


@dataclass(eq=False)
class Lane:
    """What one thread does: it lets its chains take turns.

    proposals: made so far. lessened: those of them that went into making the excess small. moves: (kinds, 2) counted
    so far, but for what its chains have not handed over.
    """

    random: np.random.Generator
    chains: list[Chain] = field(default_factory=list)
    proposals: int = 0
    lessened: int = 0
    moves: Offsets = field(default_factory=lambda: np.zeros((KINDS, TALLIES), np.int64))

    def count(self, chain: Chain) -> None:
        """Take over what a chain has counted."""
        self.moves += chain.st.moves
        chain.st.moves[:] = 0


class Population:
    """The lanes of one search, and the best plan that any chain has met. cooled: the share of the schedule at which it
    begins."""

    def __init__(
        self, contraction: Contraction, zone: Ints, lanes: Sequence[Lane], deadline: Deadline, cooled: float = 0.0
    ) -> None:
        self.contraction, self.lanes, self.deadline, self.cooled = contraction, lanes, deadline, cooled
        self.model, self.compiled = contraction.model, contraction.compiled
        self.zone = np.array(zone)
        self.order = memory_order(self.model.district)  # chains keep their blocks in it
        self.ended: list[tuple[float, Ints]] = []  # the best of chains that did not go on

    @property
    def proposals(self) -> int:
        """Made so far, by all lanes."""
        return sum(lane.proposals for lane in self.lanes)

    @property
    def moves(self) -> tuple[Moves, ...]:
        """Of all lanes, by kind, but for stages that are not over."""
        return by_kind(sum((lane.moves for lane in self.lanes), start=np.zeros((KINDS, TALLIES), np.int64)))

    @property
    def best(self) -> tuple[float, Ints]:
        """Value and zone of the best plan met so far, by block; (inf, the zones it starts from) before there is one."""
        value, zone = self._best
        return value, self.contraction.expand(zone)

    @property
    def _best(self) -> tuple[float, Ints]:
        found = [*self.ended, *(chain.best for lane in self.lanes for chain in lane.chains)]
        if not found:
            return np.inf, self.zone
        value, zone = min(found, key=lambda pair: pair[0])
        return value, self._outside(zone)

    def _outside(self, zone: Ints) -> Ints:
        """From the order of chains to the district's."""
        out = np.empty_like(zone)
        out[self.order] = zone
        return out

    def _instance(self, *, excess_first: bool) -> Instance:
        inst = instance_of(self.model, self.compiled, self.zone, excess_first=excess_first)
        return reordered(inst, self.order)

    def excess(self, zone: Ints) -> float:
        """Total over all sums and schools of what lies beyond low and high."""
        return sum(s.excess(self.model.district, zone) for s in self.model.sums)

    def lack(self, zone: Ints) -> float:
        """The excess, and how far zones fall short of their checks: what is made small first."""
        return lack_of(self.model, zone)

    def lessen_excess(self) -> list[Callable[[], tuple[float, Ints]]]:
        """A job a lane: make the excess small by rounds of annealing, until one brings nothing."""
        inst = self._instance(excess_first=True)
        return [partial(self._lessen, lane, inst) for lane in self.lanes]

    def _lessen(self, lane: Lane, inst: Instance) -> tuple[float, Ints]:
        zone, scratch, quota = self.zone, Scratch.of(inst), self._quota(EXCESS_SHARE)
        before, least = np.inf, self.lack(self.zone)
        while 0 < least < before - 1e-9 and not self.deadline.late:
            unit = unit_of(inst, zone[self.order], lane.random)
            chain, before = Chain(inst, zone[self.order], lane.random, unit=unit, held=0.0), least
            for done in range(EXCESS_ROUNDS):
                # A round ends early where no excess is left, or its part of the effort is used up.
                share = max(done / EXCESS_ROUNDS, self._used(lane.proposals, quota, 0.0, EXCESS_SHARE))
                if share >= 1 or chain.best[0] <= 0 or self.deadline.late:
                    break
                size = chain.chunk if quota is None else min(chain.chunk, quota - lane.proposals)
                chain.run(scratch, size, self._cooled(share), hard=True)
                lane.proposals += size
            lane.count(chain)
            zone = self._outside(chain.best[1])
            least = self.lack(zone)
        lane.lessened = lane.proposals
        return least, zone

    def start(self, zone: Ints, held: float) -> None:
        """Give every lane its first chains, all of them at `zone`, with the excess held."""
        self.zone = zone
        inst = self._instance(excess_first=False)
        within = zone[self.order]
        unit = unit_of(inst, within, self.lanes[0].random)
        for lane in self.lanes:
            streams = lane.random.spawn(STAGES[0][2])
            lane.chains = [Chain(inst, within, stream, unit=unit, held=held) for stream in streams]

    def select(self, each: int) -> None:
        """Let the chains of the lowest level go on, `each` a lane."""
        chains = [chain for lane in self.lanes for chain in lane.chains]
        price = np.mean([chain.st.price for chain in chains], axis=0)
        order = sorted(range(len(chains)), key=lambda c: (_level(chains[c], price), c))
        kept = order[: each * len(self.lanes)]
        self.ended += [chains[c].best for c in order[len(kept) :]]
        for k, lane in enumerate(self.lanes):
            lane.chains = [chains[c] for c in kept[k :: len(self.lanes)]]

    def anneal(self, begin: float, stage: int) -> list[Callable[[], None]]:
        """A job a lane: take its chains through one stage. begin: share of the time at which stages began."""
        work = np.cumsum([0.0, *((end - start) * chains for start, end, chains in STAGES)])
        part = work / work[-1]
        times = begin + (1 - begin) * part[stage : stage + 2]
        share = float(part[stage + 1] - part[stage])
        return [partial(self._stage, lane, stage, (float(times[0]), float(times[1])), share) for lane in self.lanes]

    def _stage(self, lane: Lane, stage: int, times: tuple[float, float], share: float) -> None:
        start, end, _ = STAGES[stage]
        quota = self._quota(1.0)
        if quota is not None:
            quota = int((quota - lane.lessened) * share / len(lane.chains))
        scratch, done, live = Scratch.of(lane.chains[0].inst), [0] * len(lane.chains), True
        while live and not self.deadline.late:
            live = False
            for c, chain in enumerate(lane.chains):
                used = self._used(done[c], quota, *times)
                if used >= 1:
                    continue
                size = chain.chunk if quota is None else min(chain.chunk, quota - done[c])
                chain.run(scratch, size, self._cooled(start + used * (end - start)))
                done[c] += size
                lane.proposals += size
                live = True
        for chain in lane.chains:
            lane.count(chain)

    def _cooled(self, share: float) -> float:
        """Of a share of the run, the share of the schedule."""
        return self.cooled + (1 - self.cooled) * share

    def _quota(self, share: float) -> int | None:
        iterations = self.deadline.iterations
        return None if iterations is None else max(1, int(iterations * share))

    def _used(self, proposals: int, quota: int | None, begin: float, end: float) -> float:
        """Share of a part of the run that is used: of its quota of proposals, or of the time from `begin` to `end`
        (shares of the seconds). With both, time only ever ends the run: it must not bend the temperature."""
        if quota is not None:
            return proposals / quota if quota > 0 else 1.0
        return (self.deadline.gone - begin) / (end - begin) if end > begin else 1.0


def search(
    model: Model,
    objective: Objective,
    deadline: Deadline,
    *,
    random: np.random.Generator,
    lanes: int,
    threads: int,
    watch: Callable[[Population], None] | None = None,
    wanted: Ints | None = None,
) -> SearchResult:
    """Anneal from the status quo in `lanes` lanes over `threads` threads, each chain with its own random stream.

    deadline: its iterations are proposals of each lane. watch: called a few times a second from the calling thread.
    wanted: (blocks,) zones to begin at instead, cooler, or at what of them is legal. When anybody asks to stop, the
    chains end, and the best so far is returned.
    """
    contraction = contract(model, objective.compile(model))
    start = start_of(contraction, wanted)
    cooled = COOLED if start.given else 0.0
    run = Population(contraction, start.zone, [Lane(stream) for stream in random.spawn(lanes)], deadline, cooled)
    if len(start.stuck):  # no zone is legal to begin with
        school = contraction.expand(start.zone)
        return SearchResult(school, np.inf, run.excess(start.zone), 0, lanes, run.moves)
    report = partial(watch, run) if watch is not None else (lambda: None)
    least = in_threads(run.lessen_excess(), threads, deadline)
    # One lane's least excess is everyone's: from its zones all of them go on.
    _, zone = min(least, key=lambda pair: pair[0])
    run.start(zone, run.excess(zone))
    begin = deadline.gone
    if (
        len(run.model.pairs.index) > run.model.district.blocks
    ):  # else no block may go anywhere: a district of one school, say
        for stage, (_, _, each) in enumerate(STAGES):
            if stage > 0:
                run.select(each)
            in_threads(run.anneal(begin, stage), threads, deadline, report=report)
    value, zone = run.best
    excess = sum(s.excess(model.district, zone) for s in model.sums)
    tidy = tidied(contraction, zone, excess)
    if tidy is not None:
        zone, value = tidy[0], value if np.isinf(value) else min(value, tidy[1])
    return SearchResult(zone, value, excess, run.proposals, lanes, run.moves)


def _level(chain: Chain, price: Floats) -> float:
    """What chains are compared by: the cost of late, and what they use of the budgets at one price for all."""
    level = chain.level if np.isfinite(chain.level) else chain.best[0]
    return level + float(price @ chain.st.budget)
