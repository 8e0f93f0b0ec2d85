"""draws.parquet: counts that might be true, whoever drew them: an importer, a forecast, another program.

Long, a row a draw and block, and read by columns: of a thousand draws no more is held than their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.folder.blocks import groups_apart, too_poor
from scenarios.folder.links import places
from scenarios.folder.tables import Faults, need_names
from scenarios.reading.files import need_file, there
from scenarios.reading.most import most, need_most
from scenarios.reading.tables import opened_parquet
from scenarios.writing.files import replacing
from scenarios.writing.staging import sha256_of

DRAWS = "draws.parquet"
DRAW, BLOCK = "draw", "block_id"
FEW = 50  # cells that a fault looks up: it shows fewer
BATCH = 1 << 18  # rows that are read or written at once


@dataclass(frozen=True, eq=False)
class Draws:
    """counts: by name of a count column, (draws, blocks), blocks in the district's order; a column that is not there is
    the same in every draw, as the folder has it. number: how many were read; held: how many the file holds. sha256: of
    the file."""

    counts: Mapping[str, Floats]
    number: int
    held: int
    sha256: str

    def of(self, district: District, some: slice) -> Floats:
        """(draws, blocks, columns) the district's counts, with those of some of the draws in their place."""
        among = range(self.number)[some]
        counts = np.repeat(district.counts[None], len(among), axis=0)
        for name, drawn in self.counts.items():
            counts[:, :, district.column_index(name)] = drawn[some]
        return counts


class _Rows(NamedTuple):
    """Of every row that is wanted, its draw and its block."""

    draw: Ints
    block: Ints


def has_draws(folder: Path) -> bool:
    return there(folder / DRAWS)


def need_draws(folder: Path, number: int) -> None:
    """Raises InputError where the folder has draws, and fewer than so many."""
    if has_draws(folder):
        with opened_parquet(need_file(folder / DRAWS, "table"), DRAWS) as file:
            faults = Faults()
            _check_numbered(faults, file.schema_arrow)
            faults.stop()
            _need(int(_numbers(file).max()) + 1, number)


def read_draws(folder: Path, district: District, number: int | None = None) -> Draws:
    """The first `number` draws of the folder, None for all. Raises InputError with all that is wrong with them; what
    lies beyond them is not looked at."""
    path, faults = need_file(folder / DRAWS, "table"), Faults()
    with opened_parquet(path, DRAWS) as file:
        columns = _columns(faults, file.schema_arrow, district)
        faults.stop()
        every = _numbers(file)
        held = int(every.max()) + 1
        number = held if number is None else number
        _need(held, number)
        rows = _rows(faults, file, every[: 1 + int(np.flatnonzero(every < number)[-1])], number, district)
        faults.stop()
        counts = {name: _counts(faults, file, name, rows, (number, district)) for name in columns}
    faults.stop()
    _check_sums(faults, counts, district)
    faults.stop()
    return Draws(counts, number, held, sha256_of(path))


def _need(held: int, number: int) -> None:
    if number > held:
        mend = f"Give --draws {held}, or fewer"
        raise InputError(Fault(DRAWS, f"holds {held:,} draws, and {number:,} are asked for", mend, DRAW))


def _check_numbered(faults: Faults, schema: Any) -> None:
    """Faults where there is no column of the draws' numbers."""
    if need_names(faults, DRAWS, schema.names, [DRAW]) and not pa.types.is_integer(schema.field(DRAW).type):
        problem = f"holds {schema.field(DRAW).type}: draws are numbered 0, 1, 2 and so on"
        faults.add(DRAWS, problem, "Write the column as whole numbers", column=DRAW)


def _columns(faults: Faults, schema: Any, district: District) -> list[str]:
    """The count columns of the file; faults for those that are missing, strange or of another type."""
    names, able = list(schema.names), list(district.columns)
    _check_numbered(faults, schema)
    need_names(faults, DRAWS, names, [BLOCK])
    for name in names:
        if name not in (DRAW, BLOCK, *able):
            mend = f"Take it out, or name it as the blocks do; their count columns are: {', '.join(able)}"
            faults.add(DRAWS, f"is no count column of the blocks{nearest(name, able)}", mend, column=name)
    found = [name for name in able if name in names]
    if not found:
        mend = f"Give at least one of: {', '.join(able)}"
        faults.add(DRAWS, "has no count column", mend)
    for name in found:
        kind = schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            faults.add(DRAWS, f"holds {kind}, not numbers", "Write the column as numbers", column=name)
    return found


