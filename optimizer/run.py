"""The parts of `optimize`, each within its share of the budget."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Ints
from optimizer.bounds.certificate import Certificate
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.prove import Target, prove, steps_of
from optimizer.solvers.clock import Budget
from optimizer.solvers.search import Found, search
from optimizer.watch import Watch

REPEATABLE_LANES = 2  # with iterations, so that the number of cores does not change the plan


@dataclass(frozen=True)
class Run:
    """One call of `optimize`: its budget, and what each part may use of it. began: by time.monotonic()."""

    model: Model
    objective: Objective
    seconds: float | None
    iterations: int | None
    threads: int
    began: float
    watch: Watch

    def _left(self, share: float) -> float | None:
        if self.seconds is None:
            return None
        return max(0.0, share * self.seconds - (time.monotonic() - self.began))

    def search(self, random: np.random.Generator, share: float) -> Found:
        """Search until this share of the time is used, or all the proposals."""
        return search(
            self.model,
            self.objective,
            Budget(self._left(share), self.iterations),
            random=random,
            lanes=self.threads if self.iterations is None else REPEATABLE_LANES,
            threads=self.threads,
            watch=self.watch.search,
        )

    def prove(self, school: Ints, value: float, gap: float) -> tuple[Certificate, bool]:
        """Bound within the time that is left; and whether somebody pressed Ctrl-C."""
        return prove(
            self.model,
            self.objective,
            Target(school, value, gap),
            seconds=self._left(1.0),
            steps=steps_of(self.iterations),
            threads=self.threads,
            stop=threading.Event(),
            watch=self.watch,
        )
