"""A first draft of the mapping: which file is what and which column is which, by names and by what stands in them,
with how sure each guess is. The user corrects it; nothing is taken unasked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from optimizer.errors import Fault, InputError
from scenarios.importing.sources import Source, read_source
from scenarios.plans.layers.schools import SchoolNames

SURE, LIKELY, GUESS = "sure", "likely", "a guess: look at it"
MOST_SCHOOLS = 1_000
SHARED = 0.9  # of a column's values that are ids of another file
FEWER = 0.6  # zones are so many of the blocks at most; other layers hold the blocks again
# What columns are called, by what they are; the first that fits is taken.
NAMES = {
    "id": "geoid\\w*|block_?id\\w*|blkid\\w*|segno|puid\\w*|pu|pu_\\w+|tims_pu|unit_?id|id|objectid\\w*|fid",
    "school_id": "ncessch|school_?id|sch_?id\\w*|schid|school_?(no|num|number|code)|sch_?(no|num|code)|id|eid|"
    "objectid\\w*|fid",
    "name": "sch_?nam\\w*|school_?nam\\w*|schnam|name|school|sch|label",
    "zone": "es_?zone|elem\\w*|es|es_?name|school_?name|school|schnam|zone|attend\\w*|name|basez",
    "seats": "capacity|seats|cap|program_?capacity|design_?capacity|current_?capacity",
    "students": "students|total|total_?ct|enrol\\w*|membership|count|k5\\w*|pop20|pupils",
    "poverty": "students_?poverty|poverty|frl|free_?red\\w*|econ\\w*dis\\w*|disadv\\w*|lunch|low_?income",
    "lon": "lon|long|longitude|x|x_?coord\\w*|loncod|lon\\d+|x_?wgs84",
    "lat": "lat|latitude|y|y_?coord\\w*|latcod|lat\\d+|y_?wgs84",
    "race": "race|ethnicity|race_?eth\\w*|group",
    "grade": "grade|gr|grade_?level",
    "student_id": "student_?id|sid|stu_?id|pupil_?id|local_?id",
}
GROUPS = {
    "white": r"(students_?)?(white|wh|wht)(_\w*)?",
    "black": r"(students_?)?(black|bl|blk|african_?american|aa)(_\w*)?",
    "hispanic": r"(students_?)?(hispanic|hi|hisp|latino|latinx)(_\w*)?",
    "asian": r"(students_?)?(asian|as|asn)(_\w*)?",
    "other": r"(students_?)?(other|oth|two_or_more|tr|multi\w*)(_\w*)?",
}
POOR = re.compile(r"(f|r|fr|frl|free|reduced|y|yes|1|true|poverty)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Seen:
    """A file that was looked at. kind: polygons, points, table. columns: not yet spoken for."""

    path: Path
    source: Source
    kind: str
    rows: int

    def named(self, what: str, *, unique: bool = False, number: bool = False) -> str | None:
        """The column that is called so and holds what it should."""
        pattern = re.compile(NAMES[what])
        fits = [
            name for name in self.source.cells.columns if pattern.fullmatch(str(name).strip().lower().split(".")[-1])
        ]
        order = {part: k for k, part in enumerate(re.split(r"\|(?![^(]*\))", NAMES[what]))}
        fits.sort(key=lambda name: next((k for part, k in order.items() if re.fullmatch(part, name.lower())), 99))
        return next((name for name in fits if self.holds(name, unique=unique, number=number)), None)

    def holds(self, name: str, *, unique: bool = False, number: bool = False) -> bool:
        """Whether the column has something in it, each value once, or numbers."""
        text = self.source.cells[name]
        given = text[text != ""]
        if number:
            return len(given) > 0 and bool(
                pd.to_numeric(given.str.replace(",", ""), errors="coerce").notna().mean() > 0.9
            )
        return len(given) > 0 and (not unique or (given.is_unique and len(given) > 0.95 * len(text)))

    def unique(self) -> str | None:
        """Any column that tells its rows apart, text before numbers."""
        cells = self.source.cells
        fits = [name for name in cells.columns if self.holds(name, unique=True)]
        whole = [name for name in fits if cells[name].str.fullmatch(r"[\w.-]{1,30}").all()]
        return next(iter(whole or fits), None)


@dataclass(eq=False)
class Draft:
    """Lines of the mapping."""

    lines: list[str] = field(default_factory=list)

    def section(self, name: str, why: str) -> None:
        self.lines += ["", f"[{name}]  # {why}" if not name.startswith("[") else f"{name}  # {why}"]

    def put(self, key: str, value: str | None, sure: str, *, off: str = "") -> None:
        """A key with its guess; as a comment where nothing was found."""
        if value is None:
            self.lines.append(f"# {key} = {off or '...'}  # not found")
        else:
            self.lines.append(f"{key} = {_toml(value)}  # {sure}")


def guess(files: Sequence[Path], beside: Path) -> str:
    """The draft, for a mapping that is to lie in `beside`. Raises InputError where nothing can be blocks."""
    seen = [_look(path) for path in files]
    areas = sorted((one for one in seen if one.kind == "polygons"), key=lambda one: -one.rows)
    if not areas:
        names = ", ".join(path.name for path in files)
        raise InputError(Fault("FILES", f"none of {names} is a layer of polygons", "Name the layer of blocks, too"))
    blocks = areas[0]
    zones = next((one for one in areas[1:] if one.rows < FEWER * blocks.rows), None)
    rest = [one for one in seen if one is not blocks and one is not zones]
    schools = _schools(rest)
    students = _students([one for one in rest if one is not schools])
    draft = Draft([f"# Drafted by `rezone import gis --guess` from {len(files)} files. Correct it, then:"])
    draft.lines += ["# rezone import gis THIS_FILE --out DISTRICT", f"name = {_toml(blocks.path.stem)}"]
    _tell_blocks(draft, blocks, zones, schools, students is not None, beside)
    others = [one for one in rest if one is not schools and one is not students]
    of_schools = {} if schools is None else {id(one): key for one in others if (key := _keyed(one, _ids(schools)))}
    for one in others:
        if id(one) not in of_schools:
            _tell_table(draft, one, blocks, beside)
    if zones is not None:
        draft.section("zones", f"{zones.rows:,} polygons; {GUESS if zones.rows > MOST_SCHOOLS else LIKELY}")
        _tell_file(draft, zones, beside)
        draft.put("school", _zone_column(zones, schools), LIKELY)
    _tell_schools(draft, schools, beside)
    for one in others:
        if id(one) in of_schools:
            draft.section("[[schools.tables]]", f"its ids are those of the schools: {LIKELY}")
            _tell_file(draft, one, beside)
            draft.put("id", of_schools[id(one)], LIKELY)
            draft.put("seats", one.named("seats", number=True), GUESS)
    if students is not None:
        _tell_students(draft, students, beside)
    draft.lines += ["", "# [outside]", '# blocks = "leave out"', '# students = "leave out"', '# zones = "leave out"']
    draft.lines += ["", "# [mend]", '# shapes = "repair"', '# rows = "once"', "# coverage = 1.0"]
    return "\n".join(draft.lines) + "\n"


def _look(path: Path) -> Seen:
    source = read_source(path, crs="EPSG:4326")
    shape = source.shape
    if shape is None:
        return Seen(path, source, "table", len(source.cells))
    there = shape[~(shapely.is_missing(shape) | shapely.is_empty(shape))]
    area = len(there) > 0 and np.mean(np.asarray(shapely.get_dimensions(there)) == 2) > 0.5
    return Seen(path, source, "polygons" if area else "points", len(shape))


def _schools(rest: Sequence[Seen]) -> Seen | None:
    """Few places that have names."""
    fits = [
        one
        for one in rest
        if one.rows <= MOST_SCHOOLS
        and one.named("name")
        and (one.kind == "points" or (one.named("lon") and one.named("lat")))
    ]
    return min(fits, key=lambda one: one.kind != "points", default=None)


def _students(rest: Sequence[Seen]) -> Seen | None:
    """Many places, with race, lunch or a grade beside them."""
    fits = [
        one for one in rest if one.kind == "points" or (one.named("lon", number=True) and one.named("lat", number=True))
    ]
    fits = [one for one in fits if one.rows > 50 and any(one.named(what) for what in ("race", "grade", "student_id"))]
    return max(fits, key=lambda one: one.rows, default=None)


def _tell_file(draft: Draft, one: Seen, beside: Path) -> None:
    draft.lines.append(f"file = {_toml(os.path.relpath(one.path, beside))}")
    if one.source.crs is not None:
        draft.lines.append(f"# its CRS: {getattr(one.source.crs, 'name', one.source.crs)}")


def _tell_blocks(
    draft: Draft, blocks: Seen, zones: Seen | None, schools: Seen | None, counted: bool, beside: Path
) -> None:
    draft.section("blocks", f"{blocks.rows:,} polygons, the most of all layers: {LIKELY}")
    _tell_file(draft, blocks, beside)
    known, sure = _id_of(blocks)
    draft.put("id", known, sure)
    if zones is None:
        draft.put("zone", _zone_column(blocks, schools, of_blocks=True), GUESS)
    if not counted:
        _tell_counts(draft, blocks, "blocks")


def _id_of(blocks: Seen) -> tuple[str | None, str]:
    """The column that tells blocks apart, and how sure that is."""
    named = blocks.named("id", unique=True)
    if named is not None:
        return named, LIKELY
    own = blocks.unique() or blocks.named("id")
    return own, GUESS if own is None or blocks.holds(own, unique=True) else "some ids stand in several rows, see [mend]"


def _tell_counts(draft: Draft, one: Seen, section: str) -> None:
    students = one.named("students", number=True)
    draft.put("students", students, GUESS)
    draft.put("poverty", one.named("poverty", number=True), GUESS)
    if students is not None and (one.source.cells[students] == "").any():
        draft.lines.append("empty = 0  # some cells are empty: do they mean nobody?")
    found = list(_groups(one))
    if found:
        draft.section(f"{section}.groups" if section == "blocks" else section, GUESS)
        draft.lines += [f"{group} = {_toml(column)}" for group, column in found]


def _groups(one: Seen) -> Iterator[tuple[str, str]]:
    for group, pattern in GROUPS.items():
        fits = [name for name in one.source.cells.columns if re.fullmatch(pattern, str(name).lower())]
        number = [name for name in fits if one.holds(name, number=True)]
        if number:
            yield group, number[0]


def _tell_table(draft: Draft, one: Seen, blocks: Seen, beside: Path) -> None:
    """A table whose ids are the blocks'."""
    key = _keyed(one, _ids(blocks))
    if key is None:
        draft.lines += [
            "",
            f"# {one.path.name}: not used. It holds {', '.join(map(str, one.source.cells.columns))[:200]}",
        ]
        return
    draft.section("[[blocks.tables]]", f"its ids are those of {blocks.path.name}: {LIKELY}")
    _tell_file(draft, one, beside)
    draft.put("id", key, LIKELY)
    _tell_counts(draft, one, "blocks.tables.groups")


