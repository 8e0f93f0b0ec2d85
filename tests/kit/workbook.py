"""Workbooks read with nothing but the standard library."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pandas as pd

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def xml(path: Path, part: str) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read(part))


def names(path: Path) -> list[str]:
    """Of the sheets, in their order."""
    return [sheet.get("name", "") for sheet in xml(path, "xl/workbook.xml").iter(f"{MAIN}sheet")]


def cells(path: Path, sheet: int = 1) -> dict[str, object]:
    """By place, text as str, numbers as float, true and false as bool. No cell is a formula."""
    shared = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in xml(path, "xl/sharedStrings.xml")]
    found: dict[str, object] = {}
    for cell in xml(path, f"xl/worksheets/sheet{sheet}.xml").iter(f"{MAIN}c"):
        value = cell.find(f"{MAIN}v")
        assert cell.find(f"{MAIN}f") is None
        if value is not None:
            kind, text = cell.get("t"), value.text or ""
            found[cell.get("r", "")] = shared[int(text)] if kind == "s" else text == "1" if kind == "b" else float(text)
    return found


def sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Every sheet by its name, its first row as the names of its columns; an empty cell is None."""
    return {name: _frame(cells(path, k)) for k, name in enumerate(names(path), 1)}


def _frame(found: dict[str, object]) -> pd.DataFrame:
    rows: dict[int, dict[str, object]] = {}
    for place, value in found.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
        rows.setdefault(int(row), {})[column] = value
    heads = rows.pop(1, {})
    assert all(row.keys() <= heads.keys() for row in rows.values()), "a cell without a head"
    table = [[row.get(column) for column in heads] for _, row in sorted(rows.items())]
    return pd.DataFrame(table, columns=[str(head) for head in heads.values()], dtype=object)
