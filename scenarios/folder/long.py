"""Long tables of counts that differ: a row a case and block, every block once in each case. A case is a draw, or a year
of a future.

Read by columns: of a thousand cases no more is held than their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from optimizer.errors import nearest
from scenarios.folder.blocks import groups_apart, too_poor
from scenarios.folder.links import places
from scenarios.folder.tables import Faults, need_names
from scenarios.reading.most import most

BLOCK = "block_id"
FEW = 50  # cells that a fault looks up: it shows fewer
BATCH = 1 << 18  # rows that are read or written at once


class Form(NamedTuple):
    """where: the file. keys: the columns that tell its cases apart. what: a case, in words. name: of one of them. also:
    begins the names of count columns that it may have and the blocks not."""

    where: str
    keys: tuple[str, ...]
    what: str
    name: Callable[[int], str]
    also: str | None = None


class _Rows(NamedTuple):
    """Of every row that is wanted, its case and its block."""

    case: Ints
    block: Ints


def count_columns(faults: Faults, form: Form, schema: Any, district: District) -> list[str]:
    """The count columns of the file; faults for those that are missing, strange or of another type."""
    names = list(schema.names)
    able = [*district.columns]
    if form.also is not None:
        able += [name for name in names if name.startswith(form.also) and name not in able]
    need_names(faults, form.where, names, [BLOCK])
    for name in names:
        if name not in (*form.keys, BLOCK, *able):
            mend = f"Take it out, or name it as the blocks do; their count columns are: {', '.join(able)}"
            faults.add(form.where, f"is no count column of the blocks{nearest(name, able)}", mend, column=name)
    found = [name for name in able if name in names]
    if not found:
        mend = f"Give at least one of: {', '.join(able)}"
        faults.add(form.where, "has no count column", mend)
    for name in found:
        kind = schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            faults.add(form.where, f"holds {kind}, not numbers", "Write the column as numbers", column=name)
    return found


def counts_of(
    faults: Faults,
    form: Form,
    file: pq.ParquetFile,
    columns: Sequence[str],
    case: Ints,
    number: int,
    district: District,
) -> Mapping[str, Floats]:
    """By column, (cases, blocks) the counts of the first cases. case: of the first rows of the file, among them all
    that are wanted. Raises InputError with all that is wrong with them."""
    rows = _rows(faults, form, file, case, number, district)
    faults.stop()
    counts = {name: _counts(faults, form, file, name, rows, (number, district)) for name in columns}
    faults.stop()
    _check_sums(faults, form, counts, district)
    faults.stop()
    return counts


def _rows(faults: Faults, form: Form, file: pq.ParquetFile, case: Ints, number: int, district: District) -> _Rows:
    """Cases and blocks of the rows of the first cases; faults where one has not every block once. The block of others
    is -1."""
    rows, ids = _Rows(case, np.full(len(case), -1, np.int32)), district.block_ids
    for at, part in batches(file, BLOCK, len(case)):
        cells = part.dictionary_encode()
        texts = cells.dictionary.to_pandas()
        place = places(faults, form.where, texts, BLOCK, ids, [f"'{text}'" for text in texts])
        codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        if (codes < 0).any():
            shown = [f"row {at + i + 1}" for i in np.flatnonzero(codes < 0)[:FEW].tolist()]
            faults.add(form.where, "the block is empty", "Give every row its block", column=BLOCK, ids=shown)
        if faults.found:
            return rows
        rows.block[at : at + len(part)] = place[codes]
    rows.block[case >= number] = -1
    _check_once(faults, form, rows, number, ids)
    return rows


def _check_once(faults: Faults, form: Form, rows: _Rows, number: int, ids: Sequence[str]) -> None:
    wanted = rows.block >= 0
    key = rows.case[wanted].astype(np.int64) * len(ids) + rows.block[wanted]
    times = np.zeros(number * len(ids), np.uint8)
    times[key] = 1
    mend = f"Give every block one row in each {form.what}"
    if len(key) > times.sum(dtype=np.int64):
        key = np.sort(key)
        twice = np.unique(key[1:][key[1:] == key[:-1]])
        faults.add(form.where, f"a {form.what} has the block more than once", mend, BLOCK, _cells(form, twice, ids))
    elif not times.all():
        gone = np.flatnonzero(times == 0)
        faults.add(form.where, f"a {form.what} has not the block", mend, BLOCK, _cells(form, gone, ids))


def _cells(form: Form, at: NDArray[np.integer], ids: Sequence[str]) -> list[str]:
    """What blocks of which cases are called."""
    return [f"{ids[k % len(ids)]} in {form.name(k // len(ids))}" for k in at[:FEW].tolist()]


def _counts(
    faults: Faults, form: Form, file: pq.ParquetFile, name: str, rows: _Rows, size: tuple[int, District]
) -> Floats:
    """(cases, blocks) one column; a fault where it is not finite, negative or too large."""
    number, district = size
    counts = np.empty((number, district.blocks))
    for at, part in batches(file, name, len(rows.case)):
        block = rows.block[at : at + len(part)]
        wanted = block >= 0
        values = part.cast(pa.float64()).to_numpy(zero_copy_only=False)  # null becomes NaN
        counts[rows.case[at : at + len(part)][wanted], block[wanted]] = values[wanted]
    right = (counts >= 0) & (counts <= most("number"))
    _note(faults, form, ~right, name, "not a number of students", "Give finite numbers of 0 or more", district, counts)
    return counts


def _note(
    faults: Faults, form: Form, wrong: Bools, column: str, problem: str, mend: str, district: District, *shown: Floats
) -> None:
    """A fault for the cells, (cases, blocks), that are wrong, if any is, with what stands there."""
    at = np.flatnonzero(wrong)
    if len(at):
        cells = _cells(form, at, district.block_ids)
        told = [" of ".join(f"{values.flat[k]:g}" for values in shown) for k in at[:FEW].tolist()]
        ids = [f"{cell} ({text})" for cell, text in zip(cells, told, strict=True)]
        faults.add(form.where, problem, mend, column, ids)


def _check_sums(faults: Faults, form: Form, counts: Mapping[str, Floats], district: District) -> None:
    """Faults where groups or poverty do not fit the students of a case; poverty above them by rounding alone is cut."""

    def drawn(name: str) -> Floats:
        return counts[name] if name in counts else district.column(name)[None]

    groups = [f"students_{group}" for group in district.groups]
    whole: Floats = sum((drawn(name) for name in groups), np.zeros(1)) if groups else drawn("students")
    if groups and not counts.keys().isdisjoint(("students", *groups)):
        whole, students = np.broadcast_arrays(whole, drawn("students"))
        mend = "Let the groups of each block add up to its students within 0.5 or 1 %, in every " + form.what
        apart = groups_apart(whole, students)
        problem = "the groups do not add up to the students"
        _note(faults, form, apart, "students", problem, mend, district, whole, students)
    poverty = "students_poverty"
    if district.has_poverty and not counts.keys().isdisjoint((poverty, "students", *groups)):
        whole, poor = np.broadcast_arrays(whole, drawn(poverty))
        mend = "Give at most as many students in poverty as there are students in the block's groups, in every "
        mend += form.what
        wrong = too_poor(poor, whole)
        _note(faults, form, wrong, poverty, "more students in poverty than students", mend, district, poor, whole)
        if poverty in counts:
            np.minimum(counts[poverty], whole, out=counts[poverty])


def batches(file: pq.ParquetFile, column: str, rows: int) -> Iterator[tuple[int, Any]]:
    """The first rows of a column in pieces, each with the row that it begins with."""
    at = 0
    for batch in file.iter_batches(BATCH, columns=[column], use_threads=False):
        if at >= rows:
            return
        piece = batch.column(0)[: rows - at]
        yield at, piece
        at += len(piece)
