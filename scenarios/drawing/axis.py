"""Axes: from values to the units of a drawing, and the round values named along them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

STEPS = (1, 2, 5, 10)  # between ticks, times a power of ten


@dataclass(frozen=True)
class Axis:
    """Values from low to high onto units from start to end. ticks: the values that are named, and how."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, Any], ...] = ()

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)

    @classmethod
    def around(
        cls, values: Iterable[float | None], start: float, end: float, *,
        below: float = 0.08, above: float = 0.08, floor: float = 0.0, least: float = 1e-6,
    ) -> Axis:  # fmt: skip
        """An axis that holds all values that are known, with room beyond them as shares of their spread. floor: no room
        below it. least: the spread at least."""
        known = [value for value in values if value is not None]
        low, high = min(known), max(known)
        spread = max(high - low, 0.02 * abs(high), least)
        return cls(max(low - below * spread, min(floor, low)), high + above * spread, start, end)

    def named(self, text: Callable[[float], Any], most: int = 6, finest: float = 0.0) -> Axis:
        """With ticks at round values, about so many at most and not nearer to each other than `finest`."""
        about = (self.high - self.low) / most
        power = 10.0 ** math.floor(math.log10(about))
        step = max(finest, next(step * power for step in STEPS if step * power >= about * (1 - 1e-9)))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [round(k * step, 12) for k in range(first, last + 1)]
        return dataclasses.replace(self, ticks=tuple((value, text(value)) for value in values))
