"""draws.parquet: counts that might be true, whoever drew them: an importer, a forecast, another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError
from scenarios.folder.long import BATCH, BLOCK, FEW, Form, batches, count_columns, counts_of
from scenarios.folder.tables import Faults, need_names
from scenarios.reading.files import need_file, there
from scenarios.reading.most import need_most
from scenarios.reading.tables import opened_parquet
from scenarios.writing.files import replacing
from scenarios.writing.staging import sha256_of

DRAWS = "draws.parquet"
DRAW = "draw"
FORM = Form(DRAWS, (DRAW,), "draw", "draw {}".format)


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
        _check_numbered(faults, file.schema_arrow)
        columns = count_columns(faults, FORM, file.schema_arrow, district)
        faults.stop()
        every = _numbers(file)
        held = int(every.max()) + 1
        number = held if number is None else number
        _need(held, number)
        every = every[: 1 + int(np.flatnonzero(every < number)[-1])]
        counts = counts_of(faults, FORM, file, columns, every, number, district)
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


def _numbers(file: pq.ParquetFile) -> Ints:
    """(rows,) the draw of every row. Raises InputError where they are not 0, 1, 2 and so on."""
    rows = file.metadata.num_rows
    if rows == 0:
        raise InputError(Fault(DRAWS, "holds no rows", "Fill it, or take it away: a model redraws the counts then"))
    need_most(DRAWS, "rows", rows)
    mend = "Number the draws 0, 1, 2 and so on"
    draw = np.empty(rows, np.int32)
    for at, part in batches(file, DRAW, rows):
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
