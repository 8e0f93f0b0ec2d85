"""From a file of polygons to a frame in the district's CRS."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from optimizer.district import Geography
from optimizer.errors import Fault, InputError
from optimizer.places import placed
from scenarios.reading.layers import read_layer
from scenarios.writing.files import LAYERS

POLYGONS = (3, 6)


def read_zones(path: Path, geography: Geography, layer: str | None = None) -> gpd.GeoDataFrame:
    """The polygons of a GeoPackage, shapefile (zipped or not), GeoJSON or GeoParquet file, in the district's CRS, with
    their columns; rows without a shape are left out, and shapes are mended. layer: which one, where there are several.

    Raises InputError where the file is not there, cannot be read, declares no CRS, holds no polygons, or its
    coordinates are no places."""
    frame = read_layer(
        path,
        layer=layer,
        fits=lambda one: "Polygon" in one.kind or one.kind == "Unknown",
        what="polygons",
        several="Name one with --layer",
        mend=f"Give one of: {', '.join(LAYERS)}, or a plan file ending in .csv",
    )
    if frame.crs is None:
        mend = "Declare it in the file; a shapefile needs its .prj beside it"
        raise InputError(Fault(path.name, "declares no coordinate reference system", mend))
    shapes = frame.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not np.isin(shapely.get_type_id(shapes[there]), POLYGONS).all() or not there.any():
        problem = "holds shapes that are not polygons" if there.any() else "holds no shapes"
        raise InputError(Fault(path.name, problem, "Give a layer of zones: polygons with the school of each"))
    frame = frame[there].reset_index(drop=True)
    shapes = placed(path.name, frame.geometry.to_numpy(), frame.crs, geography.polygon, geography.crs)
    return frame.set_geometry(shapely.make_valid(shapes), crs=geography.crs)
