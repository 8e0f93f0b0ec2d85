"""School by school: students, seats, poverty and groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.exposure import bands
from optimizer.measures.record import Measure, Place, one
from optimizer.measures.zones import divided, number, zone_counts
from optimizer.plan import Plan


def utilisation(plan: Plan) -> Floats:
    """(schools,) (students of the zone + other students) / capacity; NaN where no seats are given, or none at all."""
    district = plan.district
    return divided(plan.load + district.other_students, np.nan_to_num(district.capacity))


def utilisation_max(plan: Plan) -> float | None:
    """The fullest school's utilisation; None where no school's seats are given."""
    given = utilisation(plan)
    given = given[np.isfinite(given)]
    return float(given.max()) if len(given) else None


def school_rows(plan: Plan) -> list[dict[str, Any]]:
    """One row a school, in the order of ids: students of the zone, seats, utilisation, the students that exposure
    counts, those in poverty and by group, and whether the poverty rate lies within the band, above (high) or below
    (low). None stands for what is not given or not defined."""
    district, zones = plan.district, zone_counts(plan)
    blocks = np.bincount(plan.school, minlength=district.schools)
    full, rate, band = utilisation(plan), zones.rate, _band_names(plan)
    return [
        {
            "school_id": district.school_ids[j],
            "name": district.school_names[j],
            "blocks": int(blocks[j]),
            "students": float(plan.load[j]),
            "other_students": float(district.other_students[j]),
            "capacity": number(district.capacity[j]),
            "min_students": number(district.min_students[j]),
            "utilisation": number(full[j]),
            "counted": float(zones.whole[j]),
            "poverty": None if zones.poverty is None else float(zones.poverty[j]),
            "poverty_rate": None if rate is None else number(rate[j]),
            "groups": {group: float(zones.groups[j, k]) for k, group in enumerate(district.groups)},
            "band": band[j],
        }
        for j in range(district.schools)
    ]


def _band_names(plan: Plan) -> list[str | None]:
    found = bands(zone_counts(plan))
    names: list[str | None] = [None] * plan.district.schools
    for name, mask in zip(("within", "high", "low"), found or (), strict=False):
        for j in np.flatnonzero(mask):
            names[j] = name
    return names


MEASURES = (Measure("utilisation_max", one(utilisation_max), "share", places={"": Place.LISTED}),)
