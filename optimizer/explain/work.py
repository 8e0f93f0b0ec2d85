"""The time there is, and what a solver has come to within it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Ints
from optimizer.solvers.clock import Timed
from optimizer.solvers.exact.patience import Patience


@dataclass
class Work(Timed):
    """seconds: from now, None for no limit. stop: set when somebody asks to stop. used: what has been put to work."""

    seconds: float | None
    threads: int
    seed: int
    stop: threading.Event = field(default_factory=threading.Event)
    used: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        return self.stop.is_set() or self.left == 0.0

    def share(self, of: float) -> float | None:
        """Seconds: this share of what is left."""
        return None if self.left is None else of * self.left

    def part(self, of: float) -> Work:
        """This share of the time left, for one of several questions."""
        return Work(self.share(of), self.threads, self.seed, self.stop, self.used)

    def patience(self, of: float) -> Patience:
        """The same for a solver."""
        return Patience(self.share(of), stop=self.stop)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a solver came to. school: the best plan found, or None. value: of what was made small. bound: no plan has
    less. none: proved that there is no plan."""

    school: Ints | None
    value: float
    bound: float
    none: bool = False


UNKNOWN = Verdict(None, np.inf, -np.inf)
