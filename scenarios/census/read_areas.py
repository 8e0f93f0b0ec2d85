"""Tables of counts by area, in any form that the census publishes them in, told by what the files hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from optimizer.arrays import Bools, Floats, Offsets
from optimizer.errors import Fault, InputError
from scenarios.census.areas import Areas, Level
from scenarios.census.codes import coded, need_level
from scenarios.census.columns import table_in, table_name
from scenarios.census.legacy import is_legacy, read_legacy
from scenarios.census.marks import numbers
from scenarios.census.published import Published, from_json, from_text, labels_in
from scenarios.importing.delimited import head_of
from scenarios.reading.archives import contents

FEW = 6  # rows below a header, of which the first may be labels
CODE = re.compile(r"\d{3}\w{2,4}US\d|(?<!\d)\d{4,15}(?!\d)")
BESIDE = 1_000_000  # bytes that are kept of what lies beside tables: names of columns, and notes
TITLE = 1000  # bytes of notes in which their table is named


def read_areas(paths: Sequence[Path], level: Level, table: str | None = None, *, state: str | None = None) -> Areas:
    """Files, folders and zips as one table of one level; rows of other levels go to `above`.

    table: the one that is wanted, such as P2; None for all. state: two digits, where a spreadsheet took the first zero
    of ids. Tables of several files are joined by id; an area that one of them lacks is missing there. Raises
    InputError.
    """
    parts = [
        (name, raw if is_legacy(raw) or _is_table(raw) else raw[:BESIDE])
        for path in paths
        for name, raw in contents(path)
    ]
    where = ", ".join(path.name for path in paths[:2]) + (f" and {len(paths) - 2} more" if len(paths) > 2 else "")
    legacy = [part for part in parts if is_legacy(part[1])]
    others = [part for part in parts if not is_legacy(part[1])]
    files = read_legacy(legacy, level) if legacy else []
    if not legacy or any(_is_table(raw) for _, raw in others):
        files += _tables(where, others, table)
    if table is not None:
        files = [one for file in files if (one := file.only(table_name(table))).values]
    if not files:
        raise InputError(Fault(where, f"has no cells of {table}", "Name a table that it has, or none"))
    return _joined(where, files, level, state)


def _tables(where: str, parts: Sequence[tuple[str, bytes]], table: str | None) -> list[Published]:
    """The files that hold tables; what lies beside them says the labels, and which table it is."""
    words, titles, tables = dict[str | None, dict[str, str]](), list[str](), list[tuple[str, bytes]]()
    for name, raw in parts:
        if (labels := labels_in(raw, name)) is not None:
            words[table_in([name])] = labels
        elif _is_table(raw) or len(parts) == 1:
            tables.append((name, raw))
        else:
            titles.append(raw[:TITLE].decode("latin-1"))
    if not tables:
        names = tuple(name for name, _ in parts)
        raise InputError(Fault(where, "holds no table with codes of areas", "Give one with GEO_ID or GEOID", ids=names))
    found = []
    for name, raw in tables:
        own = table_in([name, *titles]) or (None if table is None else table_name(table))
        said = words.get(own, words.get(None, {}))
        found.append(from_json(raw, name) if _is_json(raw) else from_text(raw, name, own, said))
    return found


def _is_json(raw: bytes) -> bool:
    return raw[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def _is_table(raw: bytes) -> bool:
    """Whether it has a column of codes. Lists of the names of columns, which lie beside tables, name that one too."""
    if _is_json(raw):
        return True
    text = raw[: 1 << 20].decode("latin-1")
    head = head_of(text)
    if head is None or head.key is None:
        return head is not None and {"state", "county"} <= set(head.names)
    below = text.splitlines()[head.line + 1 : head.line + 1 + FEW]
    return any(CODE.search(line) for line in below)


def _joined(where: str, files: Sequence[Published], level: Level, state: str | None) -> Areas:
    codes = [coded(file.where, file.ids, level, state) for file in files]
    need_level(where, level, Counter(kind for _, kinds in codes for kind in kinds))
    rows = dict[str, int]()
    for ids, kinds in codes:
        for name, kind in zip(ids, kinds, strict=True):
            if kind == level:
                rows.setdefault(name, len(rows))
    table = _Table(list(rows))
    for file, (ids, kinds) in zip(files, codes, strict=True):
        own = np.array([kind == level for kind in kinds], bool)
        at = np.array([rows[name] for name, kind in zip(ids, kinds, strict=True) if kind == level], np.int64)
        table.add(file, own, at)
        others = [name for name, kind in zip(ids, kinds, strict=True) if kind != level]
        for cell in file.values if others else ():
            for name, number in zip(others, numbers(file.where, cell, file.values[cell][~own], Counter()), strict=True):
                if np.isfinite(number):
                    table.above.setdefault(name, {})[cell] = float(number)
    return table.areas(where, level, {cell: text for file in files for cell, text in file.labels.items()})


class _Table:
    """Numbers by area and cell, while files are added to them."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.values, self.margins = dict[str, Floats](), dict[str, Floats]()
        self.above = dict[str, dict[str, float]]()
        self.missing = Counter[str]()
        self.seen = dict[str, Bools]()

    def add(self, file: Published, own: Bools, at: Offsets) -> None:
        """own: (rows of the file,) which are of the level. at: which areas those are. Raises InputError where an area
        is given twice, and not the same."""
        for held, frame, mark in ((self.values, file.values, ""), (self.margins, file.margins, " margin")):
            for cell in frame:
                found = numbers(file.where, cell, frame[cell][own], self.missing, margin=bool(mark))
                kept = held.setdefault(cell, np.full(len(self.ids), np.nan))
                seen = self.seen.setdefault(cell + mark, np.zeros(len(self.ids), bool))
                fresh = ~seen[at]
                kept[at[fresh]] = found[fresh]
                seen[at] = True
                twice = at[~((kept[at] == found) | (np.isnan(kept[at]) & np.isnan(found)))]
                if len(twice):
                    names = tuple(dict.fromkeys(self.ids[k] for k in twice.tolist()))
                    raise InputError(Fault(file.where, "areas stand twice, and differ", "Keep one row", cell, names))

    def areas(self, where: str, level: Level, labels: dict[str, str]) -> Areas:
        absent = sum(int((~self.seen[cell]).sum()) for cell in self.values)
        missing = {**self.missing, **({"no row": absent} if absent else {})}
        return Areas(where, level, tuple(self.ids), self.values, self.margins, labels, self.above, missing)
