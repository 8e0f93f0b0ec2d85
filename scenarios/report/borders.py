"""Neighbouring zones that differ starkly across one border: where a street decides what school a child meets."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.zones import divided, zone_counts
from optimizer.plan import Plan

STARK = 0.25  # a difference from here on is listed, in poverty rate or in racial make-up
LISTED = 12  # pairs at most


def stark_borders(plan: Plan) -> list[dict[str, Any]]:
    """Pairs of neighbouring zones by how much they differ, most first: the schools' numbers `a` and `b`, `poverty` the
    difference of their poverty rates and `race` half the sum over groups of the differences of their shares (the share
    of students who would have to be of another group for the two to be alike), both 0 to 1, None where not known."""
    district, zones = plan.district, zone_counts(plan)
    rows, columns = district.adjacency.rows, district.adjacency.index
    one, two = plan.school[rows], plan.school[columns]
    pairs = np.unique(np.column_stack([one, two])[one < two], axis=0)
    pairs = pairs[(zones.whole[pairs] > 0).all(axis=1)]
    poverty = _apart(zones.rate[:, None], pairs) if zones.rate is not None else None
    race = _apart(divided(zones.groups, zones.whole[:, None]), pairs) / 2 if len(district.groups) > 1 else None
    known = [part for part in (poverty, race) if part is not None]
    if not known or len(pairs) == 0:
        return []
    most = np.max(known, axis=0)
    order = [int(k) for k in np.argsort(-most, kind="stable") if most[k] >= STARK][:LISTED]
    return [
        {
            "a": int(pairs[k, 0]),
            "b": int(pairs[k, 1]),
            "poverty": None if poverty is None else float(poverty[k]),
            "race": None if race is None else float(race[k]),
        }
        for k in order
    ]


def _apart(values: Floats, pairs: Any) -> Floats:
    return np.asarray(np.abs(values[pairs[:, 0]] - values[pairs[:, 1]]).sum(axis=1))
