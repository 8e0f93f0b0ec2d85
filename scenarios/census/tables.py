"""The tables that a file holds, whatever it is: text, HTML that is named .xls, workbooks, layers, a zip of them, or a
zip in a zip. Told apart by their first bytes, never by names, and in parts: a national list is never held whole."""

from __future__ import annotations

import codecs
import csv
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any, Literal

import pandas as pd
import pyogrio
import pyogrio.errors

from optimizer.errors import Fault, InputError
from scenarios.importing.delimited import Head, head_of
from scenarios.reading.archives import need_harmless
from scenarios.reading.files import need_file, text_of
from scenarios.reading.most import most
from scenarios.reading.tables import plain

Kind = Literal["text", "html", "book", "layer"]  # of several in one zip, the first of these is read: they say the same
Opens = Callable[[], AbstractContextManager[IO[bytes]]]
BLOCK, LINES, LONGEST = 1 << 24, 200, 1 << 20  # characters of a part, rows above a header, characters of a row
ASIDE = (".xml", ".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".sas7bdat", ".pdf", ".docx", ".doc", ".html", ".htm")
DEPTH = 3  # of zips in each other
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


@dataclass(frozen=True)
class Table:
    """names: of the columns, as they stand in the header. parts: of these columns, frames of text cells, whose columns
    are their places in the header; records of a text that do not hold the other argument may be left out."""

    where: str
    names: tuple[str, ...]
    parts: Callable[[Sequence[int], str], Iterator[pd.DataFrame]]


@dataclass(frozen=True)
class _Member:
    where: str
    kind: Kind
    opens: Opens
    ogr: str


def tables_of(path: Path, keys: re.Pattern[str]) -> list[Table]:
    """The tables of a file. keys: names of columns by which a header is told, wherever it stands. Raises InputError
    where it holds none."""
    need_file(path, "list")
    try:
        members = list(_members(path.name, lambda: path.open("rb"), path.resolve().as_posix(), 0))
        for kind in ("text", "html", "book", "layer"):
            tables = [_table(member, keys) for member in members if member.kind == kind]
            found = [table for table in tables if table is not None]
            if found:
                return found
    except BROKEN:
        raise _unpacked(path.name) from None
    problem = "no table in it has a column of ids" if members else "holds no table"
    raise InputError(Fault(path.name, problem, "A list of schools has NCESSCH, or `NCES School ID`: name such a file"))


def _unpacked(where: str) -> InputError:
    return InputError(Fault(where, "cannot be unpacked", "Unpack it with another program, and name what was in it"))


def _members(where: str, opens: Opens, ogr: str, depth: int) -> Iterator[_Member]:
    """The file itself, or what is packed in it. ogr: how GDAL calls it."""
    with opens() as stream:
        head = stream.read(4096)
    if not head.startswith(b"PK\3\4"):
        kind = _kind(where, head)
        if kind is not None:
            yield _Member(where, kind, opens, ogr)
        return
    with opens() as stream, zipfile.ZipFile(stream) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        yield _Member(where, "book", opens, ogr)
        return
    _need_small(where, entries, depth)
    for entry in entries:
        name = Path(entry.filename).name
        if "__MACOSX" not in entry.filename and not name.startswith(".") and not name.lower().endswith(ASIDE):
            inner = partial(_entry, opens, entry.filename, where)
            yield from _members(f"{where}, {name}", inner, f"/vsizip/{ogr}/{entry.filename}", depth + 1)


def _need_small(where: str, entries: Sequence[zipfile.ZipInfo], depth: int) -> None:
    need_harmless(where, entries, most("list"))
    if depth >= DEPTH:
        raise InputError(Fault(where, "unpacks to more than can be read", "Unpack what is needed, and name that"))


@contextmanager
def _entry(outer: Opens, name: str, where: str) -> Iterator[IO[bytes]]:
    try:
        with outer() as stream, zipfile.ZipFile(stream) as archive, archive.open(name) as inner:
            yield inner
    except BROKEN:  # such as Deflate64, in which Windows packs what is above 2 GB
        raise _unpacked(where) from None


def _kind(where: str, head: bytes) -> Kind | None:
    """What a file is, by its first bytes; None where no table can be read of it."""
    if head.startswith((b"\0\0\x27\x0a", b"SQLite format 3", b"{")):
        return "layer"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(Fault(where, "is a workbook of Excel before 2007", "Save it as .xlsx or CSV"))
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(b"<") and b"<table" in start + b"<table" * start.startswith((b"<html", b"<!doctype html")):
        return "html"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text_of(head, where, "CSV")
    return None if b"\0" in head else "text"


def _table(member: _Member, keys: re.Pattern[str]) -> Table | None:
    """None where it has no such header."""
    if member.kind == "text":
        with member.opens() as stream, _text(stream) as text:
            head = head_of(text.read(LONGEST), keys)
        if head is None or head.key is None:
            return None
        return Table(member.where, tuple(head.names), partial(_text_parts, member, head))
    rows = _html_rows(member) if member.kind == "html" else _ogr_rows(member)
    at = next((k for k, row in enumerate(rows[:LINES]) if any(map(keys.fullmatch, row))), None)
    return None if at is None else Table(member.where, tuple(rows[at]), partial(_held, rows[at:]))


def _text(stream: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, "utf-8-sig", errors="windows-1252", newline="")


def _text_parts(member: _Member, head: Head, places: Sequence[int], holds: str) -> Iterator[pd.DataFrame]:
    names = range(len(head.names) + 1)  # one more: rows may end in the mark
    mend = "Save it as CSV, in UTF-8, with one header row and no more cells than that in any"
    broken = InputError(Fault(member.where, "cannot be read as a table", mend))
    yield pd.DataFrame(columns=list(places), dtype=str)  # where no block holds what is wanted
    with member.opens() as stream, _text(stream) as text:
        for _ in range(head.line + 1):
            text.readline()
        how: dict[str, Any] = {"dtype": str, "na_filter": False, "index_col": False, "header": None, "names": names}
        for block in _blocks(text, holds):
            try:
                part = pd.read_csv(io.StringIO(block), sep=head.mark, **how).fillna("")
            except (pd.errors.ParserError, csv.Error):
                raise broken from None
            if (part[names[-1]].str.strip() != "").any():
                raise broken
            yield part[list(places)]


def _blocks(text: io.TextIOWrapper, holds: str) -> Iterator[str]:
    """Whole records, BLOCK characters at a time, those blocks that hold this text: a national list is in order of its
    agencies, so that most blocks hold none of one. A block does not end inside quotes."""
    block = ""
    while part := text.read(BLOCK):
        block += part + text.readline(LONGEST)
        if block.count('"') % 2 == 0 or len(block) > LONGEST + 9 * BLOCK:
            if holds in block:
                yield block
            block = ""
    if block:
        yield block


def _held(rows: Sequence[Sequence[str]], places: Sequence[int], holds: str) -> Iterator[pd.DataFrame]:
    width = len(rows[0])
    padded = [[*row, *[""] * (width - len(row))] for row in rows[1:]]
    yield pd.DataFrame({place: [row[place] for row in padded] for place in places}, dtype=str)


def _ogr_rows(member: _Member) -> list[list[str]]:
    source = member.ogr
    try:
        with tempfile.TemporaryDirectory() as folder:
            if member.kind == "book" and source.startswith("/vsizip/"):  # a zip itself, which GDAL reads in none
                source = f"{folder}/book.xlsx"
                with member.opens() as stream, Path(source).open("wb") as copy:
                    shutil.copyfileobj(stream, copy)
            frame = pyogrio.read_dataframe(source, read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise InputError(Fault(member.where, "cannot be read", "Save it as .xlsx or CSV")) from None
    return [[str(name) for name in frame.columns], *([plain(cell) for cell in row] for row in frame.to_numpy(object))]


class _Cells(HTMLParser):
    """The rows of all tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        self.inside = tag in ("td", "th") or (self.inside and tag != "tr")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th", "tr", "table")

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def _html_rows(member: _Member) -> list[list[str]]:
    page = _Cells()
    with member.opens() as stream:
        page.feed(stream.read(most("json")).decode("utf-8-sig", errors="windows-1252"))
    return [[" ".join(cell.split()) for cell in row] for row in page.rows]
