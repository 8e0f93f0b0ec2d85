"""Anyone's plan: a plan file, or a layer of zones laid over the blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError
from optimizer.places import placed
from optimizer.plan import Plan
from scenarios.plans.file import need_file, read_plan
from scenarios.plans.layers.overlay import SLIVER, by_area, by_points, doubled, in_common
from scenarios.plans.layers.schools import Named, name_schools
from scenarios.reading.layers import read_layer
from scenarios.reading.shapes import POLYGONS, shapes_of
from scenarios.writing.files import LAYERS

By = Literal["area", "points"]
HALF = 0.5  # of a block: where no more than this lies in its zone, that is said


@dataclass(frozen=True, eq=False)
class GivenPlan:
    """A plan as somebody gave it, and what of it could not be matched.

    part: (blocks,) how much of each block lies in its zone, 0 to 1; with `points`, 1 over the zones that hold its
    point; 1 throughout for a plan file. no_zone: (blocks,) blocks that keep today's school because no zone of a known
    school meets them. unknown: by what the layer calls them, the schools that are none of the district's, with the
    names that come nearest. column: where the layer names its schools; None for a plan file. several, outside:
    (blocks,) how much of each block lies in more than one zone, and how much in none, 0 to 1; None for a plan file.
    common: pairs of schools whose zones lie over each other, with the square metres. differing: further columns of the
    layer, which name other schools.
    """

    plan: Plan
    source: str
    part: Floats
    no_zone: Bools
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    column: str | None = None
    by: By = "area"
    several: Floats | None = None
    outside: Floats | None = None
    common: tuple[tuple[str, str, float], ...] = ()
    differing: tuple[str, ...] = ()

    @property
    def split(self) -> Bools:
        """(blocks,) blocks of which no more than half lies in the zone that they were given to."""
        return ~self.no_zone & (self.part <= HALF) & (self.by == "area")

    @property
    def in_several(self) -> Bools:
        """(blocks,) blocks that lie in more than one zone, by more than a sliver."""
        return self.no_zone & False if self.several is None else ~self.no_zone & (self.several > SLIVER)

    @property
    def partly_outside(self) -> Bools:
        """(blocks,) blocks that lie outside of all zones, by more than a sliver and not wholly."""
        return self.no_zone & False if self.outside is None else ~self.no_zone & (self.outside > SLIVER)


def read_any_plan(
    path: str | Path,
    district: District,
    *,
    by: By = "area",
    school_column: str | None = None,
    layer: str | None = None,
    keep_unmatched: bool = False,
) -> GivenPlan:
    """A plan file (.csv), or zones: polygons with a school, as GeoPackage, shapefile (zip too), GeoJSON or GeoParquet.

    Each block goes to the school whose zone has most of it (by = "area") or holds its representative point ("points").
    A layer of the district's own blocks, with `block_id` and a school, is read as a plan file is. school_column: where
    the schools stand; None looks for the usual names. A block that meets no zone keeps today's school and is listed.

    Raises InputError where the file cannot be used, and where a zone's school is not known, unless keep_unmatched:
    then its blocks count as meeting no zone.
    """
    path = Path(path)
    need_file(path)
    if path.suffix.lower() == ".csv":
        plan = read_plan(path, district)
        return GivenPlan(plan, path.name, np.ones(district.blocks), np.zeros(district.blocks, bool))
    if path.suffix.lower() not in LAYERS:
        mend = f"Give a plan file ending in .csv, or a layer ending in {', '.join(LAYERS)}"
        raise InputError(Fault(path.name, f"'{path.suffix}' is no kind of plan that can be read", mend))
    if district.geography is None:
        raise InputError(Fault(path.name, "zones need a district with shapes", "Give the plan as CSV"))
    zones = read_zones(path, district.geography, layer)
    named = name_schools(zones, district, path.name, school_column)
    if named.nearest and not keep_unmatched:
        raise InputError(_unknown(path.name, named))
    if (named.school < 0).all():
        mend = "Name the column of the schools with --school-column"
        raise InputError(Fault(path.name, "no zone is for a school of the district", mend, column=named.column))
    own = _of_blocks(zones, named, district)
    school, part = own or _laid_over(zones, named, district, by)
    none = school < 0
    if none.all():
        mend = "Check that the layer is of this district, and that it declares the right CRS"
        raise InputError(Fault(path.name, "no zone meets any block", mend))
    plan = Plan(district, np.where(none, district.status_quo, school))
    found = GivenPlan(
        plan, path.name, np.where(none, 0.0, part), none, named.nearest, named.column, by, differing=named.differing
    )
    return found if own else _looked_over(found, zones, named)


def _looked_over(found: GivenPlan, zones: gpd.GeoDataFrame, named: Named) -> GivenPlan:
    """With where the zones lie over each other, and where there is none."""
    district = found.plan.district
    assert district.geography is not None
    shapes, label = zones.geometry.to_numpy(), _labels(named, district)
    names = [*district.school_ids, "a school that is not known"]
    several, outside = doubled(district.geography.polygon, shapes, label)
    common = tuple((names[a], names[b], area) for a, b, area in in_common(shapes, label))
    return replace(found, several=several, outside=outside, common=common)


def _labels(named: Named, district: District) -> Ints:
    # Zones of unknown schools take part, under a label after all schools: a block that lies mostly in one of them must
    # not go to a neighbour that has a sliver of it.
    return np.where(named.school >= 0, named.school, district.schools).astype(np.int32)


def _laid_over(zones: gpd.GeoDataFrame, named: Named, district: District, by: By) -> tuple[Any, Floats]:
    assert district.geography is not None
    label = _labels(named, district)
    over = by_area if by == "area" else by_points
    school, part = over(district.geography.polygon, zones.geometry.to_numpy(), label)
    return np.where(school == district.schools, -1, school).astype(np.int32), part


def _of_blocks(zones: gpd.GeoDataFrame, named: Named, district: District) -> tuple[Any, Floats] | None:
    """Where the layer is the district's own blocks, each exactly once, their schools as they stand."""
    if "block_id" not in zones.columns or len(zones) != district.blocks:
        return None
    row = {str(block): i for i, block in enumerate(zones["block_id"])}
    if row.keys() != set(district.block_ids):
        return None
    at = [row[block] for block in district.block_ids]
    return named.school[at], np.ones(district.blocks)


