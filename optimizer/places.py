"""The one door through which coordinates come: they are finite, places in the CRS that they are said to be in, and can
be projected into the district's. What is swapped or has lost its sign is called that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError

LEAST, MOST = 3.0, 10.0  # degrees that a CRS is good for beyond its area: as many as that is wide, within these
BESIDE = 1.0  # degrees around the blocks within which something lies among them
ROUND = np.array([180.0, 90.0])  # the largest lon and lat
WGS84 = "EPSG:4326"
FOOT = 0.3048  # metres
FEET = "Declare the CRS that they are in: one in feet"
FLIPS = (  # what is the matter, how to mend it, and the x and y that make it right: which of the two, times what
    ("lon and lat are swapped", "Write lon (x) first, then lat (y)", (1, 0), (1.0, 1.0)),
    ("lon has lost its minus sign", "Write the minus sign of lon (x)", (0, 1), (-1.0, 1.0)),
    ("lat has lost its minus sign", "Write the minus sign of lat (y)", (0, 1), (1.0, -1.0)),
    ("lon and lat have the wrong signs", "Write the signs of lon (x) and lat (y)", (0, 1), (-1.0, -1.0)),
)
SCALES = (  # the same of coordinates that are no degrees
    ("feet are taken for metres", FEET, (0, 1), (FOOT, FOOT)),
    ("metres are taken for feet", FEET.replace("feet", "metres"), (0, 1), (1 / FOOT, 1 / FOOT)),
)

Shapes = NDArray[Any]
Box = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True, eq=False)
class Source:
    """Shapes as they stand in a file, none of them missing. crs: what pyproj takes for one. names: of each shape, for
    errors, or none. column: which is to blame. around: where the district's blocks are, as `others` has it, if that is
    known. secret: the places are people's homes, of which an error says no more than the region."""

    where: str
    shapes: Shapes
    crs: Any
    names: Sequence[str] = ()
    column: str | None = None
    around: Box | None = None
    others: str = "blocks"
    secret: bool = False

    @cached_property
    def points(self) -> Floats:
        """(2 shapes, 2) the corners of each shape's box."""
        import shapely  # noqa: PLC0415 - slow to import

        return np.asarray(shapely.bounds(self.shapes), np.float64).reshape(-1, 2)

    def shown(self, xy: Floats) -> str:
        """The first of some coordinates, for an error."""
        return ", ".join(f"{float(f'{part:.2g}') if self.secret else part:.10g}" for part in xy[0])

    def error(self, problem: str, mend: str, wrong: Bools) -> InputError:
        """wrong: (points,) or (shapes,) which are to blame."""
        shape = np.flatnonzero(wrong.reshape(len(self.shapes), -1).any(axis=1))
        ids = tuple(self.names[k] for k in shape.tolist() if k < len(self.names))
        return InputError(Fault(self.where, problem, mend, column=self.column, ids=ids))


def need_places(source: Source, *, every: bool) -> None:
    """Raises InputError where coordinates are no places in their own CRS. every: each shape must lie in its area, and
    not only some."""
    import pyproj  # noqa: PLC0415 - slow to import

    broken = _not_finite(source.shapes)
    if broken.any():
        raise source.error("coordinates are not finite numbers", "Draw these shapes anew", broken)
    xy, crs = source.points, pyproj.CRS(source.crs)
    if not (crs.is_geographic or crs.is_projected):
        problem = f"{_name(crs)} is no CRS of a map"
        raise source.error(
            problem, f"Declare {WGS84}, or the projected CRS that the shapes are in", np.ones(len(xy), bool)
        )
    degrees = _degrees(xy, crs)
    beyond = np.asarray(~np.isfinite(degrees).all(axis=1))
    if beyond.any():
        raise _no_places(source, crs, beyond)
    if len(xy) and not crs.is_geographic and (np.abs(xy) <= ROUND).all():
        problem = f"coordinates such as {source.shown(xy)} look like degrees, and {_name(crs)} is in {_unit(crs)}"
        raise source.error(problem, f"Declare {WGS84}, or project the shapes", np.ones(len(xy), bool))
    outside = ~_within(degrees, _area(crs))
    if outside.any() if every else _beyond(degrees, _area(crs)):
        raise _no_places(source, crs, outside)


