"""The files that streets come in: OpenStreetMap's extracts, and any layer of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError, nearest
from optimizer.places import placed
from scenarios.reading.files import need_file
from scenarios.reading.layers import Layer, read_layer
from scenarios.reading.shapes import LINES, shapes_of
from scenarios.streets.network import Shapes, Streets
from scenarios.streets.speeds import Speeds

OSM = (".osm", ".pbf")
CLASSES = ("highway", "fclass", "MTFCC", "mtfcc", "MTFCC20")  # columns that layers are known to have
SPEEDS, ONE_WAYS = ("maxspeed",), ("oneway", "ONEWAY")
MILE = 1.609344
ALONG, AGAINST = {"yes", "true", "1", "f", "ft", "t>f"}, {"-1", "reverse", "t", "tf", "f>t"}
BOTH = {"", "no", "false", "0", "b", "n", "none", "nan"}
CLOSED = {"no", "private"}
MOTORS = ("motor_vehicle", "vehicle", "access")
TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
LAYER = "Give an OpenStreetMap extract (.osm.pbf), or a layer of lines: .gpkg, .shp, .zip, .geojson, .parquet"


@dataclass(frozen=True)
class Columns:
    """The columns of a layer that say what streets are: None where they are to be known by their names. mph: whether
    speeds are in miles an hour."""

    kind: str | None = None
    speed: str | None = None
    oneway: str | None = None
    mph: bool = False


def read_streets(path: Path, speeds: Speeds, columns: Columns, crs: str, blocks: Shapes, margin: float) -> Streets:
    """The streets within `margin` metres of the blocks, in crs. Raises InputError."""
    own = _Osm(path, speeds) if path.suffix.lower() in OSM else _Lines(path, speeds, columns)
    shapes = placed(path.name, own.line, own.crs, blocks, crs)
    around = shapely.box(*shapely.total_bounds(blocks)).buffer(margin, join_style="mitre")
    kept = np.flatnonzero(shapely.intersects(shapes, around))
    line, of = shapely.get_parts(shapes[kept], return_index=True)
    along, against = own.kmh()
    if len(line) == 0 or not (along[kept] + against[kept] > 0).any():
        raise InputError(Fault(path.name, f"no street on which to go {_how(speeds)} lies near the district", LAYER))
    of = kept[of]
    return Streets(line, along[of], against[of], speeds.lived_on(own.kinds)[of])


def _how(speeds: Speeds) -> str:
    return {"foot": "on foot", "car": "by car", "bus": "by the school bus"}[speeds.by]


class _Osm:
    """Ways with a `highway`, as GDAL reads them: nodes that ways share are vertices that lines share."""

    def __init__(self, path: Path, speeds: Speeds) -> None:
        import pyogrio  # noqa: PLC0415 - slow to import
        import pyogrio.errors  # noqa: PLC0415

        need_file(path, "layer")
        try:
            frame = pyogrio.read_dataframe(
                path, layer="lines", columns=["highway", "other_tags"], where="highway <> ''"
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError):
            problem = "cannot be read as an OpenStreetMap file: it is something else, or damaged"
            raise InputError(Fault(path.name, problem, LAYER)) from None
        self.crs, self.line, self._speeds = "EPSG:4326", frame.geometry.to_numpy(), speeds
        self.kinds: Sequence[str] = frame["highway"].astype(str).tolist()
        self._tags = [dict(TAG.findall(text)) if isinstance(text, str) else {} for text in frame["other_tags"]]

    def kmh(self) -> tuple[Floats, Floats]:
        by, kmh = self._speeds.by, self._speeds.of(self.kinds)
        open_ = np.array([self._open(tags, value > 0) for tags, value in zip(self._tags, kmh, strict=True)], bool)
        # A way that the table closes to walkers by its class may be opened to them by its sign.
        kmh = np.where(open_, np.where(kmh > 0, kmh, self._speeds.kmh["other"]), 0.0)
        if by == "foot":
            return kmh, kmh
        posted = np.array([_posted(tags.get("maxspeed", "")) for tags in self._tags], np.float64)
        kmh = np.fmin(kmh, posted)
        ways = [_direction(_oneway_of(kind, tags)) for kind, tags in zip(self.kinds, self._tags, strict=True)]
        return _by_direction(kmh, ways)

    def _open(self, tags: dict[str, str], usual: bool) -> bool:
        """By the most particular of the tags that say who may go there."""
        names = {"foot": ("foot", "access"), "car": MOTORS, "bus": ("bus", *MOTORS)}[self._speeds.by]
        said = next((tags[name] for name in names if name in tags), None)
        if said in CLOSED:
            return False
        return usual or (self._speeds.by == "foot" and said in ("yes", "designated", "permissive"))


def _oneway_of(kind: str, tags: dict[str, str]) -> str:
    around = tags.get("junction") in ("roundabout", "circular")
    return tags.get("oneway", "yes" if around or kind == "motorway" else "")


def _posted(text: str) -> float:
    """km/h of a `maxspeed`; NaN where it is no number."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(mph)?", text)
    return float("nan") if found is None else float(found[1]) * (MILE if found[2] else 1.0)


