"""The objectives that are not of exposure: their value for a plan, in plain loops. None is ever below 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from optimizer.arrays import Ints
from scenarios.verify.counts import Exposed, zone_sums
from scenarios.verify.ground import Ground

BAND, BAND_SLACK = 0.15, 1e-9  # FORMAT.md: of the district's rate, either way
NOTHING = 1e-12
CUT = "cut_edges"
POVERTY, RACE, THEIL, OUTSIDE = "segregation_poverty", "dissimilarity.race", "theil_h.race", "outside_band"


def segregation_poverty(ground: Ground, zone: Ints) -> float:
    """sum_j |P_j - p N_j| / (2 N p (1 - p)); 0 where all or none are in poverty."""
    exposed, schools = Exposed.of(ground.district), ground.schools
    total, p = math.fsum(exposed.whole.tolist()), exposed.rate
    if 2 * total * p * (1 - p) <= NOTHING:
        return 0.0
    poor, whole = zone_sums(exposed.poor, zone, schools), zone_sums(exposed.whole, zone, schools)
    apart = math.fsum(abs(part - p * n) for part, n in zip(poor, whole, strict=True))
    return apart / (2 * total * p * (1 - p))


def dissimilarity_race(ground: Ground, zone: Ints) -> float:
    """sum_gj |n_gj - P_g N_j| / (2 T I), I = sum_g P_g (1 - P_g)."""
    zones, whole, overall = _races(ground, zone)
    total, spread = math.fsum(whole), math.fsum(p * (1 - p) for p in overall)
    apart = [
        abs(n - p * all_) for part, p in zip(zones, overall, strict=True) for n, all_ in zip(part, whole, strict=True)
    ]
    return math.fsum(apart) / (2 * total * spread)


def theil_race(ground: Ground, zone: Ints) -> float:
    """sum_gj n_gj ln( n_gj / (N_j P_g) ) / (T E), E = sum_g P_g ln(1 / P_g)."""
    zones, whole, overall = _races(ground, zone)
    entropy = math.fsum(p * math.log(1 / p) for p in overall)
    terms = [
        n * math.log(n / (all_ * p))
        for part, p in zip(zones, overall, strict=True)
        for n, all_ in zip(part, whole, strict=True)
        if n > 0
    ]
    return max(0.0, math.fsum(terms)) / (math.fsum(whole) * entropy)


def outside_band(ground: Ground, zone: Ints) -> float:
    """The share of schools with students whose poverty rate lies outside the band."""
    exposed = Exposed.of(ground.district)
    poor, whole = (zone_sums(part, zone, ground.schools) for part in (exposed.poor, exposed.whole))
    rates = [part / n for part, n in zip(poor, whole, strict=True) if n > 0]
    outside = [rate for rate in rates if abs(rate - exposed.rate) > BAND + BAND_SLACK]
    return len(outside) / len(rates) if rates else 0.0


def cut_edges(ground: Ground, zone: Ints) -> float:
    """How many pairs of neighbours lie in different zones."""
    where = zone.tolist()
    return float(sum(where[i] != where[o] for i, beside in enumerate(ground.graph.beside) for o in beside if i < o))


UNEXPOSED: dict[str, Callable[[Ground, Ints], float]] = {
    POVERTY: segregation_poverty,
    RACE: dissimilarity_race,
    THEIL: theil_race,
    OUTSIDE: outside_band,
    CUT: cut_edges,
}


def missing_data(name: str, ground: Ground) -> str | None:
    """What keeps one of UNEXPOSED from being computed; None where nothing does."""
    district = ground.district
    if name in (POVERTY, OUTSIDE) and "students_poverty" not in district.columns:
        return f"{name} needs counts of students in poverty"
    some = np.count_nonzero(Exposed.of(district).groups.any(axis=0)) if district.groups else 0
    if name.endswith(".race") and some < 2:
        return f"{name} needs two groups with students"
    return None


def _races(ground: Ground, zone: Ints) -> tuple[list[list[float]], list[float], Sequence[float]]:
    """By group with students, its students at each school; all of them at each school; each group's share of all."""
    exposed = Exposed.of(ground.district)
    some = [group for group in exposed.groups.T if group.any()]
    zones = [zone_sums(group, zone, ground.schools) for group in some]
    whole = zone_sums(exposed.whole, zone, ground.schools)
    total = math.fsum(exposed.whole.tolist())
    return zones, whole, [math.fsum(group.tolist()) / total for group in some]
