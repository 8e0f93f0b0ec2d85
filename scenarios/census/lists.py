"""Schools with their enrolment as NCES publishes it, in any form and vintage, from one file or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd

from optimizer.errors import Fault, InputError
from scenarios.census.enrolments import GRADES, GROUPS, Enrolments
from scenarios.census.joined import doubtful, joined
from scenarios.census.listed import enrolments_of
from scenarios.census.school_columns import KEYS, LONG, columns_of, school_year
from scenarios.census.school_ids import Wanted
from scenarios.census.spread import spread, tallied
from scenarios.census.tables import Table, tables_of

# Of each of these every child is counted once; of all rows, four or five times (CCD, file 052, from 2016-17 on).
BY_RACE = "Derived - Subtotal by Race/Ethnicity and Sex minus Adult Education Count"
BY_GRADE = "Category Set A - By Race/Ethnicity; Sex; Grade"
TOTAL = "Derived - Education Unit Total minus Adult Education Count"
RACES = {
    "American Indian or Alaska Native": "native",
    "Asian": "asian",
    "Hispanic/Latino": "hispanic",
    "Black or African American": "black",
    "White": "white",
    "Native Hawaiian or Other Pacific Islander": "pacific",
    "Two or more races": "multiracial",
    "Not Specified": "unknown",
}
LEVELS = {"Pre-Kindergarten": "PK", "Kindergarten": "KG", "Ungraded": "UG"}
LEVELS |= {f"Grade {int(grade)}": grade for grade in GRADES[2:]}
LUNCH = {
    "No Category Codes": "frl",
    "Free lunch qualified": "free",
    "Reduced-price lunch qualified": "reduced",
}
MEMBERS = ("RACE_ETHNICITY", "GRADE")
PROGRAMS = ("DATA_GROUP", "LUNCH_PROGRAM")


def read_enrolments(paths: Sequence[Path], *, lea: str | None = None, state: str | None = None) -> Enrolments:
    """One list of files that say different things of the same schools, joined by NCESSCH: what the first says counts.
    Told apart by what they hold: CCD membership (052), lunch (033), directory (029) and characteristics (129), long and
    wide; EDGE characteristics and geocodes; exports of ELSI and of the school search; zipped or not.

    lea, state: as `Wanted`. Where neither is given, schools of which nothing is counted are left out, such as all
    others of a national file of coordinates. Raises InputError."""
    wanted = Wanted(lea, state)
    lists = [_read(table, wanted) for path in paths for table in tables_of(path, KEYS)]
    found = joined(lists, every=lea is not None or state is not None)
    if not found.ids:
        asked = " of ".join(part for part in ("no school", lea and f"agency {lea}", state and f"state {state}") if part)
        mend = "Compare the ids in it with the agency's: NCESSCH begins with LEAID"
        raise InputError(Fault(found.where, f"holds {asked}", mend))
    return doubtful(found)


def _read(table: Table, wanted: Wanted) -> Enrolments:
    cells = {name.strip().upper(): k for k, name in enumerate(table.names)}
    if all(name.upper() in cells for name in LONG):
        fields = _need(table, cells, MEMBERS) or _need(table, cells, PROGRAMS)
        if fields is None:
            mend = "Name the file of membership (052) or of lunch (033)"
            raise InputError(Fault(table.where, "is a long file of another kind", mend))
        return _long(table, cells, fields, wanted)
    columns, year, left = columns_of(table.names)
    notes = [f"{table.where}: columns of other years than {year} are left out: {', '.join(left)}"] if left else []
    rows = [_fields(part, columns) for part in _wanted(table, columns["id"][0], wanted, [*chain(*columns.values())])]
    return enrolments_of(table.where, pd.concat(rows, ignore_index=True), year, notes)


def _need(table: Table, cells: Mapping[str, int], names: Sequence[str]) -> Sequence[str] | None:
    return names if all(name in cells for name in names) else None


def _wanted(table: Table, key: int, wanted: Wanted, places: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Parts of the table with their wanted rows alone: rows of notes below the last school are none."""
    for part in table.parts(sorted(set(places)), wanted.holds):
        ids, mask = wanted.ids(part[key])
        wanted.need_whole(table.where, part.loc[mask, key])
        kept = part.assign(id=ids)[mask]
        yield kept[(kept[list(set(places))] != "").sum(axis=1) > 1]


def _fields(part: pd.DataFrame, columns: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """A part of a wide table by our names. A race by grade and sex is added up: a cell that does not apply (-2), since
    the school has not that grade, adds nothing."""
    frame = pd.DataFrame({field: part[places[0]] for field, places in columns.items()})
    frame["id"] = part["id"]
    for field, places in columns.items():
        if len(places) > 1:
            long = part[places].melt(ignore_index=False, value_name="count").assign(field=field)
            long["count"] = long["count"].str.strip().replace({"-2": "0", "-2.0": "0", "N": "0"})
            summed = spread([tallied(long.rename_axis("id").reset_index()[["id", "field", "count"]])], [field])
            frame[field] = summed.set_index("id")[field].reindex(part.index)
    return frame


def _long(table: Table, cells: Mapping[str, int], fields: Sequence[str], wanted: Wanted) -> Enrolments:
    """Of a long file, one row a school. Membership: the races from one total, the grades from another, and the total of
    the unit to hold them to. Lunch: those who qualify, whom the state certifies directly apart."""
    names = ("NCESSCH", *LONG, *fields, "SCH_NAME", "SCHOOL_YEAR")
    places = {name.upper(): cells[name.upper()] for name in names if name.upper() in cells}
    tallies: list[pd.DataFrame] = []
    about: dict[str, tuple[str, str]] = {}
    for part in _wanted(table, places["NCESSCH"], wanted, list(places.values())):
        rows = part.rename(columns={place: name for name, place in places.items()})
        told = rows.drop_duplicates("id").reindex(columns=["id", "SCH_NAME", "SCHOOL_YEAR"]).fillna("")
        about |= {one: (name, year) for one, name, year in told.itertuples(index=False)}
        rows["field"] = _members(rows) if fields is MEMBERS else _programs(rows)
        rows = rows[rows["field"].notna()].rename(columns={"STUDENT_COUNT": "count"})
        tallies.append(tallied(rows))
    frame = spread(tallies, GROUPS if fields is MEMBERS else ())
    if fields is MEMBERS and len(frame) and not (frame[list(GROUPS)] != "").to_numpy().any():
        mend = "Take the file whole: the other rows count every child several times"
        raise InputError(Fault(table.where, f"no row is '{BY_RACE}'", mend, "TOTAL_INDICATOR"))
    frame["name"] = [about[one][0] for one in frame["id"]]
    year = max((school_year(one) for _, one in about.values()), default="")
    return enrolments_of(table.where, frame, year, [])


def _members(rows: pd.DataFrame) -> pd.Series:
    """What each row of membership counts; nothing, where it repeats what others count."""
    kind = rows["TOTAL_INDICATOR"]
    field = rows["RACE_ETHNICITY"].map(RACES).where(kind == BY_RACE)
    return field.fillna(rows["GRADE"].map(LEVELS).where(kind == BY_GRADE)).mask(kind == TOTAL, "total")


def _programs(rows: pd.DataFrame) -> pd.Series:
    direct = rows["DATA_GROUP"].str.casefold() == "direct certification"
    table = rows["DATA_GROUP"].str.casefold().str.startswith("free and reduced")
    return rows["LUNCH_PROGRAM"].map(LUNCH).where(table).mask(direct, "direct certification")
