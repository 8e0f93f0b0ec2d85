"""Two options that the board of a synthetic district could have published: one evens out poverty between schools with
no eye for whom it sets apart, one shortens ways to school. Drawn block by block, as people draw: neither is the best of
its kind, and both are good to learn on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from scenarios.generator.people import GROUPS

MOVED = 0.05  # share of the students whom an option moves at most
LONGER, NEAR = 1.5, 1_000.0  # no way becomes longer than so many times today's, or than so many metres
SIZE = 1.1  # times today's: how large a school without seats may become

Gain = Callable[[Ints, Ints, Ints], Floats]  # of a plan, of blocks and their new schools: by how much each is better


def publish_options(folder: Path, truth: District) -> None:
    """option_a and option_b as shapefiles of zones, in a folder that is there."""
    for name, gain in (("option_a", evener(truth)), ("option_b", shorter(truth))):
        zones(truth, drawn(truth, gain)).to_crs(4326).to_file(folder / f"{name}.shp")


def zones(truth: District, school: Ints) -> gpd.GeoDataFrame:
    """A plan's zones, each with its school's name as offices write it: ALDER HILL."""
    assert truth.geography is not None
    name = np.array([text.removesuffix(" Elementary").upper() for text in truth.school_names], object)
    blocks = gpd.GeoDataFrame({"SCHOOL": name[school]}, geometry=truth.geography.polygon, crs=truth.geography.crs)
    return blocks.dissolve("SCHOOL").reset_index()


def drawn(truth: District, gain: Gain) -> Ints:
    """(blocks,) schools: from today's zones, always the block at a border that gains most for each student, until
    nothing gains or MOVED is reached. No zone is cut in two, and none is made to overflow."""
    school, now = truth.status_quo.copy(), truth.load_now
    most = np.where(np.isnan(truth.capacity), SIZE * now, truth.capacity - truth.other_students)
    fixed = np.isin(np.arange(truth.blocks), truth.root) | (truth.students == 0)
    today, travel, adjacency = truth.status_quo, _travel(truth), truth.adjacency
    far = travel > np.maximum(LONGER * travel[np.arange(truth.blocks), today], NEAR)[:, None]
    while truth.students[school != today].sum() < MOVED * truth.students.sum():
        rooted, load = _rooted(truth, school), np.bincount(school, truth.students, truth.schools)
        block, to = adjacency.rows, school[adjacency.index]
        may = (school[block] != to) & ~fixed[block] & (school[block] == today[block]) & rooted[adjacency.index]
        may &= ~far[block, to] & (load[to] + truth.students[block] <= most[to])
        block, to = block[may], to[may]
        better = gain(school, block, to) / truth.students[block]
        order = np.argsort(-better, kind="stable")
        best = next((k for k in order[better[order] > 1e-9] if _stays_whole(truth, school, block[k], rooted)), None)
        if best is None:
            break
        school[block[best]] = to[best]
    return school


def _travel(truth: District) -> Floats:
    return np.column_stack([truth.travel.to(np.full(truth.blocks, j, np.int32)) for j in range(truth.schools)])


def _rooted(truth: District, school: Ints, without: int | None = None) -> Bools:
    """(blocks,) whether each is in one piece with its school. without: a block that is nobody's."""
    rows, index = truth.adjacency.rows, truth.adjacency.index
    own = (school[rows] == school[index]) & (rows != without) & (index != without)
    graph = csr_matrix((np.ones(own.sum()), (rows[own], index[own])), shape=(truth.blocks, truth.blocks))
    piece = connected_components(graph, directed=False)[1]
    return np.asarray(piece == piece[truth.root[school]])


def _stays_whole(truth: District, school: Ints, block: int, rooted: Bools) -> bool:
    """Whether all others of its zone that are in one piece with the school stay so."""
    others = np.arange(truth.blocks) != block
    return bool((_rooted(truth, school, block) >= rooted)[others].all())


def _sums(school: Ints, counts: Floats, schools: int) -> Floats:
    """(schools, columns)."""
    return np.column_stack([np.bincount(school, column, schools) for column in counts.T])


def _change(truth: District, counts: Floats, worth: Callable[[Floats], Floats]) -> Gain:
    """By how much a sum over schools of the worth of their counts changes."""

    def change(school: Ints, block: Ints, to: Ints) -> Floats:
        held = _sums(school, counts, truth.schools)
        old, new, moved = held[school[block]], held[to], counts[block]
        return worth(old - moved) + worth(new + moved) - worth(old) - worth(new)

    return change


def evener(truth: District) -> Gain:
    """Less poverty here and more there, and groups not less apart than they are."""
    rate = truth.poverty.sum() / truth.students.sum()
    groups = np.column_stack([truth.counts[:, truth.column_index(f"students_{group}")] for group in GROUPS])
    poor = np.column_stack([truth.poverty, truth.students])
    uneven = _change(truth, poor, lambda n: (n[:, 0] - rate * n[:, 1]) ** 2 / np.maximum(n[:, 1], 1))
    apart = _change(truth, groups, lambda n: (n**2).sum(axis=1) / np.maximum(n.sum(axis=1), 1))
    return lambda school, block, to: np.where(apart(school, block, to) < 0, 0.0, -uneven(school, block, to))


def shorter(truth: District) -> Gain:
    """Metres saved by all students together."""
    travel = _travel(truth)
    return lambda school, block, to: truth.students[block] * (travel[block, school[block]] - travel[block, to])
