"""From a district folder to a District, naming everything that is wrong on the way."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyproj
import shapely

from optimizer.arrays import Csr
from optimizer.district import District, Geography
from optimizer.errors import Doubt, Fault, InputError, doubt
from optimizer.parts import parts_of
from optimizer.places import WGS84, Source, box_of, need_near, need_right_way, projected
from optimizer.travel import StraightLine, TravelTable
from scenarios.folder.blocks import NAMES, Blocks, further_columns, read_blocks
from scenarios.folder.content import content_hashes
from scenarios.folder.context import CONTEXT, with_context
from scenarios.folder.draws import DRAWS
from scenarios.folder.futures import FUTURES
from scenarios.folder.geometry import find_roots, projected_crs
from scenarios.folder.head import Head, read_head
from scenarios.folder.links import NEIGHBOURS, TRAVEL, read_adjacency, read_travel, travel_file
from scenarios.folder.plausible import crs_doubts, place_doubts, travel_doubts
from scenarios.folder.schools import Schools, read_schools
from scenarios.folder.tables import Faults
from scenarios.reading.files import there
from scenarios.reading.values import Table
from scenarios.writing.files import LAYERS

KNOWN = (*NAMES, *TRAVEL, NEIGHBOURS, CONTEXT, DRAWS, FUTURES, "district.toml", "schools.csv", "plans")
OTHERS = (*LAYERS, ".json", ".csv", ".xlsx", ".ods", ".toml")  # kinds of files that people have such data in


class _Parts(NamedTuple):
    """A folder's files as they were read, without faults."""

    head: Head
    schools: Schools
    blocks: Blocks
    crs: pyproj.CRS
    travel: TravelTable | None
    adjacency: Csr | None


def read_district(folder: str | Path) -> District:
    """The district in a folder; warns, with a Doubt, of what is likely to be a mistake. Raises InputError with every
    fault found, each with file, column, ids and mend."""
    folder = _folder(folder)
    parts = _read(folder)
    district = _assemble(folder, parts)
    given = parts.head.limits.get("travel_floor")
    floor = given if isinstance(given, int | float) else None
    doubts = [f"district.toml: {text}" for text in crs_doubts(district)]
    doubts += [f"schools.csv: {text}" for text in place_doubts(district)]
    doubts += [f"{travel_file(folder)}: {text}" for text in travel_doubts(district, floor)]
    for text in doubts:
        warnings.warn(Doubt(text), stacklevel=2)
    return district


def read_inputs(folder: str | Path) -> tuple[Head, dict[str, str]]:
    """What district.toml says, and `District.inputs`, without making the district. Raises InputError likewise."""
    parts = _read(_folder(folder))
    return parts.head, _inputs(parts)


def _read(folder: Path) -> _Parts:
    faults = Faults()
    head, schools, blocks, travel, adjacency, crs = Head(), None, None, None, None, None
    _note_other_spellings(faults, folder)
    with faults.gather():
        head = read_head(faults, folder)
    with faults.gather():
        schools = read_schools(faults, folder)
    with faults.gather():
        blocks = read_blocks(faults, folder, head.groups, schools)
    if blocks is not None and schools is not None:
        with faults.gather():
            travel = read_travel(faults, folder, blocks.ids, schools.ids)
    if blocks is not None:
        with faults.gather():
            adjacency = read_adjacency(faults, folder, blocks.ids)
        with faults.gather():
            crs = projected_crs(head.crs, None if blocks.source is None else blocks.frame.estimate_utm_crs)
    faults.stop()
    assert blocks is not None
    assert schools is not None
    assert crs is not None
    return _Parts(head, schools, blocks, crs, travel, adjacency)


def _inputs(parts: _Parts) -> dict[str, str]:
    return content_hashes(parts.head, parts.schools, parts.blocks, parts.travel, parts.adjacency)


def _note_other_spellings(faults: Faults, folder: Path) -> None:
    """A fault for files of another spelling than the format's, and a doubt of those of another kind, which would be
    passed over."""
    names = sorted(os.listdir(folder))  # noqa: PTH208 - names are all that is wanted
    for name in names:
        meant = next((known for known in KNOWN if known == name.casefold()), None)
        kinds = [known for known in KNOWN if Path(known).suffix and Path(known).stem == Path(name).stem.casefold()]
        if meant in names and meant != name:
            faults.add(f"{meant} and {name}", "both are there, and differ by capitals alone", "Keep one of them")
        elif meant is not None and meant != name and not there(folder / meant):
            faults.add(name, f"is not read: the name is {meant}, in small letters", "Rename it")
        elif meant is None and kinds and Path(name).suffix.lower() in OTHERS:
            doubt(name, f"is not read: the name is {' or '.join(kinds)}")


def read_limits(folder: str | Path) -> Table:
    """The default limits that a district folder gives, by option name; {} where it gives none."""
    faults = Faults()
    head = read_head(faults, _folder(folder))
    faults.stop()
    return head.limits


def _folder(folder: str | Path) -> Path:
    if not Path(folder).is_dir():
        raise InputError(Fault(str(folder), "is not a folder", "Name a folder with district.toml in it"))
    return Path(folder)


def _place(schools: Schools, blocks: Blocks, crs: pyproj.CRS) -> Geography:
    """Shapes and schools in the district's CRS. Raises InputError where they are no places in it."""
    assert blocks.source is not None
    polygon = projected(blocks.source, crs, every=True)
    points = Source("schools.csv", schools.points, WGS84, schools.ids, "lon", box_of(polygon, crs))
    try:
        need_right_way(points, every=True)
    except InputError as error:
        (fault,) = error.faults
        if len(fault.ids) < len(schools.ids):
            raise
        # All of them: then it may as well be the blocks that are the wrong way round.
        mend = f"{fault.mend}; or mend {blocks.source.where} so, if that is what is wrong"
        raise InputError(replace(fault, mend=mend)) from None
    need_near(points)
    return Geography(crs.to_string(), polygon, shapely.get_coordinates(projected(points, crs, every=True)))


def _assemble(folder: Path, read: _Parts) -> District:
    """The District of parts that have no faults."""
    head, schools, blocks, crs, travel, adjacency = read
    place = with_context(folder, _place(schools, blocks, crs))
    polygon, school_xy = place.polygon, place.school_xy
    middle = shapely.get_coordinates(shapely.point_on_surface(polygon))
    beside, parts = parts_of(polygon) if adjacency is None else (adjacency, None)
    return District(
        name=head.name,
        block_ids=blocks.ids,
        school_ids=schools.ids,
        school_names=schools.names,
        groups=head.groups,
        columns=tuple(blocks.columns),
        counts=blocks.counts,
        status_quo=blocks.zone,
        adjacency=beside,
        travel=StraightLine(middle, school_xy) if travel is None else travel,
        root=find_roots(polygon, middle, school_xy, blocks.zone),
        capacity=schools.capacity,
        min_students=schools.min_students,
        other_students=schools.other_students,
        attributes=further_columns(blocks.frame, blocks.columns),
        geography=place,
        parts=parts,
        inputs=_inputs(read),
    )
