"""Columns of a district folder that nothing uses, and what they may be meant to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.district import District
from scenarios.folder.blocks import find_blocks
from scenarios.folder.schools import COLUMNS, OPTIONAL
from scenarios.reading.tables import read_csv

NEAR = 0.85  # likeness, 0 to 1, from which a name is a misspelt one
GRADES = ("pk", "k", *map(str, range(1, 13)))
OF_BLOCKS = ("students_poverty", *(f"students_grade_{grade}" for grade in GRADES))
ALSO_CALLED = {
    "capacity": ("seats", "places", "max_students", "maximum", "max"),
    "min_students": ("minimum", "min", "min_seats", "least"),
    "other_students": ("others", "transfers", "outside_students"),
    "students_poverty": ("poverty", "poor", "students_poor", "frl", "frpl", "students_frl", "students_frpl"),
}


@dataclass(frozen=True)
class Unused:
    """A column that nothing uses. meant: the column of the format that it may be, None where none is near."""

    file: str
    column: str
    meant: str | None


def columns_not_used(folder: Path, district: District) -> list[Unused]:
    """Of schools.csv every column that is not known, since these are dropped; of blocks, whose further columns are kept
    for rules, those alone that come near to a known one that is not there."""
    schools = list(map(str, read_csv(folder / "schools.csv").columns))
    found = [
        Unused("schools.csv", column, _meant(column, OPTIONAL, schools))
        for column in schools
        if column not in (*COLUMNS, *OPTIONAL)
    ]
    blocks = [*district.columns, *district.attributes]
    known = {"block_id", "school_id", "students", *OF_BLOCKS, *(f"students_{group}" for group in district.groups)}
    near = {column: _meant(column, OF_BLOCKS, blocks) for column in blocks if column not in known}
    file = find_blocks(folder).name
    return found + [Unused(file, column, meant) for column, meant in near.items() if meant]


def _meant(column: str, known: Iterable[str], there: Sequence[str]) -> str | None:
    """The known column that this one may be meant to be, of those that are not there."""
    name = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
    open_ = [one for one in known if one not in there]
    near = difflib.get_close_matches(name, open_, n=1, cutoff=NEAR)
    return next((one for one in open_ if name in ALSO_CALLED.get(one, ())), near[0] if near else None)
