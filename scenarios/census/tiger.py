"""Layers of census blocks (TIGER/Line), of every vintage: their columns, and blocks that stand in several parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyproj
import shapely

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.importing.sources import Source

# Of 2000 to today. GEOIDFQ20 (from 2023 on) has 1000000US before the 15 digits; BLOCKID10 is of files with people.
VINTAGES = {"00": "2000", "10": "2010", "20": "2020"}
IDS = ("GEOID{}", "BLKIDFP{}", "BLOCKID{}", "GEOIDFQ{}")
NEAR = 0.02  # how far the sum of a block's parts may be from its area, by which simplified copies differ
SMALL = 100.0  # m2, likewise


class BlockColumns(NamedTuple):
    """Names of columns, None of those that a layer lacks. vintage: the census whose codes they are."""

    id: str
    land: str | None
    water: str | None
    people: str | None
    vintage: str


def block_columns(columns: Sequence[str], where: str = "blocks") -> BlockColumns:
    """Of a layer of blocks, whose columns may stand in any order and any case. Raises InputError where it is none."""
    names = {name.upper(): name for name in columns}
    for mark, vintage in VINTAGES.items():
        found = next((names[one] for form in IDS if (one := form.format(mark)) in names), None)
        if found is not None:
            land, water, people = (names.get(f"{name}{mark}") for name in ("ALAND", "AWATER", "POP"))
            return BlockColumns(found, land, water, people, vintage)
    known = ", ".join(form.format(mark) for mark in VINTAGES for form in IDS[:2])
    problem = f"has no column with codes of blocks, such as {known}"
    raise InputError(Fault(where, problem, f"It has: {', '.join(columns)}"))


def geodesic_areas(shapes: Any, crs: Any) -> Floats:
    """(shapes,) m2 on the ellipsoid, whatever the crs: what a layer says of areas may be square feet or Mercator's."""
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4269", always_xy=True)
    project: Any = to_degrees.transform
    degrees = shapely.transform(shapes, project, interleaved=False)
    geod = pyproj.Geod(ellps="GRS80")
    return np.array([abs(geod.geometry_area_perimeter(shapely.normalize(one))[0]) for one in degrees], np.float64)


def need_whole(blocks: Source, column: str) -> None:
    """Raises InputError where the parts of a block, rows of one id, are not its whole by what the layer says of land
    and water: they were cut, and nobody knows how many of its people live in them."""
    ids = blocks.column(column, "[blocks] id").str.strip()
    split = ids.duplicated(keep=False).to_numpy(bool)
    if blocks.shape is None or not split.any():
        return
    columns, rows = block_columns(list(blocks.cells.columns), blocks.where), blocks.cells[split]
    said = [pd.to_numeric(rows[name], errors="coerce") for name in (columns.land, columns.water) if name is not None]
    published = sum(said, start=pd.Series(0.0 if said else np.nan, index=rows.index)).to_numpy(np.float64)
    of = np.unique(ids[split].to_numpy(str), return_inverse=True)[1]
    whole = np.bincount(of, geodesic_areas(blocks.shape[split], blocks.crs))[of]
    off = ~(np.abs(whole - published) <= np.maximum(NEAR * published, SMALL))
    if off.any():
        wrong = tuple(dict.fromkeys(ids[split][off]))
        problem = f"{len(wrong):,} blocks stand in several rows, which together are not as large as the block"
        raise InputError(Fault(blocks.where, problem, "Take the layer as the Census Bureau publishes it", ids=wrong))
