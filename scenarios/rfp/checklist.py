"""Which of the tables that requests ask for are there, which are not, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

COUNTED = ("groups", "poverty")  # what the table of race and poverty counts
FEWEST, MOST = 3, 7  # options that requests ask for


@dataclass(frozen=True)
class Line:
    """What is asked, whether it is there (yes, partly, no), and in which file or why not."""

    asked: str
    there: str
    where: str


@dataclass(frozen=True)
class Given:
    """What the call gave: options, and whether growth rates, addresses, shapes and a public form were asked for. lacks:
    what the district does not give of race and poverty. seats: whether it gives those of any school."""

    options: int
    years: int
    growth: bool
    public: bool
    shapes: bool
    threshold: float
    lacks: tuple[str, ...]
    seats: bool


def checklist(tables: Collection[str], given: Given) -> list[Line]:
    """A line for everything that requests for proposals ask for."""
    no_grades = "the blocks have no columns students_grade_<g>"
    lines = [
        _table("Pupils by grade at each school", "pupils by grade", tables, no_grades),
        _race_and_poverty(given),
        _table("Mean distance to school", "distance", tables, ""),
        _table("Neighbourhoods that are split", "neighbourhoods", tables, "name their column with --neighbourhood"),
        _table("Pupils moved by grade", "moved by grade", tables, no_grades),
        _options(given),
        Line(
            f"Projections over {given.years} years",
            "yes" if given.growth else "partly",
            "projections.csv"
            if given.growth
            else "projections.csv, flat: no growth was given (--growth), so that every year is as today. An assumption",
        ),
        Line(
            "Utilisation outside 90 to 110 %, flagged",
            "yes" if given.seats else "no",
            "projections.csv, column flag, where seats are given" if given.seats else "the district gives no seats",
        ),
        _table("Street lists", "streets", tables, "give --addresses FILE, or the blocks' column with --street"),
        Line(
            "GIS files",
            "yes" if given.shapes else "no",
            "plans.gpkg, plans-*.geojson, plans-*.shp.zip" if given.shapes else "the district has no shapes",
        ),
    ]
    return [*lines, _families(given)]


def _table(asked: str, name: str, tables: Collection[str], why: str) -> Line:
    there = name in tables
    return Line(asked, "yes" if there else "no", f"{name.replace(' ', '_')}.csv" if there else why)


def _race_and_poverty(given: Given) -> Line:
    there = "yes" if not given.lacks else "partly" if len(given.lacks) < len(COUNTED) else "no"
    lacks = f"the district gives no {' and no '.join(given.lacks)}"
    where = {"yes": "race_and_poverty.csv", "partly": f"race_and_poverty.csv: {lacks}", "no": lacks}[there]
    return Line("Race and poverty at each school", there, where)


def _options(given: Given) -> Line:
    enough = FEWEST <= given.options <= MOST
    count = f"{given.options} option{'' if given.options == 1 else 's'}"
    what = f"options.csv: {count} beside today's zones"
    more = "" if enough else f"; requests ask for {FEWEST} to {MOST}"
    return Line("Three to seven options side by side", "yes" if enough else "partly", what + more)


def _families(given: Given) -> Line:
    asked = "Families not identifiable"
    if given.public:
        where = f"counts under {given.threshold:g}, and those that would give them away, are left out (empty cells)"
        return Line(asked, "yes", where)
    return Line(
        asked, "no", "small counts of children are in these tables: for the office only. --public leaves them out"
    )


def frame(lines: list[Line]) -> pd.DataFrame:
    """The checklist as a table."""
    return pd.DataFrame([vars(line) for line in lines])


def in_words(lines: list[Line]) -> str:
    """For people, a line each."""
    mark = {"yes": "[x]", "partly": "[~]", "no": "[ ]"}
    return "\n".join(f"{mark[line.there]} {line.asked}: {line.where}" for line in lines)
