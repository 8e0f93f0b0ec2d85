"""A first draft of the mapping: which file is what and which column is which, by names and by what stands in them,
with how sure each guess is. The user corrects it; nothing is taken unasked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from optimizer.errors import Fault, InputError
from scenarios.importing.seen import GROUPS, Seen, look
from scenarios.importing.sources import KINDS
from scenarios.plans.layers.schools import SchoolNames

SURE, LIKELY, GUESS = "sure", "likely", "a guess: look at it"
MOST_SCHOOLS = 1_000
OF_CHILDREN = ("race", "grade", "student_id")  # columns that no list of schools has
SHARED = 0.9  # of a column's values that are ids of another file
KEPT = 4  # further columns of blocks that are named
FEWER = 0.6  # zones are so many of the blocks at most; other layers hold the blocks again
POOR = re.compile(r"(f|r|fr|frl|free|reduced|y|yes|1|true|poverty)", re.IGNORECASE)


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
    seen = [look(path) for path in files]
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
    draft.lines += ["# rezone import gis THIS_FILE --out DISTRICT", f"name = {_toml(blocks.path.stem)}  # for people"]
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
    draft.lines += [
        "",
        "# [mend]",
        '# shapes = "repair"',
        '# rows = "once"',
        "# coverage = 1.0  # metres: gaps and overlaps",
    ]
    return "\n".join(draft.lines) + "\n"


def _schools(rest: Sequence[Seen]) -> Seen | None:
    """Few places that have names."""
    fits = [
        one
        for one in rest
        if one.rows <= MOST_SCHOOLS
        and one.named("name")
        and (one.kind == "points" or (one.named("lon") and one.named("lat")))
        and not any(one.named(what) for what in OF_CHILDREN)
    ]
    return min(fits, key=lambda one: one.kind != "points", default=None)


def _students(rest: Sequence[Seen]) -> Seen | None:
    """Many places, with race, lunch or a grade beside them."""
    fits = [
        one for one in rest if one.kind == "points" or (one.named("lon", number=True) and one.named("lat", number=True))
    ]
    fits = [one for one in fits if any(one.named(what) for what in OF_CHILDREN)]
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
    _tell_further(draft, blocks)
    if not counted:
        _tell_counts(draft, blocks, "blocks")


def _tell_further(draft: Draft, blocks: Seen) -> None:
    """Texts that rules may want: a neighbourhood, a feeder school."""
    names = [str(name) for name in blocks.source.cells.columns]
    text = [name for name in names if blocks.holds(name) and not blocks.holds(name, number=True)]
    pairs = [f"{_toml(name.lower())} = {_toml(name)}" for name in text if f"= {_toml(name)}" not in str(draft.lines)]
    if pairs:
        draft.lines.append(f"# keep = {{ {', '.join(pairs[:KEPT])} }}  # further columns, by the names that rules use")


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
        draft.lines.append("# empty = 0  # some cells are empty: do they mean nobody?")
    found = list(one.groups())
    if found:
        draft.section(f"{section}.groups" if section == "blocks" else section, GUESS)
        draft.lines += [f"{group} = {_toml(column)}" for group, column in found]


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
    draft.lines += ['# minimum = "COLUMN"  # fewest students', '# other = "COLUMN"  # students from outside the zone']


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
        poor = sorted(value for value in set(one.source.cells[poverty]) if POOR.fullmatch(value))
        draft.put("poverty", poverty, GUESS)
        there = replace(one.source, secret=True).values(one.source.cells[poverty])
        draft.lines.append(f"poor = {json.dumps(poor)}  # of {there}")
    race = one.named("race")
    if race is not None and one.source.cells[race].nunique() <= KINDS:  # else it holds something else
        draft.put("group", race, LIKELY)
        draft.section("students.groups", "a group for each value")
        draft.lines += [f"{_toml(value)} = {_toml(_group_of(value))}" for value in sorted(set(one.source.cells[race]))]


def _group_of(value: str) -> str:
    word = re.sub(r"\W+", "_", value.strip().lower())
    return next((group for group, pattern in GROUPS.items() if re.fullmatch(pattern + "|" + group[0], word)), "other")


def _toml(text: str) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
