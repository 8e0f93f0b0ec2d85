"""GerryChain's optimiser, `SingleMetricOptimizer`, with our limits as its constraints: three of its ways to search.

`Gingleator` is the same class with another score (districts with a large minority), so its base class is what can be
asked for our objective. Recombination is no proposal for schools: it redraws two zones without regard to where their
schools stand, and its balance is one population for all zones.
"""

from __future__ import annotations

import random as python_random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.peers.question import Answer, Best, Question, TimeUpError

ENDLESS = 10**9  # steps: the clock ends the run
COLD = 300.0  # the last temperature is the first divided by this
FIELDS = ("students", "poverty")


class Chain:
    """Our question in GerryChain's terms: a graph, updaters, constraints, a proposal and a score."""

    def __init__(self, question: Question, seconds: float, best: Best) -> None:
        import networkx as nx
        from gerrychain import Graph, Partition
        from gerrychain.updaters import Tally

        self.question, self.seconds, self.best = question, seconds, best
        district, kinds = question.district, range(question.groups.shape[1])
        graph = nx.Graph()
        for i in range(district.blocks):
            counts = {f"group_{r}": float(question.groups[i, r]) for r in kinds}
            graph.add_node(
                i, students=float(district.students[i]), poverty=float(district.poverty[i]), place=i, **counts
            )
        graph.add_edges_from((i, o) for i in range(district.blocks) for o in question.neighbours[i] if i < o)
        self.names = [f"group_{r}" for r in kinds]
        tallies = {name: Tally(name, alias=name, dtype_fn=float) for name in (*FIELDS, *self.names)}
        today = {i: int(j) for i, j in enumerate(question.today)}
        self.start = Partition(Graph.from_networkx(graph), today, {**tallies, "disparity": self._disparity})
        self.place = {node: int(self.start.graph.node_data(node)["place"]) for node in self.start.graph.node_indices}

    def _disparity(self, partition: Any) -> float:
        q = self.question
        sums = np.array([[partition[name].get(j, 0.0) for name in self.names] for j in range(q.district.schools)])
        return q.disparity(sums, np.array([partition["poverty"].get(j, 0.0) for j in range(q.district.schools)]))

    @property
    def constraints(self) -> list[Callable[[Any], bool]]:
        return [self.sizes_hold, self.zones_hold_together]

    def sizes_hold(self, partition: Any) -> bool:
        return all(self.question.fits(j, partition["students"][j]) for j in self._changed(partition))

    def zones_hold_together(self, partition: Any) -> bool:
        place = self.place
        return all(
            self.question.holds_together(j, [place[node] for node in partition.parts[j]])
            for j in self._changed(partition)
        )

    def _changed(self, partition: Any) -> set[int]:
        """The zones that differ from the state before: those of the others have been looked at."""
        if partition.parent is None:
            return set()
        mapping = partition.parent.assignment.mapping
        return {zone for node, to in partition.flips.items() for zone in (to, mapping[node])}

    def propose(self, partition: Any, *, rng: python_random.Random) -> Any:
        """A random flip across the border, as GerryChain's own, but only within the travel limits."""
        edges, mapping = tuple(partition["cut_edges"]), partition.assignment.mapping
        while True:
            if self.best.seconds() >= self.seconds:
                raise TimeUpError
            edge, side = rng.choice(edges), rng.choice((0, 1))
            node, to = edge[side], mapping[edge[1 - side]]
            if to in self.question.may[self.place[node]]:
                return partition.flip({node: to})

    def score(self, partition: Any) -> float:
        return float(partition["disparity"])

    def keep(self, partition: Any) -> None:
        value = self.score(partition)
        if value < self.best.value - 1e-12:
            mapping, school = partition.assignment.mapping, np.empty(self.question.district.blocks, np.int32)
            for node, place in self.place.items():
                school[place] = mapping[node]
            self.best.offer(school, value)

    def typical_change(self, random: python_random.Random) -> float:
        """The mean absolute change of the score over some flips: the unit of temperature."""
        changes = [abs(self.score(self.propose(self.start, rng=random)) - self.best.value) for _ in range(60)]
        return float(np.mean(changes)) or 1e-6


class _Optimiser:
    package: str | None = None
    cannot: tuple[str, ...] = ()

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        from gerrychain.optimization import SingleMetricOptimizer

        best = Best.of(question)
        chain, random = Chain(question, seconds, best), python_random.Random(seed)
        state = chain.start
        while best.seconds() < seconds:
            run = SingleMetricOptimizer(
                chain.propose, chain.constraints, state, chain.score, maximize=False, rng=random
            )
            try:
                for state in self.steps(run, chain, random):
                    chain.keep(state)
            except TimeUpError:
                break
            except OverflowError:  # its acceptance takes exp of a gain: go on from where it stood
                continue
        return best.answer()

    def steps(self, run: Any, chain: Chain, random: python_random.Random) -> Iterator[Any]:
        raise NotImplementedError


class Annealing(_Optimiser):
    name = "GerryChain annealing"
    setting = "simulated_annealing, flips, geometric in the time used, from 3 mean changes of the score"

    def steps(self, run: Any, chain: Chain, random: python_random.Random) -> Iterator[Any]:
        unit, best = chain.typical_change(random), chain.best

        def beta(_: int) -> float:
            return float(COLD ** (min(1.0, best.seconds() / chain.seconds) - 1))

        yield from run.simulated_annealing(ENDLESS, beta, COLD / (3 * unit))


class Bursts(_Optimiser):
    name = "GerryChain short bursts"
    setting = "short_bursts of 10 flips, always from the best plan so far"

    def steps(self, run: Any, chain: Chain, random: python_random.Random) -> Iterator[Any]:
        yield from run.short_bursts(10, ENDLESS)


class Tilted(_Optimiser):
    name = "GerryChain tilted run"
    setting = "tilted_run of flips, a worse plan taken with probability 0.01"

    def steps(self, run: Any, chain: Chain, random: python_random.Random) -> Iterator[Any]:
        yield from run.tilted_run(ENDLESS, 0.01)
