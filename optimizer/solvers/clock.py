"""How much of a budget is used: by proposals where they are given, so that runs repeat to the byte; else by time."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """When to stop: after `seconds` (None: no limit), or after `iterations` proposals a lane (None: no limit)."""

    seconds: float | None = None
    iterations: int | None = None


class Timed:
    """Something that may take so many `seconds` (None: no limit) from `began`, by time.monotonic()."""

    seconds: float | None
    began: float

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float | None:
        """Seconds left, None without a limit."""
        return None if self.seconds is None else max(0.0, self.seconds - self.spent)


class Clock:
    """One run's time, and the wish of anybody to stop it."""

    def __init__(self, budget: Budget, stop: threading.Event) -> None:
        self.budget, self.stop, self.began = budget, stop, time.monotonic()

    @property
    def spent(self) -> float:
        """Share of the seconds used, 0 where they are not limited."""
        seconds = self.budget.seconds
        if seconds is None:
            return 0.0
        return (time.monotonic() - self.began) / seconds if seconds > 0 else 1.0

    @property
    def over(self) -> bool:
        return self.stop.is_set() or self.spent >= 1

    def used(self, proposals: int, quota: int | None, begin: float, end: float) -> float:
        """Share of a part of the run that is used: of its quota of proposals, or of the time from `begin` to `end`
        (shares of the seconds). With both, time only ever ends the run: it must not bend the temperature."""
        if quota is not None:
            return proposals / quota if quota > 0 else 1.0
        return (self.spent - begin) / (end - begin) if end > begin else 1.0
