"""The mapping of a forecast: which files hold the past, the births and the housing, and which column is which."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from optimizer.errors import Fault, InputError
from scenarios.importing.sources import Source, read_source
from scenarios.reading.documents import read_toml, record

MEND = "Correct the mapping: docs/forecast.md has every key"
Count = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _File(BaseModel):
    """A table, by its path from the mapping. sheet: of several. only: column to the values that count. year: the column
    of years."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    sheet: str | None = None
    only: dict[str, tuple[str, ...]] = {}
    year: str = "year"


class History(_File):
    """Children by year and grade: a row each (`grade`, `count`), or a column a grade (`grades` alone). school, block:
    the column of ids, where it is by school or block. grades: grade to what it is called there, lowest first. others:
    what becomes of schools that are none of the district's. empty, suppressed: what such cells stand for."""

    school: str | None = None
    block: str | None = None
    grade: str | None = None
    count: str = "students"
    grades: dict[str, str] = {}
    others: Literal["leave out"] | None = None
    empty: Count | None = None
    suppressed: Count | None = None


class Births(_File):
    """Births by year. lag: years until these children enter the lowest grade."""

    count: str = "births"
    lag: Annotated[int, Field(ge=0, le=20)] = 5


class Housing(_File):
    """Units that will be lived in by a year. yields: the column of students a unit; or `type`, a column of [yields].
    name: a scenario that some futures have, and others not; without it all have it."""

    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")] | None = None
    block: str = "block_id"
    units: str = "units"
    yields: str | None = None
    type: str | None = None


class Mapping(BaseModel):
    """base: the folder that paths are from. yields: students a unit, by type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    history: History
    births: Births | None = None
    housing: tuple[Housing, ...] = ()
    yields: dict[str, Count] = {}
    base: Path = Field(default=Path(), exclude=True)

    def read(self, part: _File) -> Source:
        """A file of the mapping. Raises InputError."""
        source = read_source(self.base / part.file, part.sheet).only(part.only)
        if len(source.cells) == 0:
            raise InputError(Fault(source.where, "holds no rows", "Fill it, or take it out of the mapping"))
        return source

    @property
    def files(self) -> list[Path]:
        """All files that it names."""
        parts = [self.history, self.births, *self.housing]
        return list(dict.fromkeys(self.base / part.file for part in parts if part is not None))


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file. Raises InputError with all that is wrong with it."""
    found = record(Mapping, read_toml(path, missing=MEND), path.name, MEND)
    if found.history.school and found.history.block:
        raise InputError(Fault(path.name, "[history] is by school and by block", "Name one of the two"))
    if not found.history.grade and not found.history.grades:
        mend = 'Name the column: grade = "GRADE"; or a column a grade: grades = { k = "KG", 1 = "G1" }'
        raise InputError(Fault(path.name, "[history] says nothing of grades", mend))
    for part in found.housing:
        if (part.yields is None) == (part.type is None):
            mend = 'Name one: yields = "COLUMN", or type = "COLUMN" with a table [yields]'
            raise InputError(Fault(path.name, "[[housing]] needs yields or type", mend))
    return found.model_copy(update={"base": path.parent})
