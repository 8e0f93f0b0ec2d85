"""Neighbouring zones that differ starkly across one border: where a street decides what school a child meets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.measures.record import Share
from optimizer.measures.zones import divided, number, zone_counts
from optimizer.plan import Plan

STARK = 0.25  # a difference from here on is listed, in poverty rate or in racial make-up
LISTED = 12  # pairs at most


@dataclass(frozen=True)
class Stark:
    """Two neighbouring zones: the schools' numbers `a` and `b`, `poverty` the difference of their poverty rates and
    `race` half the sum over groups of the differences of their shares (the share of students who would have to be of
    another group for the two to be alike). None where not known."""

    a: int
    b: int
    poverty: Share
    race: Share


def stark_borders(plan: Plan) -> list[Stark]:
    """Pairs of neighbouring zones by how much they differ, most first."""
    zones = zone_counts(plan)
    pairs = neighbouring_zones(plan)
    pairs = pairs[(zones.whole[pairs] > 0).all(axis=1)]
    rate = np.full(len(zones.whole), np.nan) if zones.rate is None else zones.rate
    groups = zones.groups if len(plan.district.groups) > 1 else np.full((len(zones.whole), 2), np.nan)
    return stark_among(pairs, rate, groups)


def neighbouring_zones(plan: Plan) -> Ints:
    """(pairs, 2) schools whose zones have neighbouring blocks, the smaller number first. Neighbours are those of the
    district as it is read, also where a rule parts them."""
    adjacency = plan.district.original.adjacency
    one, two = plan.school[adjacency.rows], plan.school[adjacency.index]
    return np.unique(np.column_stack([one, two])[one < two], axis=0)


def stark_among(pairs: Ints, rate: Floats, groups: Floats) -> list[Stark]:
    """The rows of stark_borders. rate: (schools,) poverty; groups: (schools, groups) students; NaN where not known."""
    if len(pairs) == 0:
        return []
    poverty = np.abs(rate[pairs[:, 0]] - rate[pairs[:, 1]])
    shares = divided(groups, groups.sum(axis=1, keepdims=True))
    race = np.abs(shares[pairs[:, 0]] - shares[pairs[:, 1]]).sum(axis=1) / 2
    most = np.fmax(poverty, race)
    order = [int(k) for k in np.argsort(-most, kind="stable") if most[k] >= STARK][:LISTED]
    return [Stark(int(pairs[k, 0]), int(pairs[k, 1]), number(poverty[k]), number(race[k])) for k in order]
