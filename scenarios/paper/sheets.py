"""Tables for spreadsheets: workbooks and CSV in which text from data files is text, never a formula or a link."""

from __future__ import annotations

import csv
import datetime
import math
import numbers
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import Fault, InputError
from scenarios.version import rezone_version
from scenarios.writing.files import replacing

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula
ROWS, COLUMNS, TEXT, NAME = 1_048_576, 16_384, 32_767, 31  # what a sheet holds
MEASURED = 200  # rows looked at for the width of a column
NARROW, WIDE = 8, 60  # characters
ABOUT = "about"


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame], *, about: Mapping[str, str] | None = None) -> None:
    """An XLSX file, whole or not at all: a sheet a frame, in order, without the frame's index, and a sheet `about` at
    the end, which names the program's version and what `about` says of where the figures come from.

    Text is written as text, numbers and true/false as such; what is not known (None, NaN) is an empty cell. The header
    row stays in view. Names of sheets are cut and cleaned as the format wants it. The same frames give the same bytes.
    Raises InputError where a frame has more rows or columns than a sheet holds.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - not wanted for `rezone --help`

    for name, frame in sheets.items():
        _check_size(name, frame)
    with replacing(path) as new:
        book = xlsxwriter.Workbook(new, {"strings_to_formulas": False, "strings_to_urls": False})
        # A fixed date, so that the same figures are the same file.
        book.set_properties({"created": datetime.datetime(2000, 1, 1), "comments": f"rezone {rezone_version()}"})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, frame in zip(_sheet_names(list(sheets)), sheets.values(), strict=True):
            _fill(book.add_worksheet(name), frame, head)
        _fill_about(book.add_worksheet(ABOUT), {"rezone": rezone_version(), **(about or {})})
        book.close()


def safe_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV with LF and without its index, for people's spreadsheets: text that one would take for a formula
    (it begins with = + - @, a tab or a carriage return) gets an apostrophe in front, column names included. Numbers
    read back unchanged; what is not known is an empty cell. Not for files that are read again by their ids."""
    import pandas as pd  # noqa: PLC0415 - not wanted for `rezone --help`

    safe = frame.rename(columns={name: harmless(str(name)) for name in frame.columns})
    texts = [str(name) for name in safe.columns]
    for k, kind in enumerate(frame.dtypes):
        if kind.kind not in "biuf":
            made = [harmless(cell) if isinstance(cell, str) else cell for cell in frame.iloc[:, k]]
            texts += [cell for cell in made if isinstance(cell, str)]
            safe.isetitem(k, pd.Series(made, dtype=object).to_numpy())
    # Python's csv leaves a bare carriage return without quotes, and readers take it for the end of the row.
    if any("\r" in text for text in texts):
        return safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return safe.to_csv(index=False, lineterminator="\n")


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA) else text


def _check_size(name: str, frame: pd.DataFrame) -> None:
    rows, columns = frame.shape
    if rows >= ROWS or columns > COLUMNS:
        problem = f"sheet '{name}' would have {rows:,} rows and {columns:,} columns"
        raise InputError(
            Fault("xlsx", problem, f"A sheet holds {ROWS - 1:,} rows and {COLUMNS:,} columns: use the CSV")
        )


def _sheet_names(names: list[str]) -> list[str]:
    """Each at most 31 characters, without those that are not allowed, and no two alike but for case."""
    used, found = {ABOUT, "history"}, []
    for name in names:
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", name).strip("'") or "sheet"
        cut, k = clean[:NAME], 1
        while cut.lower() in used:
            k += 1
            cut = f"{clean[: NAME - 1 - len(str(k))]}~{k}"
        used.add(cut.lower())
        found.append(cut)
    return found


def _fill(sheet: Any, frame: pd.DataFrame, head: Any) -> None:
    rows, columns = frame.shape
    sheet.freeze_panes(1, 0)
    for k in range(columns):
        name, cells = str(frame.columns[k]), frame.iloc[:, k].tolist()
        sheet.write_string(0, k, _text(name), head)
        longest = max((len(_shown(cell)) for cell in [name, *cells[:MEASURED]]), default=0)
        sheet.set_column(k, k, min(max(longest + 2, NARROW), WIDE))
        for i, cell in enumerate(cells):
            _write(sheet, i + 1, k, cell)
    if rows and columns:
        sheet.autofilter(0, 0, rows, columns - 1)


def _fill_about(sheet: Any, about: Mapping[str, str]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for i, (key, value) in enumerate(about.items()):
        sheet.write_string(i, 0, _text(str(key)))
        sheet.write_string(i, 1, _text(str(value)))


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, numbers.Real):
        value = float(cell)
        if math.isfinite(value):
            sheet.write_number(row, column, value)
        elif not math.isnan(value):
            sheet.write_string(row, column, str(value))
    elif _known(cell):
        sheet.write_string(row, column, _text(str(cell)))


def _known(cell: Any) -> bool:
    import pandas as pd  # noqa: PLC0415 - not wanted for `rezone --help`

    return not (cell is None or cell is pd.NA or cell is pd.NaT)


def _text(text: str) -> str:
    """What a cell holds: no half of a character, and not more of them than the format allows."""
    return text.encode("utf-8", "replace").decode("utf-8")[:TEXT]


def _shown(cell: Any) -> str:
    if isinstance(cell, float):
        return "" if math.isnan(cell) else f"{cell:.6g}"
    return str(cell) if _known(cell) else ""
