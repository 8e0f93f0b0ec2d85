"""What the publications say of the blocks and of the schools, joined by id and ready to be fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np
import shapely

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.errors import Fault, InputError
from optimizer.places import WGS84
from optimizer.places import Source as Place
from scenarios.census.areas import Areas
from scenarios.census.children import children
from scenarios.census.enrolments import GROUPS, Enrolments
from scenarios.census.joined import doubtful
from scenarios.census.joined import joined as one_list
from scenarios.census.lists import read_enrolments
from scenarios.census.mapping import CensusMapping
from scenarios.census.poverty import poverty_rate
from scenarios.census.read_areas import read_areas
from scenarios.census.state_table import state_enrolments
from scenarios.census.tiger import need_whole
from scenarios.census.vintages import joined
from scenarios.importing.blocks import Rows, left_out, read_shapes
from scenarios.importing.problems import Notes, Total
from scenarios.importing.schools import Schools
from scenarios.importing.sources import read_source

UNSURE = 0.5  # of a share of which nobody publishes an error, and of what is left of 1, whichever is less


def read_people(mapping: CensusMapping, notes: Notes) -> tuple[Rows, Floats]:
    """The blocks, and (blocks, groups) the people whose shape is the children's: children where P4 (or P12) tells them
    from grown-ups, else people of all ages. Raises InputError."""
    source = mapping.read(mapping.blocks)
    need_whole(source, mapping.blocks.id)
    rows = read_shapes(source, mapping, notes)
    table = read_areas(mapping.paths(mapping.people.files), "block", state=mapping.schools.state)
    by_group = children(table, table if "P4_001" in table.values else None, notes.estimates)
    people = _merged(by_group, mapping)
    told = np.logical_and.reduce(np.isfinite(people), axis=1)  # a block that one of the tables lacks is in neither
    counted = replace(table, ids=tuple(compress(table.ids, told)))
    people = people[told]
    at = joined(counted, rows.ids, np.ones(len(rows.ids)), Path(mapping.blocks.file).name)
    gone = [rows.ids[k] for k in np.flatnonzero(at < 0)]
    if gone:
        rows = left_out(rows, at >= 0, table.where, "are not in it", gone, mapping, notes)
        at = at[at >= 0]
    notes.held["people"] = table.where, float(people.sum())
    _county(notes, table)
    return rows, people[at]


def _merged(by_group: dict[str, Floats], mapping: CensusMapping) -> Floats:
    """(rows, groups) of the district, from those of the publications."""
    some = next(iter(by_group.values()))
    nothing = np.zeros_like(some)
    columns = [sum((by_group.get(one, nothing) for one in names), start=nothing) for names in mapping.groups.values()]
    return np.column_stack(columns)


def _total(notes: Notes, where: str, what: str, before: float, after: float) -> None:
    notes.totals.append(Total(where, what, before, after))


def _universe(notes: Notes, table: Areas, at: Offsets) -> None:
    """The people of whom a table of income speaks, in all its areas and in the blocks' own."""
    cell = next((name for name in table.values if name.endswith("_001")), None)
    if cell is not None:
        value = table.values[cell]
        _total(notes, table.where, cell, float(np.nansum(value)), float(np.nansum(value[np.unique(at[at >= 0])])))


def _county(notes: Notes, table: Areas) -> None:
    """The blocks of a county against the county's own row, where the table has one and all of its blocks."""
    for code, cells in table.above.items():
        if len(code) != 5:
            continue
        own = np.array([name.startswith(code) for name in table.ids], bool)
        for cell, value in cells.items():
            if cell.endswith("_001") and cell in table.values and own.any():
                mine = float(np.nansum(table.values[cell][own]))
                if abs(mine - value) > 0.5:
                    said = f"{table.where}: {cell} of county {code} is {value:,.0f}, of its blocks {mine:,.0f}"
                    notes.found(said, [code], "Are all blocks of the county there?")


def read_rates(mapping: CensusMapping, rows: Rows, people: Floats, notes: Notes) -> tuple[Ints, Floats, Floats]:
    """(blocks,) the area of each block; (areas,) its share in poverty and that share's standard error. A block whose
    area has no share takes that of the next table, and last the mean of all. Raises InputError."""
    living = people.sum(axis=1)
    area = np.full(len(living), -1, np.int64)
    rates, errors, first = [], [], 0
    for part in mapping.poverty:
        table = read_areas(mapping.paths(part.files), part.level, part.table, state=mapping.schools.state)
        share = poverty_rate(table, part.below, part.rate)
        rate, error = share.rate, share.error
        at = joined(table, rows.ids, living, Path(mapping.blocks.file).name)
        _universe(notes, table, at)
        known = np.isfinite(np.append(rate, np.nan)[at])
        taken = known & (area < 0)
        unsure = np.isfinite(rate) & ~np.isfinite(error)
        notes.estimates.append(
            f"poverty of {taken.sum():,} blocks with {living[taken].sum():,.0f} people is that of their {part.level}: "
            f"{share.measure}, from {table.where}"
        )
        if unsure.any():
            notes.estimates.append(f"{table.where}: no margin is published of {unsure.sum():,} areas: taken as wide")
        area[taken] = first + at[taken]
        rates.append(np.where(np.isfinite(rate), rate, 0.0))
        wide = UNSURE * np.minimum(rates[-1], 1 - rates[-1])
        errors.append(np.where(np.isfinite(error), error, wide))
        first += len(rate)
    rate, error = np.concatenate(rates), np.concatenate(errors)
    nowhere = area < 0
    if nowhere.all():
        raise InputError(Fault("[[poverty]]", "no block finds a share in poverty", "Name a table of its vintage"))
    if nowhere.any():
        mean = float(np.average(rate[area[~nowhere]], weights=np.maximum(living[~nowhere], 1e-9)))
        area[nowhere] = first
        rate, error = np.append(rate, mean), np.append(error, UNSURE * min(mean, 1 - mean))
        ids = [rows.ids[k] for k in np.flatnonzero(nowhere)]
        notes.found(
            "blocks are in no area whose share in poverty is known", ids, "", done=f"given the mean, {mean:.1%}"
        )
    used, number = np.unique(area, return_inverse=True)
    return number.astype(np.int32), rate[used], error[used]


