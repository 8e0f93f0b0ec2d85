"""schools.csv: ids, names, places, seats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from optimizer.arrays import Floats
from optimizer.errors import doubt, listed
from optimizer.places import Shapes
from scenarios.folder.tables import Faults, check_names, ids_of, need_columns, numbers
from scenarios.reading.most import need_most
from scenarios.reading.tables import read_csv

COLUMNS = ("school_id", "name", "lon", "lat")
OPTIONAL = ("capacity", "min_students", "other_students")


@dataclass(frozen=True, eq=False)
class Schools:
    """In ascending order of ids. lon_lat: (schools, 2) degrees. The rest: (schools,) students, NaN where not given."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    lon_lat: Floats
    capacity: Floats
    min_students: Floats
    other_students: Floats

    @property
    def points(self) -> Shapes:
        """(schools,) their places, in degrees."""
        return np.asarray(shapely.points(self.lon_lat))


def read_schools(faults: Faults, folder: Path) -> Schools | None:
    """The folder's schools, or None where there are none to check anything against."""
    where = "schools.csv"
    table = read_csv(folder / where)
    need_most(where, "schools", len(table))
    if len(table) == 0:
        faults.add(where, "holds no schools", "Give at least one school")
    if not need_columns(faults, where, table, COLUMNS) or len(table) == 0:
        return None
    ids = ids_of(faults, where, table, "school_id", unique=True)
    lon_lat = np.column_stack([_degrees(faults, table[name], name, ids) for name in ("lon", "lat")])
    empty = [""] * len(table)
    capacity, least, other = (
        numbers(faults, where, name, table.get(name, empty), ids, optional=True) for name in OPTIONAL
    )
    order = np.array(sorted(range(len(ids)), key=lambda i: ids[i]), int)
    names = [str(name) for name in table["name"]]
    _check_school_names(faults, names, ids)
    return Schools(
        tuple(ids[i] for i in order),
        tuple(names[i] for i in order),
        lon_lat[order],
        capacity[order],
        least[order],
        np.nan_to_num(other[order]),
    )


def _check_school_names(faults: Faults, names: list[str], ids: list[str]) -> None:
    where = "schools.csv"
    check_names(faults, where, names, "name")
    empty = [one for one, name in zip(ids, names, strict=True) if not name.strip()]
    if empty:
        faults.add(where, "the name is empty", "Give every school a name: pages call it by that", "name", empty)
    times = Counter(name.strip() for name in names)
    same = [one for one, name in zip(ids, names, strict=True) if name.strip() and times[name.strip()] > 1]
    if same:
        doubt(where, f"schools have the same name, by which pages call them: {listed(same)}")


def _degrees(faults: Faults, values: object, name: str, ids: list[str]) -> Floats:
    most = 180.0 if name == "lon" else 90.0
    degrees = numbers(faults, "schools.csv", name, values, ids, low=-np.inf)
    beyond = np.abs(degrees) > most
    if beyond.any():
        mend = f"Give WGS 84 degrees from -{most:g} to {most:g}; are lon and lat swapped?"
        faults.add("schools.csv", "not a place on earth", mend, name, [ids[i] for i in np.flatnonzero(beyond)])
    return degrees
