"""How long the exact solver may go on, and whom it tells how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from optimizer.deadline import Deadline

STEPS = 5_000_000  # steps of a kernel that count as one unit of deterministic time, about a second's work


@dataclass
class Patience(Deadline):
    """iterations: units of deterministic time, of about a second each. watch: called from the calling thread with the
    best value (inf: none yet) and bound (-inf) so far."""

    watch: Callable[[float, float], None] | None = None
    news: tuple[float, float] | None = None

    @classmethod
    def of(cls, deadline: Deadline, watch: Callable[[float, float], None] | None = None) -> Patience:
        """As long as `deadline` says, which began before."""
        return cls(deadline.seconds, deadline.iterations, None, deadline.stop, deadline.began, deadline.done, watch)

    def tell(self, value: float, bound: float) -> None:
        """Say how things stand, from any thread."""
        self.news = value, bound

    def pass_on(self) -> None:
        """Hand the latest news to whoever watches."""
        news, self.news = self.news, None
        if news is not None and self.watch is not None:
            self.watch(*news)

    def part(self, share: float) -> Self:
        """A part has no news of the whole."""
        return replace(super().part(share), watch=None, news=None)


@dataclass(frozen=True)
class Setup:
    """How to run CP-SAT. gap: relative, at which to stop. tells: whether what it finds is news."""

    threads: int
    seed: int
    gap: float
    tells: bool = True
