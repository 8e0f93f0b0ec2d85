"""Arithmetic that errs to one side only, and says by how much it may err.

Why the bounds here are rigorous. A double operation without overflow is exact up to a factor 1 + d with |d| <= UNIT, or
up to TINY where it underflows. A figure made of terms, each of which goes through at most n operations that are sums,
differences, products, quotients, minima and maxima, therefore misses the exact figure by at most gamma(n) times the sum
of the terms' sizes, in whatever order they are added (Higham, Accuracy and Stability of Numerical Algorithms, section
3.1); minima and maxima add nothing, since they never enlarge a difference. `math.fsum` gives the double nearest to the
exact sum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

UNIT = 2.0**-53  # half the distance from 1 to the next double
TINY = 1e-300  # far above what all underflows of a sum could add up to
HUGE = 1e300  # sizes beyond this may overflow on the way: nothing is said about such sums
SPARE = 1 + 1e-6  # more than the error of adding up the sizes themselves, for fewer than 1e9 terms


def gamma(operations: Any) -> Any:
    """What so many operations (a number, or an array of them) can do to a sum, as a share of its terms' sizes."""
    return operations * UNIT / (1 - operations * UNIT)


def sum_below(terms: Iterable[float]) -> float:
    """A number that is at most the exact sum: -inf where a term is not finite or the sum overflows."""
    listed = list(terms)
    if not all(map(math.isfinite, listed)):
        return -math.inf
    try:
        return math.nextafter(math.fsum(listed), -math.inf)
    except OverflowError:
        return -math.inf


class Work:
    """Counts the steps of a check, so that no certificate can make it go on for ever."""

    def __init__(self, most: float) -> None:
        self.left = most

    def spend(self, steps: float) -> None:
        """Raises ExhaustedError when there have been too many."""
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError


class ExhaustedError(Exception):
    """The check would take longer than it is allowed to."""
