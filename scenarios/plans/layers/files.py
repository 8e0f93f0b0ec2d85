"""From a file of polygons to a frame in the district's CRS."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from optimizer.district import Geography
from optimizer.places import placed
from scenarios.reading.layers import read_layer
from scenarios.reading.shapes import POLYGONS, shapes_of
from scenarios.writing.files import LAYERS


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
