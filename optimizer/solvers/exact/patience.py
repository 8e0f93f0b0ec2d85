"""How long the exact solver may go on, and whom it tells how it stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from optimizer.solvers.clock import Timed

STEPS = 5_000_000  # steps of a kernel that count as one unit of deterministic time, about a second's work


@dataclass
class Patience(Timed):
    """seconds: None for no limit. deterministic: units of work after which to stop whatever the clock says, the same
    on every machine; None for no limit. stop: somebody asks to stop. watch: called from the calling thread with the
    best value (inf: none yet) and bound (-inf) so far."""

    seconds: float | None = None
    deterministic: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[float, float], None] | None = None
    began: float = field(default_factory=time.monotonic)
    used: float = 0.0
    news: tuple[float, float] | None = None

    def spend(self, units: float) -> None:
        """Note work done, in units of deterministic time."""
        self.used += units

    def tell(self, value: float, bound: float) -> None:
        """Say how things stand, from any thread."""
        self.news = value, bound

    def pass_on(self) -> None:
        """Hand the latest news to whoever watches."""
        news, self.news = self.news, None
        if news is not None and self.watch is not None:
            self.watch(*news)

    @property
    def units_left(self) -> float | None:
        """Units of work left."""
        return None if self.deterministic is None else max(0.0, self.deterministic - self.used)

    @property
    def late(self) -> bool:
        """Whether the clock or somebody says to stop, whatever the work done."""
        return self.stop.is_set() or self.left == 0.0

    @property
    def over(self) -> bool:
        return self.late or self.units_left == 0.0

    def part(self, share: float) -> Patience:
        """This share of what is left, for a first part of the work; what it has used is to be spent here after."""
        seconds, units = self.left, self.units_left
        return Patience(
            None if seconds is None else share * seconds, None if units is None else share * units, self.stop
        )


@dataclass(frozen=True)
class Setup:
    """How to run CP-SAT. gap: relative, at which to stop. tells: whether what it finds is news."""

    threads: int
    seed: int
    gap: float
    tells: bool = True
