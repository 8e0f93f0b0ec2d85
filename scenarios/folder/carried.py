"""`district.parquet`: the district that a run carries, as far as maps, tables and public bundles of its plan need it.

A row a block; schools and the rest as JSON among the file's own notes. It holds small counts, as plans' layers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pyproj
import shapely
from pydantic import Field
from pyproj.exceptions import CRSError

from optimizer.arrays import Csr, Offsets
from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError
from optimizer.parts import parts_of
from optimizer.plan import Plan
from optimizer.travel import TravelTable, Unit
from scenarios.reading.documents import need_known, parse_json, record
from scenarios.reading.files import need_file
from scenarios.reading.tables import NOTES, read_arrow
from scenarios.reading.values import Known, Name, Number, Sure, Text, Whole
from scenarios.writing.files import replacing
from scenarios.writing.records import as_json

CARRIED = "district.parquet"
FORMAT = 1
AGAIN = "Run rezone optimize again, or name the district's folder with --district"
SCHEMA = pyarrow.schema(
    {
        "block_id": pyarrow.string(),
        "school": pyarrow.int32(),  # today's, by its place among the schools
        "counts": pyarrow.list_(pyarrow.float64()),  # by column
        "neighbours": pyarrow.list_(pyarrow.int32()),  # by their places among the blocks
        "schools": pyarrow.list_(pyarrow.int32()),  # today's and the plan's, as far as they are in reach
        "travel": pyarrow.list_(pyarrow.float64()),  # to each of these
        "geometry": pyarrow.binary(),  # WKB
    }
)


@dataclass(frozen=True, kw_only=True)
class School:
    """x, y: metres in the district's CRS. root: the block that holds its zone together, -1 for none."""

    id: Name
    name: Name
    x: Number
    y: Number
    capacity: Known
    min_students: Known
    other_students: Number
    root: Annotated[int, Field(strict=True, ge=-1)]


@dataclass(frozen=True, kw_only=True)
class Head:
    """parted: whether blocks stand apart, and their parts are to be found from their shapes."""

    format: Whole
    name: Name
    crs: Text
    groups: Sequence[Name]
    columns: Sequence[Name]
    travel_unit: Unit
    parted: Sure
    schools: Sequence[School]


def write_carried(path: Path, plan: Plan) -> None:
    """The district as it is today, with the schools that rules open in its list and travel as they have it."""
    district, before = plan.district.today, plan.district.original
    assert district.geography is not None
    near = Csr.of_pairs(
        np.tile(np.arange(district.blocks), 2), np.concatenate([district.status_quo, plan.school]), district.blocks
    )
    travel = plan.district.travel.of(near)
    known = np.isfinite(travel)
    width = len(district.columns)
    near, travel = near.keep(known), travel[known]
    columns = [
        pyarrow.array(district.block_ids),
        pyarrow.array(district.status_quo),
        _lists(np.arange(district.blocks + 1) * width, district.counts.ravel()),
        _lists(before.adjacency.start, before.adjacency.index),
        _lists(near.start, near.index),
        _lists(near.start, travel),
        pyarrow.array(shapely.to_wkb(district.geography.polygon, include_srid=False), pyarrow.binary()),
    ]
    notes = {NOTES: as_json(_head(district), indent=None).encode()}
    with replacing(path) as new:
        table = pyarrow.Table.from_arrays(columns, schema=SCHEMA.with_metadata(notes))
        pyarrow.parquet.write_table(table, new, compression="zstd")


def _lists(start: Offsets, values: Any) -> Any:
    return pyarrow.ListArray.from_arrays(start.astype(np.int32), pyarrow.array(values))