def _numbers(file: pq.ParquetFile) -> Ints:
    """(rows,) the draw of every row. Raises InputError where they are not 0, 1, 2 and so on."""
    rows = file.metadata.num_rows
    if rows == 0:
        raise InputError(Fault(DRAWS, "holds no rows", "Fill it, or take it away: a model redraws the counts then"))
    need_most(DRAWS, "rows", rows)
    mend = "Number the draws 0, 1, 2 and so on"
    draw = np.empty(rows, np.int32)
    for at, part in _batches(file, DRAW, rows):
        wrong = part.is_null().to_numpy(zero_copy_only=False)
        values = part.fill_null(0).to_numpy(zero_copy_only=False)
        wrong |= (values < 0) | (values >= rows)  # as many rows as draws, at least
        if wrong.any():
            shown = [f"row {at + i + 1} ({part[i].as_py()})" for i in np.flatnonzero(wrong)[:FEW].tolist()]
            raise InputError(Fault(DRAWS, "not the number of a draw", mend, DRAW, tuple(shown)))
        draw[at : at + len(part)] = values
    gone = np.flatnonzero(np.bincount(draw) == 0)
    if len(gone):
        shown = [f"draw {k}" for k in gone[:FEW].tolist()]
        raise InputError(Fault(DRAWS, "draws are left out", mend, DRAW, tuple(shown)))
    return draw


def _rows(faults: Faults, file: pq.ParquetFile, draw: Ints, number: int, district: District) -> _Rows:
    """Draws and blocks of the rows of the first draws; faults where one has not every block once. draw: of the first
    rows of the file, among them all that are wanted; the block of others is -1."""
    rows, ids = _Rows(draw, np.full(len(draw), -1, np.int32)), district.block_ids
    for at, part in _batches(file, BLOCK, len(draw)):
        cells = part.dictionary_encode()
        texts = cells.dictionary.to_pandas()
        place = places(faults, DRAWS, texts, BLOCK, ids, [f"'{text}'" for text in texts])
        codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        if (codes < 0).any():
            shown = [f"row {at + i + 1}" for i in np.flatnonzero(codes < 0)[:FEW].tolist()]
            faults.add(DRAWS, "the block is empty", "Give every row its block", column=BLOCK, ids=shown)
        if faults.found:
            return rows
        rows.block[at : at + len(part)] = place[codes]
    rows.block[draw >= number] = -1
    _check_once(faults, rows, number, ids)
    return rows


def _check_once(faults: Faults, rows: _Rows, number: int, ids: Sequence[str]) -> None:
    wanted = rows.block >= 0
    key = rows.draw[wanted].astype(np.int64) * len(ids) + rows.block[wanted]
    times = np.zeros(number * len(ids), np.uint8)
    times[key] = 1
    if len(key) > times.sum(dtype=np.int64):
        key = np.sort(key)
        twice = np.unique(key[1:][key[1:] == key[:-1]])
        mend = "Give every block one row in each draw"
        faults.add(DRAWS, "a draw has the block more than once", mend, BLOCK, _cells(twice, ids))
    elif not times.all():
        gone = np.flatnonzero(times == 0)
        faults.add(DRAWS, "a draw has not the block", "Give every block one row in each draw", BLOCK, _cells(gone, ids))


def _cells(at: NDArray[np.integer], ids: Sequence[str]) -> list[str]:
    """What blocks of which draws are called."""
    return [f"{ids[k % len(ids)]} in draw {k // len(ids)}" for k in at[:FEW].tolist()]


