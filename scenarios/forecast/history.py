"""What a forecast is made from: the past by year and grade, births, and housing. All years, units and grades are there,
once each, or an error says which are not."""

from __future__ import annotations

import re
from collections.abc import Mapping as Names
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, listed, nearest
from optimizer.transition.grades import OPTIONAL, ORDER, PREFIX, grade_name
from scenarios.folder.links import places
from scenarios.folder.tables import Faults
from scenarios.forecast.mapping import History, Housing, Mapping
from scenarios.importing.sources import Fill, Source

LEAST = 3  # years: two steps from one to the next, or nothing is known of how steps vary
YEAR = re.compile(r"((?:19|20)\d\d)(?:\s*[-/\u2013]\s*(?:\d\d|\d{4}))?")  # 2019, 2019-20, 2019/2020: of its autumn


@dataclass(frozen=True, eq=False)
class Past:
    """counts: (years, units, grades) children, of years without a gap. by: what a unit is: district, school or block.
    zone: (units,) today's school of each, or itself. notes: what was put in or left out."""

    years: tuple[int, ...]
    counts: Floats
    grades: tuple[str, ...]
    by: str
    zone: Ints
    notes: tuple[str, ...] = ()

    def until(self, years: int) -> Past:
        """The first of its years."""
        return replace(self, years=self.years[:years], counts=self.counts[:years])


@dataclass(frozen=True, eq=False)
class Homes:
    """Housing of one scenario, '' where all futures have it. students: (years, blocks) who move in with each year's
    units."""

    name: str
    students: Floats


def read_past(mapping: Mapping, district: District) -> Past:
    """Raises InputError with what is wrong with it."""
    asked, source = mapping.history, mapping.read(mapping.history)
    rows = _long(source, asked)
    grades, left = _grades(rows.grade, source.where, asked, district)
    fill = Fill(asked.empty, asked.suppressed)
    names = (rows["row"] + " (" + rows["count"] + ")").tolist()
    table = rows.assign(number=_amounts(replace(source, cells=rows), "count", names, fill))
    table = table.assign(place=table.grade.map({grade: k for k, grade in enumerate(grades)})).dropna(subset="place")
    unit, units, others = _units(table, source.where, asked, district)
    table, unit = table[unit >= 0], unit[unit >= 0]
    _need_once(source.where, table, unit)
    years = _years(source.where, table.year.unique().tolist())
    counts = np.zeros((len(years), units, len(grades)))
    counts[table.year - years[0], unit, table.place.astype(int)] = table.number
    faults = Faults()
    empty = [f"{grades[g]} in {years[t]}" for t, g in np.argwhere(counts.sum(axis=1) <= 0)]
    if empty:
        faults.add(source.where, "a grade has no children in a year", "Give every grade in every year", ids=empty)
    faults.stop()
    by = "block" if asked.block else "school" if asked.school else "district"
    zone = {"block": district.status_quo, "school": np.arange(units), "district": np.zeros(1, int)}[by]
    return Past(years, counts, grades, by, np.asarray(zone), (*fill.notes, *left, *others))


def _long(source: Source, asked: History) -> pd.DataFrame:
    """(row, year, unit, grade, count) as text, years as numbers: a table with a column a grade is made long."""
    column = asked.school or asked.block
    head = pd.DataFrame({"row": [f"row {k + 1}" for k in range(len(source.cells))]})
    head["year"] = _year(source, asked.year)
    head["unit"] = "" if column is None else source.column(column, "[history]").str.strip()
    if asked.grade is not None:
        texts = source.column(asked.grade, "[history] grade").str.strip()
        return head.assign(
            grade=_named(texts, source.where, asked), count=source.column(asked.count, "[history] count")
        )
    wide = [
        head.assign(grade=grade_name(grade, "[history] grades"), count=source.column(name, "[history] grades"))
        for grade, name in asked.grades.items()
    ]
    return pd.concat(wide, ignore_index=True)