def _ids(one: Seen) -> set[str]:
    """The ids of blocks or schools, as far as they are known."""
    key = _id_of(one)[0] if one.kind == "polygons" else one.named("school_id", unique=True) or one.unique()
    return set() if key is None else set(one.source.cells[key])


def _keyed(one: Seen, ids: set[str]) -> str | None:
    """The column most of whose values are among these ids."""
    for name in one.source.cells.columns:
        text = one.source.cells[name]
        if np.mean(text.isin(ids)) > SHARED and one.holds(name, unique=True):
            return str(name)
    return None


def _zone_column(zones: Seen, schools: Seen | None, *, of_blocks: bool = False) -> str | None:
    """The column whose values are schools' ids or names, by how many are. of_blocks: none that tells rows apart."""
    if schools is None:
        return zones.named("zone")
    key, name = schools.named("school_id", unique=True) or schools.unique(), schools.named("name")
    cells = schools.source.cells
    known = SchoolNames(cells[key].tolist() if key else [""] * len(cells), cells[name].tolist() if name else [])
    best, most = zones.named("zone"), 0.3
    for column in zones.source.cells.columns:
        values = zones.source.cells[column]
        if of_blocks and zones.holds(column, unique=True):
            continue
        share = float(np.mean([len(known.fitting(text)) == 1 for text in values])) if len(values) else 0.0
        if share > most:
            best, most = str(column), share
    return best