def _head(district: District) -> Head:
    assert district.geography is not None
    return Head(
        format=FORMAT,
        name=district.name,
        crs=district.geography.crs,
        groups=district.groups,
        columns=district.columns,
        travel_unit=district.travel.unit,
        parted=district.parts is not None,
        schools=[
            School(
                id=district.school_ids[j],
                name=district.school_names[j],
                x=float(x),
                y=float(y),
                capacity=_known(district.capacity[j]),
                min_students=_known(district.min_students[j]),
                other_students=float(district.other_students[j]),
                root=int(district.root[j]),
            )
            for j, (x, y) in enumerate(district.geography.school_xy)
        ],
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def read_carried(path: Path) -> District:
    """The district of a run's own file. Raises InputError where it is none, or what it holds cannot be a district."""
    need_file(path, "table", where=str(path), missing=AGAIN)
    table = read_arrow(path, str(path))
    notes = parse_json((table.schema.metadata or {}).get(NOTES, b"null"), str(path))
    need_known(notes, FORMAT, str(path))
    if not isinstance(notes, dict) or notes.get("format") != FORMAT:
        raise InputError(Fault(str(path), "was written by another version", AGAIN))
    head = record(Head, notes, str(path), AGAIN)
    try:
        return _district(head, table)
    except (ValueError, CRSError, shapely.errors.ShapelyError):
        raise InputError(Fault(str(path), "holds what is no district", AGAIN)) from None


def _district(head: Head, table: Any) -> District:
    """Raises ValueError where the parts are of no district."""
    _need(table.schema.equals(SCHEMA) and not any(column.null_count for column in table.columns))
    ids, school, geometry = (table.column(name).to_pylist() for name in ("block_id", "school", "geometry"))
    blocks, schools = len(ids), len(head.schools)
    _need(blocks > 0 and ids == sorted(set(ids)) and "students" in head.columns)
    _need([row.id for row in head.schools] == sorted({row.id for row in head.schools}))
    _need(all(0 <= j < schools for j in school) and all(row.root < blocks for row in head.schools))
    width, counts = _flat(table, "counts")
    _need((width == len(head.columns)).all() and (counts >= 0).all() and np.isfinite(counts).all())
    many, beside = _flat(table, "neighbours", blocks)
    block = np.repeat(np.arange(blocks), many)
    polygon = shapely.from_wkb(geometry)
    _need(np.isin(shapely.get_type_id(polygon), (3, 6)).all() and np.isfinite(shapely.bounds(polygon)).all())
    _need(pyproj.CRS(head.crs).is_projected)
    xy = np.array([(row.x, row.y) for row in head.schools], np.float64)
    return District(
        name=head.name,
        block_ids=tuple(ids),
        school_ids=tuple(row.id for row in head.schools),
        school_names=tuple(row.name for row in head.schools),
        groups=tuple(head.groups),
        columns=tuple(head.columns),
        counts=counts.reshape(blocks, len(head.columns)),
        status_quo=np.array(school, np.int32),
        adjacency=Csr.of_pairs(np.concatenate([block, beside]), np.concatenate([beside, block]), blocks),
        travel=_travel(table, blocks, schools, head.travel_unit),
        root=np.array([row.root for row in head.schools], np.int32),
        capacity=np.array([row.capacity for row in head.schools], np.float64),
        min_students=np.array([row.min_students for row in head.schools], np.float64),
        other_students=np.array([row.other_students for row in head.schools], np.float64),
        geography=Geography(head.crs, polygon, xy),
        parts=parts_of(polygon)[1] if head.parted else None,
    )


def _travel(table: Any, blocks: int, schools: int, unit: Unit) -> TravelTable:
    many, school = _flat(table, "schools", schools)
    length, travel = _flat(table, "travel")
    block = np.repeat(np.arange(blocks), many)
    _need((length == many).all() and (np.diff(block * schools + school) > 0).all() and (travel >= 0).all())
    return TravelTable(Csr.of_pairs(block, school, blocks), travel, unit)


def _flat(table: Any, name: str, below: int | None = None) -> tuple[Any, Any]:
    """Of a column of lists: how long each is, and all values one after another. below: what they are places of."""
    column = table.column(name).combine_chunks()
    values = column.flatten()
    _need(values.null_count == 0)
    found = values.to_numpy()
    _need(below is None or ((found >= 0) & (found < below)).all())
    return column.value_lengths().to_numpy(), found


def _need(holds: Any) -> None:
    if not holds:
        raise ValueError
