"""Which school each zone of a layer is for: by id, or by name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arrays import Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

# Columns that name a zone's school, in the order in which they are taken. Row numbers such as OBJECTID are not among
# them: they would match districts whose schools are numbered.
COLUMNS = ("school_id", "schoolid", "school_name", "schoolname", "school", "sch_name", "schname", "name")
# Words that say what kind of school it is, left out where that keeps names apart.
KINDS = {"elementary", "elem", "es", "primary", "middle", "ms", "junior", "high", "hs", "school", "schools", "the"}


@dataclass(frozen=True)
class Named:
    """column: where the schools stand. school: (zones,) index, -1 where it is none of the district's. text: (zones,)
    as written. nearest: the names that come nearest, for each text that is none."""

    column: str
    school: Ints
    text: tuple[str, ...]
    nearest: Mapping[str, tuple[str, ...]]


def name_schools(frame: pd.DataFrame, district: District, where: str, column: str | None = None) -> Named:
    """The school of each row: by id, exactly as written (whole numbers as such); else by name, however it is
    capitalised and spaced, with or without words such as "Elementary School", where only one school has it.
    Raises InputError where the column is not there, or none of the usual ones is."""
    chosen = _column([str(name) for name in frame.columns if name != frame.geometry.name], where, column)
    text = tuple(_text(cell) for cell in frame[chosen])
    index = _index(district)
    found = {one: _place(one, district, index) for one in set(text)}
    school = np.array([found[one] for one in text], np.int32)
    unknown = sorted(one for one, j in found.items() if j < 0)
    return Named(chosen, school, text, {one: _near(one, district) for one in unknown})


def _column(columns: Sequence[str], where: str, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in columns:
            problem = f"the column is missing{nearest(wanted, columns)}"
            raise InputError(Fault(where, problem, f"The layer has: {', '.join(columns)}", column=wanted))
        return wanted
    lower = {name.lower(): name for name in reversed(columns)}
    for usual in COLUMNS:
        if usual in lower:
            return lower[usual]
    problem = f"no column names the zones' schools: none of {', '.join(COLUMNS)} is there"
    raise InputError(Fault(where, problem, f"Name one with --school-column. The layer has: {', '.join(columns)}"))


def _text(cell: object) -> str:
    if isinstance(cell, float | np.floating):
        return "" if np.isnan(cell) else str(int(cell)) if float(cell).is_integer() else str(cell)
    return "" if cell is None or str(cell) in ("<NA>", "nan", "NaT") else str(cell).strip()


def _index(district: District) -> dict[str, int]:
    """By every form of a school's name that is that of one school alone, the school."""
    found: dict[str, set[int]] = {}
    for j, name in enumerate(district.school_names):
        for form in (_plain(name), _short(name)):
            found.setdefault(form, set()).add(j)
    return {form: next(iter(schools)) for form, schools in found.items() if len(schools) == 1 and form}


def _place(text: str, district: District, index: Mapping[str, int]) -> int:
    if text in district.school_ids:
        return district.school_ids.index(text)
    return index.get(_plain(text), index.get(_short(text), -1))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))


def _short(text: str) -> str:
    return " ".join(word for word in _plain(text).split() if word not in KINDS)


def _near(text: str, district: District) -> tuple[str, ...]:
    """At most three names or ids that come nearest, by their whole text or without words such as "Elementary"."""
    found: list[str] = []
    for form in (_plain, _short):
        known = {form(name): name for name in reversed(district.school_names)}
        known |= {school: school for school in district.school_ids}
        found += [known[near] for near in difflib.get_close_matches(form(text), list(known), n=3)]
    return tuple(dict.fromkeys(found))[:3]
