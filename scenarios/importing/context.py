"""From the files that the mapping names to context.gpkg: water, main roads and names of places around the district."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from optimizer.errors import Fault, InputError
from optimizer.places import WGS84, placed
from scenarios.drawing.context import cut, surroundings
from scenarios.folder.context import CONTEXT
from scenarios.importing.blocks import Rows
from scenarios.importing.mapping import Asked, Drawn
from scenarios.importing.sources import Source
from scenarios.reading.files import need_file
from scenarios.reading.layers import CREDIT
from scenarios.streets.layers import OSM
from scenarios.writing.files import replacing

CLASS, MAIN = "MTFCC", ("S1100", "S1200")  # TIGER's: primary and secondary roads
NAMES = ("name", "NAME", "FULLNAME")
# Of OpenStreetMap's extracts, as GDAL parts them: layer, column, values, those of places by how much they matter.
EXTRACT: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "water": (("multipolygons", "natural", ("water",)), ("lines", "waterway", ("river",))),
    "roads": (("lines", "highway", ("motorway", "trunk", "primary", "secondary")),),
    "places": (("points", "place", ("city", "town", "village", "suburb", "neighbourhood", "hamlet")),),
}
KINDS: dict[str, tuple[int, ...]] = {"water": (1, 2), "roads": (1,), "places": (0, 2)}  # dimensions of shapes
FIXED = "2000-01-01T00:00:00.000Z"  # when a layer was changed: the same files are the same bytes


def write_context(mapping: Asked, rows: Rows, folder: Path) -> None:
    """context.gpkg in a district's folder, where the mapping asks for it. Raises InputError."""
    asked = {name: part for name, part in zip(KINDS, mapping.context.parts, strict=True) if part is not None}
    layers = {name: _layer(name, part, mapping, rows) for name, part in asked.items()}
    if not layers:
        return
    with replacing(folder / CONTEXT) as new, _at_fixed_time():
        new.unlink()  # the driver wants to make the file itself
        for name, frame in layers.items():
            extract = mapping.path(asked[name].file).suffix.lower() in OSM
            said = {CREDIT: "© OpenStreetMap contributors"} if extract else None
            pyogrio.write_dataframe(frame, new, layer=name, driver="GPKG", append=new.exists(), layer_metadata=said)


@contextmanager
def _at_fixed_time() -> Iterator[None]:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _layer(name: str, part: Drawn, mapping: Asked, rows: Rows) -> gpd.GeoDataFrame:
    """What a file has of this kind in the district and a tenth around."""
    path = mapping.path(part.file)
    source = _extract(name, path) if path.suffix.lower() in OSM else mapping.read(part)
    key = f"[context] {name}"
    if source.shape is None:
        raise InputError(Fault(path.name, "is a table without shapes", f"{key} needs a layer"))
    shape, cells = _of_kind(name, source), source.cells
    if name == "roads" and not part.only and cells.get(CLASS, pd.Series(dtype=str)).isin(MAIN).any():
        shape = np.where(cells[CLASS].isin(MAIN), shape, None)
    there = np.flatnonzero(~(shapely.is_missing(shape) | shapely.is_empty(shape)))
    if len(there) == 0:
        raise InputError(Fault(path.name, f"holds nothing of what {key} draws", "Name another file or layer"))
    shape = placed(path.name, shape[there], source.crs, rows.shape, rows.crs)
    if name == "places":  # the largest first, where they are areas; else as they stand
        order = np.argsort(-shapely.area(shape), kind="stable")
        shape, there = shapely.point_on_surface(shape[order]), there[order]
    found = cut(shape, surroundings(rows.shape))
    near, columns = ~shapely.is_empty(found), {}
    if name == "places":
        names = _names(part, source, key)[there]
        near &= names != ""
        columns = {"name": names[near]}
    if not near.any():
        raise InputError(Fault(path.name, "nothing of it lies in the district or near it", "Name another file"))
    return gpd.GeoDataFrame(columns, geometry=found[near], crs=rows.crs)


def _of_kind(name: str, source: Source) -> Any:
    """(rows,) the shapes, none where there is none. Raises InputError where they are of another kind than is drawn."""
    there = ~(shapely.is_missing(source.shape) | shapely.is_empty(source.shape))
    if not np.isin(shapely.get_dimensions(source.shape[there]), KINDS[name]).all():
        words = {"water": "areas or lines", "roads": "lines", "places": "points or areas"}[name]
        raise InputError(Fault(source.where, f"holds shapes that are not {words}", f"[context] {name} needs them"))
    return source.shape


def _names(part: Drawn, source: Source, key: str) -> Any:
    """(rows,) what places are called."""
    known: Callable[[str], bool] = source.cells.columns.__contains__
    column = part.name or next(filter(known, NAMES), NAMES[0])
    return source.column(column, f"{key}.name").str.strip().to_numpy(object)


def _extract(name: str, path: Path) -> Source:
    """What an OpenStreetMap extract has of this kind, those first that matter most."""
    need_file(path, "layer")
    found = []
    for layer, column, values in EXTRACT[name]:
        where = f"{column} IN ({', '.join(repr(value) for value in values)})"
        try:
            frame = pyogrio.read_dataframe(path, layer=layer, columns=["name", column], where=where)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError):
            problem = "cannot be read as an OpenStreetMap file: it is something else, or damaged"
            raise InputError(Fault(path.name, problem, f"[context] {name}: give an extract (.osm.pbf)")) from None
        order = np.argsort([values.index(value) for value in frame[column]], kind="stable")
        found.append(frame.iloc[order])
    whole = pd.concat(found, ignore_index=True)
    cells = pd.DataFrame({"name": whole["name"].fillna("").astype(str)})
    return Source(path.name, cells, whole.geometry.to_numpy(), WGS84)
