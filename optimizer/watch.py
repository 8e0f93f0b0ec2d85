"""From looks at the solvers to Progress, not more often than people can read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from optimizer.arrays import Ints
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.result import Progress

if TYPE_CHECKING:
    from optimizer.solvers.search import Population

LOOKS = 0.1  # seconds between two reports of progress


class Watch:
    """Tells `tell` where a run with a deadline stands."""

    def __init__(
        self,
        tell: Callable[[Progress], None] | None,
        district: District,
        objective: Objective,
        deadline: Deadline,
    ) -> None:
        self.tell, self.district, self.deadline, self.next = tell, district, deadline, 0.0
        self.name = objective.name
        self.today = objective.value(Plan.today(district)) if tell is not None else 0.0

    def search(self, run: Population) -> None:
        """A look at the search: a third of the effort is left to the bound."""
        iterations = self.deadline.iterations
        share = 0.0 if iterations is None else run.proposals / len(run.lanes) / max(iterations, 1)
        value, zone = run.best
        self._look(value, zone, share * 2 / 3, None)

    def bound(self, value: float, zone: Ints, bound: float, share: float) -> None:
        """A look at the bound. share: of its steps, 0 to 1."""
        self._look(value, zone, (2 + share) / 3, bound)

    def _look(self, value: float, zone: Ints, share: float, bound: float | None) -> None:
        now = time.monotonic()
        if self.tell is None or now < self.next:
            return
        self.next = now + LOOKS
        if self.deadline.seconds is not None:
            share = self.deadline.gone
        plan = Plan(self.district, zone.copy())  # the search goes on in its own
        value = value if value < float("inf") else self.today
        spent, moved = self.deadline.spent, plan.moved_share
        self.tell(Progress(value, self.today, moved, spent, min(share, 1.0), bound, plan, self.name))
