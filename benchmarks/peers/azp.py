"""spopt's AZP, the one of its models that can express the problem: by an objective and a test of moves of one's own.

Its regions must be connected, so blocks that lie away from their school today become regions that may not change.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers.greedy import Zones
from benchmarks.peers.question import Answer, Best, Question, TimeUpError

# Every other model of spopt 0.7, and why it cannot be asked.
OTHERS = {
    "MaxP, Skater, WardSpatial, SPENC, SA3": "regions of like blocks, of any size: no schools, no seats, no exposure",
    "RegionKMeansHeuristic, RandomRegion": "start from seeds of their own: no size a region, no exposure",
    "LSCP, MCLP, PCenter, PMedian, PDispersion": "choose sites by travel: no contiguity, no minimum sizes, no exposure",
}


class Azp:
    name = "spopt AZP"
    cannot = ("changes of blocks that lie away from their school today",)
    setting = "AZP with our objective and our limits as its test of moves, from today's zones, again and again"
    package = "spopt"

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        try:
            from spopt.region.azp import AZPOrig
        except ImportError:
            return Answer(absent=self.package)
        best, labels = Best.of(question), regions(question)
        adjacency = question.district.adjacency
        from scipy.sparse import csr_matrix

        size = len(labels)
        graph = csr_matrix((np.ones(len(adjacency.index)), adjacency.index, adjacency.start), shape=(size, size))
        while best.seconds() < seconds:
            before = best.value
            model = AZPOrig(_strategy(question, best, seconds, labels), random_state=seed)
            try:
                model.fit_from_scipy_sparse_matrix(
                    graph, np.arange(size)[:, None], len(set(labels)), np.array(labels), objective_func=_objective()
                )
            except TimeUpError:
                break
            seed += 1
            if best.value >= before:
                break
        return best.answer()


def regions(question: Question) -> list[int]:
    """Each block's region: its school, or a number of its own for each piece that lies away from its school."""
    from optimizer import Plan

    district = question.district
    away, piece = Plan.status_quo(district).away
    number = {int(p): district.schools + k for k, p in enumerate(np.unique(piece[away]))}
    return [number[int(piece[i])] if away[i] else int(district.status_quo[i]) for i in range(district.blocks)]


def _objective() -> Any:
    from spopt.region.objective_function import ObjectiveFunction

    class Ours(ObjectiveFunction):
        """A place for the value only: each change of it is the strategy's to find."""

        def __init__(self) -> None:
            super().__init__("euclidean")

        def __call__(self, labels: Any, attr: Any) -> float:
            return 0.0

        def update(self, moving_area: int, recipient_region: int, labels: Any, attr: Any) -> float:
            return 0.0

    return Ours()


def _strategy(question: Question, best: Best, seconds: float, labels: list[int]) -> Any:
    from spopt.region.azp_util import AllowMoveStrategy

    class WithinLimits(AllowMoveStrategy):
        """Lets a block change region where every limit holds after it and the value does not rise."""

        def start_new_component(self, initial_labels: Any, attr: Any, objective_func: Any, comp_idx: Any) -> None:
            super().start_new_component(initial_labels, attr, objective_func, comp_idx)
            self.zones, self.blocks = Zones(question), comp_idx
            self.objective_val = self.value = question.value(question.today)

        def __call__(self, moving_area: int, new_region: int, labels: Any) -> bool:
            if best.seconds() >= seconds:
                raise TimeUpError
            block, to = int(self.blocks[moving_area]), int(new_region)
            if int(labels[moving_area]) >= question.district.schools or to >= question.district.schools:
                return False
            value = self.zones.value_after(block, to)
            if value > self.value or not self.zones.allows(block, to):
                return False
            self.zones.move(block, to)
            self.objective_val = self.value = value
            best.offer(self.zones.school, value)
            return True

    return WithinLimits()
