"""What a baseline is known to be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optimizer.gap import keep_from_below_nought, relative_gap
from optimizer.objectives import TravelMean
from optimizer.plan import Plan
from optimizer.result import NEAR


@dataclass(frozen=True, eq=False)
class Baseline:
    """plan: the best found, None where there is none. bound: no plan of its kind has a mean travel below it; None where
    nothing is proved. relaxes: the limits that the bound makes no full use of. impossible: no plan of its kind exists,
    which is proved."""

    plan: Plan | None
    bound: float | None
    relaxes: tuple[str, ...] = ()
    impossible: bool = False

    def __post_init__(self) -> None:
        keep_from_below_nought(self, "bound")

    @cached_property
    def value(self) -> float | None:
        """Students' mean travel."""
        return None if self.plan is None else TravelMean().value(self.plan)

    @property
    def gap(self) -> float | None:
        """How far above the least it is at most: (value - bound) / bound; inf where the bound is 0 and it is not."""
        if self.value is None or self.bound is None:
            return None
        return above(self.value, self.bound)

    @property
    def proved(self) -> bool:
        """Whether it is the least of its kind, within 0.1 %."""
        known = self.value is not None and self.bound is not None
        return known and relative_gap(self.value or 0.0, self.bound or 0.0) <= NEAR


def above(value: float, bound: float) -> float:
    """(value - bound) / bound, at least 0."""
    if value <= bound:
        return 0.0
    return (value - bound) / bound if bound > 0 else float("inf")
