"""Which school each zone of a layer is for: by id, or by name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from optimizer.arrays import Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from scenarios.reading.tables import plain

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
    as written. nearest: the names that come nearest, for each text that is none. several: the ids of the schools that
    a text fits, where it fits more than one. differing: other usual columns, which name other schools."""

    column: str
    school: Ints
    text: tuple[str, ...]
    nearest: Mapping[str, tuple[str, ...]]
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    differing: tuple[str, ...] = ()


def name_schools(frame: pd.DataFrame, district: District, where: str, column: str | None = None) -> Named:
    """The school of each row: by id, exactly as written (whole numbers as such); else by name, however it is
    capitalised and spaced, with or without words such as "Elementary School", where only one school has it.
    Raises InputError where the column is not there, or none of the usual ones is."""
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    chosen = _column(columns, where, column)
    named = _named(frame, chosen, district)
    usual = [name for name in columns if name.lower() in COLUMNS and name != chosen and column is None]
    return replace(named, differing=tuple(name for name in usual if _differs(named, _named(frame, name, district))))


def _named(frame: pd.DataFrame, column: str, district: District) -> Named:
    text = tuple(plain(cell) for cell in frame[column])
    schools = SchoolNames(district.school_ids, district.school_names)
    found = {one: schools.fitting(one) for one in set(text)}
    school = np.array([found[one][0] if len(found[one]) == 1 else -1 for one in text], np.int32)
    unknown = sorted(one for one, fits in found.items() if len(fits) != 1)
    several = {one: tuple(district.school_ids[j] for j in found[one]) for one in unknown if found[one]}
    return Named(column, school, text, {one: schools.near(one) for one in unknown}, several)


def _differs(one: Named, other: Named) -> bool:
    return bool(((one.school != other.school) & (one.school >= 0) & (other.school >= 0)).any())


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
    raise InputError(
        Fault(where, problem, f"Name one with --school-column. The layer has: {', '.join(columns) or 'no columns'}")
    )


@dataclass(frozen=True)
class SchoolNames:
    """What schools are called, and which of them a text stands for."""

    ids: Sequence[str]
    names: Sequence[str]

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """By every form of a school's name, the schools that have it."""
        found: dict[str, list[int]] = {}
        for j, name in enumerate(self.names):
            for form in {_plain(name), _short(name)} - {""}:
                found.setdefault(form, []).append(j)
        return found

    def fitting(self, text: str) -> list[int]:
        """The schools that a text stands for: the one whose id it is; else those of that name, or of a name that
        differs in words such as "Elementary" alone."""
        if text in self.ids:
            return [list(self.ids).index(text)]
        whole = self._index.get(_plain(text), [])
        return whole if len(whole) == 1 else whole or self._index.get(_short(text), [])

    def near(self, text: str) -> tuple[str, ...]:
        """At most three names or ids that come nearest, by their whole text or without words such as "Elementary"."""
        found: list[str] = []
        for form in (_plain, _short):
            known = {form(name): name for name in reversed(self.names)}
            known |= {school: school for school in self.ids}
            found += [known[near] for near in difflib.get_close_matches(form(text), list(known), n=3)]
        return tuple(dict.fromkeys(found))[:3]


def _plain(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text)  # letters and their accents
    folded = "".join(letter for letter in parted if not unicodedata.combining(letter)).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))


def _short(text: str) -> str:
    return " ".join(word for word in _plain(text).split() if word not in KINDS)