class _Lines:
    """Any layer of lines."""

    def __init__(self, path: Path, speeds: Speeds, columns: Columns) -> None:
        frame = read_layer(path, fits=_of_lines, what="lines", mend=LAYER)
        shapes = shapes_of(path.name, frame, LINES)
        self.crs, self.line, self._speeds, self._where = frame.crs, shapes, speeds, path.name
        self._frame, self._columns = frame, columns
        kinds = self._column(columns.kind, CLASSES)
        self.kinds = [""] * len(shapes) if kinds is None else kinds.fillna("").astype(str).str.strip().tolist()
        self._classed = kinds is not None

    def kmh(self) -> tuple[Floats, Floats]:
        posted = self._given()
        kmh = self._speeds.of(self.kinds)
        if not self._classed and self._speeds.by != "foot":
            if posted is None:
                mend = "Name the column of classes or of speeds (--columns class=NAME or kmh=NAME), or take --by foot"
                raise InputError(Fault(self._where, "has neither classes of streets nor speeds", mend))
            kmh = np.where(np.isnan(posted), 0.0, posted)
        elif posted is not None and self._speeds.by != "foot":
            # A column that the user names stands before the table; a limit that is posted is only the most.
            own = np.where((kmh > 0) & (posted > 0), posted, kmh)
            kmh = np.fmin(kmh, posted) if self._columns.speed is None else own
        oneway = self._column(self._columns.oneway, ONE_WAYS)
        if oneway is None or self._speeds.by == "foot":
            return kmh, kmh
        texts = oneway.astype(object).where(oneway.notna(), "").astype(str)
        return _by_direction(kmh, [_direction(text, self._where, str(oneway.name)) for text in texts])

    def _given(self) -> Floats | None:
        column = self._column(self._columns.speed, SPEEDS)
        if column is None:
            return None
        if pd.api.types.is_numeric_dtype(column):
            value = column.to_numpy(np.float64) * (MILE if self._columns.mph else 1.0)
        else:
            value = np.array([_posted(str(text)) for text in column], np.float64)
            value *= np.where(self._columns.mph & ~column.astype(str).str.contains("mph").to_numpy(), MILE, 1.0)
        wrong = (value < 0) | (value > 200)
        if wrong.any():
            ids = [f"row {k + 1}" for k in np.flatnonzero(wrong)]
            problem, mend = (
                "speeds must lie between 0 and 200 km/h",
                "Mend them, or name them by their unit: --columns mph=NAME",
            )
            raise InputError(Fault(self._where, problem, mend, str(column.name), tuple(ids)))
        return np.where(value > 0, value, np.nan)

    def _column(self, wanted: str | None, known: Sequence[str]) -> Any:
        names = [str(name) for name in self._frame.columns if name != "geometry"]
        if wanted is not None and wanted not in names:
            problem = f"the column '{wanted}' of --columns is not there{nearest(wanted, names)}"
            raise InputError(Fault(self._where, problem, f"It has: {', '.join(names)}"))
        name = wanted or next((name for name in known if name in names), None)
        return None if name is None else self._frame[name]


def _of_lines(layer: Layer) -> bool:
    return "Line" in layer.kind


def _direction(text: str, where: str = "", column: str = "") -> int:
    """1: only as drawn, -1: only against it, 0: both ways."""
    word = text.strip().lower().removesuffix(".0")
    if word in ALONG:
        return 1
    if word in AGAINST:
        return -1
    if word in BOTH or not where:
        return 0
    mend = f"Allowed: {', '.join(sorted(ALONG))}; {', '.join(sorted(AGAINST))} against the line; no, 0, B, empty: both"
    raise InputError(Fault(where, f"'{text}' says no direction", mend, column))


def _by_direction(kmh: Floats, ways: Sequence[int]) -> tuple[Floats, Floats]:
    way = np.array(ways, np.int8)
    return np.where(way >= 0, kmh, 0.0), np.where(way <= 0, kmh, 0.0)
