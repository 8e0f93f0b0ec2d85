"""Schools whose limits of size no zone can keep, whatever the plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.district import District
from optimizer.model import STUDENT_SLACK
from scenarios.asking.options import size_of
from scenarios.asking.settling import settle
from scenarios.check.shapes import named_schools
from scenarios.folder import read_limits


@dataclass(frozen=True)
class Impossible:
    """By kind, the ids of schools whose smallest size, given or by default, is above the largest: above the seats; for
    want of room left by other students; or, where no seats are given, above the most that a zone may grow to."""

    minimum_above_seats: list[str]
    other_students_above_seats: list[str]
    minimum_above_largest: list[str]


def impossible_sizes(district: District, folder: Path | None) -> Impossible:
    """folder: where the district stands, whose own limits hold; without it the defaults do."""
    size = size_of(settle({}, None, {} if folder is None else read_limits(folder)))
    low, high = size.band(district)
    crossed, given = low > high + STUDENT_SLACK, np.isfinite(district.capacity)
    full = given & (district.other_students > district.capacity + STUDENT_SLACK)
    return Impossible(
        named_schools(district, crossed & given),
        named_schools(district, full & district.has_zone),
        named_schools(district, crossed & ~given),
    )
