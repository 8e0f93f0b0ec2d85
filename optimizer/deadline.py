"""When work is to stop: by the clock, by what is done, by the gap that is left, or because somebody asks."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import Self


@dataclass
class Deadline:
    """For all that takes time. seconds: from `began`, by time.monotonic(). iterations: of the work's own kind, whatever
    the clock says, so that runs repeat to the byte: proposals of each lane of a search, steps of a bound, units of the
    exact solver. gap: share of a plan's value that may lie between it and a bound. None: no limit of that kind. stop:
    ends the work as soon as anybody sets it; Ctrl-C does. done: iterations so far."""

    seconds: float | None = None
    iterations: float | None = None
    gap: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    began: float = field(default_factory=time.monotonic)
    done: float = 0

    def spend(self, iterations: float = 1) -> None:
        """Note work done."""
        self.done += iterations

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float | None:
        """Seconds left."""
        return None if self.seconds is None else max(0.0, self.seconds - self.spent)

    @property
    def iterations_left(self) -> float | None:
        return None if self.iterations is None else max(0, self.iterations - self.done)

    @property
    def gone(self) -> float:
        """Share of the seconds that is gone; 0 where they are not limited."""
        return 0.0 if self.seconds is None else _share(self.spent, self.seconds)

    @property
    def share(self) -> float:
        """Share of the seconds or the iterations that is gone, whichever is greater; 0 where neither is limited."""
        return max(self.gone, 0.0 if self.iterations is None else _share(self.done, self.iterations))

    @property
    def stopped(self) -> bool:
        """Whether somebody has asked to stop."""
        return self.stop.is_set()

    @property
    def late(self) -> bool:
        """Whether the clock or somebody says to stop, whatever the work done."""
        return self.stopped or self.gone >= 1

    @property
    def over(self) -> bool:
        return self.late or self.share >= 1

    def near(self, value: float, bound: float) -> bool:
        """Whether no more than the gap is left between a plan's value and a bound."""
        return self.gap is not None and value - bound <= self.gap * value

    def seconds_of(self, share: float) -> float | None:
        """This share of the seconds left."""
        return None if self.left is None else share * self.left

    def part(self, share: float) -> Self:
        """This share of what is left, from now, for a part of the work; what that does is to be spent here after."""
        iterations = self.iterations_left
        return self.anew(self.seconds_of(share), None if iterations is None else share * iterations)

    def anew(self, seconds: float | None, iterations: float | None = None) -> Self:
        """With these limits, from now; whoever stops one stops both."""
        return replace(self, seconds=seconds, iterations=iterations, began=time.monotonic(), done=0)


def _share(done: float, limit: float) -> float:
    return done / limit if limit > 0 else 1.0
