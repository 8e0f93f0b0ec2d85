"""School by school: students, seats, poverty and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.exposure import bands
from optimizer.measures.record import Count, Measure, Place, Share, one
from optimizer.measures.zones import divided, number, zone_counts
from optimizer.plan import Plan

Band = Literal["within", "high", "low"]
BANDS: tuple[Band, ...] = ("within", "high", "low")


def utilisation(plan: Plan) -> Floats:
    """(schools,) (students of the zone + other students) / capacity; NaN where no seats are given, or none at all."""
    district = plan.district
    return divided(plan.load + district.other_students, np.nan_to_num(district.capacity))


def utilisation_max(plan: Plan) -> Floats:
    """() the fullest school's utilisation; NaN where no school's seats are given."""
    fullest = np.nan_to_num(utilisation(plan), nan=-np.inf).max(axis=-1)
    return np.where(np.isfinite(fullest), fullest, np.nan)


@dataclass(frozen=True)
class SchoolRow:
    """A school's zone, its students, seats, utilisation, the students that exposure counts (`counted`), those in
    poverty and by group, and whether the poverty rate lies within the band, above (high) or below (low). None stands
    for what is not given or not defined."""

    school_id: str
    name: str
    blocks: int
    students: Count
    other_students: Count
    capacity: Count
    min_students: Count
    utilisation: Count
    counted: Count
    poverty: Count
    poverty_rate: Share
    groups: Mapping[str, Count]
    band: Band | None

    def share_of(self, group: str) -> float | None:
        """Of a group, 0 to 1; None where it is not known."""
        part = self.groups[group]
        return None if part is None or not self.counted else part / self.counted


def school_rows(plan: Plan) -> list[SchoolRow]:
    """One row a school, in the order of ids."""
    district, zones = plan.district, zone_counts(plan)
    blocks = np.bincount(plan.school, minlength=district.schools).tolist()
    full, rate, band = utilisation(plan).tolist(), zones.rate, _band_names(plan)
    load, whole, groups = plan.load.tolist(), zones.whole.tolist(), zones.groups.tolist()
    return [
        SchoolRow(
            school_id=district.school_ids[j],
            name=district.school_names[j],
            blocks=blocks[j],
            students=load[j],
            other_students=float(district.other_students[j]),
            capacity=number(district.capacity[j]),
            min_students=number(district.min_students[j]),
            utilisation=number(full[j]),
            counted=whole[j],
            poverty=None if zones.poverty is None else float(zones.poverty[j]),
            poverty_rate=None if rate is None else number(rate[j]),
            groups=dict(zip(district.groups, groups[j], strict=True)),
            band=band[j],
        )
        for j in range(district.schools)
    ]


def _band_names(plan: Plan) -> list[Band | None]:
    found = bands(zone_counts(plan))
    names: list[Band | None] = [None] * plan.district.schools
    for name, mask in zip(BANDS, found or (), strict=False):
        for j in np.flatnonzero(mask):
            names[j] = name
    return names


MEASURES = (Measure("utilisation_max", one(utilisation_max), "share", places={"": Place.LISTED}, many=True),)
