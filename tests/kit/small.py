"""Random districts of a few blocks on a grid, with everything that makes trouble: detached pieces, schools over their
seats, fractions, empty blocks, schools without a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from optimizer import District
from optimizer.arrays import Csr
from optimizer.parts import Parts
from optimizer.travel import StraightLine

SIDE = 500.0  # metres


def grid(rows: int, columns: int) -> Csr:
    """Neighbours on a grid, row by row."""
    at = np.arange(rows * columns).reshape(rows, columns)
    one = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    two = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    return Csr.of_pairs(np.concatenate([one, two]), np.concatenate([two, one]), rows * columns)


def small(
    random: np.random.Generator, *, rows: int = 2, columns: int = 4, schools: int = 2, fractions: bool = False
) -> District:
    """Zones are drawn block by block around the schools, so that some fall apart; seats are drawn around today's."""
    n = rows * columns
    place = np.column_stack([SIDE * (np.arange(n) % columns), SIDE * (np.arange(n) // columns)])
    root = np.sort(random.choice(n, schools, replace=False))
    away = np.hypot(*(place[:, None] - place[root]).transpose(2, 0, 1))
    zone = np.argmin(away + random.uniform(0, 1.5 * SIDE, away.shape), axis=1)
    zone[root] = np.arange(schools)
    counts: Any = random.integers(0, 12, (n, 3)).astype(float) * (random.random(n) < 0.85)[:, None]
    if fractions:
        counts = counts * random.uniform(0.3, 1.2, counts.shape)
    poverty = np.floor(counts.sum(axis=1) * random.random(n))
    students = counts.sum(axis=1) + (random.integers(0, 2, n) if not fractions else 0.0)
    load = np.bincount(zone, students, schools)
    capacity = np.where(random.random(schools) < 0.7, np.round(load * random.uniform(0.85, 1.5, schools)), np.nan)
    least = np.where(random.random(schools) < 0.5, np.round(load * random.uniform(0.4, 1.1, schools)), np.nan)
    least = np.where(least > capacity, np.nan, least)
    return placed(
        place,
        zone,
        root,
        dict(zip(("white", "black", "other"), counts.T, strict=True)),
        students=students,
        poverty=poverty,
        adjacency=grid(rows, columns),
        capacity=capacity,
        min_students=least,
    )


def placed(
    place: Any,
    zone: Any,
    root: Any,
    groups: Mapping[str, Any],
    *,
    students: Any,
    poverty: Any,
    adjacency: Csr,
    capacity: Any,
    min_students: Any,
    off: Any = 0.0,
    other: float | Any = 0.0,
) -> District:
    """A district of blocks at these places, each school in its root, or so far off it; named by number."""
    n, m = len(place), len(root)
    return District(
        name="small",
        block_ids=tuple(f"b{i}" for i in range(n)),
        school_ids=tuple(f"s{j}" for j in range(m)),
        school_names=tuple(f"School {j}" for j in range(m)),
        groups=tuple(groups),
        columns=("students", *(f"students_{group}" for group in groups), "students_poverty"),
        counts=np.column_stack([students, *groups.values(), poverty]),
        status_quo=zone,
        adjacency=adjacency,
        travel=StraightLine(place, place[root] + off),
        root=root,
        capacity=capacity,
        min_students=min_students,
        other_students=np.zeros(m) + other,
    )


def in_parts(random: np.random.Generator, whole: District, blocks: int) -> District:
    """The district with so many pairs of its blocks made one, each of two parts that are no neighbours."""
    n, block = whole.blocks, np.arange(whole.blocks)
    roots, travel = set(whole.root.tolist()), whole.travel
    assert isinstance(travel, StraightLine)
    for _ in range(blocks):
        alone = [i for i in range(n) if (block == block[i]).sum() == 1]
        pairs = [
            (i, j)
            for i in alone
            for j in alone
            if i < j and j not in whole.adjacency.row(i) and (i not in roots or j not in roots)
        ]
        if pairs:
            i, j = pairs[random.integers(len(pairs))]
            block[j] = block[i]
    names, block = np.unique(block, return_inverse=True)
    order = np.argsort(block, kind="stable")  # of the cells, as parts
    place = np.argsort(order)
    near = whole.adjacency
    parts = Parts(block[order], Csr.of_pairs(place[near.rows], place[near.index], n))
    counts = np.zeros((len(names), whole.counts.shape[1]))
    np.add.at(counts, block, whole.counts)
    zone = whole.status_quo[names]
    zone[block[whole.root]] = np.arange(whole.schools)
    return replace(
        whole,
        block_ids=tuple(f"b{i:02}" for i in range(len(names))),
        counts=counts,
        status_quo=zone,
        adjacency=parts.of_blocks(),
        travel=replace(travel, block_xy=travel.block_xy[names]),
        root=block[whole.root],
        parts=parts,
    )
