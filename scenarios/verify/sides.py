"""What borders cost one school: prices of the side on which its zone lies (docs/certificate.md, "Borders")."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.arrays import Floats, Ints
from scenarios.verify.certificate import Entry


def border_terms(beside: Sequence[Sequence[int]], block: Ints, entry: Entry, half: float) -> tuple[Floats, Floats]:
    """(candidates,) what each block costs at the school for its borders, and the same of the absolute values of the
    terms. half: of what a border costs."""
    place = {b: at for at, b in enumerate(block.tolist())}
    alone = [half * sum(other not in place for other in beside[b]) for b in place]
    cost, size = np.array(alone), np.array(alone)
    for (one, other), price in _prices(entry).items():
        if one in place and other in place and other in beside[one]:
            held = max(-half, min(half, price))
            cost[place[one]] += held
            cost[place[other]] -= held
            size[[place[one], place[other]]] += abs(held)
    return cost, size


def _prices(entry: Entry) -> dict[tuple[int, int], float]:
    """Of each pair of blocks, the smaller first, the prices that are given added up: what the first costs more."""
    total: dict[tuple[int, int], float] = {}
    for (one, other), price in zip(entry.border.tolist(), entry.border_price.tolist(), strict=True):
        pair, sign = ((one, other), 1.0) if one < other else ((other, one), -1.0)
        total[pair] = total.get(pair, 0.0) + sign * price
    return total
