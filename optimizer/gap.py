"""The gap: how much of a plan's objective could still be won at most."""

from __future__ import annotations

NOUGHT = 1e-12  # sums that cancel leave up to this: a gap relative to it would be one of rounding


def relative_gap(value: float, bound: float) -> float:
    """(value - bound) / value, the share of the value that the bound leaves open; 0 where the value is 0, or above the
    bound by less than rounding."""
    return max(0.0, (value - bound) / value) if value > NOUGHT else 0.0


def keep_from_below_nought(holder: object, name: str) -> None:
    """Let no bound that a frozen `holder` has under this name be below 0, as one is by rounding: no objective is. Every
    class that holds a bound calls it when it is made."""
    bound = getattr(holder, name)
    if bound is not None and not bound > 0:
        object.__setattr__(holder, name, 0.0)
