"""The rule about lines that zones do not cross, or that count as travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import InputError
from scenarios.asking.rule_files import RuleTable, read_files
from scenarios.reading.values import Table
from scenarios.verify.borders import SHARED, common
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import RuleCheck
from scenarios.verify.travel import Toll

REACH = 50.0  # metres: how near to a crossing the line may be crossed
BESIDE = 1.0  # metres: a border as near as this runs along the line


@dataclass(frozen=True, eq=False)
class Barrier(RuleCheck):
    """Neighbours on either side of the line are none any more, but at crossings; or the way across costs `travel`.

    line: a shapely geometry in the district's CRS, without what lies near a crossing. crossings: (any, 2) pairs of
    blocks, ascending, that stay neighbours. bridges: shapely geometries, near which the line may be crossed.
    """

    kind = "barrier"
    keys = ("file", "points", "crossings", "travel", "sha256")
    line: Any
    crossings: Ints
    bridges: list[Any]
    travel: float | None

    @classmethod
    def read(cls, table: Table, ground: Ground) -> Barrier:
        if ground.district.geography is None:
            raise ValueError("barrier needs the shapes of blocks")
        (line, bridge), crossings = drawn(table, ground), np.zeros((0, 2), np.int32)
        bridges = [] if bridge is None else list(shapely.get_parts(bridge))
        if bridge is not None:
            line = shapely.difference(line, shapely.buffer(bridge, REACH))
        elif table.get("crossings") is not None:
            written = values.pairs_of_text(table, "crossings")
            ends = [values.places([pair[k] for pair in written], ground.district.block_ids, "block") for k in (0, 1)]
            crossings = np.sort(np.array(ends, np.int32).T.reshape(-1, 2), axis=1)
        return cls(line, crossings, bridges, values.maybe(table, "travel", 0))

    def amend(self, ground: Ground) -> Ground:
        if self.travel is not None:
            return ground.but(tolls=(*ground.tolls, Toll(self.line, self.travel)))
        links, owner = ground.links, ground.owner
        pairs = np.column_stack([links.rows, links.index])[links.rows < links.index]
        kept = {(int(a), int(b)) for a, b in self.crossings}
        cut = {
            (int(a), int(b))
            for a, b in pairs[parted(ground, self.line, pairs)]
            if (int(owner[a]), int(owner[b])) not in kept and not self._bridged(ground, int(a), int(b))
        }
        ends = zip(links.rows.tolist(), links.index.tolist(), strict=True)
        return ground.but(links=links.keep(np.array([(min(a, b), max(a, b)) not in cut for a, b in ends], bool)))

    def _bridged(self, ground: Ground, one: int, other: int) -> bool:
        """Whether both parts lie near one crossing."""
        a, b = (shapes(ground)[i] for i in (one, other))
        return any(shapely.dwithin(a, bridge, REACH) and shapely.dwithin(b, bridge, REACH) for bridge in self.bridges)


def shapes(ground: Ground) -> Any:
    """(parts,) their shapes."""
    assert ground.district.geography is not None
    parts = ground.district.parts
    return np.asarray(ground.district.geography.polygon if parts is None else parts.polygon)


def parted(ground: Ground, line: Any, pairs: Ints) -> Bools:
    """(pairs of parts,) the neighbours whose representative points the line lies between, or whose border it runs
    along."""
    polygon = shapes(ground)
    middle = (
        ground.middle if ground.district.parts is None else shapely.get_coordinates(shapely.point_on_surface(polygon))
    )
    ways = straight(middle, pairs)
    shapely.prepare(line)
    cut = np.asarray(shapely.intersects(line, ways), bool)
    beside = shapely.buffer(line, BESIDE)
    shapely.prepare(beside)
    near = np.asarray(shapely.intersects(beside, polygon), bool)
    for k in np.flatnonzero(~cut & near[pairs[:, 0]] & near[pairs[:, 1]]).tolist():
        border = common(*polygon[pairs[k]])
        free = shapely.length(shapely.difference(border, beside))
        cut[k] = shapely.length(border) > SHARED and free <= SHARED
    return cut


def straight(middle: Floats, pairs: Ints) -> Any:
    """(pairs,) the straight line between two blocks' points."""
    return shapely.linestrings(np.stack([middle[pairs[:, 0]], middle[pairs[:, 1]]], axis=1))


def drawn(table: Table, ground: Ground) -> tuple[Any, Any]:
    """The line and, where they are a layer, the crossings, in the district's CRS. The files are looked for beside the
    certificate, in the district's folder and where the command runs: the first that are what they were are taken."""
    if values.one_of(table, "file", "points") == "points":
        return written(table, ground), None
    name = values.text(table, "file")
    values.text(table, "sha256")  # nothing is opened that the certificate does not know
    for base in ground.bases:
        if not ((base / name).is_file() or (base / name).suffix == ".gdb"):
            continue
        try:
            found = read_files(RuleTable(table, base))
        except InputError:
            continue
        assert ground.district.geography is not None
        into = pyproj.Transformer.from_crs(found["crs"], ground.district.geography.crs, always_xy=True)

        def moved(shape: Any, into: pyproj.Transformer = into) -> Any:
            return shapely.transform(shape, lambda xy: np.column_stack(into.transform(xy[:, 0], xy[:, 1])))

        line, bridge = moved(found["line"]), moved(found["crossing"]) if "crossing" in found else None
        if not all(np.isfinite(shapely.get_coordinates(shape)).all() for shape in (line, bridge) if shape is not None):
            raise ValueError(f"the layer '{name[:80]}' lies outside the district's coordinate system")
        return line, bridge
    raise ValueError(f"the layer '{name[:80]}' is not there, or not as it was, or is no layer of lines")


def written(table: Table, ground: Ground) -> Any:
    """The line whose points stand in the rule, in the district's CRS."""
    points = values.places_of_numbers(table, "points")
    assert ground.district.geography is not None
    into = pyproj.Transformer.from_crs(4326, ground.district.geography.crs, always_xy=True)
    found = np.column_stack(into.transform(*np.array(points).T))
    if len(set(points)) < 2 or not np.isfinite(found).all():
        raise ValueError("points are no line within the district's coordinate system")
    return shapely.LineString(found)
