"""Tables as text and numbers, with every fault noted. Ids stay text: "NA" and leading zeros included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError, nearest

FEWER_CELLS = "Put cells that hold a comma between quotation marks, and write numbers with a point alone: 1200, 48.123"
COMMAS = re.compile(r"-?\d+(,\d+)+(\.\d+)?")  # a decimal comma, or commas between thousands


class Faults:
    """Collects what is wrong, so that one pass names everything; `stop` raises if anything was found."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, where: str, problem: str, mend: str, column: str | None = None, ids: Iterable[Any] = ()) -> None:
        self.found.append(Fault(where, problem, mend, column, tuple(str(i) for i in ids)))

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Note what the body raises and go on after it: one unreadable file must not hide the faults of the others."""
        try:
            yield
        except InputError as error:
            self.found += error.faults

    def stop(self) -> None:
        if self.found:
            raise InputError(self.found)


def read_csv(path: Path, missing: str | None = None) -> pd.DataFrame:
    """A CSV file with every cell as text, empty cells as ''; rows without any text are left out. missing: the mend
    where the file is not there. Raises InputError where the file is no such thing."""
    if path.is_dir():
        raise InputError(Fault(path.name, "is a folder", "Name a CSV file"))
    try:
        _need_commas(path)
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except InputError:
        raise
    except FileNotFoundError:
        mend = missing or f"Put the file {path.name} into the folder"
        raise InputError(Fault(path.name, "is not there", mend)) from None
    except UnicodeDecodeError:
        raise InputError(Fault(path.name, "is not UTF-8 text", "Save it as CSV in UTF-8")) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
        mend = FEWER_CELLS if "Expected" in reason else "Save it as CSV with a header"
        raise InputError(Fault(path.name, f"cannot be read as CSV ({reason})", mend)) from None
    except OSError as error:
        raise InputError(Fault(path.name, f"cannot be read ({error.strerror})", "Make the file readable")) from None
    if not isinstance(table.index, pd.RangeIndex):  # else pandas would take the first cells for names of the rows
        raise InputError(Fault(path.name, "its rows have more cells than its header", FEWER_CELLS))
    return _without_blank_rows(table)


def _need_commas(path: Path) -> None:
    """Raises InputError where the header is separated by something else, as spreadsheets in much of the world do."""
    with path.open(encoding="utf-8-sig") as file:
        header = file.readline()
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if header.count(mark) > header.count(","):
            mend = "Save it with commas between the cells, and a point in numbers: 48.123"
            raise InputError(Fault(path.name, f"is separated by {name}", mend))


def _without_blank_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Spreadsheets leave rows of commas alone below the last."""
    blank = np.arange(len(table))
    for column in range(table.shape[1]):
        blank = blank[(table.iloc[blank, column] == "").to_numpy(bool)]
    return table.drop(index=list(blank)).reset_index(drop=True) if len(blank) else table


def need_columns(faults: Faults, where: str, table: pd.DataFrame, names: Sequence[str]) -> bool:
    """Whether the table has all the columns; a fault for each that is missing."""
    missing = [name for name in names if name not in table.columns]
    for name in missing:
        mend = f"Add it; the file has: {', '.join(map(str, table.columns))}"
        faults.add(where, f"the column is missing{nearest(name, map(str, table.columns))}", mend, column=name)
    return not missing


def ids_of(faults: Faults, where: str, table: pd.DataFrame, column: str, *, unique: bool) -> list[str]:
    """The ids of a column as text; empty and (if unique) repeated ones are faults."""
    values = table[column]
    if not (pd.api.types.is_string_dtype(values) or values.dtype == object):
        faults.add(where, "ids must be text, or leading zeros are lost", "Write the column as text", column=column)
        return [str(value) for value in values]
    empty = (values.isna() | (values == "")).to_numpy(bool)
    if empty.any():
        rows = [f"row {i + 1}" for i in np.flatnonzero(empty)]
        faults.add(where, "the id is empty", "Give every row an id", column=column, ids=rows)
    text = [str(value) for value in values]
    if unique:
        series = pd.Series(text)
        repeated = series[series.duplicated() & ~empty].unique()
        if len(repeated):
            faults.add(where, "the id stands more than once", "Give each id one row", column=column, ids=repeated)
    return text


def numbers(
    faults: Faults,
    where: str,
    column: str,
    values: Any,
    ids: Sequence[str],
    *,
    optional: bool = False,
    low: float = 0.0,
) -> Floats:
    """A column as finite numbers of at least `low`; NaN where the cell is empty and `optional`. Faults name the ids."""
    series = pd.Series(values).reset_index(drop=True)
    if pd.api.types.is_bool_dtype(series):
        faults.add(where, "true and false are not numbers", "Give numbers", column=column)
        return np.zeros(len(series))
    text = series.astype(str).str.strip() if series.dtype == object or pd.api.types.is_string_dtype(series) else None
    empty = series.isna().to_numpy(bool) if text is None else (series.isna() | (text == "")).to_numpy(bool)
    parsed = pd.to_numeric(series if text is None else text, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong: Bools = ~np.isfinite(parsed) | (np.nan_to_num(parsed, nan=0.0) < low)
    wrong = wrong & ~empty if optional else wrong
    if wrong.any():
        bound = f"of {low:g} or more" if np.isfinite(low) else ""
        mend = f"Give a finite number {bound}".rstrip() + (", or leave the cell empty" if optional else "")
        if text is not None and text[wrong].str.fullmatch(COMMAS).any():
            mend += "; write 48.123 and not 48,123, and 1200 and not 1,200"
        shown = [f"{ids[i]} ({series[i]})" for i in np.flatnonzero(wrong).tolist()]
        faults.add(where, "not a number that can be used", mend, column=column, ids=shown)
    return np.where(wrong, 0.0, parsed)
