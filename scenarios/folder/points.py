"""Points that a user gives, such as addresses: where they are, and the blocks that they lie in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from optimizer.places import WGS84, placed
from scenarios.folder.tables import Faults, need_columns, numbers
from scenarios.reading.shapes import POINTS
from scenarios.reading.tables import read_csv


def read_points(
    path: Path,
    crs: str,
    blocks: NDArray[Any],
    names: Callable[[pd.DataFrame], Sequence[str]],
    columns: Sequence[str] = (),
) -> tuple[Sequence[str], NDArray[Any]]:
    """What a file calls its points, and the points in crs. path: a CSV file with lon, lat (WGS 84) and these columns,
    or a layer of points. names: of the rows of its table. Raises InputError."""
    if path.suffix.lower() == ".csv":
        faults, table = Faults(), read_csv(path)
        need_columns(faults, path.name, table, (*columns, "lon", "lat"))
        faults.stop()
        rows = names(table)
        lon, lat = [numbers(faults, path.name, name, table[name], rows, low=-np.inf) for name in ("lon", "lat")]
        faults.stop()
        points = np.asarray(shapely.points(np.column_stack([lon, lat])))
        return rows, placed(path.name, points, WGS84, blocks, crs, rows)
    from scenarios.reading.layers import projected_layer  # noqa: PLC0415 - takes a second to import

    frame = projected_layer(path, crs, blocks, POINTS)
    return names(frame), frame.geometry.to_numpy()


def block_of(points: NDArray[Any], polygons: NDArray[Any]) -> NDArray[np.int64]:
    """(points,) the block that each lies in, -1 outside all; on a border the first of its blocks."""
    block = np.full(len(points), -1, np.int64)
    point, found = shapely.STRtree(polygons).query(points, predicate="intersects")
    order = np.lexsort((found, point))[::-1]
    block[point[order]] = found[order]
    return block
