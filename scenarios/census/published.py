"""What one file publishes of areas, of any level: what every reader of a form gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from optimizer.errors import Fault, InputError
from scenarios.census.columns import columns_of
from scenarios.census.marks import is_mark, number
from scenarios.importing.delimited import LABELS, Delimited, delimited, head_of
from scenarios.reading.documents import parse_json
from scenarios.reading.tables import need_one_of_each, plain

Cells: TypeAlias = "pd.Series[Any]"
PARTS = ("state", "county", "tract", "block group", "block")  # of a code, each a column of the census API
KEYS = ("geo_id", "geo.id", "affgeoid", "ucgid", "geoidfq", "geoidfq20")  # that say the level; before all others
OTHERS = ("geoid", "geoid20", "geoid10", "geo.id2")


@dataclass(frozen=True, eq=False)
class Published:
    """ids: (rows,) codes as they are written. values, margins: by cell, a column of texts, or of numbers."""

    where: str
    ids: list[str]
    values: dict[str, Cells]
    margins: dict[str, Cells]
    labels: dict[str, str] = field(default_factory=dict)

    def only(self, table: str) -> Published:
        """The cells of one table."""
        values, margins = (
            {cell: column for cell, column in held.items() if cell.split("_")[0] == table}
            for held in (self.values, self.margins)
        )
        return replace(self, values=values, margins=margins)


def from_json(raw: bytes, where: str) -> Published:
    """The census API's answer: an array of arrays of texts, the names first, in an order of its own."""
    rows = parse_json(raw, where)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        mend = "Save what the census API answers, or the table as CSV"
        raise InputError(Fault(where, "is JSON, and no array of arrays of one length", mend))
    texts = [[plain(cell) for cell in row] for row in rows] or [[]]
    need_one_of_each(where, texts[0])
    return _published(where, Delimited(pd.DataFrame(texts[1:], columns=texts[0], dtype=str), {}, None), None)


def from_text(raw: bytes, where: str, table: str | None, words: Mapping[str, str]) -> Published:
    """A CSV file of any publisher. table: which, where its columns do not say it. words: by column, where a file beside
    it has them."""
    source = _wide(where, delimited(raw, where))
    return _published(where, replace(source, labels={**words, **source.labels}), table)


def labels_in(raw: bytes, where: str) -> dict[str, str] | None:
    """By column, its words, where the file is the metadata of a table (`GEO_ID,Geography` and so on); else None."""
    text = raw[: 1 << 16].decode("latin-1")
    head = head_of(text)
    if head is None or head.key is None or len(head.names) != 2 or not LABELS.fullmatch(head.names[1]):
        return None
    cells = delimited(raw, where).cells
    return dict(zip(cells.iloc[:, 0], cells.iloc[:, 1], strict=True))


def _wide(where: str, source: Delimited) -> Delimited:
    """A row for each area, of a table with a row for each cell, which tidycensus gives unless asked for the other."""
    cells = source.cells
    value = next((name for name in ("estimate", "value") if name in cells), None)
    if source.key is None or value is None or "variable" not in cells:
        return source
    ends = {value: "E", "moe": "M"} if "moe" in cells else {value: ""}
    try:
        wide = cells.drop_duplicates().pivot(index=source.key, columns="variable", values=list(ends)).fillna("")
    except ValueError:
        raise InputError(Fault(where, "cells of areas stand twice, and differ", "Keep one year")) from None
    heads: Any = wide.columns.to_list()
    wide.columns = pd.Index([f"{name}{ends[column]}" for column, name in heads])
    return Delimited(wide.reset_index(), {}, source.key)


def _published(where: str, source: Delimited, table: str | None) -> Published:
    ids = _ids(where, source).str.strip()
    named = ids != ""
    # Neither the rows of commas that spreadsheets leave, nor more rows of labels above the first id.
    rows = (named | (source.cells != "").any(axis=1)) & (named.cumsum() > 0)
    cells = source.cells[rows].reset_index(drop=True)
    columns = columns_of(where, [str(name) for name in cells.columns], table)
    held: dict[str, dict[str, Cells]] = {"value": {}, "margin": {}}
    for name, one in columns.items():
        if one.kind != "plain" or _counts(cells[name]):
            held.get("value" if one.kind == "plain" else one.kind, {})[one.cell] = cells[name]
    for name, one in columns.items():
        column = held["margin" if one.kind == "note of a margin" else "value"]
        if one.kind.startswith("note") and one.cell in column:
            column[one.cell] = _noted(column[one.cell], cells[name])
    if len(held["value"]) == 0:
        raise InputError(Fault(where, "has no columns of counts", "Give a table of counts by area"))
    words = {columns[name]: text.strip() for name, text in source.labels.items() if name in columns}
    labels = {one.cell: text for one, text in words.items() if one.kind == "value"}
    return Published(where, ids[rows].tolist(), held["value"], held["margin"], labels)


def _ids(where: str, source: Delimited) -> pd.Series[str]:
    """The codes: of the column that says the level, of any other with codes, or of the columns with their parts."""
    cells, names = source.cells, {str(name).casefold(): str(name) for name in source.cells.columns}
    key = next((names[one] for one in (*KEYS, *OTHERS) if one in names), source.key)
    if key is not None:
        return cells[key]
    there = [names[one] for one in PARTS if one in names]
    if not there or names["state"] != there[0]:
        raise InputError(Fault(where, "has no column with codes of areas", "Give one that has GEO_ID or GEOID"))
    parts = [one for one in there if one != "block group" or "block" not in names]
    return sum((cells[one].str.strip() for one in parts[1:]), start=cells[parts[0]].str.strip())


def _counts(text: pd.Series[str]) -> bool:
    """Whether the cells are numbers, or say that no number is known."""
    marks = [str(one).strip() for one in text.unique()]
    known = [not np.isnan(number(mark)) for mark in marks]
    return any(known) and all(one or is_mark(mark) for mark, one in zip(marks, known, strict=True))


def _noted(text: pd.Series[str], note: pd.Series[str]) -> pd.Series[str]:
    """An annotation stands in place of its number (Census Bureau), unless it says that this was corrected."""
    without = [one for one in note.unique() if one.strip() in ("", "null") or re.fullmatch(r" *\(r\d+\) *", one)]
    kept = note.isin(without)
    return text if kept.all() else text.where(kept, note)
