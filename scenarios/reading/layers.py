"""Layers of shapes, in every kind of file that GIS programs write: GeoPackage, shapefile, GeoJSON and GeoParquet."""

from __future__ import annotations

import glob
import json
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
import shapely

from optimizer.errors import Fault, InputError, nearest
from optimizer.places import placed
from scenarios.reading.archives import opened_zip
from scenarios.reading.documents import parse_json
from scenarios.reading.files import is_systems, need_file, read_bytes
from scenarios.reading.most import need_most
from scenarios.reading.shapes import ANY, Kind, shapes_of
from scenarios.reading.tables import need_one_of_each, plain_table, read_arrow
from scenarios.writing.files import LAYERS

INSIDE = (".shp", ".gpkg", ".geojson", ".json", ".fgb")  # what a zip file may hold
ENDINGS = f"Give one of: {', '.join(LAYERS)}"
CRS = 'Give {"type": "name", "properties": {"name": "EPSG:32618"}}, or take `crs` out: GeoJSON is WGS 84'
GEOMETRIES = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
CREDIT, MOST_CREDIT = "CREDIT", 80  # letters
Broken = (OSError, ValueError, RuntimeError, TypeError, KeyError, LookupError, pyogrio.errors.DataSourceError)


class Layer(NamedTuple):
    """A layer of a file: its name, the kind of its shapes, and the names of its columns."""

    name: str
    kind: str
    columns: tuple[str, ...]


Fits = Callable[[Layer], bool]


def read_layer(
    path: Path,
    *,
    layer: str | None = None,
    fits: Fits | None = None,
    what: str = "shapes",
    several: str = "Leave one layer in it",
    mend: str = ENDINGS,
    text: Iterable[str] = (),
) -> gpd.GeoDataFrame:
    """The layer of a file as it stands there, its shapes in `geometry` and flat, null where they are damaged.

    layer: its name. fits: of several layers, which are meant; what: what those hold, in words; several: the mend
    where not just one is meant. mend: where the file is no layer. text: columns of ids. Raises InputError.
    """
    where, suffix = path.name, path.suffix.lower()
    if path.is_dir() and suffix != ".gdb":
        raise InputError(Fault(where, "is a folder", "Name a file"))
    if suffix != ".gdb":
        need_file(path, "json" if suffix in (".geojson", ".json") else "layer")
        for part in sorted(path.parent.glob(f"{glob.escape(path.stem)}.*")) if suffix == ".shp" else ():
            if not part.is_dir():
                need_file(part, "layer")
    try:
        frame = _frame(path, layer, fits, (what, several), list(text))
    except InputError:
        raise
    except (*Broken, shapely.errors.ShapelyError, zipfile.BadZipFile, MemoryError) as error:
        if is_systems(error):
            raise
        raise _damaged(where, mend) from None
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError(Fault(where, f"holds no {what}", "Give a layer with a geometry column"))
    return _flat(where, frame)


def layer_credit(path: Path, layer: str) -> str:
    """Whom a map has to name for a layer, as its metadata say it."""
    about = pyogrio.read_info(path, layer=layer)["layer_metadata"] or {}
    return " ".join(str(about.get(CREDIT, "")).split())[:MOST_CREDIT]


def fields_of(path: Path, layer: str | None = None) -> list[str]:
    """Names of the columns of a layer, its rows unread where its format allows that. Raises InputError."""
    if path.suffix.lower() in (".parquet", ".geojson", ".json"):
        return [str(name) for name in read_layer(path, layer=layer).columns]
    need_file(path, "layer")
    try:
        source = _inside(path) if path.suffix.lower() == ".zip" else str(path)
        name = _chosen(path, source, layer, None, ("shapes", "Name one of them"))
        return [str(field) for field in pyogrio.read_info(source, layer=name)["fields"]]
    except Broken as error:
        if is_systems(error) or isinstance(error, InputError):
            raise
        raise _damaged(path.name, ENDINGS) from None


