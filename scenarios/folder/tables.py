"""Tables as text and numbers, with every fault noted. Ids stay text: "NA" and leading zeros included."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError, doubt, listed, nearest
from scenarios.folder.ids import LIKELY, SEEN, alike, as_written
from scenarios.reading.documents import as_toml
from scenarios.reading.files import STEERING
from scenarios.reading.most import most

FEW = 1000  # cells of the wrong kind that are looked at, for what to show of them
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


def need_columns(faults: Faults, where: str, table: pd.DataFrame, names: Sequence[str]) -> bool:
    """Whether the table has all the columns; a fault for each that is missing."""
    return need_names(faults, where, list(map(str, table.columns)), names)


def need_names(faults: Faults, where: str, there: Sequence[str], names: Sequence[str]) -> bool:
    """The same of a table by the names of its columns."""
    missing = [name for name in names if name not in there]
    for name in missing:
        mend = f"Add it; the file has: {', '.join(there)}"
        faults.add(where, f"the column is missing{nearest(name, there)}", mend, column=name)
    return not missing


def ids_of(faults: Faults, where: str, table: pd.DataFrame, column: str, *, unique: bool) -> list[str]:
    """The ids of a column as text; empty and (if unique) repeated ones are faults."""
    values = table[column]
    if not are_texts(faults, where, values, column):
        return [str(value) for value in values]
    empty = (values.isna() | (values.astype(str).str.strip() == "")).to_numpy(bool)
    if empty.any():
        rows = [f"row {i + 1}" for i in np.flatnonzero(empty)]
        faults.add(where, "the id is empty", "Give every row an id", column=column, ids=rows)
    text = [f"row {i + 1}" if gone else str(value) for i, (value, gone) in enumerate(zip(values, empty, strict=True))]
    check_names(faults, where, text, column)
    if unique:
        series = pd.Series(text)
        repeated = series[series.duplicated() & ~empty].unique()
        if len(repeated):
            faults.add(where, "the id stands more than once", "Give each id one row", column=column, ids=repeated)
        _check_alike(faults, where, column, series.unique().tolist())
    return text


def _check_alike(faults: Faults, where: str, column: str, ids: Sequence[str]) -> None:
    """A fault for ids that nobody can tell apart, and a doubt of those that one is likely to take for each other."""
    unseen = alike(ids, SEEN)
    if unseen:
        mend = "Write each id in one way, without blanks at its ends and signs that do not show"
        faults.add(where, "ids look the same and are not", mend, column=column, ids=map(as_written, unseen))
        return
    for by, words in LIKELY.items():
        twins = alike(ids, by)
        if twins:
            doubt(where, f"ids of {column} differ by {words} alone, and count as different: {listed(twins)}")


def are_texts(faults: Faults, where: str, values: pd.Series[Any], column: str) -> bool:
    """Whether a column of ids is text; a fault where it is not."""
    if isinstance(values.dtype, pd.StringDtype):
        return True
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("string", "empty"):
        return True
    cells = (value for value in values.astype(object) if not isinstance(value, str) and not _is_missing(value))
    wrong = list(dict.fromkeys(as_toml(value) for value in itertools.islice(cells, FEW)))
    problem = "holds numbers: ids" if "int" in kind or "float" in kind else "ids"
    mend = f'Write "{wrong[0]}" and not {wrong[0]}' if where.endswith("json") and wrong else "Write the column as text"
    faults.add(where, f"{problem} must be text, or leading zeros are lost", mend, column=column, ids=wrong)
    return False


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def check_names(faults: Faults, where: str, names: Sequence[str], column: str | None = None) -> None:
    """A fault for names that are too long, or hold what no screen should be given."""
    long = [name for name in names if len(name) > most("name")]
    if long:
        mend = f"Give at most {most('name')} characters"
        faults.add(where, "too long for an id or a name", mend, column=column, ids=long)
    steering = [name for name in names if STEERING.search(name)]
    if steering:
        mend = "Take out line breaks, and all else that does not print"
        faults.add(where, "holds control characters", mend, column=column, ids=steering)


# What a column may hold instead of numbers: pandas' word for it, what it is, and the mend.
NO_NUMBERS = {
    "boolean": ("true and false are not numbers", "Give numbers"),
    "date": ("holds dates, which are not numbers", "Give numbers"),
    "duration": ("holds durations, which are not numbers", "Write {column} as numbers, such as 12.5"),
    "time": ("holds times of day, which are not numbers", "Write {column} as numbers, such as 12.5"),
    "complex": ("holds complex numbers", "Give plain numbers"),
    "other": ("holds what is neither a number nor text", "Give numbers"),
}
KINDS = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "date",
    "datetime64": "date",
    "period": "date",
    "timedelta": "duration",
    "timedelta64": "duration",
    "time": "time",
    "complex": "complex",
    "bytes": "other",
    "mixed": "other",
    "interval": "other",
}


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
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    kind, odd = _no_numbers(series)
    if kind is not None:
        problem, mend = NO_NUMBERS[kind]
        faults.add(where, problem, mend.format(column=column), column, [ids[i] for i in np.flatnonzero(odd).tolist()])
        return np.zeros(len(series))
    text = series.astype(str).str.strip() if series.dtype == object or pd.api.types.is_string_dtype(series) else None
    empty = series.isna().to_numpy(bool) if text is None else (series.isna() | (text == "")).to_numpy(bool)
    parsed = pd.to_numeric(series if text is None else text, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong: Bools = ~np.isfinite(parsed) | (np.nan_to_num(parsed, nan=0.0) < low)
    large = np.isfinite(parsed) & (np.abs(parsed) > most("number"))
    wrong = (wrong & ~empty if optional else wrong) | large
    if wrong.any():
        bound = f"of {low:g} or more" if np.isfinite(low) else ""
        mend = f"Give a finite number {bound}".rstrip() + (", or leave the cell empty" if optional else "")
        if text is not None and text[wrong].str.fullmatch(COMMAS).any():
            mend += "; write 48.123 and not 48,123, and 1200 and not 1,200"
        if large.any():
            mend += f", of {most('number'):,} at most"
        shown = [f"{ids[i]} ({'empty' if empty[i] else series[i]})" for i in np.flatnonzero(wrong).tolist()]
        faults.add(where, "not a number that can be used", mend, column=column, ids=shown)
    return np.where(wrong, 0.0, parsed)


def _no_numbers(series: pd.Series[Any]) -> tuple[str | None, Bools]:
    """What of NO_NUMBERS a column holds, None where it holds none of it, and (rows,) where."""
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    kind = KINDS.get(inferred)
    if series.dtype != object or inferred in ("string", "empty", "integer", "floating"):
        return kind, series.notna().to_numpy(bool)
    truths = np.array([isinstance(value, bool | np.bool_) for value in series], bool)
    if truths.any():
        return "boolean", truths
    plain = np.array([isinstance(value, str | int | float | np.number) for value in series], bool)
    return kind, ~plain & series.notna().to_numpy(bool)