def _unknown(where: str, named: Named) -> list[Fault]:
    fits = {text: f" (fits {' and '.join(ids)})" for text, ids in named.several.items()}
    shown = [f"'{text}'{fits.get(text, _hint(near))}" for text, near in named.nearest.items()]
    mend = (
        "Write the ids or names of schools.csv, name another column with --school-column, or leave the blocks of these "
        "zones at their schools of today with --keep-unmatched"
    )
    problem = "names that fit more than one school" if len(fits) == len(shown) else "no school of the district"
    return [Fault(where, problem, mend, column=named.column, ids=tuple(shown))]


def _hint(near: tuple[str, ...]) -> str:
    return f" (nearest: {', '.join(near)})" if near else ""


def read_zones(path: Path, geography: Geography, layer: str | None = None) -> gpd.GeoDataFrame:
    """The polygons of a GeoPackage, shapefile (zipped or not), GeoJSON or GeoParquet file, in the district's CRS, with
    their columns; shapes are mended. layer: which one, where there are several.

    Raises InputError where the file is not there, cannot be read, declares no CRS, where a row has no polygon, or
    coordinates are no places."""
    frame = read_layer(
        path,
        layer=layer,
        fits=lambda one: "Polygon" in one.kind or one.kind == "Unknown",
        what="polygons",
        several="Name one with --layer",
        mend=f"Give one of: {', '.join(LAYERS)}, or a plan file ending in .csv",
    )
    shapes = placed(path.name, shapes_of(path.name, frame, POLYGONS), frame.crs, geography.polygon, geography.crs)
    return frame.set_geometry(shapely.make_valid(shapes), crs=geography.crs)
