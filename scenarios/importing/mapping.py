"""The mapping: which file is what, which column is which, and what becomes of what does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from optimizer.errors import Fault, InputError
from scenarios.importing.sources import Source, read_source
from scenarios.reading.documents import fit, read_toml

Count = Annotated[float, Field(ge=0, allow_inf_nan=False)]
LeaveOut = Literal["leave out"]
MEND = "Correct the mapping: docs/import.md has every key; rezone import gis --guess FILES... drafts one"


class Part(BaseModel):
    """A part of a mapping: nothing but what is known stands in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _File(Part):
    """A file, by its path from the mapping. layer: of several; crs: where the file does not say it. only: column to the
    values that count, where the file holds more than this."""

    file: str
    layer: str | None = None
    crs: str | None = None
    only: dict[str, tuple[str, ...]] = {}


class _Counts(Part):
    """Columns of counts. groups: group to column; grades: grade to column; keep: name in the folder to column. empty,
    suppressed: what an empty cell, and one such as `*` or `<10`, stands for."""

    students: str | None = None
    poverty: str | None = None
    groups: dict[str, str] = {}
    grades: dict[str, str] = {}
    keep: dict[str, str] = {}
    zone: str | None = None
    empty: Count | None = None
    suppressed: Count | None = None


class Table(_Counts):
    """A table of further columns, joined by the blocks' id."""

    file: str
    layer: str | None = None
    id: str


class Blocks(_File, _Counts):
    """A layer of polygons: blocks, planning units, tracts. each: of how many students every block is taken, where
    nobody counted them: good for a look at the zones, for nothing else."""

    id: str
    each: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    tables: tuple[Table, ...] = ()


class Zones(_File):
    """A layer of zones. school: the column that names it. by: what of a block decides, its area or its students."""

    school: str
    by: Literal["area", "students"] = "area"


class Seats(Part):
    """A table of further columns, joined by the schools' id. name: a fuller name than that of the schools' file."""

    file: str
    layer: str | None = None
    id: str
    name: str | None = None
    seats: str | None = None
    minimum: str | None = None
    other: str | None = None


class Schools(_File):
    """A layer of points, or a table with columns of longitude and latitude (WGS 84, or in `crs`). keep: `zoned` takes
    only schools that have a zone."""

    id: str
    name: str
    lon: str | None = None
    lat: str | None = None
    seats: str | None = None
    minimum: str | None = None
    other: str | None = None
    keep: Literal["zoned", "all"] = "zoned"
    tables: tuple[Seats, ...] = ()


class Students(_File):
    """A file of students, none of whom leaves this step: only counts do. id: by which a student who stands twice is
    known, counted once where duplicates = "once". groups: value to group; poor: values of the column poverty."""

    lon: str | None = None
    lat: str | None = None
    id: str | None = None
    duplicates: Literal["once"] | None = None
    group: str | None = None
    groups: dict[str, str] = {}
    poverty: str | None = None
    poor: tuple[str, ...] = ()
    grade: str | None = None


class Outside(Part):
    """What becomes of what does not fit: an error, or left out, and listed."""

    blocks: LeaveOut | None = None
    students: LeaveOut | None = None
    zones: LeaveOut | None = None


class Mend(Part):
    """What may be mended. shapes: crossings of a border with itself. rows: of one id several, whose shapes are joined
    and whose counts are those of one row (`once`) or added up (`sum`). coverage: metres, of gaps and overlaps closed.
    joins: pairs of blocks that are neighbours although their shapes are apart: a ferry, a bridge."""

    shapes: Literal["repair"] | None = None
    rows: Literal["once", "sum"] | None = None
    coverage: Annotated[float, Field(gt=0, le=1_000)] | None = None
    joins: tuple[tuple[str, str], ...] = ()


class Drawn(_File):
    """A file of what is drawn behind the zones, or its path alone. name: the column of places' names."""

    name: str | None = None


Behind = Annotated[Drawn, BeforeValidator(lambda given: {"file": given} if isinstance(given, str) else given)]


class Context(Part):
    """What maps draw behind the zones."""

    water: Behind | None = None
    roads: Behind | None = None
    places: Behind | None = None

    @property
    def parts(self) -> tuple[Drawn | None, ...]:
        """Its files."""
        return self.water, self.roads, self.places


class Asked(Part):
    """What every import asks. base: the folder that paths are from. names: what a zone is called, to a school's id.
    zoned: a block to a school's id, whatever zones say of it."""

    name: str
    crs: str | None = None
    blocks: Blocks
    names: dict[str, str] = {}
    zoned: dict[str, str] = {}
    outside: Outside = Outside()
    mend: Mend = Mend()
    limits: dict[str, float | bool] = {}
    context: Context = Context()
    base: Path = Field(default=Path(), exclude=True)

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it names, each once."""
        raise NotImplementedError

    @property
    def counted(self) -> tuple[str, ...]:
        """The groups, in the order in which they are named."""
        raise NotImplementedError

    def read(self, part: _File | Table | Seats) -> Source:
        """A file of the mapping. Raises InputError."""
        crs = part.crs if isinstance(part, _File) else None
        source = read_source(self.path(part.file), part.layer, crs)
        source = replace(source, secret=isinstance(part, Students))
        return source.only(part.only) if isinstance(part, _File) else source

    def path(self, file: str) -> Path:
        """Where a file lies."""
        return self.base / file

    @property
    def districts(self) -> list[Path]:
        """The folders of districts that its files lie in: they are only read."""
        folders = dict.fromkeys(self.path(file).parent for file in self.files)
        return [folder for folder in folders if (folder / "district.toml").is_file()]


class Mapping(Asked):
    """The mapping of `import gis`. schools_in_zones: no list of schools is there; one is placed inside each zone."""

    zones: Zones | None = None
    schools: Schools | None = None
    schools_in_zones: bool = False
    students: Students | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it names, each once."""
        tables = () if self.schools is None else self.schools.tables
        parts = [
            *self.context.parts,
            self.blocks,
            *self.blocks.tables,
            self.zones,
            self.students,
            self.schools,
            *tables,
        ]
        return tuple(dict.fromkeys(part.file for part in parts if part is not None))

    @property
    def counted(self) -> tuple[str, ...]:
        """The groups, in the order in which they are named."""
        own = [*self.blocks.groups, *(group for table in self.blocks.tables for group in table.groups)]
        of_students = [] if self.students is None else list(self.students.groups.values())
        return tuple(dict.fromkeys([*own, *of_students]))


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file. Raises InputError with all that is wrong with it."""
    data = fit(Mapping, read_toml(path, missing="Draft one: rezone import gis --guess FILES..."), path.name, MEND)
    found = Mapping.model_validate(data).model_copy(update={"base": path.parent})
    blocks, zones = found.blocks, found.zones
    columns = [blocks.zone, *(table.zone for table in blocks.tables)]
    ways = sum(column is not None for column in columns) + (zones is not None)
    if ways != 1:
        problem = "today's zones stand in no column and no layer" if ways == 0 else "today's zones are given twice"
        mend = 'Name one: [blocks] zone = "COLUMN", a table\'s, or [zones] file and school'
        raise InputError(Fault(path.name, problem, mend))
    if zones is not None and zones.by == "students" and found.students is None:
        raise InputError(Fault(path.name, '[zones] by = "students" needs [students]', MEND))
    counted = (
        blocks.each is not None
        or found.students is not None
        or any(part.students is not None or part.groups for part in (blocks, *blocks.tables))
    )
    if not counted:
        raise InputError(Fault(path.name, "nothing says how many students a block has", MEND))
    return found
