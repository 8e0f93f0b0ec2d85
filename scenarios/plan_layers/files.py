"""From a file of polygons to a frame in the district's CRS."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.errors
import shapely

from optimizer.errors import Fault, InputError, nearest
from scenarios.files import LAYERS

INSIDE = (".shp", ".gpkg", ".geojson")  # what a zip file may hold
POLYGONS = (3, 6)


def read_zones(path: Path, crs: str, layer: str | None = None) -> gpd.GeoDataFrame:
    """The polygons of a GeoPackage, shapefile (zipped or not), GeoJSON or GeoParquet file, in `crs`, with their
    columns; rows without a shape are left out, and shapes are mended. layer: which one, where there are several.

    Raises InputError where the file is not there, cannot be read, declares no CRS or holds no polygons."""
    if not path.exists():
        raise InputError(Fault(path.name, "is not there", f"Put it at {path}, or name another path"))
    frame = _read(path, layer)
    if frame.crs is None:
        mend = "Declare it in the file; a shapefile needs its .prj beside it"
        raise InputError(Fault(path.name, "declares no coordinate reference system", mend))
    shapes = frame.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not np.isin(shapely.get_type_id(shapes[there]), POLYGONS).all() or not there.any():
        problem = "holds shapes that are not polygons" if there.any() else "holds no shapes"
        raise InputError(Fault(path.name, problem, "Give a layer of zones: polygons with the school of each"))
    frame = frame[there].to_crs(crs).reset_index(drop=True)
    return frame.set_geometry(shapely.make_valid(frame.geometry.to_numpy()), crs=crs)


def _read(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return gpd.read_parquet(path)
        source = _inside(path) if path.suffix.lower() == ".zip" else str(path)
        frame = gpd.read_file(source, layer=_layer(path, source, layer))
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError, pyogrio.errors.DataSourceError, zipfile.BadZipFile) as error:
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        mend = f"Give one of: {', '.join(LAYERS)}, or a plan file ending in .csv"
        raise InputError(Fault(path.name, f"cannot be read as a layer ({reason})", mend)) from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(Fault(path.name, "holds no shapes", "Give a layer of zones: polygons with the school of each"))
    return frame


def _inside(path: Path) -> str:
    """The one layer file in a zip, as the reader names it."""
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(INSIDE) and not Path(n).name.startswith(".")]
    if len(names) != 1:
        problem = f"holds {len(names)} layer files" + (f": {', '.join(names[:5])}" if names else "")
        raise InputError(Fault(path.name, problem, f"Zip exactly one, ending in {', '.join(INSIDE)}"))
    return f"/vsizip/{path.resolve().as_posix()}/{names[0]}"


def _layer(path: Path, source: str, wanted: str | None) -> str:
    """The layer's name: the one wanted, or the only one that can hold polygons."""
    listed = pyogrio.list_layers(source)
    names = [str(name) for name, _ in listed]
    if wanted is not None:
        if wanted not in names:
            raise InputError(Fault(path.name, f"no layer '{wanted}'{nearest(wanted, names)}", f"It has: {names}"))
        return wanted
    shaped = [str(name) for name, kind in listed if kind is not None and ("Polygon" in kind or kind == "Unknown")]
    if len(shaped) != 1:
        problem = "holds several layers of polygons" if shaped else "holds no layer of polygons"
        mend = f"Name one with --layer: {', '.join(shaped or names)}"
        raise InputError(Fault(path.name, problem, mend))
    return shaped[0]
