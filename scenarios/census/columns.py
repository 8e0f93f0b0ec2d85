"""Names of columns, publisher by publisher, as cells of tables: C17002_002, whoever wrote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from optimizer.errors import Fault, InputError
from scenarios.importing.delimited import KEYS

Kind = Literal["value", "margin", "note", "note of a margin", "plain"]


class Column(NamedTuple):
    """What a column holds. plain: of a table that nobody has numbered: a cell where its texts are numbers."""

    cell: str
    kind: Kind


# data.census.gov and tidycensus: C17002_001E, P1_001N, S1701_C01_001M, DP03_0119PE, each with A: its annotation.
CENSUS = re.compile(r"(?P<table>[A-Z]+\d+[A-Z]*(?:_C\d\d)?)_(?P<cell>\d{3,4}P?)(?P<kind>[EMN]?A?)")
SUMMARY_FILE = re.compile(r"(?P<table>[A-Z]+\d+[A-Z]*)_(?P<kind>[EM])(?P<cell>\d{3})")  # C17002_E001
REPORTER = re.compile(r"(?P<table>[BC]\d{5}[A-I]?(?:PR)?)(?P<cell>\d{3})(?P<kind>(?:, Error)?)")  # B17020001, Error
API = re.compile(r"(?P<table>(?:PL|PCT|P|HCT|H)\d{3}[A-Z]?)0?(?P<cell>\d{3})(?P<kind>)")  # P0120001, to 2010
FACTFINDER = re.compile(r"(?:(?P<kind>HD0[12])_)?(?:VD|D|S)(?P<cell>\d{2,3})")  # HD01_VD01; the table is not said
FACTFINDERS = "GEO.id"  # what its keys begin with
MARGINS = ("M", ", Error", "HD02")
PLACES = re.compile(
    r"name|year|intptl(at|on)\d*|statefp|state|county|tract|block( group)?|a(land|water)\d*|.*(fp|ce|ns)\d*", re.I
)
TABLE = re.compile(r"(?<![A-Za-z0-9])((?:[BC]\d{5}[A-I]?|S\d{4}|(?:PCT|P|HCT|H)\d{1,3}[A-Z]?)(?:PR)?)(?![A-Za-z0-9])")
NUMBERED = re.compile(r"(?:PL|(PCT|P|HCT|H))0*(\d+[A-Z]*)(.*)")


def table_name(text: str) -> str:
    """As data.census.gov writes it: P004 is P4."""
    found = NUMBERED.fullmatch(text)
    return text if found is None else f"{found[1] or 'P'}{found[2]}{found[3]}"


def table_in(texts: Iterable[str]) -> str | None:
    """The first table that a text names, such as ACS_14_5YR_C17002_with_ann.csv."""
    found = next((one for text in texts if (one := TABLE.search(text.replace("_", " ")))), None)
    return None if found is None else table_name(found[1])


def columns_of(where: str, names: Sequence[str], table: str | None) -> dict[str, Column]:
    """What each column is; those that hold no counts are left out. table: of columns that do not say theirs. Raises
    InputError where two are one, or where it is not known of which table they are."""
    asked = any(name.startswith(FACTFINDERS) for name in names)
    found = {name: one for name in names if (one := _published(where, name, table, asked)) is not None}
    pairs = [name[:-1] for name in names if name.endswith("E") and name not in found and f"{name[:-1]}M" in names]
    for pair in pairs:  # as tidycensus writes them, and what people compute of them
        found |= {f"{pair}E": Column(pair, "value"), f"{pair}M": Column(pair, "margin")}
    rest = [name for name in names if name not in found and not (PLACES.fullmatch(name) or KEYS.fullmatch(name))]
    found |= {name: Column(name, "plain") for name in rest}
    times = Counter(found.values())
    twice = [name for name, one in found.items() if times[one] > 1]
    if twice:
        raise InputError(Fault(where, "columns are one cell", "Keep one of them", ids=tuple(twice)))
    return found


def _published(where: str, name: str, table: str | None, factfinder: bool) -> Column | None:
    for form in (CENSUS, SUMMARY_FILE, REPORTER, API):
        found = form.fullmatch(name)
        if found is not None:
            return _column(f"{table_name(found['table'])}_{found['cell']}", found["kind"])
    found = FACTFINDER.fullmatch(name) if factfinder else None
    if found is None:
        return None
    if table is None:
        raise InputError(Fault(where, "does not say which table it is", 'Say it: table = "C17002"', name))
    return _column(f"{table}_{int(found['cell']):03}", found["kind"] or "")


def _column(cell: str, kind: str) -> Column:
    if kind in ("A", "EA", "NA", "MA"):
        return Column(cell, "note of a margin" if kind == "MA" else "note")
    return Column(cell, "margin" if kind in MARGINS else "value")
