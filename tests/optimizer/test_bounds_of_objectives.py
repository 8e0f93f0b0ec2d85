"""The bounds of all objectives against enumeration, and their certificates against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from enumeration import best_plan
from odd_districts import odd_district, random_rules
from plain_bound import TINY, bounded, plain_value

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.objectives import Mixture, Objective, make_objective


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "name", ["dissimilarity.race", "segregation_poverty", "theil_h.race", "outside_band", "cut_edges", "several"]
)
def test_bound_of_each_objective_is_below_every_valid_plan(name: str, seed: int) -> None:
    random = np.random.default_rng([11, seed])
    district, rules = odd_district(random), random_rules(random)
    try:
        objective = several(district) if name == "several" else make_objective(name, district)
        model = Model.build(district, rules)
        found = best_plan(model, objective, rules)
    except InputError:
        return  # no two groups with students
    if found is None:
        return
    school = np.array(found.school) if random.random() < 0.7 else district.status_quo
    bounder, certificate = bounded(model, objective, school, found.value)
    assert certificate.relaxes == ()
    proved = plain_value(bounder.problem.model, objective, certificate)
    grain = bounder.problem.grain
    assert certificate.bound <= (math.ceil(proved / grain) * grain if grain else proved) + TINY


def several(district: District) -> Objective:
    names = (
        "disparity",
        "segregation_poverty",
        "dissimilarity.race",
        "theil_h.race",
        "outside_band",
        "cut_edges",
        "travel_mean",
    )
    return Mixture(tuple((0.5, make_objective(name, district)) for name in names))
