"""`generate`: a whole synthetic district."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from optimizer.arrays import Csr, Floats, Ints
from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError
from optimizer.parts import rook
from optimizer.travel import StraightLine
from scenarios.folder.geometry import find_roots
from scenarios.generator.character import USUAL, Character
from scenarios.generator.land import Land, lay_out
from scenarios.generator.people import GROUPS, settle

CRS = "EPSG:32618"
NAMED_AFTER = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Gum",
    "Hazel",
    "Ironwood",
    "Juniper",
    "Laurel",
    "Maple",
)
PLACES = ("Hill", "Creek", "Ford", "Ridge", "Grove", "Mill", "Park", "Field", "Landing")
DETACHED_FROM = 100  # blocks from which a district has detached pieces


def usual_name(blocks: int, schools: int, students: int | None = None, seed: int | None = None) -> str:
    """What a synthetic district is called: all that is given of how it was made, so that two can be told apart."""
    parts = [f"{blocks} blocks", f"{schools} schools", *([] if students is None else [f"about {students} students"])]
    name = f"Synthetic district of {', '.join(parts[:-1])} and {parts[-1]}"
    return name if seed is None else f"{name}, seed {seed}"


def generate(
    blocks: int,
    schools: int,
    random: np.random.Generator,
    *,
    name: str | None = None,
    students: int | None = None,
    character: Character = USUAL,
) -> District:
    """A synthetic district, the same for the same generator: settlements, a river with few bridges, clustered incomes
    and groups, uneven schools with zones that grew over time, some of them over their seats, some in pieces.

    students: about how many; None: about 9 a block. character: what makes it hard. 1 <= schools <= blocks. Raises
    InputError otherwise.
    """
    if not 1 <= schools <= blocks:
        problem = f"{blocks} blocks and {schools} schools cannot be used"
        raise InputError(Fault("--blocks, --schools", problem, "Give at least one school, and a block for each"))
    if students is not None and students < 1:
        raise InputError(Fault("--students", f"{students} cannot be used", "Give a whole number of 1 or more"))
    land = lay_out(blocks, max(1, round(np.sqrt(schools))), random, bridges=character.bridges)
    columns, counts = settle(land, random, students=students, clustering=character.clustering)
    adjacency = rook(land.polygon)
    sites = _sites(land.middle, counts[:, 0] + 0.2, schools, random)
    zone = _zones(land, adjacency, sites, character, random)
    school_xy = land.middle[sites] + random.uniform(-20, 20, (schools, 2))
    if schools >= 5:
        school_xy[-1] = _outside(land, adjacency, zone, schools - 1, school_xy[-1])
    load = np.bincount(zone, counts[:, 0], schools).astype(float)
    capacity, least, other = _seats(load, character, random)
    return District(
        name=name or usual_name(blocks, schools, students),
        block_ids=_ids("B", blocks),
        school_ids=_ids("S", schools),
        school_names=_names(schools),
        groups=GROUPS,
        columns=tuple(columns),
        counts=counts,
        status_quo=zone,
        adjacency=adjacency,
        travel=StraightLine(land.middle, school_xy),
        root=find_roots(land.polygon, land.middle, school_xy, zone),
        capacity=capacity,
        min_students=least,
        other_students=other,
        attributes={"neighbourhood": _neighbourhoods(land.middle, random)},
        geography=Geography(CRS, land.polygon, school_xy),
    )


def _ids(letter: str, n: int) -> tuple[str, ...]:
    width = max(2, len(str(n)))
    return tuple(f"{letter}{i + 1:0{width}}" for i in range(n))


def _names(schools: int) -> tuple[str, ...]:
    first, second = len(NAMED_AFTER), len(PLACES)
    return tuple(f"{NAMED_AFTER[j % first]} {PLACES[(j // first + j) % second]} Elementary" for j in range(schools))


def _sites(middle: Floats, weight: Floats, schools: int, random: np.random.Generator) -> Ints:
    """(schools,) a block for each school, ascending: amid where students live, by a few rounds of k-means."""
    centre = middle[random.choice(len(middle), schools, replace=False, p=weight / weight.sum())]
    for _ in range(8):
        home = _nearest(middle, centre)
        mass = np.maximum(np.bincount(home, weight, schools), 1e-9)
        centre = np.column_stack([np.bincount(home, weight * middle[:, k], schools) / mass for k in (0, 1)])
    free = np.ones(len(middle), bool)
    for point in centre:
        away = np.where(free, np.hypot(*(middle - point).T), np.inf)
        free[np.argmin(away)] = False
    return np.flatnonzero(~free).astype(np.int32)


def _nearest(points: Floats, centres: Floats) -> Ints:
    from scipy.spatial import cKDTree  # noqa: PLC0415 - only the generator needs it

    return np.asarray(cKDTree(centres).query(points)[1], np.int32)


def _zones(land: Land, adjacency: Csr, sites: Ints, character: Character, random: np.random.Generator) -> Ints:
    """(blocks,) zones grown from the schools over neighbours: ragged by chance, uneven in size, some in pieces."""
    rows, columns = adjacency.rows, adjacency.index
    gap = np.hypot(*(land.middle[rows] - land.middle[columns]).T)
    rough = random.lognormal(0, character.ragged, len(land.middle))
    graph = csr_matrix((gap * (rough[rows] + rough[columns]) + 1.0, (rows, columns)), shape=(len(rough), len(rough)))
    _, _, source = dijkstra(graph, indices=sites, min_only=True, return_predecessors=True)
    place = np.full(len(rough) + 1, -1, np.int32)
    place[sites] = np.arange(len(sites))
    zone = np.where(source >= 0, place[np.maximum(source, -1)], _nearest(land.middle, land.middle[sites]))
    zone[sites] = np.arange(len(sites))
    if len(zone) >= DETACHED_FROM and len(sites) > 2:
        order = _pieces(len(zone), character, random)
        _detach(zone, adjacency, sites, land.middle, order, random)
    return zone.astype(np.int32)


def _pieces(blocks: int, character: Character, random: np.random.Generator) -> Ints:
    """Blocks about which a piece is cut off; three at least, but where there are to be none."""
    count = max(3, int(blocks * character.detached + 1e-9)) if character.detached > 0 else 0
    return random.permutation(blocks)[:count].astype(np.int32)


def _detach(
    zone: NDArray[Any], adjacency: Csr, sites: Ints, middle: Floats, blocks: Ints, random: np.random.Generator
) -> None:
    """Give a few clusters of blocks to a school whose zone does not touch them, as old decisions leave them."""
    fixed = np.isin(np.arange(len(zone)), sites)
    for block in blocks:
        cluster = [block, *adjacency.row(block)[: random.integers(0, 4)]]
        touched = {int(zone[o]) for b in cluster for o in adjacency.row(b)} | {int(zone[block])}
        order = np.argsort(np.hypot(*(middle[sites] - middle[block]).T))
        away = [int(j) for j in order[:6] if int(j) not in touched]
        if away and not fixed[cluster].any():
            zone[cluster] = away[0]


def _outside(land: Land, adjacency: Csr, zone: Ints, school: int, site: Floats) -> Floats:
    """A place for the school in the nearest block of another zone: such schools exist."""
    others = np.flatnonzero(zone != school)
    if len(others) == 0:
        return site
    return land.middle[others[np.argmin(np.hypot(*(land.middle[others] - site).T))]]


def _seats(load: Floats, character: Character, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """capacity, min_students and other_students, NaN or 0 where not given: most have room, some are too full."""
    n = len(load)
    other = np.where(random.random(n) < 0.3, np.round(load * random.uniform(0.01, 0.05, n)), 0.0)
    full = random.random(n) < character.crowded
    room = np.where(full, random.uniform(0.9, 0.98, n), random.uniform(*character.room, n))
    capacity = np.round(load * room + other)
    capacity[random.random(n) < 0.1] = np.nan
    least = np.where(random.random(n) < 0.4, np.floor(load * random.uniform(0.6, 0.85, n)), np.nan)
    return np.where(load > 0, capacity, np.nan), np.where(load > 0, least, np.nan), other


def _neighbourhoods(middle: Floats, random: np.random.Generator) -> NDArray[Any]:
    """(blocks,) the neighbourhood of each block: about 12 blocks each."""
    count = max(1, len(middle) // 12)
    home = _nearest(middle, middle[random.choice(len(middle), count, replace=False)])
    return np.array([f"Neighbourhood {k + 1}" for k in home], object)
