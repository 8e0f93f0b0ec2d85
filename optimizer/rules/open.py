"""A school opens: a new one at a place, or one of schools.csv that has no zone today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from optimizer.places import WGS84, Source, box_of, need_near, need_right_way, projected
from optimizer.rules.seats import check_seats, with_seats
from optimizer.rules.shared.amend import (
    Amending,
    amend,
    changed,
    middles,
    moved_to,
    school_places,
    table_of,
    with_school,
)


@dataclass(frozen=True)
class Open(Amending):
    """The school takes blocks. Its root is the block that holds it, or the nearest that is no other school's root.

    school: an id of schools.csv, or a new one. lon, lat: WGS 84 degrees; needed for a new school. capacity,
    min_students: students, None for what schools.csv gives; without any seats the school has no limit. name: of a new
    school; its id where not given.
    """

    kind: ClassVar[str] = "open"
    school: str
    lon: float | None = None
    lat: float | None = None
    capacity: float | None = None
    min_students: float | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        for key, text in (("school", self.school), ("name", self.name)):
            if text is not None and not text.strip():
                raise InputError(
                    Fault(key, "is empty", f"Give the school's {'id' if key == 'school' else key} as text")
                )
        if (self.lon is None) != (self.lat is None):
            lost = "lon" if self.lon is None else "lat"
            raise InputError(Fault(lost, "is not given", "Give both lon and lat, or neither"))
        for name, value, most in (("lon", self.lon, 180.0), ("lat", self.lat, 90.0)):
            if value is not None and not abs(value) <= most:
                mend = f"Give WGS 84 degrees from -{most:g} to {most:g}"
                raise InputError(Fault(name, f"{value:g} is not a place on earth", mend))
        check_seats(self.capacity, self.min_students)

    def amend(self, district: District) -> District:
        """Raises InputError where the school has a zone already, or its place or its travel is not known."""
        district = self._listed(district)
        j = district.school_ids.index(self.school)
        district = with_seats(district, j, self.capacity, self.min_students)
        succession, root = changed(district.successor, [j], j), changed(district.root, [j], _root_of(district, j))
        return amend(district, succession=succession, root=root)

    def _listed(self, district: District) -> District:
        """The district with the school among its schools, where the rule has it."""
        if self.school not in district.school_ids:
            return self._added(district)
        j = district.school_ids.index(self.school)
        if district.has_zone[j] or district.open[j]:
            mend = "To change its seats, use a rule seats; to open another, give an id that is not in use"
            raise self._error("the school is open already: blocks are zoned to it today", mend)
        table = table_of(district.travel)
        if table is not None and not (np.isfinite(table.value) & (table.pairs.index == j)).any():
            mend = "Add its rows to the travel file: one for each block that may go there"
            raise self._error("the travel file has no row of the school", mend)
        if self.lon is None or self.lat is None:
            return district
        xy, geography = _place(district, self.lon, self.lat), district.geography
        if geography is not None:
            place = geography.school_xy.copy()
            place[j] = xy
            geography = replace(geography, school_xy=place)
        return amend(district, travel=moved_to(district.travel, j, xy), geography=geography)

    def _added(self, district: District) -> District:
        if self.lon is None or self.lat is None:
            hint = nearest(self.school, district.school_ids)
            mend = "Give lon and lat for a new school, or the id of one in schools.csv"
            raise self._error(f"the school is not in schools.csv, and no place is given{hint}", mend)
        if table_of(district.travel) is not None:
            mend = "Add it to schools.csv, where it needs no zone, and its rows to the travel file, one for each block"
            raise self._error("the travel file does not know the school", mend)
        name = self.school if self.name is None else self.name
        return with_school(district, self.school, name, _place(district, self.lon, self.lat))

    def _error(self, problem: str, mend: str) -> InputError:
        return InputError(Fault(f"rule {self.kind}", problem, mend, column="school", ids=(self.school,)))


def _place(district: District, lon: float, lat: float) -> Floats:
    """(2,) metres in the district's CRS. Raises InputError where it has none, or does not reach so far."""
    if district.geography is None:
        mend = "Give the id of a school that the district has, without a place"
        raise InputError(Fault("rule open", "the district has no shapes to set a place among", mend, column="lon"))
    import shapely  # noqa: PLC0415 - slow to import

    polygon, crs = district.geography.polygon, district.geography.crs
    point = Source("rule open", np.array([shapely.Point(lon, lat)]), WGS84, column="lon", around=box_of(polygon, crs))
    need_right_way(point)
    need_near(point)
    return np.asarray(shapely.get_coordinates(projected(point, crs, every=True))[0], np.float64)


def _root_of(district: District, j: int) -> int:
    """The block that holds the school's point, else the one whose representative point lies nearest; never another
    school's root. Ties go to the first, that is to the smallest id. Raises InputError where no block is left."""
    free = np.ones(district.blocks, bool)
    free[district.root[district.root >= 0]] = False
    middle, place = middles(district), school_places(district)
    if middle is None or place is None:
        problem = "the district has neither shapes nor places, so that the school's block is not known"
        raise InputError(Fault("rule open", problem, "Give the district's geography", column="school"))
    if not free.any():
        problem = "every block is the root of another school"
        raise InputError(Fault("rule open", problem, "Close a school, or cut the blocks finer", column="school"))
    if district.geography is not None:
        import shapely  # noqa: PLC0415 - slow to import

        holds = free & shapely.intersects(district.geography.polygon, shapely.points(place[j]))
        if holds.any():
            return int(np.argmax(holds))
    away = np.hypot(*(middle - place[j]).T)
    return int(np.argmin(np.where(free, away, np.inf)))