def _named(texts: pd.Series[str], where: str, asked: History) -> pd.Series[str]:
    """Grades of cells as they are called here: as the mapping says, else as they are written, KG being K."""
    said = {name: grade_name(grade, "[history] grades") for grade, name in asked.grades.items()}
    found, unknown = dict(said), []
    for text in sorted(set(texts) - said.keys()):
        name = "K" if text.upper() == "KG" else text.upper().lstrip("0")
        found[text] = name
        if name not in ORDER:
            unknown.append(f"'{text}'{nearest(name, ORDER)}")
    if unknown:
        mend = 'Say which they are: [history.grades] K = "KDG"; or keep such rows out: only = { COLUMN = ["VALUE"] }'
        raise InputError(Fault(where, "no grades", mend, asked.grade, tuple(unknown)))
    return texts.map(found)


def _grades(given: pd.Series[str], where: str, asked: History, district: District) -> tuple[tuple[str, ...], list[str]]:
    """The grades of the forecast, lowest first: those of the folder's columns, else all, PK and TK only where the
    mapping names them; and a note of those that are left out."""
    there = sorted(set(given), key=ORDER.index)
    own = [grade_name(name.removeprefix(PREFIX), "blocks") for name in district.columns if name.startswith(PREFIX)]
    named = [grade_name(grade, "[history] grades") for grade in asked.grades]
    every = [grade for grade in there if grade in named or grade not in OPTIONAL]
    wanted = sorted(own or every, key=ORDER.index)
    gone = [grade for grade in wanted if grade not in there]
    if gone or len(wanted) == 0:
        mend = f"Give their history; it has {', '.join(there)}"
        raise InputError(Fault(where, "grades of the district are missing", mend, asked.grade, tuple(gone)))
    left = [grade for grade in there if grade not in wanted]
    return tuple(wanted), [f"{where}: grades {', '.join(left)} are left out"] if left else []


def _units(rows: pd.DataFrame, where: str, asked: History, district: District) -> tuple[Ints, int, list[str]]:
    """(rows,) the unit of each, -1 for one that is left out; how many units there are, and notes."""
    column = asked.school or asked.block
    if column is None:
        return np.zeros(len(rows), np.int32), 1, []
    known = district.school_ids if asked.school else district.block_ids
    notes, kept = [], np.ones(len(rows), bool)
    if asked.school and asked.others is not None:
        kept = rows.unit.isin(known).to_numpy(bool)
        gone = sorted(set(rows.unit[~kept]))
        if gone:
            notes += [f"{where}: {len(gone):,} schools are none of the district's, and are left out: {listed(gone)}"]
    faults, unit = Faults(), np.full(len(rows), -1, np.int32)
    kind = "school_id" if asked.school else "block_id"
    unit[kept] = places(faults, where, rows.unit[kept].astype(str), kind, known, rows.row[kept].tolist())
    if asked.school:
        also = '; [history] others = "leave out" leaves out other schools'
        faults.found = [replace(fault, mend=fault.mend + also) for fault in faults.found]
    faults.stop()
    years, at = np.unique(rows.year[kept], return_inverse=True)
    told = np.zeros((len(known), len(years)), bool)
    told[unit[kept], at] = True
    ids = [known[k] for k in np.flatnonzero(told.any(axis=1) & ~told.all(axis=1)).tolist()]
    if ids:
        notes.append(f"{where}: {len(ids):,} {kind[:-3]}s have no rows in some years, none counted then: {listed(ids)}")
    return unit, len(known), notes


def _need_once(where: str, rows: pd.DataFrame, unit: Ints) -> None:
    key = pd.DataFrame({"year": rows.year, "unit": unit, "place": rows.place})
    twice = rows[key.duplicated().to_numpy(bool)]
    if len(twice):
        ids = [f"{row} ({year}, {grade})" for row, year, grade in zip(twice.row, twice.year, twice.grade, strict=True)]
        mend = "Keep one row for each; is it by school or block? Name the column, or keep rows out with only"
        raise InputError(Fault(where, "a year and grade stand more than once", mend, ids=tuple(ids)))


def _years(where: str, given: Sequence[int]) -> tuple[int, ...]:
    years = tuple(range(int(min(given)), int(max(given)) + 1))
    gone = [str(year) for year in years if year not in given]
    if gone:
        raise InputError(Fault(where, "years are missing between others", "Give every year", "year", tuple(gone)))
    if len(years) < LEAST:
        problem = f"{len(years)} years say nothing of how much years differ"
        raise InputError(Fault(where, problem, f"Give {LEAST} or more; 6 or more let the forecast be scored", "year"))
    return years


