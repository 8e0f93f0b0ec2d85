"""The schools, and which of them each zone is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError
from optimizer.places import Source as Place
from scenarios.importing.blocks import Rows
from scenarios.importing.mapping import Asked, Mapping, Seats
from scenarios.importing.mapping import Schools as Listed
from scenarios.importing.problems import Notes
from scenarios.importing.sources import Fill, Source, points_of
from scenarios.importing.students import Homes
from scenarios.plans.layers.overlay import SLIVER, by_area, doubled, in_common
from scenarios.plans.layers.schools import SchoolNames

NEAR = 0.95  # of the zoned schools that should lie in or near the blocks
BESIDE = 5_000.0  # metres
HALF = 0.5  # of a block: of which more lies in no zone has none
LIMITS = ("capacity", "min_students", "other_students")


@dataclass(frozen=True, eq=False)
class Schools:
    """ids, names; point: (schools,) in the district's CRS; limits: by the column of schools.csv, (schools,), NaN where
    not given."""

    ids: list[str]
    names: list[str]
    point: Any
    limits: dict[str, Floats]

    def take(self, kept: Bools) -> Schools:
        """These schools."""
        at = np.flatnonzero(kept)
        limits = {name: value[at] for name, value in self.limits.items()}
        return Schools([self.ids[j] for j in at], [self.names[j] for j in at], self.point[at], limits)


def read_schools(rows: Rows, mapping: Mapping, asked: Listed, notes: Notes) -> Schools:
    """All schools of the file that have an id and a place. Raises InputError."""
    source = mapping.read(asked)
    points, crs = points_of(source, asked.lon, asked.lat, asked.crs, "schools")
    ids = source.column(asked.id, "[schools] id").str.strip().tolist()
    there = ~shapely.is_missing(points) & (np.array(ids, object) != "")
    gone = [ids[k] or f"row {k + 1}" for k in np.flatnonzero(~there)]
    notes.found(f"{len(gone):,} schools have no id or no place", gone, "Give them one", done="left out")
    twice = sorted({text for k, text in enumerate(ids) if there[k] and text in ids[:k]})
    if twice:
        raise InputError(Fault(source.where, "ids stand twice", "Keep one row a school", asked.id, tuple(twice)))
    names = [ids[k] for k in np.flatnonzero(there)]
    points[there] = rows.placed(Place(source.where, points[there], crs, names), every=True)
    found = Schools(
        ids, source.column(asked.name, "[schools] name").str.strip().tolist(), points, _limits(source, asked)
    )
    found = found.take(there)
    for table in asked.tables:
        found = _with_table(found, table, mapping, notes)
    return found


def _limits(source: Source, asked: Any) -> dict[str, Floats]:
    wanted = dict(zip(LIMITS, (asked.seats, asked.minimum, asked.other), strict=True))
    fill = Fill(float("nan"), float("nan"))
    names = [f"row {k + 1}" for k in range(len(source.cells))]
    return {
        name: source.numbers(column, f"{name} in the mapping", names, fill)
        for name, column in wanted.items()
        if column is not None
    }


def _with_table(schools: Schools, table: Seats, mapping: Mapping, notes: Notes) -> Schools:
    source = mapping.read(table)
    key = source.column(table.id, "[[schools.tables]] id").str.strip()
    place = pd.Series(np.arange(len(key)), index=key)
    place = place[~place.index.duplicated() & (place.index != "")].reindex(schools.ids)
    there = place.notna().to_numpy(bool)
    if not there.any():
        known = ", ".join(schools.ids[:3])
        raise InputError(
            Fault(source.where, "none of its ids is a school's", f"Schools are called {known}, …", table.id)
        )
    at = place.fillna(0).to_numpy(np.int64)
    limits = {name: np.where(there, value[at], np.nan) for name, value in _limits(source, table).items()}
    absent = [schools.ids[k] for k in np.flatnonzero(~there)]
    notes.found(
        f"{source.where}: {len(absent):,} schools are not in it", absent, "Add them", done="their limits are not given"
    )
    names = schools.names
    if table.name is not None:
        given = source.column(table.name, "[[schools.tables]] name").str.strip().to_numpy(object)[at]
        names = [given[k] if there[k] and given[k] else name for k, name in enumerate(names)]
    return replace(schools, names=names, limits=schools.limits | limits)


def schools_in_zones(rows: Rows, mapping: Mapping, notes: Notes) -> Schools:
    """A school for each zone's name, at a point inside the zone; said, since travel to it is then a guess."""
    if mapping.zones is None:
        assert rows.zone is not None
        texts, shape = np.array(rows.zone, object), rows.shape
    else:
        source = mapping.read(mapping.zones)
        texts = source.column(mapping.zones.school, "[zones] school").str.strip().to_numpy(object)
        shape = rows.placed(Place(source.where, source.shape, source.crs))
    ids = sorted(set(texts) - {""})
    if not ids:
        raise InputError(Fault("[schools]", "no zone has a name", "Name the column that has it, or a list of schools"))
    inside = [shapely.point_on_surface(shapely.union_all(shapely.make_valid(shape[texts == one]))) for one in ids]
    notes.estimates.append(
        f"no list of schools was given: {len(ids):,} are placed inside the zones that bear their names"
    )
    return Schools(ids, ids, np.array(inside, object), {})