def _counts(faults: Faults, file: pq.ParquetFile, name: str, rows: _Rows, size: tuple[int, District]) -> Floats:
    """(draws, blocks) one column; a fault where it is not finite, negative or too large."""
    number, district = size
    counts = np.empty((number, district.blocks))
    for at, part in _batches(file, name, len(rows.draw)):
        block = rows.block[at : at + len(part)]
        wanted = block >= 0
        values = part.cast(pa.float64()).to_numpy(zero_copy_only=False)  # null becomes NaN
        counts[rows.draw[at : at + len(part)][wanted], block[wanted]] = values[wanted]
    right = (counts >= 0) & (counts <= most("number"))
    _note(faults, ~right, name, "not a number of students", "Give finite numbers of 0 or more", district, counts)
    return counts


def _note(
    faults: Faults, wrong: Bools, column: str, problem: str, mend: str, district: District, *shown: Floats
) -> None:
    """A fault for the cells, (draws, blocks), that are wrong, if any is, with what stands there."""
    at = np.flatnonzero(wrong)
    if len(at):
        cells = _cells(at, district.block_ids)
        told = [" of ".join(f"{values.flat[k]:g}" for values in shown) for k in at[:FEW].tolist()]
        ids = [f"{cell} ({text})" for cell, text in zip(cells, told, strict=True)]
        faults.add(DRAWS, problem, mend, column, ids)


def _check_sums(faults: Faults, counts: Mapping[str, Floats], district: District) -> None:
    """Faults where groups or poverty do not fit the students of a draw; poverty above them by rounding alone is cut."""

    def drawn(name: str) -> Floats:
        return counts[name] if name in counts else district.column(name)[None]

    groups = [f"students_{group}" for group in district.groups]
    whole: Floats = sum((drawn(name) for name in groups), np.zeros(1)) if groups else drawn("students")
    if groups and not counts.keys().isdisjoint(("students", *groups)):
        whole, students = np.broadcast_arrays(whole, drawn("students"))
        mend = "Let the groups of each block add up to its students within 0.5 or 1 %, in every draw"
        apart = groups_apart(whole, students)
        _note(faults, apart, "students", "the groups do not add up to the students", mend, district, whole, students)
    poverty = "students_poverty"
    if district.has_poverty and not counts.keys().isdisjoint((poverty, "students", *groups)):
        whole, poor = np.broadcast_arrays(whole, drawn(poverty))
        mend = "Give at most as many students in poverty as there are students in the block's groups, in every draw"
        wrong = too_poor(poor, whole)
        _note(faults, wrong, poverty, "more students in poverty than students", mend, district, poor, whole)
        if poverty in counts:
            np.minimum(counts[poverty], whole, out=counts[poverty])


def _batches(file: pq.ParquetFile, column: str, rows: int) -> Iterator[tuple[int, Any]]:
    """The first rows of a column in pieces, each with the row that it begins with."""
    at = 0
    for batch in file.iter_batches(BATCH, columns=[column], use_threads=False):
        if at >= rows:
            return
        piece = batch.column(0)[: rows - at]
        yield at, piece
        at += len(piece)


def write_draws(folder: Path, blocks: Sequence[str], counts: Mapping[str, Floats]) -> None:
    """draws.parquet of the folder, whole or not at all. counts: by column, (draws, blocks)."""
    number, names = len(next(iter(counts.values()))), pa.array(blocks, pa.string())
    kinds = {DRAW: pa.int32(), BLOCK: pa.dictionary(pa.int32(), pa.string()), **dict.fromkeys(counts, pa.float64())}
    step = max(1, BATCH // max(1, len(blocks)))
    with replacing(folder / DRAWS) as new, pq.ParquetWriter(new, pa.schema(kinds)) as writer:
        for start in range(0, number, step):
            draws = np.arange(start, min(number, start + step), dtype=np.int32)
            block = pa.array(np.tile(np.arange(len(blocks), dtype=np.int32), len(draws)))
            columns = [np.repeat(draws, len(blocks)), pa.DictionaryArray.from_arrays(block, names)]
            columns += [drawn[start : start + step].ravel() for drawn in counts.values()]
            writer.write_table(pa.table(columns, schema=pa.schema(kinds)))