def projected(source: Source, crs: Any, *, every: bool = False) -> Shapes:
    """The shapes in `crs`, the district's. every: each must lie where that is good for, not only some.

    Raises InputError where coordinates are no places in their own CRS, or in the district's."""
    import pyproj  # noqa: PLC0415 - slow to import
    import shapely  # noqa: PLC0415

    need_places(source, every=every)
    own, target = pyproj.CRS(source.crs), pyproj.CRS(crs)
    if own.is_exact_same(target):
        return source.shapes
    into = pyproj.Transformer.from_crs(own, target, always_xy=True)
    shapes = shapely.transform(source.shapes, lambda xy: np.column_stack(into.transform(xy[:, 0], xy[:, 1])))
    lost = np.repeat(_not_finite(shapes), 2)
    if every:
        lost |= ~_within(_degrees(source.points, own), _area(target))
    if lost.any():
        raise _outside(source, target, lost)
    return np.asarray(shapes)


def need_right_way(source: Source, *, every: bool = False) -> None:
    """Raises InputError where shapes do not lie among the blocks, and would with their axes swapped or another sign.
    every: where one does, not only where all do."""
    import pyproj  # noqa: PLC0415 - slow to import

    if source.around is None:
        return
    away = ~_within(_degrees(source.points, pyproj.CRS(source.crs)), source.around)
    flipped = _flipped(source, away) if away.any() and (every or away.all()) else None
    if flipped is not None:
        raise source.error(f"coordinates such as {source.shown(source.points[flipped[2]])}: {flipped[0]}", *flipped[1:])


def need_near(source: Source) -> None:
    """Raises InputError where no shape lies among the blocks: then one of the two is somewhere else."""
    import pyproj  # noqa: PLC0415 - slow to import

    degrees = _degrees(source.points, pyproj.CRS(source.crs))
    if source.around is None or len(degrees) == 0 or _within(degrees, source.around).any():
        return
    west, south, east, north = source.around
    where = f"{(west + east) / 2:.4g}, {(south + north) / 2:.4g}"
    problem = f"none lies among the {source.others}, which are around {where} degrees, and not {source.shown(degrees)}"
    mend = "Mend whichever is wrong: the blocks may be in kilometres or feet, or in another CRS than they declare"
    raise source.error(problem, mend, np.ones(len(degrees), bool))


def placed(where: str, shapes: Shapes, crs: Any, blocks: Shapes, into: Any, names: Sequence[str] = ()) -> Shapes:
    """A layer's shapes in the CRS that blocks are in. Raises InputError as do `need_right_way`, for all shapes at once,
    and `projected`."""
    source = Source(where, shapes, crs, names, around=box_of(blocks, into))
    need_right_way(source)
    return projected(source, into)


def box_of(shapes: Shapes, crs: Any) -> Box | None:
    """Where shapes in a CRS lie, in degrees, with BESIDE around; None where there are none."""
    import pyproj  # noqa: PLC0415 - slow to import
    import shapely  # noqa: PLC0415 - slow to import

    bounds = np.asarray(shapely.bounds(shapes), np.float64).reshape(-1, 2)
    degrees = _degrees(bounds[np.isfinite(bounds).all(axis=1)], pyproj.CRS(crs))
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    if len(degrees) == 0:
        return None
    (west, south), (east, north) = degrees.min(axis=0), degrees.max(axis=0)
    return float(west) - BESIDE, float(south) - BESIDE, float(east) + BESIDE, float(north) + BESIDE


def _outside(source: Source, crs: Any, wrong: Bools) -> InputError:
    flipped = _flipped(source, wrong)
    if flipped is not None:
        such = source.shown(source.points[flipped[2]])
        return source.error(f"coordinates such as {such}: {flipped[0]}", *flipped[1:])
    such = f"coordinates such as {source.shown(source.points[wrong])}"
    problem = f"{such} lie outside the area of the district's CRS ({_name(crs)})"
    return source.error(problem, "Give places in the district, or another crs in district.toml", wrong)


