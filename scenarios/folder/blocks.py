"""blocks.parquet, .gpkg or .geojson: ids, counts, status quo and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import Fault, InputError
from optimizer.places import WGS84, Source, box_of, need_places
from scenarios.folder.links import places
from scenarios.folder.schools import Schools
from scenarios.folder.tables import Faults, ids_of, need_columns, numbers
from scenarios.reading.files import there
from scenarios.reading.layers import read_layer
from scenarios.reading.most import need_most

NAMES = ("blocks.parquet", "blocks.gpkg", "blocks.geojson")
GROUP_SLACK, GROUP_SHARE = 0.5, 0.01  # FORMAT.md: how far group counts may miss `students`
POVERTY_SLACK = 1e-9
LEAST_TOTAL = 1e-6  # students of a district, unless there are none


@dataclass(frozen=True, eq=False)
class Blocks:
    """In ascending order of ids. zone: (blocks,) school index. counts: (blocks, columns). source: their shapes as the
    file has them, None where not every one can be used."""

    ids: tuple[str, ...]
    frame: gpd.GeoDataFrame
    zone: Ints
    columns: list[str]
    counts: Floats
    source: Source | None


def read_blocks(faults: Faults, folder: Path, groups: Sequence[str], schools: Schools | None) -> Blocks | None:
    """The folder's blocks, None where there are none. schools: None where they could not be read."""
    path = find_blocks(folder)
    frame, where = read_frame(path), path.name
    need_most(where, "blocks", len(frame))
    names = block_ids(faults, where, frame)
    if not names:
        return None
    source = Source(where, frame.geometry.to_numpy(), frame.crs, names, "geometry", others="schools")
    if schools is not None:
        source = replace(source, around=box_of(schools.points, WGS84))
    shaped = check_shapes(faults, where, frame, names) and _are_places(faults, source)
    zone = np.zeros(len(names), np.int32)
    if schools is not None and "school_id" in frame.columns:
        zone = places(faults, where, frame["school_id"], "school_id", schools.ids, names)
    columns, counts = read_counts(faults, where, frame, names, list(groups))
    order = np.array(sorted(range(len(names)), key=lambda i: names[i]), int)
    ids = tuple(names[i] for i in order)
    source = replace(source, shapes=source.shapes[order], names=ids)
    frame = frame.iloc[order].reset_index(drop=True)
    return Blocks(ids, frame, zone[order], columns, counts[order], source if shaped else None)


def _are_places(faults: Faults, source: Source) -> bool:
    before = len(faults.found)
    with faults.gather():
        need_places(source, every=True)
    return len(faults.found) == before


def find_blocks(folder: Path) -> Path:
    """The one blocks file of the folder."""
    found = [folder / name for name in NAMES if there(folder / name)]
    if len(found) != 1:
        problem = "none of them is there" if not found else f"{' and '.join(path.name for path in found)} are there"
        raise InputError(Fault(" or ".join(NAMES), problem, "Keep exactly one file of blocks in the folder"))
    return found[0]


def read_frame(path: Path) -> gpd.GeoDataFrame:
    """The blocks as they stand in the file. Raises InputError where it is not what its ending says."""
    return read_layer(
        path,
        fits=lambda layer: "block_id" in layer.columns,
        what="block_id",
        several="Leave in it one layer with block_id, that of the blocks",
        mend=f"Write it anew as {path.suffix[1:]} with a geometry column",
        text=("block_id", "school_id"),
    )


def check_shapes(faults: Faults, where: str, frame: gpd.GeoDataFrame, ids: list[str]) -> bool:
    """Whether every block has a valid polygon in a declared CRS; faults name the blocks that have not."""
    before = len(faults.found)
    if frame.crs is None:
        faults.add(where, "the file declares no CRS", "Declare the coordinate reference system", column="geometry")
    shapes = frame.geometry.to_numpy()
    null = shapely.is_missing(shapes)
    empty = ~null & shapely.is_empty(shapes)
    polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    invalid = ~null & ~empty & polygon & ~shapely.is_valid(shapes)
    for mask, problem in (
        (null, "the geometry is missing, or damaged"),
        (empty, "the geometry is empty"),
        (~null & ~empty & ~polygon, "the geometry is not a polygon or multipolygon"),
        (invalid, "the geometry is not valid"),
    ):
        if mask.any():
            mend = "Give each block a valid polygon (GIS tools call the repair 'fix geometries')"
            faults.add(where, problem, mend, column="geometry", ids=[ids[i] for i in np.flatnonzero(mask)])
    return len(faults.found) == before