def _year(source: Source, column: str) -> Ints:
    """(rows,) years; a school year is that of its autumn."""
    code, texts = pd.factorize(source.column(column, "year").str.strip())
    found = [YEAR.fullmatch(text) for text in texts]
    year = np.array([0 if one is None else int(one[1]) for one in found], np.int32)[code]
    if (year == 0).any():
        ids = tuple(f"row {k + 1} ('{texts[code[k]][:20]}')" for k in np.flatnonzero(year == 0).tolist())
        raise InputError(Fault(source.where, "are no years", "Write 2024, or 2024-25", column, ids))
    return year


def _amounts(source: Source, column: str, names: Sequence[str], fill: Fill) -> Floats:
    """(rows,) counts; a negative number is one of suppression only where the mapping says so."""
    texts = source.column(column, "the mapping").str.strip()
    negative = texts.str.match(r"-\s*\d").to_numpy(bool)
    if negative.any() and fill.suppressed is None:
        ids = tuple(names[k] for k in np.flatnonzero(negative).tolist())
        raise InputError(Fault(source.where, "negative counts", "Give counts of 0 or more", column, ids))
    return source.numbers(column, "the mapping", names, fill)


def read_births(mapping: Mapping, years: Sequence[int]) -> Floats | None:
    """(years,) births of the children who enter in each; None where none are given. Raises InputError."""
    asked = mapping.births
    if asked is None:
        return None
    source = mapping.read(asked)
    born = _year(source, asked.year)
    names = [f"row {k + 1}" for k in range(len(born))]
    found = dict(zip(born.tolist(), _amounts(source, asked.count, names, Fill()).tolist(), strict=True))
    if len(found) < len(born):
        ids = sorted({str(year) for year in born.tolist() if (born == year).sum() > 1})
        raise InputError(
            Fault(source.where, "years stand more than once", "Give one row a year", asked.year, tuple(ids))
        )
    wanted = [year - asked.lag for year in years]
    gone = [str(year) for year in wanted if found.get(year, 0) <= 0]
    if gone:
        mend = f"Children enter {asked.lag} years after: give these, ask for fewer --years, or leave [births] out"
        raise InputError(Fault(source.where, "births are missing, or none", mend, asked.year, tuple(gone)))
    return np.array([found[year] for year in wanted])


def read_housing(mapping: Mapping, district: District, years: Sequence[int]) -> tuple[list[Homes], list[str]]:
    """The housing of each name, and notes. Raises InputError."""
    found: dict[str, Floats] = {}
    notes: list[str] = []
    for asked in mapping.housing:
        source = mapping.read(asked)
        year, names = _year(source, asked.year), [f"row {k + 1}" for k in range(len(source.cells))]
        faults = Faults()
        block = places(faults, source.where, source.column(asked.block, "block"), "block_id", district.block_ids, names)
        faults.stop()
        units = _amounts(source, asked.units, names, Fill())
        students = units * _yields(source, asked, mapping.yields, names)
        within = (year >= years[0]) & (year <= years[-1])
        if not within.all():
            ids = listed([names[k] for k in np.flatnonzero(~within).tolist()])
            notes.append(f"{source.where}: rows outside {years[0]} to {years[-1]} are left out: {ids}")
        adds = found.setdefault(asked.name or "", np.zeros((len(years), district.blocks)))
        np.add.at(adds, (year[within] - years[0], block[within]), students[within])
    return [Homes(name, students) for name, students in found.items()], notes


def _yields(source: Source, asked: Housing, table: Names[str, float], names: Sequence[str]) -> Floats:
    """(rows,) students a unit."""
    if asked.type is None:
        return _amounts(source, str(asked.yields), names, Fill())
    kinds = source.column(asked.type, "[[housing]] type").str.strip()
    gone = sorted(set(kinds) - table.keys())
    if gone:
        hints = tuple(f"'{kind}'{nearest(kind, table)}" for kind in gone)
        raise InputError(
            Fault(source.where, "types without a yield", "Give each a line in [yields]", asked.type, hints)
        )
    return np.array([table[kind] for kind in kinds])