def _no_places(source: Source, crs: Any, wrong: Bools) -> InputError:
    xy, name = source.points[wrong], _name(crs)
    flipped = _flipped(source, wrong)
    if flipped is not None:
        return source.error(f"coordinates such as {source.shown(xy)}: {flipped[0]}", *flipped[1:])
    such = f"coordinates such as {source.shown(xy)} are no"
    if crs.is_geographic and source.where.lower().endswith((".geojson", ".json")):
        problem = f"{such} degrees; GeoJSON is WGS 84"
        mend = f"They are no places in the CRS that it declares ({name}): write degrees, or name their CRS in `crs`"
        return source.error(problem, mend, wrong)
    problem = f"{such} {'degrees' if crs.is_geographic else 'places'} in the CRS that it declares ({name})"
    return source.error(problem, "Declare the CRS that the coordinates are in", wrong)


def _flipped(source: Source, wrong: Bools) -> tuple[str, str, Bools] | None:
    """What is the matter with wrong coordinates, and the mend, if some of them would lie among the blocks another way
    round, or swapped where their CRS is good for, if it is not known where the blocks are; which those are."""
    import pyproj  # noqa: PLC0415 - slow to import

    xy, crs = source.points, pyproj.CRS(source.crs)
    box, there = source.around, f"among the district's {source.others}"
    if box is None:
        box, there = _area(crs), f"where {_name(crs)} is good for"
    wrongly = FLIPS[:1] if source.around is None else FLIPS if crs.is_geographic else (*FLIPS, *SCALES)
    for problem, mend, axes, signs in wrongly:
        right = np.logical_and(wrong, _within(_degrees(xy[:, axes] * signs, crs), box))
        if right.any():
            return problem, f"{mend}: then they lie {there}", right
    return None


def _degrees(xy: Floats, crs: Any) -> Floats:
    """(points, 2) lon and lat, not finite where a point is no place in the CRS."""
    if crs.is_geographic:
        here = np.asarray((np.abs(xy) <= ROUND * (1 + 1e-9)).all(axis=1))
        return np.where(here[:, None], xy, np.inf)
    return np.column_stack(_transformer(crs.to_wkt()).transform(xy[:, 0], xy[:, 1])).astype(np.float64)


@lru_cache(maxsize=16)
def _transformer(wkt: str) -> Any:
    import pyproj  # noqa: PLC0415

    return pyproj.Transformer.from_crs(wkt, WGS84, always_xy=True)


def _area(crs: Any) -> Box:
    """Where a CRS is good for, and a little beyond."""
    area = crs.area_of_use
    if area is None:
        return -np.inf, -np.inf, np.inf, np.inf
    wide = area.east - area.west + (360.0 if area.east < area.west else 0.0)
    more = min(max(wide, LEAST), MOST)
    return area.west - more, area.south - more, area.west + wide + more, area.north + more


def _within(degrees: Floats, box: Box) -> Bools:
    """(points,) whether each lies in the box, which may go round the antimeridian."""
    west, south, east, north = box
    lon, lat = degrees.T
    with np.errstate(invalid="ignore"):
        turns = ((lon >= west) & (lon <= east)) | ((lon + 360 >= west) & (lon + 360 <= east))
        turns |= (lon - 360 >= west) & (lon - 360 <= east)
        return np.asarray(turns & (lat >= south) & (lat <= north))


def _not_finite(shapes: Shapes) -> Bools:
    """(shapes,)"""
    import shapely  # noqa: PLC0415 - slow to import

    xy, shape = shapely.get_coordinates(shapes, return_index=True)
    broken = np.zeros(len(shapes), bool)
    broken[shape[~np.isfinite(xy).all(axis=1)]] = True
    return broken


def _beyond(degrees: Floats, box: Box) -> bool:
    """Whether all points lie outside the box to one side of it: shapes that span it do not."""
    west, south, east, north = box
    lon, lat = degrees.T
    sides = (lon < west, lon > east, lat < south, lat > north)
    return len(degrees) > 0 and any(side.all() for side in sides) and not _within(degrees, box).any()


def _name(crs: Any) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.name)


def _unit(crs: Any) -> str:
    unit = crs.axis_info[0].unit_name if crs.axis_info else "metre"
    return {"metre": "metres", "foot": "feet", "US survey foot": "feet"}.get(unit, unit)
