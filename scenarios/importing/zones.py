"""Today's zones: which school each is for, and which of them each block lies in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import Fault, InputError
from optimizer.places import Source as Place
from scenarios.importing.blocks import Rows
from scenarios.importing.mapping import Asked, Mapping
from scenarios.importing.problems import Notes
from scenarios.importing.schools import Schools
from scenarios.importing.sources import Source
from scenarios.importing.students import Homes
from scenarios.plans.layers.overlay import BORDER, SLIVER, doubled, in_common, largest, shares
from scenarios.plans.layers.schools import SchoolNames

HALF = 0.5  # of a block: of which more lies in no zone has none
BY_HAND = 'Say whose they are: [zoned] "017" = "4948", a block and the id of its school'
NAMES = 'Say which each is: [names] "Colvin" = "4948", with the school\'s id'
Pairs = tuple[Ints, Ints, Floats]


def zone_of(rows: Rows, schools: Schools, homes: Homes | None, mapping: Mapping, notes: Notes) -> Any:
    """(blocks,) today's school of each block, -1 where none is known. Raises InputError where a zone's name fits no
    school or several."""
    if mapping.zones is None:
        assert rows.zone is not None
        where = Path(mapping.blocks.file).name
        school = _named(rows.zone, rows.shape, schools, where, mapping, notes)
        ours = _by_hand(rows, schools, mapping)
        school = np.where(ours >= 0, ours, school)
        none = [rows.ids[k] for k in np.flatnonzero(school < 0)]
        mend = f"Fill the column. {BY_HAND}"
        notes.found(f"{len(none):,} blocks have no zone", none, mend, shape=list(rows.shape[school < 0]))
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
    texts = [names[k] for k in np.flatnonzero(there).tolist()]
    label = _named(texts, shape, schools, zones.where, asked, notes)
    shape, label = shapely.make_valid(shape), np.where(label >= 0, label, len(schools.ids)).astype(np.int32)
    return _laid_over(rows, shape, label, schools, homes, zones.where, notes, asked)


def _named(texts: Sequence[str], shape: Any, schools: Schools, where: str, mapping: Asked, notes: Notes) -> Any:
    """(texts,) the school that each stands for, -1 for ''. A name of the mapping goes before all others. shape:
    (texts,) what bears the name."""
    known = SchoolNames(schools.ids, schools.names)
    strange = sorted(set(mapping.names.values()) - set(schools.ids))
    if strange:
        raise InputError(Fault("[names]", "are no schools' ids", "Write ids of [schools]", ids=tuple(strange)))
    found, faults, lost = {"": -1}, [], list[str]()
    for text in sorted(set(texts) - {""}):
        fits = [schools.ids.index(mapping.names[text])] if text in mapping.names else known.fitting(text)
        if len(fits) == 1:
            found[text] = fits[0]
            exact = text in (schools.ids[fits[0]], schools.names[fits[0]])
            how = "the mapping" if text in mapping.names else "as it stands" if exact else "but for its spelling"
            notes.matches.append((text, schools.ids[fits[0]], how))
        elif mapping.outside.zones is not None and not fits:
            found[text] = -1
            lost.append(text)
        else:
            said = [schools.ids[j] for j in fits] or list(known.near(text))
            faults.append(f"'{text}' ({'fits' if fits else 'nearest'}: {', '.join(said) or 'none'})")
    if faults:
        raise InputError(Fault(where, "zones whose name fits no school, or several", NAMES, ids=tuple(faults)))
    done = "their blocks have no zone, as the mapping says"
    places = list(np.asarray(shape, object)[np.isin(texts, lost)])
    notes.found(f"{where}: {len(lost):,} zones have no school", lost, NAMES, done=done, shape=places)
    return np.array([found[text] for text in texts], np.int32)


def _laid_over(
    rows: Rows, shape: Any, label: Any, schools: Schools, homes: Homes | None, where: str, notes: Notes, asked: Asked
) -> Any:
    names = [*schools.ids, "a zone without a school"]
    pairs = shares(rows.shape, shape, label)
    if homes is not None:
        pairs = _by_students(rows, shape, label, homes, pairs)
    school, part = largest(len(rows.ids), *pairs)
    several, outside = doubled(rows.shape, shape, label)
    school = np.where(outside > HALF, -1, school)  # a sliver of a neighbour's zone says nothing of a block
    ours = _by_hand(rows, schools, asked)
    found = (school >= 0) & (ours < 0)
    tied = _tied(len(rows.ids), *pairs)
    for mask, what in (
        (several > SLIVER, "blocks lie in more than one zone"),
        ((outside > SLIVER) & found, "blocks lie partly in no zone"),
        ((part < 1 - SLIVER) & found & ~tied, "blocks are parted by zones"),
    ):
        ids = [f"{rows.ids[k]} ({100 * part[k]:.0f} %)" for k in np.flatnonzero(mask)]
        done = f"each is its zone's with most of it ({'area' if homes is None else 'students'}), with the share of that"
        notes.found(f"{where}: {len(ids):,} {what}", ids, BY_HAND, done=done, shape=list(rows.shape[mask]))
    _tell_ties(rows, tied & found, pairs, names, where, notes)
    _tell_slivers(rows, pairs, where, notes)
    over = in_common(shape, label)
    common = [f"{names[a]} and {names[b]} ({area:,.0f} m²)" for a, b, area in over]
    places = [shapely.intersection(_whole(shape, label, a), _whole(shape, label, b)) for a, b, _ in over]
    notes.found(f"{where}: {len(common):,} pairs of zones lie over each other", common, "Mend the layer", shape=places)
    school = np.where(ours >= 0, ours, np.where(school == len(schools.ids), -1, school))
    idle = [one for one in np.unique(label).tolist() if one < len(schools.ids) and one not in school]
    what = f"{where}: {len(idle):,} zones have most of no block"
    whole = [_whole(shape, label, one) for one in idle]
    notes.found(what, [names[one] for one in idle], "Are all blocks in the layer of blocks?", shape=whole)
    none = [rows.ids[k] for k in np.flatnonzero(school < 0)]
    mend = f"Mend the layer. {BY_HAND}"
    notes.found(f"{where}: {len(none):,} blocks lie in no zone", none, mend, shape=list(rows.shape[school < 0]))
    return school


def _whole(shape: Any, label: Ints, one: int) -> shapely.Geometry:
    return shapely.union_all(shape[label == one])


def _by_hand(rows: Rows, schools: Schools, asked: Asked) -> Any:
    """(blocks,) the school that the mapping gives a block, -1 where it says nothing. Raises InputError on what is no
    block or no school."""
    ours = np.full(len(rows.ids), -1, np.int64)
    for kind, known, given in (("block", rows.ids, asked.zoned.keys()), ("school", schools.ids, asked.zoned.values())):
        strange = sorted(set(given) - set(known))
        if strange:
            raise InputError(Fault("[zoned]", f"are no {kind}s", f"Write ids of [{kind}s]", ids=tuple(strange)))
    for block, school in asked.zoned.items():
        ours[rows.ids.index(block)] = schools.ids.index(school)
    return ours


def _tied(blocks: int, block: Ints, label: Ints, part: Floats) -> Bools:
    """(blocks,) whether a second zone has as much of it as the first, but for a sliver."""
    second = np.flatnonzero((block[1:] == block[:-1]) & (part[1:] >= part[:-1] - SLIVER) & (part[1:] > SLIVER)) + 1
    first = np.unique(block, return_index=True)[1]
    tied = np.zeros(blocks, bool)
    tied[block[second[np.isin(second - 1, first)]]] = True
    return tied


def _tell_ties(rows: Rows, tied: Bools, pairs: Pairs, names: Sequence[str], where: str, notes: Notes) -> None:
    block, label, part = pairs
    said = []
    for k in np.flatnonzero(tied).tolist():
        own = block == k
        each = [f"{names[j]} {100 * share:.0f} %" for j, share in zip(label[own], part[own], strict=True)]
        said.append(f"{rows.ids[k]} ({', '.join(each)})")
    what = f"{where}: {len(said):,} blocks are as much in one zone as in another"
    notes.found(what, said, BY_HAND, done="each is the first zone's", shape=list(rows.shape[tied]))


def _tell_slivers(rows: Rows, pairs: Pairs, where: str, notes: Notes) -> None:
    """Blocks of which another zone has a sliver: how borders were drawn, most likely."""
    block, _, part = pairs
    thin = np.unique(block[(part <= SLIVER) & (part * shapely.area(rows.shape[block]) > BORDER)])
    ids = [rows.ids[k] for k in thin]
    what = f"{where}: {len(ids):,} blocks have slivers (at most {SLIVER:.0%}) in other zones"
    notes.found(what, ids, "", done="left with their own zones", shape=list(rows.shape[thin]))


def _by_students(rows: Rows, shape: Any, label: Any, homes: Homes, by_area: Pairs) -> Pairs:
    """As `shares`, by where a block's students live; by area where none of them is in a zone."""
    student, zone = shapely.STRtree(shape).query(homes.point, predicate="intersects")
    in_zone = np.unique(np.column_stack([student, label[zone]]), axis=0)
    pairs, times = np.unique(np.column_stack([homes.block[in_zone[:, 0]], in_zone[:, 1]]), axis=0, return_counts=True)
    living = np.bincount(homes.block, minlength=len(rows.ids))
    rest = ~np.isin(by_area[0], pairs[:, 0])
    block, zones = (np.concatenate([pairs[:, k], by_area[k][rest]]).astype(np.int32) for k in (0, 1))
    part = np.concatenate([times / living[pairs[:, 0]], by_area[2][rest]])
    order = np.lexsort((zones, -part, block))
    return block[order], zones[order], part[order]


def need_zoned(rows: Rows, school: Any, mapping: Asked, notes: Notes, who: str = "students") -> tuple[Rows, Any]:
    """The blocks that have a school. Others are an error, or left out where the mapping says so; never given to the
    nearest."""
    none = school < 0
    if not none.any():
        return rows, school
    ids = tuple(rows.ids[k] for k in np.flatnonzero(none))
    if none.all():
        mend = "Do blocks and zones name the same schools, and lie in one place?"
        raise InputError(Fault(Path(mapping.blocks.file).name, "no block has a school", mend))
    students = rows.counts["students"][none].sum()
    if mapping.outside.blocks is None:
        mend = f'{BY_HAND}; or leave them out: [outside] blocks = "leave out"'
        problem = f"{len(ids):,} blocks have no school, with {students:,.0f} {who}"
        raise InputError(Fault(Path(mapping.blocks.file).name, problem, mend, ids=ids))
    done = f"left out, as the mapping says, with {students:,.0f} {who}"
    notes.found(f"{len(ids):,} blocks have no school", ids, "", done=done, shape=list(rows.shape[none]))
    return rows.take(~none), school[~none]
