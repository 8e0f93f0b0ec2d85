"""Plans as layers: GeoPackage, GeoJSON and zipped shapefiles, each with scores and provenance inside."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from optimizer.measures import SchoolRow
from optimizer.plan import Plan
from scenarios.drawing.maps import dissolved
from scenarios.exports.tables import flat
from scenarios.paper.sheets import safe_csv
from scenarios.writing.files import replacing, write_text

FORMATS = ("gpkg", "geojson", "shapefile", "xlsx")
SHORT = 10  # letters of a shapefile's column
LONGEST, END = 100, 20  # letters of a plan's name in the name of a file, and those at its end
Columns = Mapping[str, Any]
Layers = Mapping[str, gpd.GeoDataFrame]
ZIPPED = (2000, 1, 1, 0, 0, 0)  # the date of everything in a zip file, so that the same figures are the same file
DIGITS = 7  # of a degree in GeoJSON: a centimetre


def zone_frame(
    plan: Plan, rows: Sequence[SchoolRow] | Mapping[int, Columns], scores: Mapping[str, float | None]
) -> gpd.GeoDataFrame:
    """A row a zone: its dissolved outline, its school's figures, and the plan's scores. rows: by school's number.
    Schools without blocks are left out."""
    geography = plan.district.geography
    assert geography is not None
    schools = np.unique(plan.school)
    outline = [dissolved(geography.polygon[plan.school == j]) for j in schools]
    columns = pd.DataFrame([flat(row) if isinstance(row := rows[j], SchoolRow) else row for j in schools])
    for name, value in scores.items():
        columns[name] = value
    return gpd.GeoDataFrame(columns, geometry=outline, crs=geography.crs)


def block_frame(plan: Plan) -> gpd.GeoDataFrame:
    """A row a block: its school today and under the plan, whether it moves, travel there, and its counts."""
    district = plan.district
    assert district.geography is not None
    ids = np.array(district.school_ids, object)
    columns: dict[str, Any] = {
        "block_id": district.block_ids,
        "school_id": ids[plan.school],
        "status_quo_school_id": ids[district.status_quo],
        "moved": plan.moved,
        "travel": np.where(np.isfinite(plan.travel), plan.travel, np.nan),
        **{name: district.column(name) for name in district.columns},
    }
    return gpd.GeoDataFrame(columns, geometry=district.geography.polygon, crs=district.geography.crs)


def write_layers(
    out: Path,
    stem: str,
    layers: Layers,
    tables: Mapping[str, pd.DataFrame],
    about: Mapping[str, str],
    formats: Sequence[str],
) -> list[Path]:
    """`stem`.gpkg with all layers and tables; a `stem`-layer.geojson and `stem`-layer.shp.zip a layer. about:
    provenance, written into each. The paths written, each whole or not at all."""
    paths = []
    if "gpkg" in formats:
        paths.append(out / f"{stem}.gpkg")
        _gpkg(paths[-1], layers, tables, about)
    for name, frame in layers.items():
        if "geojson" in formats:
            paths.append(out / f"{stem}-{name}.geojson")
            write_text(paths[-1], _geojson(frame, name, about))
        if "shapefile" in formats:
            paths.append(out / f"{stem}-{name}.shp.zip")
            _shapefile(paths[-1], frame, name, tables, about)
    return paths


def layer_name(text: str) -> str:
    """A name for layers and files: letters, digits, - and _, no more of them than any system takes."""
    name = re.sub(r"[^0-9A-Za-z_-]+", "_", text).strip("_") or "plan"
    return name if len(name) <= LONGEST else name[: LONGEST - END] + name[-END:]  # numbers at its end stay


def _gpkg(path: Path, layers: Layers, tables: Mapping[str, pd.DataFrame], about: Mapping[str, str]) -> None:
    """Layers, then tables without shapes, provenance last and in every layer's metadata."""
    provenance = pd.DataFrame({"key": list(about), "value": list(about.values())})
    with replacing(path) as new:
        new.unlink()  # the driver wants to make the file itself
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                frame, new, layer=name, driver="GPKG", append=new.exists(), layer_metadata=dict(about)
            )
        for name, table in {**tables, "provenance": provenance}.items():
            pyogrio.write_dataframe(table, new, layer=name.replace(" ", "_"), driver="GPKG", append=new.exists())


def _geojson(frame: gpd.GeoDataFrame, name: str, about: Mapping[str, str]) -> str:
    """WGS 84, with provenance as a member `rezone` that GIS programs pass over."""
    degrees = frame.to_crs(4326)
    shapes = shapely.set_precision(degrees.geometry.to_numpy(), 10.0**-DIGITS, mode="pointwise")
    data = json.loads(degrees.set_geometry(shapes, crs=4326).to_json(drop_id=True))
    head = {"type": "FeatureCollection", "name": name, "rezone": dict(about)}
    return json.dumps(head | {"features": data["features"]}, ensure_ascii=False, allow_nan=False) + "\n"


def _shapefile(
    path: Path, frame: gpd.GeoDataFrame, name: str, tables: Mapping[str, pd.DataFrame], about: Mapping[str, str]
) -> None:
    """The layer, what its short column names stand for, the tables as CSV, and provenance."""
    short = _short([str(column) for column in frame.columns if column != "geometry"])
    made = frame.rename(columns=short)
    for column in made.columns:
        if made[column].dtype == bool:
            made[column] = made[column].astype(np.int32)
    legend = pd.DataFrame({"column": list(short.values()), "stands_for": list(short)})
    texts = {"columns.csv": safe_csv(legend), "provenance.txt": "".join(f"{k}: {v}\n" for k, v in about.items())}
    texts |= {f"{key.replace(' ', '_')}.csv": safe_csv(table) for key, table in tables.items()}
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(made, Path(folder) / f"{name}.shp", driver="ESRI Shapefile", encoding="UTF-8")
        files = {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}
    files |= {key: text.encode() for key, text in texts.items()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, data in files.items():
            archive.writestr(zipfile.ZipInfo(key, ZIPPED), data, zipfile.ZIP_DEFLATED)
    with replacing(path) as new:
        new.write_bytes(held.getvalue())


def _short(names: Sequence[str]) -> dict[str, str]:
    """At most ten letters each, no two alike."""
    used: dict[str, str] = {}
    for name in names:
        cut, k = name.replace("students", "st").replace("status_quo", "now")[:SHORT], 1
        while cut.lower() in (text.lower() for text in used.values()):
            k += 1
            cut = cut[: SHORT - len(str(k)) - 1] + f"_{k}"
        used[name] = cut
    return used
