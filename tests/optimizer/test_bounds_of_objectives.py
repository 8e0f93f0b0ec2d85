"""The bounds of all objectives against enumeration, and their certificates against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from enumeration import best_plan
from odd_districts import odd_district, random_rules
from plain_bound import plain_value

from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.objectives import Mixture, Objective, make_objective
from optimizer.plan import Plan

TINY = 1e-12


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
    for trees in (True, False):
        bounder = Bounder(model, objective, school, objective.value(Plan(district, school)), trees=trees)
        bounder.run(Deadline(iterations=60))
        certificate = bounder.finish()
        assert certificate.relaxes == ()
        assert 0 <= certificate.bound <= found.value + TINY
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