def layer_names(path: Path, *, mend: str = ENDINGS) -> list[str]:
    """The layers of a file that hold shapes. Raises InputError."""
    need_file(path, "layer")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the reader's own words
            return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except Broken as error:
        if is_systems(error):
            raise
        raise _damaged(path.name, mend) from None


def _damaged(where: str, mend: str) -> InputError:
    return InputError(Fault(where, "cannot be read as a layer: it is something else, or damaged", mend))


def projected_layer(path: Path, crs: str, blocks: Any, kind: Kind = ANY, **how: Any) -> gpd.GeoDataFrame:
    """A layer in the crs of the blocks. how: as `read_layer` takes it. Raises InputError where a row has no shape of
    its kind."""
    frame = read_layer(path, **{"mend": "Name a file that GIS programs read, such as .gpkg, .geojson or .shp"} | how)
    shapes = shapes_of(path.name, frame, kind)
    return frame.set_geometry(placed(path.name, shapes, frame.crs, blocks, crs), crs=crs)


def _frame(
    path: Path, layer: str | None, fits: Fits | None, words: tuple[str, str], text: list[str]
) -> gpd.GeoDataFrame:
    suffix = path.suffix.lower()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader's own words about cells and shapes; what matters is checked here
        if suffix == ".parquet":
            return _geoparquet(path)
        if suffix in (".geojson", ".json"):
            return _geojson(path, text)
        source = _inside(path) if suffix == ".zip" else str(path)
        return _ogr(source, _chosen(path, source, layer, fits, words))


