"""What differs between two files of `benchmarks.same`, each taken apart as its kind demands.

A file is a table of places and what stands there: lines of text, values of JSON, cells of tables and sheets, members of
archives. Masked, because they must differ: seconds, the version, the folder's and the tree's place, the hashes of files
that hold such (`files`, `others` of JSON), and instants.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import string
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq

TIMED = ("seconds", "version")
TIMED_CELLS = (*TIMED, "Seconds", "run")  # tables call a run of optimize by the hash of a file that says its seconds
HASHES = ("files", "others", "results")
SPENT = re.compile(r"(Seed \d+), [\d.,]+ seconds")  # at the foot of a page
HASH = re.compile(r"[0-9a-f]{64}")
PROGRESS = re.compile(r"% done$|^compiling |^loading |runs done")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
AROUND = 40  # characters shown on either side of a difference
Parts = dict[str, str]


@dataclass(frozen=True)
class Masks:
    """What a run's files hold of where and by what they were made."""

    places: tuple[tuple[str, str], ...]
    version: str

    @classmethod
    def of(cls, record: Mapping[str, str]) -> Masks:
        return cls(((record["out"], "OUT"), (record["tree"], "TREE")), record["version"])

    def text(self, text: str) -> str:
        for place, word in self.places:
            text = text.replace(place, word)
        text = re.sub(rf"(?<![\d.]){re.escape(self.version)}(?!\.?\d)", "VERSION", text) if self.version else text
        return SPENT.sub(r"\1, MASKED seconds", INSTANT.sub("INSTANT", text))


def differences(one: Path, other: Path, mine: Masks, theirs: Masks) -> list[str]:
    """A line for each place that differs, the first of them first."""
    here, there = (parts_of(file.name, file.read_bytes(), masks) for file, masks in ((one, mine), (other, theirs)))
    return [
        f"{place}: {_shown(here.get(place), there.get(place))}"
        for place in dict.fromkeys((*here, *there))
        if here.get(place) != there.get(place)
    ]


def _shown(one: str | None, other: str | None) -> str:
    if one is None or other is None:
        return f"only in the {'second' if one is None else 'first'}: {(one or other or '')[: 2 * AROUND]!r}"
    at = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - AROUND)
    return f"{one[start : at + AROUND]!r} | {other[start : at + AROUND]!r}"


def parts_of(name: str, data: bytes, masks: Masks) -> Parts:
    """What a file of this name and content says, by place."""
    ending = name.rsplit(".", 1)[-1].lower()
    return KINDS.get(ending, _text)(data, masks)


def _text(data: bytes, masks: Masks) -> Parts:
    text = masks.text(data.decode("utf-8", "surrogateescape"))
    return {f"line {k}": line for k, line in enumerate(text.split("\n"), 1)}


def _table(data: bytes, masks: Masks) -> Parts:
    """A CSV file by its rows; how it quotes and ends its lines is counted."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    timed = [k for k, name in enumerate(rows[0] if rows else ()) if name in TIMED_CELLS]
    for row in rows[1:]:
        for k in timed:
            row[k] = "MASKED"
    parts = {f"line {k}": masks.text(",".join(row)) for k, row in enumerate(rows, 1)}
    return parts | {
        "bytes": ", ".join(f"{data.count(mark)} of {mark!r}" for mark in (b'"', b"\r", b"\n", b"\xef\xbb\xbf"))
    }


def _progress(data: bytes, masks: Masks) -> Parts:
    """Standard error without the lines that the clock writes."""
    lines = _text(data, masks).values()
    return {f"line {k}": line for k, line in enumerate((line for line in lines if not PROGRESS.search(line)), 1)}


def _binary(data: bytes, masks: Masks) -> Parts:
    return {f"byte {k}": data[k : k + 32].hex() for k in range(0, len(data), 32)}


def _dbase(data: bytes, masks: Masks) -> Parts:
    return _binary(data[:1] + b"\0\0\0" + data[4:], masks)  # the day of writing


def _json(data: bytes, masks: Masks) -> Parts:
    return dict(_leaves(json.loads(data), "", masks)) if data.strip() else {}


def _leaves(value: Any, place: str, masks: Masks, hashed: bool = False) -> Iterator[tuple[str, str]]:
    """hashed: within a list of files and their hashes."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            at = f"{place}.{key}"
            yield from [(at, "MASKED")] if key in TIMED else _leaves(inner, at, masks, hashed or key in HASHES)
    elif isinstance(value, list) and value:
        for k, inner in enumerate(value):
            yield from _leaves(inner, f"{place}[{k}]", masks, hashed)
    else:
        text = masks.text(repr(value))
        yield place, "MASKED" if hashed and (HASH.search(text) or place.endswith(".bytes")) else text


