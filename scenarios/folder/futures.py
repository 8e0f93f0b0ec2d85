"""futures.parquet: counts that will be, if a forecast is right: by future and year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.transition.grades import PREFIX
from scenarios.folder.long import BLOCK, FEW, Form, batches, count_columns, counts_of
from scenarios.folder.tables import Faults, check_names, need_names
from scenarios.reading.files import need_file, there
from scenarios.reading.most import need_most
from scenarios.reading.tables import opened_parquet

FUTURES = "futures.parquet"
FUTURE, YEAR = "future", "year"
BEYOND = 10_000  # years


@dataclass(frozen=True, eq=False)
class Futures:
    """cases: what each is, a future and a year, in ascending order. counts: by name of a count column, (cases, blocks);
    grades too that the blocks have no column of."""

    cases: tuple[tuple[str, int], ...]
    counts: Mapping[str, Floats]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.cases))

    @property
    def years(self) -> list[int]:
        return sorted({year for _, year in self.cases})


def has_futures(folder: Path) -> bool:
    return there(folder / FUTURES)


def read_futures(folder: Path, district: District) -> Futures:
    """Raises InputError with all that is wrong with them."""
    path, faults = need_file(folder / FUTURES, "table"), Faults()
    cases: list[tuple[str, int]] = []
    form = Form(FUTURES, (FUTURE, YEAR), "future's year", lambda k: "{} in {}".format(*cases[k]), PREFIX)
    with opened_parquet(path, FUTURES) as file:
        need_names(faults, FUTURES, file.schema_arrow.names, (FUTURE, YEAR))
        columns = count_columns(faults, form, file.schema_arrow, district)
        faults.stop()
        found, case = _cases(faults, file)
        cases += found
        return Futures(tuple(cases), counts_of(faults, form, file, columns, case, len(cases), district))


def _cases(faults: Faults, file: pq.ParquetFile) -> tuple[list[tuple[str, int]], Ints]:
    """The cases, and that of every row. Raises InputError."""
    rows = file.metadata.num_rows
    if rows == 0:
        raise InputError(Fault(FUTURES, "holds no rows", "Fill it, or take it away"))
    need_most(FUTURES, "rows", rows)
    kinds = [file.schema_arrow.field(name).type for name in (FUTURE, YEAR)]
    kinds = [kind.value_type if pa.types.is_dictionary(kind) else kind for kind in kinds]
    if not (pa.types.is_string(kinds[0]) or pa.types.is_large_string(kinds[0])):
        faults.add(FUTURES, f"holds {kinds[0]}, not text", "Write the names of futures as text", column=FUTURE)
    if not pa.types.is_integer(kinds[1]):
        faults.add(FUTURES, f"holds {kinds[1]}, not whole numbers", "Write years as 2030", column=YEAR)
    faults.stop()
    names: dict[str, int] = {}
    future, year = np.empty(rows, np.int64), np.empty(rows, np.int64)
    for at, part in batches(file, FUTURE, rows):
        cells = part.dictionary_encode()
        codes = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        code = [names.setdefault(text, len(names)) for text in cells.dictionary.to_pylist()]
        future[at : at + len(part)] = np.array([*code, -1])[codes]
    for at, part in batches(file, YEAR, rows):
        year[at : at + len(part)] = part.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    check_names(faults, FUTURES, list(names), FUTURE)
    blank = [code for name, code in names.items() if not name.strip()]
    for column, wrong in ((FUTURE, (future < 0) | np.isin(future, blank)), (YEAR, (year < 0) | (year >= BEYOND))):
        if wrong.any():
            shown = [f"row {k + 1}" for k in np.flatnonzero(wrong)[:FEW].tolist()]
            faults.add(FUTURES, "is empty, or no year", "Give every row its future and year", column, shown)
    faults.stop()
    order = sorted(names)
    place = np.array([order.index(name) for name in names])
    keys, case = np.unique(place[future] * BEYOND + year, return_inverse=True)
    return [(order[key // BEYOND], key % BEYOND) for key in keys.tolist()], case.astype(np.int32)


def write_futures(
    path: Path,
    blocks: Sequence[str],
    years: Sequence[int],
    each: Iterator[tuple[str, Mapping[str, Floats]]],
    about: str,
) -> None:
    """each: a future's name, and by count column (years, blocks). about: JSON of how they were made."""
    names = pa.array(blocks, pa.string())
    block = names.take(pa.array(np.tile(np.arange(len(blocks)), len(years))))
    year = np.repeat(np.array(years, np.int32), len(blocks))
    writer = None
    for name, counts in each:
        columns = {FUTURE: pa.array([name] * len(year), pa.string()), YEAR: year, BLOCK: block} | {
            key: drawn.ravel() for key, drawn in counts.items()
        }
        table = pa.table(columns)
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema.with_metadata({b"rezone.forecast": about.encode()}))
        writer.write_table(table)
    if writer is not None:
        writer.close()