def read_counts(
    faults: Faults, where: str, frame: pd.DataFrame, ids: list[str], groups: list[str]
) -> tuple[list[str], Floats]:
    """The count columns, by name, and (blocks, columns) the counts; faults where they cannot be students."""
    named = ["students", *(f"students_{group}" for group in groups)]
    if groups or "students_poverty" in frame.columns:
        named.append("students_poverty")
    further = [str(c) for c in frame.columns if str(c).startswith("students_") and str(c) not in named]
    if not need_columns(faults, where, frame, named):
        return named, np.zeros((len(frame), len(named)))
    columns = named + further
    before = len(faults.found)
    counts = np.column_stack([numbers(faults, where, name, frame[name], ids) for name in columns])
    if len(faults.found) == before:
        _check_totals(faults, where, counts, columns)
        _check_groups(faults, where, counts, ids, groups)
        _check_poverty(faults, where, counts, columns, ids, groups)
    return columns, counts


def _check_totals(faults: Faults, where: str, counts: Floats, columns: list[str]) -> None:
    """Shares of next to nothing cannot be worked out in doubles."""
    for name, total in zip(columns, counts.sum(axis=0), strict=True):
        if 0 < total < LEAST_TOTAL:
            faults.add(where, f"all of it adds up to {total:.3g}", "Give numbers of students", column=name)


def groups_apart(total: Floats, students: Floats) -> Bools:
    """Where the groups' sum misses the students."""
    return np.abs(total - students) > np.maximum(GROUP_SLACK, GROUP_SHARE * students) + 1e-9


def too_poor(poverty: Floats, students: Floats) -> Bools:
    """Where more are in poverty than there are."""
    return poverty > students * (1 + POVERTY_SLACK)


def _check_groups(faults: Faults, where: str, counts: Floats, ids: list[str], groups: list[str]) -> None:
    if not groups:
        return
    students, total = counts[:, 0], counts[:, 1 : 1 + len(groups)].sum(axis=1)
    wrong = groups_apart(total, students)
    if wrong.any():
        shown = [f"{ids[i]} (groups {total[i]:g}, students {students[i]:g})" for i in np.flatnonzero(wrong)]
        mend = "Let the groups of each block add up to its students within 0.5 or 1 %"
        faults.add(where, "the groups do not add up to the students", mend, column="students", ids=shown)


def _check_poverty(
    faults: Faults, where: str, counts: Floats, columns: list[str], ids: list[str], groups: list[str]
) -> None:
    """Poverty is at most the block's group sum; what exceeds it by rounding alone is cut."""
    if "students_poverty" not in columns:
        return
    at = columns.index("students_poverty")
    most = counts[:, 1 : 1 + len(groups)].sum(axis=1) if groups else counts[:, 0]
    wrong = too_poor(counts[:, at], most)
    if wrong.any():
        shown = [f"{ids[i]} ({counts[i, at]:g} of {most[i]:g})" for i in np.flatnonzero(wrong)]
        mend = "Give at most as many students in poverty as there are students in the block's groups"
        faults.add(where, "more students in poverty than students", mend, column="students_poverty", ids=shown)
    counts[:, at] = np.minimum(counts[:, at], most)


def further_columns(frame: pd.DataFrame, used: list[str]) -> dict[str, NDArray[Any]]:
    """What the file holds beyond the format, kept for rules to name."""
    skip = {"block_id", "school_id", "geometry", *used}
    return {str(name): frame[name].to_numpy() for name in frame.columns if str(name) not in skip}


def block_ids(faults: Faults, where: str, frame: pd.DataFrame) -> list[str]:
    """The ids of the blocks, checked; rows stand in for them where the file has none. [] where there are no blocks."""
    if len(frame) == 0:
        faults.add(where, "holds no blocks", "Give at least one block")
        return []
    need_columns(faults, where, frame, ["block_id", "school_id"])
    if "block_id" not in frame.columns:
        return [f"row {i + 1}" for i in range(len(frame))]
    return ids_of(faults, where, frame, "block_id", unique=True)
