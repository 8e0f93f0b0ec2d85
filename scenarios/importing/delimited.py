"""Text parted by commas, semicolons, tabs or bars, as publishers and spreadsheets write it: a header wherever it is."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from optimizer.errors import Fault, InputError
from scenarios.reading.files import text_of
from scenarios.reading.tables import need_one_of_each

MARKS = ",;\t|"
KEYS = re.compile(r"geo_?id(fq)?(10|20)?|geo\.id2?|affgeoid|ucgid|ncessch", re.I)  # of areas, and of schools
LABELS = re.compile(r"id2?|geography", re.I)  # what stands below a key where a second row has the names in words
LINES, LABEL_ROWS = 25, 4  # where a header may stand, and how many rows of labels may follow it
FIGURE = re.compile(r"[-+]?\d+[.,]\d+")  # a coordinate or the like: no name of a column, but a row's cell
EXCEL = r'^="(.*)"$'  # what keeps a spreadsheet from taking an id for a number


class Head(NamedTuple):
    """line: of the header, from 0. mark: what parts the cells. names: of columns, '' where there is none. key: the
    column that holds what KEYS name, None where no line has one."""

    line: int
    mark: str
    names: list[str]
    key: int | None


@dataclass(frozen=True, eq=False)
class Delimited:
    """cells: text, '' where nothing stands. labels: by column, what a second row of the header says. key: the column
    with ids, None where its name is none that publishers use."""

    cells: pd.DataFrame
    labels: dict[str, str]
    key: str | None


def decoded(raw: bytes) -> str:
    """UTF-8, with a byte order mark or without; what is none of it is windows-1252, byte by byte, since files put
    together of several hold both."""
    return raw.decode("utf-8-sig", errors="windows-1252")


def _of_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252", _of_windows)


def head_of(text: str, keys: re.Pattern[str] = KEYS) -> Head | None:
    """The header: the first line with a column that is a key, else the first with any text; None where none has."""
    lines = text[: 1 << 20].splitlines()[:LINES]
    for k, line in enumerate(lines):
        for mark in MARKS:
            names = _cells(line, mark)
            found = [n for n, name in enumerate(names) if keys.fullmatch(name)]
            if found and len(names) > 1:
                return Head(k, mark, names, found[0])
    for k, line in enumerate(lines):
        if line.strip():
            mark = max(MARKS, key=line.count)
            return Head(k, mark, _cells(line, mark), None)
    return None


def delimited(raw: bytes, where: str, keys: re.Pattern[str] = KEYS) -> Delimited:
    """keys: names of columns by which the header is told from what stands above it. Raises InputError."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text_of(raw, where, "CSV")
    text = decoded(raw)
    head = head_of(text, keys)
    mend = "Save it as CSV, in UTF-8, with one header row and no more cells than that in any"
    broken = InputError(Fault(where, "cannot be read as a table", mend))
    if head is None or "\0" in text[: 1 << 20]:
        raise broken
    if any(map(FIGURE.fullmatch, head.names)):
        mend = "Put a row with the names of its columns first"
        raise InputError(Fault(where, "has no row with names of columns: its first row holds figures", mend))
    need_one_of_each(where, [name for name in head.names if name])
    places = range(len(head.names) + 1)  # one more: a comma at the end of a row makes one more cell
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # which says that cells were dropped
            frame = pd.read_csv(
                io.StringIO(text),
                sep=head.mark,
                skiprows=head.line + 1,
                header=None,
                names=places,
                index_col=False,
                dtype=str,
                na_filter=False,
            )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame({place: [] for place in places}, dtype=str)
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error, ValueError):
        raise broken from None
    frame = frame.fillna("")
    if (frame[places[-1]].str.strip() != "").any():
        raise broken
    if '="' in text:
        frame = frame.replace(EXCEL, r"\1", regex=True)
    named = [place for place, name in zip(places, head.names, strict=False) if name]
    labels = _label_rows(frame, head.key)
    words = {head.names[k]: " ".join(cell.strip() for cell in frame[k][:labels] if cell.strip()) for k in named}
    cells = frame.loc[labels:, named].set_axis([head.names[k] for k in named], axis=1).reset_index(drop=True)
    return Delimited(cells, words if labels else {}, None if head.key is None else head.names[head.key])


def _label_rows(frame: pd.DataFrame, key: int | None) -> int:
    """How many rows below the header say in words what its columns are."""
    first = [] if key is None else [str(cell).strip() for cell in frame[key][:LABEL_ROWS]]
    return max((k + 1 for k, cell in enumerate(first) if LABELS.fullmatch(cell)), default=0)


def _cells(line: str, mark: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=mark), [])]
    except csv.Error:
        return []
