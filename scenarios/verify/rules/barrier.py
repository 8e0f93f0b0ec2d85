"""The rule about lines that zones do not cross, or that count as travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyproj
import shapely

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import InputError
from scenarios.rule_files import RuleTable, read_files
from scenarios.verify.ground import Ground
from scenarios.verify.rules import values
from scenarios.verify.rules.base import RuleCheck
from scenarios.verify.travel import Toll

REACH = 50.0  # metres: how near to a crossing the line may be crossed
BESIDE = 1.0  # metres: a border as near as this runs along the line
SHARED = 1e-6  # metres of common border that make two blocks neighbours


@dataclass(frozen=True, eq=False)
class Barrier(RuleCheck):
    """Neighbours on either side of the line are none any more, but at crossings; or the way across costs `travel`.

    line: a shapely geometry in the district's CRS, without what lies near a crossing. crossings: (any, 2) pairs of
    blocks, ascending, that stay neighbours. bridges: shapely geometries, near which the line may be crossed.
    """

    kind: ClassVar[str] = "barrier"
    keys: ClassVar[tuple[str, ...]] = ("file", "crossings", "travel", "sha256")
    line: Any
    crossings: Ints
    bridges: list[Any]
    travel: float | None

    @classmethod
    def read(cls, table: values.Table, ground: Ground) -> Barrier:
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
        ahead = ground.neighbours.rows < ground.neighbours.index
        pairs = np.column_stack([ground.neighbours.rows[ahead], ground.neighbours.index[ahead]])
        kept = {(int(a), int(b)) for a, b in self.crossings}
        cut = {
            (int(a), int(b))
            for a, b in pairs[parted(ground, self.line, pairs)]
            if (int(a), int(b)) not in kept and not self._bridged(ground, int(a), int(b))
        }
        rows, index = ground.neighbours.rows.tolist(), ground.neighbours.index.tolist()
        stays = np.array([(min(a, b), max(a, b)) not in cut for a, b in zip(rows, index, strict=True)], bool)
        return ground.but(neighbours=ground.neighbours.keep(stays))

    def _bridged(self, ground: Ground, one: int, other: int) -> bool:
        """Whether both blocks lie near one crossing."""
        assert ground.district.geography is not None
        a, b = (ground.district.geography.polygon[i] for i in (one, other))
        return any(shapely.dwithin(a, bridge, REACH) and shapely.dwithin(b, bridge, REACH) for bridge in self.bridges)


def parted(ground: Ground, line: Any, pairs: Ints) -> Bools:
    """(pairs,) the neighbours whose representative points the line lies between, or whose border it runs along."""
    assert ground.district.geography is not None
    polygon, ways = np.asarray(ground.district.geography.polygon), straight(ground.middle, pairs)
    shapely.prepare(line)
    cut = np.asarray(shapely.intersects(line, ways), bool)
    beside = shapely.buffer(line, BESIDE)
    shapely.prepare(beside)
    near = np.asarray(shapely.intersects(beside, polygon), bool)
    for k in np.flatnonzero(~cut & near[pairs[:, 0]] & near[pairs[:, 1]]).tolist():
        border = shapely.intersection(*(shapely.boundary(polygon[i]) for i in pairs[k]))
        free = shapely.length(shapely.difference(border, beside))
        cut[k] = shapely.length(border) > SHARED and free <= SHARED
    return cut


def straight(middle: Floats, pairs: Ints) -> Any:
    """(pairs,) the straight line between two blocks' points."""
    return shapely.linestrings(np.stack([middle[pairs[:, 0]], middle[pairs[:, 1]]], axis=1))


def drawn(table: values.Table, ground: Ground) -> tuple[Any, Any]:
    """The line and, where they are a layer, the crossings, in the district's CRS. The files are looked for beside the
    certificate, in the district's folder and where the command runs: the first that are what they were are taken."""
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

        return moved(found["line"]), moved(found["crossing"]) if "crossing" in found else None
    raise ValueError(f"the layer '{name[:80]}' is not there, or not as it was, or is no layer of lines")
