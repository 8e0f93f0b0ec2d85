"""Years to come: how many students each zone has where today's zones grow, and how full its school is then."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.zones import divided
from optimizer.plan import Plan


def projected(plan: Plan, growth: Floats) -> list[Floats]:
    """(schools,) students of each zone today and in every year: each block grows as its zone of today does. growth:
    (schools, years) of today's zones from one year to the next, 0.02 for 2 %."""
    district = plan.district
    factor, found = np.ones(district.schools), [plan.load]
    for rate in growth.T:
        factor = factor * (1 + rate)
        found.append(plan.sums(district.students * factor[district.status_quo]))
    return found


def seats_taken(plan: Plan, load: Floats) -> Floats:
    """(schools,) the share of the seats that are taken, under a load of students; NaN where none are given, infinite
    where there are none."""
    taken, seats = load + plan.district.other_students, plan.district.capacity
    return np.where((seats == 0) & (taken > 0), np.inf, divided(taken, np.nan_to_num(seats)))