def zone_of(rows: Rows, schools: Schools, homes: Homes | None, mapping: Mapping, notes: Notes) -> Any:
    """(blocks,) today's school of each block, -1 where none is known. Raises InputError where a zone's name fits no
    school or several."""
    if mapping.zones is None:
        assert rows.zone is not None
        school = _named(rows.zone, schools, Path(mapping.blocks.file).name, mapping, notes)
        none = [rows.ids[k] for k in np.flatnonzero(school < 0)]
        notes.found(f"{len(none):,} blocks have no zone", none, "Fill the column", shape=list(rows.shape[school < 0]))
        return school
    source = mapping.read(mapping.zones)
    names = source.column(mapping.zones.school, "[zones] school").str.strip().tolist()
    by = homes if mapping.zones.by == "students" else None
    return zones_over(rows, schools, source, names, by, mapping, notes)


def zones_over(
    rows: Rows, schools: Schools, zones: Source, names: Sequence[str], homes: Homes | None, asked: Asked, notes: Notes
) -> Any:
    """(blocks,) the school whose zone has most of each block, by area, or by the students' homes where they are given;
    -1 where none has. names: (zones,) what each zone is called."""
    if zones.shape is None:
        raise InputError(Fault(zones.where, "is a table", "[zones] needs a layer of polygons"))
    there = ~(shapely.is_missing(zones.shape) | shapely.is_empty(zones.shape))
    gone = [f"row {k + 1}" for k in np.flatnonzero(~there)]
    notes.found(f"{zones.where}: {len(gone):,} zones have no shape", gone, "Draw them", done="they hold no block")
    shape = rows.placed(Place(zones.where, zones.shape[there], zones.crs))
    label = _named([names[k] for k in np.flatnonzero(there).tolist()], schools, zones.where, asked, notes)
    shape, label = shapely.make_valid(shape), np.where(label >= 0, label, len(schools.ids)).astype(np.int32)
    return _laid_over(rows, shape, label, schools, homes, zones.where, notes)


def _named(texts: Sequence[str], schools: Schools, where: str, mapping: Asked, notes: Notes) -> Any:
    """(texts,) the school that each stands for, -1 for ''. A name of the mapping goes before all others."""
    known = SchoolNames(schools.ids, schools.names)
    strange = sorted(set(mapping.names.values()) - set(schools.ids))
    if strange:
        raise InputError(Fault("[names]", "are no schools' ids", "Write ids of [schools]", ids=tuple(strange)))
    found, faults = {"": -1}, []
    for text in sorted(set(texts) - {""}):
        fits = [schools.ids.index(mapping.names[text])] if text in mapping.names else known.fitting(text)
        if len(fits) == 1:
            found[text] = fits[0]
            exact = text in (schools.ids[fits[0]], schools.names[fits[0]])
            how = "the mapping" if text in mapping.names else "as it stands" if exact else "but for its spelling"
            notes.matches.append((text, schools.ids[fits[0]], how))
        elif mapping.outside.zones is not None and not fits:
            found[text] = -1
            notes.found(
                f"{where}: a zone has no school", [text], "", done="its blocks have no zone, as the mapping says"
            )
        else:
            said = [schools.ids[j] for j in fits] or list(known.near(text))
            faults.append(f"'{text}' ({'fits' if fits else 'nearest'}: {', '.join(said) or 'none'})")
    if faults:
        mend = 'Say which each is: [names] "Colvin" = "4948", with the school\'s id'
        raise InputError(Fault(where, "zones whose name fits no school, or several", mend, ids=tuple(faults)))
    return np.array([found[text] for text in texts], np.int32)


