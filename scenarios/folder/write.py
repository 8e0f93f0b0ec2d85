"""Writing a district folder: what `read_district` reads back unchanged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from optimizer.arrays import Csr, Floats
from optimizer.district import District
from optimizer.travel import TravelTable
from scenarios.reading.values import Table
from scenarios.writing.files import replacing, write_text

Ending = Literal["parquet", "gpkg", "geojson"]


def write_district(
    district: District, folder: Path, *, blocks: Ending = "parquet", limits: Table | None = None
) -> None:
    """The district as a folder, which must be there; each file whole or not at all. The district needs its shapes.

    blocks: the format of the blocks. limits: written as [limits]. Adjacency is left to the shapes.
    """
    assert district.geography is not None
    crs = district.geography.crs
    write_text(folder / "district.toml", head(district.name, crs, district.groups, limits or {}))
    write_text(folder / "schools.csv", _schools(district))
    if isinstance(district.travel, TravelTable):
        with replacing(folder / "travel.parquet") as new:
            _travel(district, district.travel).to_parquet(new, index=False)
    with replacing(folder / f"blocks.{blocks}") as new:
        _write_frame(_frame(district), new, blocks)


def head(name: str, crs: str, groups: Sequence[str], limits: Table) -> str:
    """district.toml."""
    lines = [f"name = {_toml(name)}", f"crs = {_toml(crs)}"]
    lines.append(f"groups = [{', '.join(_toml(group) for group in groups)}]")
    if limits:
        lines += ["", "[limits]", *(f"{key} = {json.dumps(value)}" for key, value in limits.items())]
    return "\n".join([*lines, ""])


def _toml(text: str) -> str:
    # A basic TOML string takes JSON's escapes; delete (0x7f) alone must be escaped there and is not in JSON.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _schools(district: District) -> str:
    assert district.geography is not None
    back = pyproj.Transformer.from_crs(district.geography.crs, 4326, always_xy=True)
    lon, lat = back.transform(*district.geography.school_xy.T)
    limits = (district.capacity, district.min_students, district.other_students)
    return schools_csv(district.school_ids, district.school_names, lon, lat, limits)


def schools_csv(ids: Sequence[str], names: Sequence[str], lon: Floats, lat: Floats, limits: Sequence[Floats]) -> str:
    """schools.csv. limits: seats, least students and other students, (schools,) each, NaN where not given."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["school_id", "name", "lon", "lat", "capacity", "min_students", "other_students"])
    for j in range(len(ids)):
        seats = [_cell(limit[j]) for limit in limits]
        table.writerow([ids[j], names[j], repr(float(lon[j])), repr(float(lat[j])), *seats])
    return out.getvalue()


def adjacency_csv(ids: Sequence[str], neighbours: Csr) -> str:
    """adjacency.csv, each pair once."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["block_id", "neighbour_id"])
    pairs = zip(neighbours.rows.tolist(), neighbours.index.tolist(), strict=True)
    table.writerows([ids[a], ids[b]] for a, b in pairs if a < b)
    return out.getvalue()


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.17g}"


def _travel(district: District, travel: TravelTable) -> pd.DataFrame:
    blocks, schools = np.array(district.block_ids, object), np.array(district.school_ids, object)
    unit = "distance_m" if travel.unit == "m" else "minutes"
    pairs = travel.pairs
    return pd.DataFrame({"block_id": blocks[pairs.rows], "school_id": schools[pairs.index], unit: travel.value})


def _frame(district: District) -> gpd.GeoDataFrame:
    assert district.geography is not None
    schools = np.array(district.school_ids, object)
    columns = {
        "block_id": np.array(district.block_ids, object),
        "school_id": schools[district.status_quo],
        **{name: district.counts[:, k] for k, name in enumerate(district.columns)},
        **district.attributes,
    }
    return gpd.GeoDataFrame(columns, geometry=district.geography.polygon, crs=district.geography.crs)


def _write_frame(frame: gpd.GeoDataFrame, path: Path, ending: Ending) -> None:
    if ending == "parquet":
        frame.to_parquet(path, index=False)
        return
    path.unlink()  # these drivers want to make the file themselves
    if ending == "gpkg":
        frame.to_file(path, driver="GPKG", layer="blocks")
    else:
        # RFC 7946 rounds to 7 digits of a degree, about a centimetre, unless told otherwise; borders must stay shared.
        frame.to_crs(4326).to_file(path, driver="GeoJSON", COORDINATE_PRECISION=15)
