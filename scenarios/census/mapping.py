"""The mapping of `import census`: which publications are what, and what is taken from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from optimizer.errors import Fault, InputError
from scenarios.census.enrolments import GROUPS, Measure
from scenarios.census.state_table import StateTable
from scenarios.census.tiger import BlockColumns, block_columns
from scenarios.importing.mapping import Asked, Count, Part
from scenarios.reading.documents import fit, read_toml
from scenarios.reading.layers import fields_of

MEND = "Correct the mapping: docs/import.md has every key"
USUAL = {
    "white": ("white",),
    "black": ("black",),
    "hispanic": ("hispanic",),
    "asian": ("asian",),
    "other": ("native", "pacific", "multiracial", "unknown"),
}
NOISE = 3.0  # people


class People(Part):
    """Counts of people by block: P2, and P4 where children are to be told from grown-ups. noise: standard deviation, in
    people, of what was added to a block's count of a group to hide persons; without it 3 in counts of 2020 (the Census
    Bureau says that nine of ten places of 2,500 are off by at most 6 people, 31 January 2022), 0 in older ones."""

    files: tuple[str, ...]
    noise: Count | None = None


class Poverty(Part):
    """A table of income to poverty by area, or a column `rate` of percent. below: which multiple of the poverty line,
    in percent, counts."""

    files: tuple[str, ...]
    level: Literal["block group", "tract"] = "block group"
    table: str | None = None
    below: Literal["100", "185", "200"] = "185"
    rate: str | None = None


class Table(StateTable):
    """A state's own table of enrolment by race or by poverty."""

    file: str
    layer: str | None = None


class Lists(Part):
    """Lists of schools, with places and, where they have it, enrolment: those of NCES, and a state's tables. lea: the
    agency's id, of 7 digits. poverty: the one measure that is taken."""

    files: tuple[str, ...]
    lea: str
    poverty: Measure
    state: str | None = None
    tables: tuple[Table, ...] = ()


class Zones(Part):
    """The survey of school attendance boundaries, of which one grade's zones are taken; or a layer of the district's
    own, where `school` is the column that names the school."""

    file: str
    layer: str | None = None
    grade: str | None = None
    school: str | None = None
    crs: str | None = None


class CensusMapping(Asked):
    """All of it. groups: a group of the district to those of the publications that it adds up; draws: how many; seed:
    of the draws."""

    people: People
    poverty: Annotated[tuple[Poverty, ...], Field(min_length=1)]
    schools: Lists
    zones: Zones
    groups: dict[str, tuple[str, ...]] = USUAL
    draws: Annotated[int, Field(ge=0, le=10_000)] = 200
    seed: Annotated[int, Field(ge=0)] = 0

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it names, each once."""
        names = [self.blocks.file, *self.people.files, *(file for part in self.poverty for file in part.files)]
        names += [*self.schools.files, *(table.file for table in self.schools.tables), self.zones.file]
        names += [table.crosswalk.file for table in self.schools.tables if table.crosswalk is not None]
        names += [part.file for part in self.context.parts if part is not None]
        return tuple(dict.fromkeys(names))

    @property
    def counted(self) -> tuple[str, ...]:
        """The groups of the district."""
        return tuple(self.groups)

    @property
    def noise(self) -> float:
        """Standard deviation of the noise on counts of people, as given or as the vintage of the blocks has it."""
        if self.people.noise is not None:
            return self.people.noise
        return NOISE if self.blocks.id.endswith("20") else 0.0

    def paths(self, files: tuple[str, ...]) -> list[Path]:
        """Where files lie."""
        return [self.path(file) for file in files]


def read_census_mapping(path: Path) -> CensusMapping:
    """The mapping of a file; the id of its blocks is found by the names that TIGER gives its columns. Raises InputError
    with all that is wrong with it."""
    data = read_toml(path, missing=MEND)
    blocks = data.get("blocks")
    if isinstance(blocks, dict) and "id" not in blocks and isinstance(blocks.get("file"), str):
        blocks["id"] = _columns(path.parent / blocks["file"], blocks.get("layer")).id
    found = CensusMapping.model_validate(fit(CensusMapping, data, path.name, MEND))
    _need_groups(path.name, found)
    if (found.zones.grade is None) == (found.zones.school is None):
        problem = "[zones] needs either `grade`, of the survey's zones, or `school`, the column of a layer"
        raise InputError(Fault(path.name, problem, MEND))
    return found.model_copy(update={"base": path.parent})


def _columns(path: Path, layer: str | None) -> BlockColumns:
    """What a layer of blocks calls its columns, and of which vintage it is."""
    return block_columns(fields_of(path, layer), path.name)


def _need_groups(where: str, mapping: CensusMapping) -> None:
    named = [group for groups in mapping.groups.values() for group in groups]
    strange = [group for group in named if group not in GROUPS]
    wrong = strange or [group for group in GROUPS if named.count(group) != 1]
    if wrong:
        problem = "are no groups of the publications" if strange else "stand in no group, or in several"
        raise InputError(Fault(where, problem, f"[groups] parts {', '.join(GROUPS)}", ids=tuple(wrong)))