def _laid_over(
    rows: Rows, shape: Any, label: Any, schools: Schools, homes: Homes | None, where: str, notes: Notes
) -> Any:
    names = [*schools.ids, "a zone without a school"]
    school, part = by_area(rows.shape, shape, label)
    if homes is not None:
        by_students, share = _by_students(rows, shape, label, homes)
        school, part = np.where(by_students >= 0, by_students, school), np.where(by_students >= 0, share, part)
    several, outside = doubled(rows.shape, shape, label)
    school = np.where(outside > HALF, -1, school)  # a sliver of a neighbour's zone says nothing of a block
    for mask, what in (
        (several > SLIVER, "blocks lie in more than one zone"),
        ((outside > SLIVER) & (school >= 0), "blocks lie partly in no zone"),
        ((part < 1 - SLIVER) & (school >= 0), "blocks are parted by zones"),
    ):
        ids = [f"{rows.ids[k]} ({100 * part[k]:.0f} %)" for k in np.flatnonzero(mask)]
        done = f"each is its zone's with most of it ({'area' if homes is None else 'students'}), with the share of that"
        notes.found(f"{where}: {len(ids):,} {what}", ids, "", done=done, shape=list(rows.shape[mask]))
    pairs = [f"{names[a]} and {names[b]} ({area:,.0f} m²)" for a, b, area in in_common(shape, label)]
    notes.found(f"{where}: {len(pairs):,} pairs of zones lie over each other", pairs, "Mend the layer")
    school = np.where(school == len(schools.ids), -1, school)
    none = [rows.ids[k] for k in np.flatnonzero(school < 0)]
    notes.found(
        f"{where}: {len(none):,} blocks lie in no zone", none, "Mend the layer", shape=list(rows.shape[school < 0])
    )
    return school


def _by_students(rows: Rows, shape: Any, label: Any, homes: Homes) -> tuple[Any, Floats]:
    """The zone of most of a block's students, and their share; -1 where none of them is in a zone. Ties go to the
    smallest label."""
    student, zone = shapely.STRtree(shape).query(homes.point, predicate="intersects")
    in_zone = np.unique(np.column_stack([student, label[zone]]), axis=0)
    pairs, times = np.unique(np.column_stack([homes.block[in_zone[:, 0]], in_zone[:, 1]]), axis=0, return_counts=True)
    order = np.lexsort((pairs[:, 1], -times, pairs[:, 0]))
    held, first = np.unique(pairs[order, 0], return_index=True)
    best, most = np.full(len(rows.ids), -1, np.int64), np.zeros(len(rows.ids))
    best[held], most[held] = pairs[order[first], 1], times[order[first]]
    return best, most / np.maximum(np.bincount(homes.block, minlength=len(rows.ids)), 1)


def need_zoned(rows: Rows, school: Any, mapping: Asked, notes: Notes, who: str = "students") -> tuple[Rows, Any]:
    """The blocks that have a school. Others are an error, or left out where the mapping says so; never given to the
    nearest."""
    none = school < 0
    if not none.any():
        return rows, school
    ids = tuple(rows.ids[k] for k in np.flatnonzero(none))
    students = rows.counts["students"][none].sum()
    if mapping.outside.blocks is None:
        mend = 'Give each a zone, or leave them out: [outside] blocks = "leave out"'
        problem = f"{len(ids):,} blocks have no school, with {students:,.0f} {who}"
        raise InputError(Fault(Path(mapping.blocks.file).name, problem, mend, ids=ids))
    done = f"left out, as the mapping says, with {students:,.0f} {who}"
    notes.found(f"{len(ids):,} blocks have no school", ids, "", done=done, shape=list(rows.shape[none]))
    return rows.take(~none), school[~none]


def kept(
    rows: Rows, school: Any, schools: Schools, where: str, notes: Notes, *, every: bool = False, told: bool = True
) -> tuple[Schools, Any]:
    """The schools that stay, those that have a zone or every one, and today's school of each block among them. told:
    those that go are noted."""
    zoned = np.bincount(school, minlength=len(schools.ids)) > 0
    away = shapely.distance(shapely.union_all(rows.shape), schools.point) > BESIDE
    far = [schools.ids[j] for j in np.flatnonzero(zoned & away)]
    notes.found(f"{len(far):,} schools lie more than 5 km from all blocks", far, "Check their coordinates")
    if len(far) > (1 - NEAR) * zoned.sum():
        mend = "Check their CRS: are lon and lat swapped, or feet taken for metres?"
        raise InputError(Fault(where, "schools lie far from all blocks", mend, ids=tuple(far)))
    if every:
        return schools, school
    left = [schools.names[j] or schools.ids[j] for j in np.flatnonzero(~zoned)]
    if left and told:
        notes.lines.append(f'{where}: {len(left):,} schools without a zone are left out; keep = "all" keeps them')
    return schools.take(zoned), (np.cumsum(zoned) - 1)[school]
