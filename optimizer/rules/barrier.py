"""A line that zones do not cross, or that counts as travel: a river, a motorway, a railway."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Csr, Floats, Offsets
from optimizer.borders import SHARED, common_borders
from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError, doubt
from optimizer.places import placed
from optimizer.rules.shared.amend import Amending, amend, middles, school_places
from optimizer.rules.shared.detour import Detour
from optimizer.rules.shared.names import index_of, need_one_of, unknown_blocks

REACH = 50.0  # metres: how near to a crossing a barrier may be crossed
BESIDE = 1.0  # metres: a border this near to the barrier runs along it

Crossings = tuple[tuple[str, str], ...] | str | None


@dataclass(frozen=True, kw_only=True)
class Barrier(Amending):
    """Blocks on either side of the line are no neighbours: where the straight line between their representative points
    meets it, or where it runs along all of their common border. What today's zones have beyond it counts as detached.
    With `travel` they stay neighbours, and it costs as much to go from a block to a school on the other side.

    crossings: pairs of blocks that stay neighbours; or the points and lines (by their layer's path) within 50 m of
    which the barrier may be crossed: blocks that both lie within 50 m of one stay neighbours. travel: metres or
    minutes, added wherever the straight line from a block to a school crosses the barrier. file: where the line comes
    from; sha256: what the file was. points: instead of a file, the line itself, as (lon, lat) in WGS 84. line,
    crossing: shapely geometries in `crs`; who reads the file gives them.
    """

    kind: ClassVar[str] = "barrier"
    file: str | None = None
    points: tuple[tuple[float, float], ...] | None = None
    crossings: Crossings = None
    travel: float | None = None
    sha256: str | None = None
    line: Any = field(default=None, metadata={"key": False})
    crossing: Any = field(default=None, metadata={"key": False})
    crs: str = field(default="", metadata={"key": False})

    def __post_init__(self) -> None:
        need_one_of(file=self.file, points=self.points)
        if self.points is not None and len(set(self.points)) < 2:
            raise InputError(Fault("points", "a line has two points or more", "Give pairs of longitude and latitude"))
        if self.travel is not None and not 0 <= self.travel < float("inf"):
            raise InputError(Fault("travel", f"{self.travel:g} is not a travel cost", "Give a number of 0 or more"))

    def amend(self, district: District) -> District:
        """Raises InputError where the district has no shapes, or the crossings name what is not there."""
        kept = self._kept(district)
        if district.geography is None or self.line is None:
            problem = "needs shapes and a line" if district.geography is None else "the file has not been read"
            raise InputError(
                Fault(f"rule {self.kind}", problem, "Read both by rezone, or give `line` and `crs`", column="file")
            )
        line, bridges = self._drawn(district.geography)
        if self.travel is not None:
            return self._costing(district, line, self.travel)
        beside, block = district.part_adjacency, district.part_block
        cut = _parted(district, line)
        if not cut.any():
            doubt(f"rule {self.kind}", f"{self.named} parts no neighbours, so that it asks nothing")
        cut[cut] = ~_bridged(district, bridges, cut)
        key = block[beside.rows].astype(np.int64) * district.blocks + block[beside.index]
        stays = ~cut | np.isin(key, kept)
        if district.parts is None:
            return amend(district, adjacency=beside.keep(stays))
        parts = district.parts.keep(stays)
        return amend(district, adjacency=parts.of_blocks(), parts=parts)

    def _drawn(self, geography: Geography) -> tuple[Any, Any]:
        """The line, broken at the crossings, and the crossings, in the district's CRS."""
        import shapely  # noqa: PLC0415 - slow to import

        def drawn(key: str, path: str, shape: Any) -> Any:
            own = self.crs or geography.crs
            found = placed(_file(path), np.array([shape]), own, geography.polygon, geography.crs)[0]
            _need_on_map(found, geography, key, _file(path))
            return found

        line, bridges = drawn("points" if self.file is None else "file", self.file or "the line", self.line), None
        if self.crossing is not None:
            bridges = drawn("crossings", str(self.crossings), self.crossing)
        return (line if bridges is None else shapely.difference(line, shapely.buffer(bridges, REACH))), bridges

    @property
    def named(self) -> str:
        """The line, as messages call it."""
        return "the line of its points" if self.file is None else f"the line of {_file(self.file)}"

    def _kept(self, district: District) -> Offsets:
        """The pairs of blocks that the crossings name, either way round, as first * blocks + second."""
        if not isinstance(self.crossings, tuple):
            return np.zeros(0, np.int64)
        names = [name for pair in self.crossings for name in pair]
        unknown = unknown_blocks(self.kind, "crossings", names, district)
        if unknown:
            raise InputError(unknown)
        pairs = index_of(names, district.block_ids).astype(np.int64).reshape(-1, 2)
        far = [pair for pair, (a, b) in zip(self.crossings, pairs, strict=True) if b not in district.adjacency.row(a)]
        if far:
            ids = tuple(f"{a} and {b}" for a, b in far)
            mend = "Name pairs of blocks that share a border"
            raise InputError(
                Fault(f"rule {self.kind}", "the blocks are no neighbours", mend, column="crossings", ids=ids)
            )
        both = np.vstack([pairs, pairs[:, ::-1]])
        return np.asarray(both[:, 0] * district.blocks + both[:, 1])

    def _costing(self, district: District, line: Any, extra: float) -> District:
        """The district where crossing the line is so much farther, today too."""
        middle = middles(district)
        assert middle is not None

        def farther(of: District) -> District:
            place = school_places(of)
            assert place is not None
            known = of.travel
            while isinstance(known, Detour):
                if known.extra == extra and line.equals(known.line):
                    return of
                known = known.base
            return replace(of, travel=Detour(of.travel, line, middle, place, extra))

        return replace(farther(district), amended_from=farther(district.original))


def _file(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _need_on_map(shape: Any, geography: Geography, key: str, name: str) -> None:
    """Raises InputError where a layer lies nowhere among the blocks and schools: it is of another place."""
    import shapely  # noqa: PLC0415 - slow to import

    corners = np.vstack([shapely.bounds(geography.polygon).reshape(-1, 2), geography.school_xy])
    away = float(shapely.distance(shapely.box(*corners.min(axis=0), *corners.max(axis=0)), shape))
    if away > 0:
        problem = f"{name} lies wholly beyond the district, {max(away / 1000, 0.1):,.1f} km from it"
        mend = "Name a layer of this district; or declare the CRS that the coordinates are in"
        raise InputError(Fault(f"rule {Barrier.kind}", problem, mend, column=key))


def _parted(district: District, line: Any) -> Bools:
    """(entries of part_adjacency,) neighbours that the line parts."""
    import shapely  # noqa: PLC0415 - slow to import

    polygon, middle, adjacency = *_shapes(district), district.part_adjacency
    one, other = adjacency.rows, adjacency.index
    shapely.prepare(line)
    ways = shapely.linestrings(np.stack([middle[one], middle[other]], axis=1))
    cut = np.asarray(shapely.intersects(line, ways))
    beside = shapely.buffer(line, BESIDE)
    near = shapely.intersects(beside, polygon)
    tried = np.flatnonzero(~cut & near[one] & near[other])
    border = common_borders(polygon[one[tried]], polygon[other[tried]])
    length, free = shapely.length(border), shapely.length(shapely.difference(border, beside))
    cut[tried] = (length > SHARED) & (free <= SHARED)
    return _both_ways(adjacency, cut)


def _shapes(district: District) -> tuple[NDArray[Any], Floats]:
    """(parts,) shapes and (parts, 2) representative points of all parts."""
    import shapely  # noqa: PLC0415 - slow to import

    assert district.geography is not None
    if district.parts is not None and district.parts.polygon is not None:
        polygon = district.parts.polygon
        return polygon, shapely.get_coordinates(shapely.point_on_surface(polygon))
    middle = middles(district)
    assert middle is not None
    return district.geography.polygon[district.part_block], middle[district.part_block]


def _both_ways(adjacency: Csr, cut: Bools) -> Bools:
    """The mask made symmetric: rounding must not part two blocks one way only."""
    size = len(adjacency.start) - 1
    one, other = adjacency.rows.astype(np.int64), adjacency.index.astype(np.int64)
    return cut | np.isin(one * size + other, (other * size + one)[cut])


def _bridged(district: District, bridges: Any, cut: Bools) -> Bools:
    """(entries where `cut` is true,) whether both blocks lie within reach of one crossing."""
    import shapely  # noqa: PLC0415 - slow to import

    one, other = district.part_adjacency.rows[cut], district.part_adjacency.index[cut]
    found = np.zeros(len(one), bool)
    if bridges is None or district.geography is None:
        return found
    polygon = _shapes(district)[0]
    for bridge in shapely.get_parts(bridges):
        near = np.asarray(shapely.dwithin(polygon, bridge, REACH))
        found |= near[one] & near[other]
    return found
