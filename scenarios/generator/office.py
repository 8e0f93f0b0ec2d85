"""A synthetic district as a planning office has it: a layer of planning units in feet, zones in degrees, a list of
schools, and a file of students, with faults of the kind that such files have. The students are made up, one by one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from scenarios.generator.board import zones
from scenarios.generator.people import GRADES, GROUPS

FEET = "EPSG:2283"  # Virginia North, US survey feet
SLIVERS = 3  # gaps between blocks
WIDTH = 0.4  # metres, of such a gap
OUTSIDE = 0.0025  # students who live in no block, for each in one
RACE = {"white": "W", "black": "B", "hispanic": "H", "asian": "A"}
FREE = 0.8  # share of the students in poverty whose lunch is free, and not reduced


def publish(folder: Path, truth: District, random: np.random.Generator) -> None:
    """units.shp, zones.geojson, schools.csv and students.csv, in a folder that is there."""
    assert truth.geography is not None
    shape = _with_slivers(truth)
    units = {"UNIT": truth.block_ids, "NBHD": truth.attributes["neighbourhood"]}
    units |= {"ACRES": np.round(shapely.area(shape) / 4046.8564224, 2)}
    layer = gpd.GeoDataFrame(units, geometry=shape, crs=truth.geography.crs)
    layer.to_crs(FEET).to_file(folder / "units.shp")
    zones(truth, truth.status_quo).to_crs(4326).to_file(folder / "zones.geojson", COORDINATE_PRECISION=9)
    back = pyproj.Transformer.from_crs(truth.geography.crs, 4326, always_xy=True)
    _schools(folder / "schools.csv", truth, back)
    _students(folder / "students.csv", truth, shape, back, random)


def _with_slivers(truth: District) -> Any:
    """(blocks,) shapes; along the longest straight borders a sliver is nobody's."""
    assert truth.geography is not None
    shape, adjacency = truth.geography.polygon.copy(), truth.adjacency
    once = adjacency.rows < adjacency.index
    one, other = adjacency.rows[once], adjacency.index[once]
    border = shapely.intersection(shape[one], shape[other])
    straight = (shapely.get_type_id(border) == 1) & (shapely.get_num_coordinates(border) == 2)
    done: set[int] = set()
    for k in np.argsort(-np.where(straight, shapely.length(border), 0), kind="stable").tolist():
        pair = {int(one[k]), int(other[k])}
        if straight[k] and not done & pair and len(done) < 2 * SLIVERS:
            ends = shapely.line_interpolate_point(border[k], [0.3, 0.7], normalized=True)
            middle = shapely.LineString(shapely.get_coordinates(ends))
            shape[one[k]] = shapely.difference(shape[one[k]], middle.buffer(WIDTH, cap_style="flat"))
            done |= pair
    return shape


def _schools(path: Path, truth: District, back: pyproj.Transformer) -> None:
    assert truth.geography is not None
    lon, lat = back.transform(*truth.geography.school_xy.T)
    rows = [["SCH_NO", "SCH_NAME", "LON", "LAT", "CAPACITY", "MIN_ENR", "TRANSFERS_IN"]]
    for j, name in enumerate(truth.school_names):
        numbers = (truth.capacity[j], truth.min_students[j], truth.other_students[j])
        cells = ["" if np.isnan(number) else f"{number:.0f}" for number in numbers]
        rows.append([truth.school_ids[j], name, f"{lon[j]:.6f}", f"{lat[j]:.6f}", *cells])
    _write(path, rows)


def _students(path: Path, truth: District, shape: Any, back: pyproj.Transformer, random: np.random.Generator) -> None:
    """A row a student, in no order: of each block as many of each group, in poverty and in each grade as it has."""
    block = np.repeat(np.arange(truth.blocks, dtype=np.int32), truth.students.astype(int))
    races = [RACE[one] for one in _dealt(truth, [f"students_{group}" for group in GROUPS], GROUPS, random)]
    grades = [one.upper() for one in _dealt(truth, [f"students_grade_{one}" for one in GRADES], GRADES, random)]
    poor = np.array(_dealt(truth, ["students_poverty"], ("poor",), random, rest="")) == "poor"
    lunch = np.where(poor, np.where(random.random(len(block)) < FREE, "F", "R"), "N").tolist()
    xy = _homes(shape, block, random)
    strange = random.integers(0, len(block), max(1, round(OUTSIDE * len(block))))  # beyond the border, and like these
    _, bottom, right, top = shapely.total_bounds(shape)
    beyond = np.column_stack([np.full(len(strange), right + 400.0), random.uniform(bottom, top, len(strange))])
    lon, lat = back.transform(*np.vstack([xy, beyond]).T)
    who = [*range(len(block)), *strange.tolist()]
    rows = [
        [f"{600000 + number}", f"{lon[k]:.6f}", f"{lat[k]:.6f}", races[who[k]], lunch[who[k]], grades[who[k]]]
        for number, k in enumerate(random.permutation(len(who)).tolist())
    ]
    _write(path, [["STUDENT_ID", "LON", "LAT", "RACE", "LUNCH", "GRADE"], *rows])


def _dealt(
    truth: District, columns: list[str], names: tuple[str, ...], random: np.random.Generator, rest: str | None = None
) -> list[str]:
    """(students,) a name each, block by block, as often as the columns say; rest: for all others."""
    found: list[str] = []
    counts = truth.counts[:, [truth.column_index(column) for column in columns]].astype(int)
    for here, number in zip(counts, truth.students.astype(int).tolist(), strict=True):
        own = [name for name, count in zip(names, here.tolist(), strict=True) for _ in range(count)]
        own += [rest or ""] * (number - len(own))
        found += [own[k] for k in random.permutation(number).tolist()]
    return found


def _homes(shape: Any, block: Ints, random: np.random.Generator) -> Floats:
    """(students, 2) places well inside the blocks, so that rounding moves none to a neighbour."""
    inner = shapely.buffer(shape, -2.0)
    inner = np.where(shapely.is_empty(inner), shape, inner)
    home = shapely.get_coordinates(shapely.point_on_surface(inner))[block]
    left, bottom, right, top = shapely.bounds(inner)[block].T
    open_ = np.ones(len(block), bool)
    for _ in range(200):
        drawn = np.column_stack([random.uniform(left, right), random.uniform(bottom, top)])
        hit = open_ & shapely.contains_xy(inner[block], *drawn.T)
        home[hit], open_ = drawn[hit], open_ & ~hit
    return home


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
