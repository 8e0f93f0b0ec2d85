"""The schools, and which of them each zone is for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Bools, Floats
from optimizer.errors import Fault, InputError
from optimizer.places import Source as Place
from scenarios.importing.blocks import Rows
from scenarios.importing.mapping import Mapping, Seats
from scenarios.importing.mapping import Schools as Listed
from scenarios.importing.problems import Notes
from scenarios.importing.sources import Fill, Source, points_of

NEAR = 0.95  # of the zoned schools that should lie in or near the blocks
BESIDE = 5_000.0  # metres
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
    left = [schools.ids[j] for j in np.flatnonzero(~zoned)]
    if left and told:
        what = f'{where}: {len(left):,} schools without a zone are left out; [schools] keep = "all" keeps them'
        notes.lines.append(f"{what}: {', '.join(left)}")
    return schools.take(zoned), (np.cumsum(zoned) - 1)[school]