def _tell_schools(draft: Draft, schools: Seen | None, beside: Path) -> None:
    if schools is None:
        draft.section("schools", "no file of them was found")
        draft.lines += ['file = "..."', 'id = "..."', 'name = "..."']
        return
    draft.section("schools", f"{schools.rows:,} places with names: {LIKELY}")
    _tell_file(draft, schools, beside)
    known = schools.named("school_id", unique=True)
    draft.put("id", known or schools.unique(), LIKELY if known else GUESS)
    draft.put("name", schools.named("name"), LIKELY)
    if schools.kind == "table":
        draft.put("lon", schools.named("lon"), LIKELY)
        draft.put("lat", schools.named("lat"), LIKELY)
    draft.put("seats", schools.named("seats", number=True), GUESS, off='"COLUMN"')


def _tell_students(draft: Draft, one: Seen, beside: Path) -> None:
    draft.section("students", f"{one.rows:,} places: {LIKELY}; only counts of them leave the import")
    _tell_file(draft, one, beside)
    if one.kind == "table":
        draft.put("lon", one.named("lon"), LIKELY)
        draft.put("lat", one.named("lat"), LIKELY)
    draft.put("id", one.named("student_id"), LIKELY)
    draft.put("grade", one.named("grade"), LIKELY)
    poverty = one.named("poverty")
    if poverty is not None:
        values = sorted(set(one.source.cells[poverty]))
        draft.put("poverty", poverty, GUESS)
        draft.lines.append(
            f"poor = {json.dumps([v for v in values if POOR.fullmatch(v)])}  # of {json.dumps(values[:12])}"
        )
    race = one.named("race")
    if race is not None:
        draft.put("group", race, LIKELY)
        draft.section("students.groups", "a group for each value")
        draft.lines += [f"{_toml(value)} = {_toml(_group_of(value))}" for value in sorted(set(one.source.cells[race]))]


def _group_of(value: str) -> str:
    word = re.sub(r"\W+", "_", value.strip().lower())
    return next((group for group, pattern in GROUPS.items() if re.fullmatch(pattern + "|" + group[0], word)), "other")


def _toml(text: str) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
