"""Schools whose limits of size no zone can keep, whatever the plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optimizer.arrays import Bools
from optimizer.district import District
from optimizer.model import STUDENT_SLACK
from scenarios.asking.options import settle, size_of
from scenarios.folder import read_limits


def impossible_sizes(district: District, folder: Path | None) -> dict[str, list[str]]:
    """By kind, the ids of schools whose smallest size, given or by default, is above the largest: above the seats; for
    want of room left by other students; or, where no seats are given, above the most that a zone may grow to.

    folder: where the district stands, whose own limits hold; without it the defaults do.
    """
    size = size_of(settle({}, None, {} if folder is None else read_limits(folder)))
    low, high = size.band(district)
    crossed, given = low > high + STUDENT_SLACK, np.isfinite(district.capacity)
    full = given & (district.other_students > district.capacity + STUDENT_SLACK)
    return {
        "minimum_above_seats": _schools(district, crossed & given),
        "other_students_above_seats": _schools(district, full & district.has_zone),
        "minimum_above_largest": _schools(district, crossed & ~given),
    }


def _schools(district: District, mask: Bools) -> list[str]:
    return [district.school_ids[j] for j in np.flatnonzero(mask)]
