"""What identifies the data that a result was made from: hashes of what was read, not of the files that held it.

The same blocks and schools have the same hashes in any format, order of rows, machine and process: a GeoPackage that
another program has opened changes its bytes and none of its content, and edits that lie beside it are read. Ids in
ascending order, texts as JSON in ASCII, numbers as doubles, low byte first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Csr
from optimizer.travel import TravelTable
from scenarios.folder.blocks import Blocks, further_columns
from scenarios.folder.head import Head
from scenarios.folder.schools import Schools

NUMBERS = ("integer", "floating", "mixed-integer-float", "boolean")  # what pandas calls columns of numbers
CHUNK = 1 << 20  # numbers that are turned at once


def content_hashes(
    head: Head, schools: Schools, blocks: Blocks, travel: TravelTable | None, adjacency: Csr | None
) -> dict[str, str]:
    """The SHA-256 of each part of a district folder, as read, by the part's name."""
    parts: dict[str, list[Any]] = {
        "district.toml": [head.name, head.crs, list(head.groups), dict(sorted(head.limits.items()))],
        "schools.csv": [
            *(schools.ids, schools.names, schools.lon_lat),
            *(schools.capacity, schools.min_students, schools.other_students),
        ],
        "blocks": [blocks.ids, [schools.ids[j] for j in blocks.zone], *_columns(blocks), *_shapes(blocks.frame)],
    }
    if travel is not None:
        parts["travel"] = [travel.unit, travel.pairs.start, travel.pairs.index, travel.value]
    if adjacency is not None:
        parts["adjacency.csv"] = [adjacency.start, adjacency.index]
    return {name: digest(values) for name, values in sorted(parts.items())}


def digest(values: Iterable[Any]) -> str:
    """One SHA-256 of arrays of numbers, and of what JSON can hold."""
    total = hashlib.sha256()
    for value in values:
        if isinstance(value, np.ndarray):
            total.update(f"{value.dtype.kind} {value.shape}\n".encode())
            flat = value.reshape(-1)
            for start in range(0, len(flat), CHUNK):
                total.update(_bytes(flat[start : start + CHUNK]))
        else:
            total.update(json.dumps(value, allow_nan=False).encode() + b"\n")
    return total.hexdigest()


def _bytes(values: NDArray[Any]) -> bytes:
    if values.dtype.kind == "i":
        return values.astype("<i8").tobytes()
    numbers = values.astype("<f8") + 0.0  # which makes -0 and 0 one
    return np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes()  # there is one way to be not known


def _shapes(frame: Any) -> list[Any]:
    """CRS and corners as they stand, flat. A shape of one part is the same in whichever kind a program writes it."""
    parts, owner = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    whole: Any = shapely.multipolygons(parts, indices=owner)
    _, corners, offsets = shapely.to_ragged_array(whole, include_z=False)
    return [frame.crs.to_string(), corners, *offsets]


def _columns(blocks: Blocks) -> list[Any]:
    """Names and values of the count columns and of all others."""
    further = further_columns(blocks.frame, blocks.columns)
    found = [*zip(blocks.columns, blocks.counts.T, strict=True), *((name, _plain(further[name])) for name in further)]
    return [part for named in sorted(found, key=lambda pair: pair[0]) for part in named]


def _plain(values: Any) -> Any:
    """A column as numbers, or else value by value: text as it is, what is missing as null."""
    series = pd.Series(values)
    if series.dtype.kind in "biuf" or pd.api.types.infer_dtype(series, skipna=True) in NUMBERS:
        return pd.to_numeric(series).to_numpy(np.float64, na_value=np.nan)
    return [None if missing else _value(value) for value, missing in zip(series, series.isna(), strict=True)]


def _value(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return float(value)
    if isinstance(value, int | float | np.integer | np.floating):
        return float(value) if np.isfinite(value) else str(value)
    return str(value)
