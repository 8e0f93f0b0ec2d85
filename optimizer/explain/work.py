"""The time there is, and what a solver has come to within it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Ints
from optimizer.deadline import Deadline


@dataclass(kw_only=True)
class Work(Deadline):
    """used: what has been put to work, by all parts of it."""

    threads: int
    seed: int
    used: set[str] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a solver came to. school: the best plan found, or None. value: of what was made small. bound: no plan has
    less. none: proved that there is no plan."""

    school: Ints | None
    value: float
    bound: float
    none: bool = False


UNKNOWN = Verdict(None, np.inf, -np.inf)