def _flat(where: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with its shapes called `geometry`, in two dimensions."""
    need_one_of_each(where, [str(name) for name in frame.columns])
    need_most(where, "addresses", len(frame))
    if frame.active_geometry_name != "geometry":
        if "geometry" in frame.columns:
            frame = frame.drop(columns="geometry")
        frame = frame.rename_geometry("geometry")
    shapes = frame.geometry.to_numpy()
    return frame.set_geometry(shapely.force_2d(shapes), crs=frame.crs).reset_index(drop=True)


def _geoparquet(path: Path) -> gpd.GeoDataFrame:
    table = read_arrow(path, path.name)
    if b"geo" not in (table.schema.metadata or {}):
        raise InputError(Fault(path.name, "has no geometry column", "Write it anew as GeoParquet"))
    about = json.loads(table.schema.metadata[b"geo"])
    main = about["primary_column"]
    encoding = str(about["columns"][main].get("encoding", "WKB"))
    if encoding.upper() != "WKB":  # arrays of points, which nothing but their own reader knows
        return gpd.read_parquet(path)
    wkb = table.column(main).to_pylist()
    frame = plain_table(table.drop_columns([main]), path.name).to_pandas(ignore_metadata=True)
    shapes = shapely.from_wkb(np.array(wkb, object), on_invalid="ignore")
    crs = about["columns"][main].get("crs", "OGC:CRS84")  # where it is not named, the format's own; null: none
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _geojson(path: Path, text: list[str]) -> gpd.GeoDataFrame:
    """A FeatureCollection or a Feature; columns of ids as the file has them, since the reader may take text that looks
    like numbers or dates for such, and true and false beside numbers for these."""
    raw = read_bytes(path, "json")
    document = parse_json(raw, path.name)
    if isinstance(document, dict) and "geometryType" in document and "type" not in document:  # Esri's own JSON
        return _ogr(raw, None)
    features = _features(path.name, document)
    declared = _declared(path.name, document.get("crs"))
    frame = _ogr(raw.removeprefix(b"\xef\xbb\xbf"), None)
    # What the reader does not know it passes over, and takes the coordinates for WGS 84.
    if declared is not None and (frame.crs is None or frame.crs.is_projected != declared.is_projected):
        raise InputError(Fault(path.name, f"'{document['crs']['properties']['name']}' cannot be read", CRS, "crs"))
    if len(frame) != len(features):
        raise InputError(Fault(path.name, "cannot be read as GeoJSON", "Write it anew"))
    for column in frame.columns.drop(frame.active_geometry_name or []):
        cells = [(feature.get("properties") or {}).get(column) for feature in features]
        if column in text or _has_truths(cells):
            values = np.empty(len(cells), object)
            values[:] = cells
            frame[column] = values
    return frame


def _has_truths(cells: list[Any]) -> bool:
    """Whether true or false stands in a column beside what is neither: the reader takes them for 1 and 0 then."""
    truths = sum(isinstance(cell, bool) for cell in cells)
    return 0 < truths < len(cells) - cells.count(None)


def _declared(where: str, member: Any) -> pyproj.CRS | None:
    """The CRS that a document's member `crs` names, None where there is none: GeoJSON is WGS 84."""
    if member is None:
        return None
    inner = member.get("properties") if isinstance(member, dict) and member.get("type") == "name" else None
    name = inner.get("name") if isinstance(inner, dict) else None
    if not isinstance(name, str):
        raise InputError(Fault(where, "does not name a coordinate reference system", CRS, "crs"))
    try:
        return pyproj.CRS(name)
    except pyproj.exceptions.CRSError:
        raise InputError(Fault(where, f"'{name}' is not a CRS", CRS, "crs")) from None


def _features(where: str, data: Any) -> list[dict[str, Any]]:
    """The features of a GeoJSON document, each checked to be one."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind in GEOMETRIES:
        mend = 'Wrap it: {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {…}, …}]}'
        raise InputError(Fault(where, f"is a bare {kind} without columns", mend))
    features = [data] if kind == "Feature" else data.get("features") if isinstance(data, dict) else None
    if kind not in ("Feature", "FeatureCollection") or not isinstance(features, list):
        raise InputError(Fault(where, "is JSON, and no GeoJSON", "Give a FeatureCollection"))
    wrong = [f"number {k + 1}" for k, one in enumerate(features) if not _is_feature(one)]
    if wrong:
        mend = "Give each a type Feature, properties and a geometry, or take it out"
        raise InputError(Fault(where, "not features", mend, column="features", ids=tuple(wrong)))
    return features


def _is_feature(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("type") != "Feature":
        return False
    shape = one.get("geometry")
    shaped = shape is None or (isinstance(shape, dict) and shape.get("type") in GEOMETRIES)
    return shaped and isinstance(one.get("properties"), dict | None)


def _ogr(source: Any, layer: str | None) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(source, layer=layer, on_invalid="ignore")


def _inside(path: Path) -> str:
    """The one layer file in a zip, as the reader names it."""
    with opened_zip(path, "layer") as archive:
        entries = [n for n in archive.infolist() if n.filename.lower().endswith(INSIDE)]
        names = [n.filename for n in entries if not Path(n.filename).name.startswith(".")]
    if len(names) != 1:
        problem = f"holds {len(names)} layer files" + (f": {', '.join(names[:5])}" if names else "")
        raise InputError(Fault(path.name, problem, f"Zip exactly one, ending in {', '.join(INSIDE)}"))
    return f"/vsizip/{path.resolve().as_posix()}/{names[0]}"


def _chosen(path: Path, source: str, wanted: str | None, fits: Fits | None, words: tuple[str, str]) -> str:
    """The layer's name: the one wanted, the only one, or of several the only one that fits."""
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(source)]
    names = [name for name, _ in listed]
    if wanted is not None:
        if wanted not in names:
            raise InputError(Fault(path.name, f"no layer '{wanted}'{nearest(wanted, names)}", f"It has: {names}"))
        return wanted
    shaped = [_about(source, name, str(kind)) for name, kind in listed if kind is not None]
    fitting = [one.name for one in shaped if fits is None or fits(one)]
    if len(fitting) == 1:
        return fitting[0]
    if len(shaped) == 1:
        return shaped[0].name
    raise InputError(_several(path.name, names, fitting, *words))


def _several(where: str, names: list[str], fitting: list[str], what: str, mend: str) -> Fault:
    problem = f"holds {len(names)} layers ({', '.join(names)}), {len(fitting) or 'none'} of them with {what}"
    return Fault(where, problem, mend)


def _about(source: str, name: str, kind: str) -> Layer:
    info = pyogrio.read_info(source, layer=name)
    return Layer(name, kind, tuple(map(str, info["fields"])))
