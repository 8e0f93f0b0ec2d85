"""Students to blocks: points become counts, and no point, name or id of a child goes on from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from optimizer.places import Source as Place
from scenarios.folder.points import block_of
from scenarios.importing.blocks import LOST, Rows
from scenarios.importing.mapping import Mapping, Students
from scenarios.importing.problems import Notes
from scenarios.importing.sources import Source, points_of

# Grades name columns of the folder: nothing else may stand there.
GRADE = r"((gr(ade)?\.? ?)?([pt]-?k ?[34]?|pre-?k|k[gdfh]?|ug|\d{1,2}(st|nd|rd|th)?))?"


@dataclass(frozen=True, eq=False)
class Homes:
    """block: (students,) where each lives. point: (students,) for what is decided by them, and never written."""

    block: Any
    point: Any


def count_students(rows: Rows, mapping: Mapping, notes: Notes) -> tuple[dict[str, Floats], Homes]:
    """Counts by name, (blocks,). Raises InputError where too many fit no block, and where values are not named."""
    asked = mapping.students
    assert asked is not None
    source = mapping.read(asked)
    cells = source.cells
    points, crs = points_of(source, asked.lon, asked.lat, asked.crs, "students")
    once = _once(source, asked, notes)
    cells, points = cells[once], points[once]
    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if not there.any():
        raise InputError(Fault(source.where, "no row has coordinates", "Name their columns: [students] lon and lat"))
    points[there] = rows.placed(Place(source.where, points[there], crs, secret=True))
    block = np.full(len(points), -1, np.int64)
    block[there] = block_of(points[there], rows.shape)
    _tell_outside(source, block, there, mapping, notes)
    inside = block >= 0
    columns = {"students": np.ones(len(block), bool)} | _kinds(source, cells, asked)
    counts = {
        name: np.bincount(block[inside & mask], minlength=len(rows.ids)).astype(float) for name, mask in columns.items()
    }
    notes.held |= {name: (source.where, float(mask.sum())) for name, mask in columns.items()}
    return counts, Homes(block[inside], points[inside])


def _once(source: Source, asked: Students, notes: Notes) -> Any:
    """Which rows count: of a student who stands twice, one."""
    if asked.id is None:
        return np.ones(len(source.cells), bool)
    ids = source.column(asked.id, "[students] id")
    again = (ids.duplicated() & (ids != "")).to_numpy(bool)
    if again.any():
        what = f"{again.sum():,} rows repeat a student's id"
        if asked.duplicates is None:
            mend = 'Take them out, or count each once: [students] duplicates = "once"'
            raise InputError(Fault(source.where, what, mend, asked.id))
        notes.lines.append(f"{source.where}: {what}; each is counted once, by its first row")
    return ~again


def _tell_outside(source: Source, block: Any, there: Any, mapping: Mapping, notes: Notes) -> None:
    """How many have no block. No id and no place of theirs is told: they are children."""
    lost = int((block < 0).sum())
    if not lost:
        return
    without = int((~there).sum())
    what = f"{lost:,} of {len(block):,} students are in no block ({without:,} of them have no coordinates)"
    mend = 'Check their CRS and the blocks, or leave them out: [outside] students = "leave out"'
    if lost > LOST * len(block) and mapping.outside.students is None:
        raise InputError(Fault(source.where, what, mend))
    notes.found(what, [source.where], mend, done="left out of all counts")


def _kinds(source: Source, cells: pd.DataFrame, asked: Students) -> dict[str, Any]:
    """Who is of which group, in poverty, in which grade: by name of the count, (students,). Raises InputError where a
    value is not named in the mapping."""
    found: dict[str, Any] = {}
    if asked.group is not None:
        value = source.column(asked.group, "[students] group").loc[cells.index].str.strip()
        strange = value[~value.isin(asked.groups.keys())]
        if len(strange):
            problem = f"values that no group is named for: {source.values(strange)}"
            mend = 'Name a group for each: [students.groups] "B" = "black", "" = "other"'
            raise InputError(Fault(source.where, problem, mend, asked.group))
        for group in dict.fromkeys(asked.groups.values()):
            found[f"students_{group}"] = value.map(asked.groups).eq(group).to_numpy(bool)
    if asked.poverty is not None:
        value = source.column(asked.poverty, "[students] poverty").loc[cells.index].str.strip()
        if not set(value) & set(asked.poor):
            mend = f"Name those that mean poverty: [students] poor = [...]; there are {source.values(value)}"
            raise InputError(Fault(source.where, "no student has a value of `poor`", mend, asked.poverty))
        found["students_poverty"] = value.isin(asked.poor).to_numpy(bool)
    if asked.grade is not None:
        value = source.column(asked.grade, "[students] grade").loc[cells.index].str.strip().str.lower()
        if not value.str.fullmatch(GRADE).all():
            mend = "Name the column of grades, such as PK, KG, 01, 1st or Grade 1; or leave it out"
            raise InputError(Fault(source.where, "holds what are no grades", mend, asked.grade))
        for grade in sorted(set(value) - {""}):
            found[f"students_grade_{grade}"] = value.eq(grade).to_numpy(bool)
    return found