def read_schools(mapping: CensusMapping, rows: Rows, notes: Notes) -> tuple[Enrolments, Schools]:
    """All schools of the agency in the lists, and those of them that have a place. Raises InputError."""
    asked = mapping.schools
    lists = [read_enrolments(mapping.paths(asked.files), lea=asked.lea, state=asked.state)]
    for table in asked.tables:
        source = read_source(mapping.path(table.file), table.layer)
        lists.append(state_enrolments(source, table, base=mapping.base))
    own = doubtful(one_list(lists)) if asked.tables else lists[0]
    here = [k for k, name in enumerate(own.ids) if name.startswith(asked.lea)]
    if not here or own.lon is None or own.lat is None:
        problem = "has no coordinates" if here else f"has no school of {asked.lea}"
        raise InputError(
            Fault(own.where, problem, "Name the geocode or characteristics file of NCES among [schools] files")
        )
    notes.estimates += own.notes
    notes.estimates += [f"{own.where}: {cells:,} cells are '{mark}': not known" for mark, cells in own.missing.items()]
    placed = [k for k in here if np.isfinite(own.lon[k]) and np.isfinite(own.lat[k])]
    gone = [own.ids[k] for k in here if k not in set(placed)]
    notes.found(f"{len(gone):,} schools have no place", gone, "Give them one", done="left out")
    xy = np.column_stack([own.lon[placed], own.lat[placed]])
    ids = [own.ids[k] for k in placed]
    points = rows.placed(Place(own.where, np.asarray(shapely.points(xy)), WGS84, ids), every=True)
    return own, Schools(ids, [own.names[k] or own.ids[k] for k in placed], points, {})


def enrolled_by(
    mapping: CensusMapping, own: Enrolments, schools: Sequence[str], expected: Floats, notes: Notes
) -> tuple[Floats, Floats]:
    """(schools, groups) children enrolled and (schools,) those in poverty. What is not published is put in, and said:
    of groups, what the school's total leaves, in equal parts; of poverty, the share of the zone's areas, `expected`.
    Raises InputError where a school enrols nobody that is known."""
    at = [own.ids.index(name) for name in schools]
    by_group = np.column_stack([own.groups.get(name, np.full(len(own.ids), np.nan)) for name in GROUPS])[at]
    total = own.total[at]
    hidden = np.isnan(by_group)
    rest = np.maximum(np.where(np.isnan(total), 0.0, total) - np.nansum(by_group, axis=1), 0.0)
    share = np.divide(rest, hidden.sum(axis=1), out=np.zeros_like(rest), where=hidden.any(axis=1))
    full = np.where(hidden, share[:, None], by_group)
    put = [f"{schools[k]} ({share[k]:,.1f})" for k in np.flatnonzero(hidden.any(axis=1) & (rest > 0)).tolist()]
    notes.found("schools do not say all groups' children", put, "", done="given what the total leaves, in equal parts")
    nobody = [schools[k] for k in np.flatnonzero(full.sum(axis=1) == 0).tolist()]
    if nobody:
        mend = "Add their enrolment, or say whose zone it is now: [names]"
        raise InputError(Fault(own.where, "no enrolment is known of schools that have a zone", mend, ids=tuple(nobody)))
    full = _whole(full)
    enrolled = _merged({name: full[:, g] for g, name in enumerate(GROUPS)}, mapping)
    return enrolled, _in_poverty(mapping, own, at, enrolled.sum(axis=1), expected, notes)


def _in_poverty(
    mapping: CensusMapping, own: Enrolments, at: Sequence[int], enrolled: Floats, expected: Floats, notes: Notes
) -> Floats:
    measure = mapping.schools.poverty
    if measure not in own.poverty:
        known = ", ".join(own.poverty) or "none"
        raise InputError(
            Fault(own.where, f"says nothing of '{measure}'", f"Name a measure of poverty that it has: {known}")
        )
    poor = own.poverty[measure][at]
    ids = [own.ids[k] for k in at]
    silent = [ids[k] for k in np.flatnonzero(np.isnan(poor))]
    notes.found(f"schools do not say '{measure}'", silent, "", done="given the share of their zone's areas")
    poor = np.where(np.isnan(poor), expected * enrolled, poor)
    over = [ids[k] for k in np.flatnonzero(poor > enrolled)]
    notes.found(f"schools have more '{measure}' than children", over, "", done="cut to their children")
    notes.estimates.append(f"poverty is '{measure}', from {own.where}; no other measure is mixed with it")
    return np.rint(np.minimum(poor, enrolled))


def _whole(counts: Floats) -> Floats:
    """(rows, columns) whole children whose rows add up to the counts' own, rounded: by largest remainders (Hamilton).
    What was put in for suppressed cells may be parts of children, and draws are of whole ones."""
    low = np.floor(counts + 1e-9)
    more = np.rint((counts - low).sum(axis=1))
    rank = np.argsort(np.argsort(low - counts, axis=1, kind="stable"), axis=1)
    return low + (rank < more[:, None])
