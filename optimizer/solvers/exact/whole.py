"""Names of limits in CP-SAT, and rows of whole numbers: what may be a fraction is scaled and rounded outward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Floats

FINE = 1e6  # steps of a student that fractions are rounded to
SMALL = 1e10  # where the terms' sum is small, as of shares, steps are finer: it is about this many
LARGE = 1e15  # no sum of a row's terms may be larger: CP-SAT's sums stay below 2^63


class Tag(NamedTuple):
    """What a group of constraints stands for. kind: `choice` (the block goes to one of its schools), `high` and `low`
    (a school sum, by its name, at a school), `budget` and `borders` (by its name), `largest` and `compact` (by its
    name, at a school), `together` (a block, with the first that it is tied to), `contiguity` (a block in a school's
    zone)."""

    kind: str
    name: str = ""
    school: int = -1
    block: int = -1


def rounded(coef: Floats, limit: float, scale: float | None = None) -> tuple[list[int], int, float]:
    """Integers with sum of coef <= limit wherever the given ones have it, and what they were multiplied by."""
    whole = scale is None and bool((coef == np.round(coef)).all()) and float(np.abs(coef).sum()) < LARGE
    if whole:
        return [int(c) for c in coef], int(np.floor(limit)), 1.0
    scale = scale_of(coef) if scale is None else scale
    return [int(np.floor(c * scale)) for c in coef], int(np.ceil(limit * scale)), scale


def scale_of(coef: Floats, most: float = LARGE) -> float:
    """A power of ten, so that the terms' sum stays below `most`."""
    total = float(np.abs(coef).sum())
    if most == LARGE and total <= most / FINE:
        return float(max(FINE, 10.0 ** np.floor(np.log10(SMALL / max(total, 1e-6)))))
    return float(10.0 ** np.floor(np.log10(most / max(total, 1e-12))))
