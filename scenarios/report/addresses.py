"""Addresses and context lines: files that a user gives, fitted to a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from optimizer.errors import Fault, InputError, doubt, nearest
from scenarios.drawing.frame import Frame
from scenarios.folder.points import block_of, read_points
from scenarios.reading.most import need_most

THIN = 1.0  # units that a context line may give way
Line = list[tuple[int, int]]


@dataclass(frozen=True)
class Addresses:
    """text: in order. block: of each, the number of its block, -1 outside all."""

    text: list[str]
    block: list[int]


def read_addresses(path: Path, crs: str, polygons: NDArray[Any]) -> Addresses:
    """Address points and the blocks that they lie in. polygons: (blocks,) in crs.

    path: a CSV file with address, lon, lat (WGS 84), or a layer of points with a column `address`. Raises InputError.
    """
    text, points = read_points(path, crs, polygons, lambda table: _texts(path.name, table), ("address",))
    if not text:
        raise InputError(Fault(path.name, "holds no addresses", "Give a row or a point for each address"))
    need_most(path.name, "addresses", len(text))
    block = block_of(points, polygons)
    outside = int((block < 0).sum())
    if outside == len(text):
        mend = "Check that they are of this district: are lon and lat swapped, or has one lost its sign?"
        raise InputError(Fault(path.name, "no address lies in a block", mend))
    if outside:
        doubt(path.name, f"{outside:,} of {len(text):,} addresses lie in no block")
    order = np.argsort(np.array(text, object), kind="stable")
    return Addresses([text[k] for k in order], block[order].tolist())


def _texts(where: str, table: pd.DataFrame) -> list[str]:
    """The addresses of a table. Raises InputError where it has none, and naming the rows that have none."""
    if "address" not in table.columns:
        hint = nearest("address", [str(name) for name in table.columns])
        raise InputError(Fault(where, f"the column is missing{hint}", "Name the column address", column="address"))
    cells = table["address"]
    blank = cells.isna() | (cells.astype(str).str.strip() == "")
    if blank.any():
        rows = tuple(f"row {k + 1}" for k in np.flatnonzero(blank).tolist())
        raise InputError(Fault(where, "the address is empty", "Write it, or take the row out", "address", rows))
    return [str(value) for value in cells]


def read_context(path: Path, crs: str, frame: Frame) -> list[Line]:
    """Lines of a layer, cut to the map and thinned, in units of its frame; of polygons, their borders."""
    from scenarios.reading.layers import projected_layer  # noqa: PLC0415 - takes a second to import

    width, height = frame.width * frame.metres, frame.height * frame.metres
    whole = shapely.box(frame.left, frame.top - height, frame.left + width, frame.top)
    shapes = projected_layer(path, crs, np.array([whole])).geometry.to_numpy()
    area = shapely.get_dimensions(shapes) == 2
    shapes = np.where(area, shapely.boundary(shapes), shapes)
    shapes = shapely.clip_by_rect(shapes, *whole.bounds)
    lines = shapely.get_parts(shapely.line_merge(shapely.simplify(shapes, THIN * frame.metres)))
    if len(lines) == 0:
        doubt(path.name, "nothing of it lies on the map")
    lines = lines[shapely.get_dimensions(lines) == 1]
    return [[(x, y) for x, y in frame.units(shapely.get_coordinates(line)).tolist()] for line in lines]
