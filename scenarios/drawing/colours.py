"""Which of a few colours each zone gets: neighbours differ, and a school keeps its colour from plan to plan."""

from __future__ import annotations

import numpy as np

from optimizer.district import District
from optimizer.plan import Plan

PALETTE = 9  # the style sheet's colours: Paul Tol's "light" scheme, told apart by every kind of colour vision


def neighbours(district: District, plans: tuple[Plan, ...]) -> list[set[int]]:
    """For each school, the schools whose zones touch its own in any of the plans."""
    touching: list[set[int]] = [set() for _ in range(district.schools)]
    rows, columns = district.adjacency.rows, district.adjacency.index
    for plan in plans:
        pairs = np.column_stack([plan.school[rows], plan.school[columns]])
        for one, two in np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).tolist():
            touching[one].add(two)
            touching[two].add(one)
    return touching


def zone_colours(touching: list[set[int]]) -> list[int]:
    """A colour for each school, 0 to PALETTE - 1, by Brélaz's rule: first the school whose neighbours have the most
    colours. Among the colours left it takes the one used least, so that all are used alike."""
    colour = [-1] * len(touching)
    seen: list[set[int]] = [set() for _ in touching]
    used = [0] * PALETTE
    left = set(range(len(touching)))
    while left:
        school = max(left, key=lambda j: (len(seen[j]), len(touching[j]), -j))
        free = [c for c in range(PALETTE) if c not in seen[school]] or list(range(PALETTE))
        chosen = min(free, key=lambda c: (used[c], c))
        colour[school] = chosen
        used[chosen] += 1
        left.remove(school)
        for other in touching[school]:
            seen[other].add(chosen)
    return colour
