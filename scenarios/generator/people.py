"""The people of a synthetic district: incomes and racial groups in clusters that go together, uneven densities."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from scenarios.generator.land import Land

GROUPS = ("white", "black", "hispanic", "asian")
GRADES = ("k", "1", "2", "3", "4", "5")
EMPTY = 0.14  # share of blocks without students: parks, works, fields
PER_BLOCK = 9.0  # students of a block on average


def field(middle: Floats, random: np.random.Generator, bumps: int = 9) -> Floats:
    """(blocks,) a smooth field over the land with mean 0 and deviation 1: what clusters look like."""
    low, high = middle.min(axis=0), middle.max(axis=0)
    size = max(float((high - low).max()), 1.0)
    total = np.zeros(len(middle))
    for _ in range(bumps):
        centre = low + random.random(2) * (high - low)
        width = size * random.uniform(0.08, 0.3)
        total += random.standard_normal() * np.exp(-((middle - centre) ** 2).sum(axis=1) / (2 * width**2))
    return (total - total.mean()) / (total.std() or 1.0)


def settle(
    land: Land, random: np.random.Generator, *, students: int | None = None, clustering: float = 1.0
) -> tuple[list[str], Floats]:
    """Names of the count columns, and (blocks, columns) whole students. students: about how many in all; None: about
    PER_BLOCK a block. clustering: as in Character."""
    middle = land.middle
    blocks = len(middle)
    means = PER_BLOCK * (0.35 + 1.3 * land.town) * random.lognormal(0, 0.7, blocks) * (random.random(blocks) > EMPTY)
    if students is not None and means.sum() > 0:
        means *= students / means.sum()
    living = random.poisson(means)
    if living.sum() == 0:
        living[0] = 20 if students is None else students
    # The far side of the river is the poorer one; race goes along with income, and has clusters of its own.
    poor = 0.9 * field(middle, random) + 0.5 * land.far_side + 0.4 * land.town + 0.3 * random.standard_normal(blocks)
    pull = np.column_stack(
        [
            1.5 - 0.7 * poor,
            0.2 + 0.7 * poor + 0.7 * field(middle, random),
            0.1 + 0.5 * poor + 0.7 * field(middle, random),
            -0.9 - 0.3 * poor + 0.9 * field(middle, random),
        ]
    )
    usual = np.array([1.5, 0.2, 0.1, -0.9])
    pull = pull if clustering == 1 else usual + clustering * (pull - usual)
    shares = np.exp(pull) / np.exp(pull).sum(axis=1, keepdims=True)
    groups = random.multinomial(living, shares)
    rates = 1 / (1 + np.exp(-(1.1 * clustering * poor[:, None] + np.array([-1.3, -0.3, -0.2, -1.2]))))
    poverty = random.binomial(groups, rates).sum(axis=1)
    grades = random.multinomial(living, np.full(len(GRADES), 1 / len(GRADES)))
    learners = random.binomial(groups, np.array([0.02, 0.05, 0.35, 0.25])).sum(axis=1)
    names = ["students", *(f"students_{g}" for g in GROUPS), "students_poverty"]
    names += [*(f"students_grade_{g}" for g in GRADES), "students_el"]
    return names, np.column_stack([living, groups, poverty, grades, learners]).astype(float)