def _parquet(data: bytes, masks: Masks) -> Parts:
    table = pq.read_table(io.BytesIO(data))
    return {f"type of {name}": str(table.schema.field(name).type) for name in table.column_names} | {
        f"{name}[{k}]": repr(value)
        for name in table.column_names
        if name not in TIMED
        for k, value in enumerate(table[name].to_pylist())
    }


def _sqlite(data: bytes, masks: Masks) -> Parts:
    """A GeoPackage or a journal: all tables but the indexes of shapes."""
    base = sqlite3.connect(":memory:")
    base.deserialize(data[:18] + b"\1\1" + data[20:])  # read as if it had no log beside it
    names = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    parts: Parts = {}
    for name in (name for name in names if not name.startswith("rtree_")):
        rows = base.execute(f'SELECT * FROM "{name}"')
        columns = [column[0] for column in rows.description]
        for k, row in enumerate(rows):
            for column, cell in zip(columns, row, strict=True):
                parts |= _cell(cell, f"{name}[{k}].{column}", masks) if column not in TIMED else {}
    return parts


def _cell(cell: Any, place: str, masks: Masks) -> Parts:
    """A cell of a database; a journal's rows are JSON."""
    if isinstance(cell, str) and cell.startswith("{"):
        return dict(_leaves(json.loads(cell), place, masks))
    return {place: masks.text(repr(cell))}


def _archive(data: bytes, masks: Masks) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: parts_of(name, archive.read(name), masks) for name in archive.namelist()}
    return {f"{name}: {place}": value for name, parts in members.items() for place, value in parts.items()}


def _workbook(data: bytes, masks: Masks) -> Parts:
    """Cells with their styles, strings written out; all further members as they are."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        members = {name: book.read(name) for name in book.namelist()}
    strings = ElementTree.fromstring(members.pop("xl/sharedStrings.xml", b"<sst/>"))
    words = ["".join(item.itertext()) for item in strings]
    parts: Parts = {}
    for name, content in members.items():
        if name.startswith("xl/worksheets/sheet"):
            parts |= {f"{name} {place}": value for place, value in _cells(content, words, masks)}
        else:
            parts |= {
                f"{name}: {place}": value for place, value in _text(content.replace(b"><", b">\n<"), masks).items()
            }
    return parts


def _cells(sheet: bytes, words: list[str], masks: Masks) -> Iterator[tuple[str, str]]:
    """Masked: what stands beside or below a name of TIMED_CELLS."""
    named: set[str] = set()
    for k, element in enumerate(ElementTree.fromstring(sheet).iter()):
        name = element.tag.rsplit("}", 1)[-1]
        if name == "c":
            at, text = element.get("r", ""), "".join(element.itertext())
            text = words[int(text)] if element.get("t") == "s" else text
            column, row = at.rstrip("0123456789"), at.lstrip(string.ascii_uppercase)
            if text in TIMED_CELLS:
                named.add(column if row == "1" else row)
            elif {column, row} & named:
                text = "MASKED"
            yield at, masks.text(f"{text} (style {element.get('s')}, type {element.get('t')})")
        elif name not in ("v", "row", "worksheet"):
            yield f"{name} {k}", f"{element.attrib} {element.text}"


KINDS: dict[str, Callable[[bytes, Masks], Parts]] = {
    "csv": _table, "err": _progress, "json": _json, "geojson": _json,
    "parquet": _parquet, "gpkg": _sqlite, "sqlite": _sqlite, "zip": _archive,
    "xlsx": _workbook, "dbf": _dbase, "shp": _binary, "shx": _binary, "png": _binary,
}  # fmt: skip
