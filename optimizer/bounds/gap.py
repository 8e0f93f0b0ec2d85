"""The gap: how much of a plan's objective could still be won at most."""

from __future__ import annotations

NOUGHT = 1e-12  # sums that cancel leave up to this: a gap relative to it would be one of rounding


def relative_gap(value: float, bound: float) -> float:
    """(value - bound) / value, the share of the value that the bound leaves open; 0 where the value is 0."""
    return (value - bound) / value if value > NOUGHT else 0.0
