"""CSV and Parquet tables: text cells stay as they are written, and no column stands twice."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

from optimizer.errors import Fault, InputError
from scenarios.reading.files import STEERING, is_systems, need_file, text_of, unreadable
from scenarios.reading.most import most, need_most

FEWER_CELLS = "Put cells that hold a comma between quotation marks, and write numbers with a point alone: 1200, 48.123"
CHUNK = 1 << 22
NOTES = b"rezone"  # the key of this program's own notes in Parquet files


def read_csv(path: Path, missing: str | None = None) -> pd.DataFrame:
    """A CSV file with every cell as text, empty cells as ''; rows without any text are left out, and columns without a
    name. missing: the mend where the file is not there. Raises InputError where the file is no such thing."""
    need_file(path, "table", missing=missing or f"Put the file {path.name} into the folder")
    columns = _header(path)
    try:
        table = pd.read_csv(path, dtype=str, na_filter=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Fault(path.name, "is not UTF-8 text", "Save it as CSV in UTF-8")) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise InputError(_not_csv(path.name, str(error))) from None
    except OSError as error:
        raise unreadable(error, path.name) from None
    if not isinstance(table.index, pd.RangeIndex):  # else pandas would take the first cells for names of the rows
        raise InputError(Fault(path.name, "its rows have more cells than its header", FEWER_CELLS))
    if len(columns) == table.shape[1]:
        table = table.loc[:, [bool(name.strip()) for name in columns]]
    return _without_blank_rows(table)


def _header(path: Path) -> list[str]:
    """The names in the header. Raises InputError where the file is no text, is separated by something else, as
    spreadsheets in much of the world do, or where a name stands twice."""
    with path.open("rb") as file:
        text_of(file.read(4), path.name, "CSV")
        file.seek(0)
        while part := file.read(CHUNK):
            if b"\0" in part:
                text_of(b"\0", path.name, "CSV")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = next((line for line in iter(lambda: file.readline(CHUNK), "") if line.strip()), "")
            columns = next(csv.reader([line]), [])
    except UnicodeDecodeError:
        raise InputError(Fault(path.name, "is not UTF-8 text", "Save it as CSV in UTF-8")) from None
    except csv.Error:
        raise InputError(Fault(path.name, "has a header that cannot be read", "Save it as CSV with a header")) from None
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if line.count(mark) > line.count(","):
            mend = "Save it with commas between the cells, and a point in numbers: 48.123"
            raise InputError(Fault(path.name, f"is separated by {name}", mend))
    need_one_of_each(path.name, [name for name in columns if name.strip()])
    return columns


def need_one_of_each(where: str, columns: Sequence[str]) -> None:
    """Raises InputError where a column stands twice, or two differ by case and blanks at their ends alone, and where
    there are too many, or names are too long."""
    need_most(where, "columns", len(columns))
    long = [name for name in columns if len(name) > most("name")]
    if long:
        problem = f"the name of a column has more than {most('name')} characters"
        raise InputError(Fault(where, problem, "Shorten it", ids=tuple(long)))
    steering = [name for name in columns if STEERING.search(name)]
    if steering:
        raise InputError(
            Fault(where, "the name of a column holds control characters", "Take them out", ids=tuple(steering))
        )
    twice = [name for name, times in Counter(columns).items() if times > 1]
    if twice:
        raise InputError(Fault(where, "the column stands twice", "Keep one of them", name) for name in twice)
    forms = Counter(name.strip().casefold() for name in columns)
    alike = [name for name in columns if forms[name.strip().casefold()] > 1]
    if alike:
        problem = "columns differ by capitals or blanks alone"
        raise InputError(Fault(where, problem, "Keep one of them", ids=tuple(f"'{name}'" for name in alike)))


def _not_csv(where: str, said: str) -> Fault:
    """What keeps a file from being read as CSV, of the reader's words for it."""
    cells = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if cells is not None:
        problem = f"line {cells[2]} has {cells[3]} cells, where its header has {cells[1]}"
        return Fault(where, f"cannot be read as CSV ({problem})", FEWER_CELLS)
    quote = re.search(r"EOF inside string starting at row (\d+)", said)
    if quote is not None:
        problem = f"a quotation mark in row {int(quote[1]) + 1} has not its other"
        return Fault(where, f"cannot be read as CSV ({problem})", "Put the other where the cell ends")
    return Fault(where, "cannot be read as CSV", "Save it as CSV with a header")


def _without_blank_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Spreadsheets leave rows of commas alone below the last."""
    blank = np.arange(len(table))
    for column in range(table.shape[1]):
        blank = blank[(table.iloc[blank, column] == "").to_numpy(bool)]
    return table.drop(index=list(blank)).reset_index(drop=True) if len(blank) else table


def read_parquet(path: Path, *, where: str | None = None, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """A Parquet file of plain cells: see `plain_table`. columns: those that are wanted, where they are there; None for
    all. Raises InputError."""
    where = path.name if where is None else where
    need_file(path, "table", where=where)
    return plain_table(read_arrow(path, where, columns), where).to_pandas(ignore_metadata=True)


def read_arrow(path: Path, where: str, columns: Iterable[str] | None = None) -> Any:
    """The pyarrow table of a Parquet file, whose size is checked before it is unpacked. What programs note in it for
    themselves, such as what was a row's name, may be damaged, and is left out. Raises InputError."""
    with opened_parquet(path, where) as file:
        need_most(where, "rows", file.metadata.num_rows)
        wanted = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
        table = file.read(wanted)
        table.validate(full=True)
        notes = {key: note for key, note in (table.schema.metadata or {}).items() if key in (b"geo", NOTES)}
        return table.replace_schema_metadata(notes)


@contextmanager
def opened_parquet(path: Path, where: str) -> Iterator[pyarrow.parquet.ParquetFile]:
    """A Parquet file for reading in parts, no column of which stands twice. Raises InputError where it is none, or what
    is read of it is damaged."""
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            need_one_of_each(where, file.schema_arrow.names)
            yield file
    except InputError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, MemoryError) as error:
        if is_systems(error):
            raise
        problem = "cannot be read as parquet: it is something else, or damaged"
        raise InputError(Fault(where, problem, "Write it anew as Parquet")) from None


def plain_table(table: Any, where: str) -> Any:
    """The pyarrow table with dictionaries as what they stand for, and decimals as numbers; what stands in a row's index
    is a column, as the file holds it. Raises InputError where a column cannot be unpacked."""
    for k, field in enumerate(table.schema):
        kind = field.type
        if pyarrow.types.is_dictionary(kind):
            kind = kind.value_type
        if pyarrow.types.is_decimal(kind):
            kind = pyarrow.float64()
        elif pyarrow.types.is_large_string(kind):
            kind = pyarrow.string() if table.nbytes < 1 << 31 else kind
        if kind != field.type:
            try:
                table = table.set_column(k, field.name, table.column(k).cast(kind))
            except (pyarrow.ArrowException, ValueError):
                problem = f"cannot be read: its type is {field.type}"
                raise InputError(Fault(where, problem, "Write text or numbers", column=field.name)) from None
    return table


def plain(cell: Any) -> str:
    """A cell of any table as text, '' where nothing stands: whole numbers without their point, since one id stands as
    401, 401.0 and "401"."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float | np.floating) and np.isnan(cell)):
        return ""
    if isinstance(cell, float | np.floating) and float(cell).is_integer() and abs(float(cell)) < 2**53:
        return str(int(cell))
    return str(cell)
