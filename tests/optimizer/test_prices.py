"""Prices against every plan of small districts: what they prove holds, and what they estimate points the right way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from odd_districts import odd_district, random_objective, random_rules
from small import small

from optimizer import Disparity, Moved, Plan, Prices, Result, Rule, Size, Travel, checked, optimize, prices
from optimizer.contradictions import ready
from optimizer.errors import InputError
from optimizer.prices.looser import FARTHER, looser
from optimizer.rules import breaches, is_valid

TINY = 1e-9


def values(result: Result, rules: tuple[Rule, ...]) -> list[tuple[Plan, float]]:
    """Every valid plan of candidate pairs under these rules, and its value."""
    model = ready(result.plan.district, rules).model
    plans = (
        Plan(model.district, np.array(school))
        for school in product(*map(model.pairs.row, range(len(result.plan.school))))
    )
    return [(plan, result.objective.value(plan)) for plan in plans if is_valid(breaches(plan, rules))]


def priced(seeds: range) -> Iterator[tuple[Prices, tuple[Rule, ...]]]:
    for seed in seeds:
        random = np.random.default_rng(seed)
        district, rules = odd_district(random), random_rules(random)
        objective = random_objective(random, district)
        try:
            found = optimize(district, objective, rules, iterations=100_000, threads=1, solver="search")
        except InputError:
            continue
        if found.valid and found.certificate is not None:
            yield prices(found), rules


def test_no_plan_is_below_what_is_proved_of_its_blocks() -> None:
    seen = settled = 0
    for found, rules in priced(range(40)):
        bound = found.result.bound or 0.0
        for plan, value in values(found.result, rules):
            at = found.model.pairs.find(plan.school)
            assert value >= bound + found.raised[at].max() - TINY
            away = plan.school != found.plan.school
            assert (value >= bound + found.going[away] - TINY).all()
            if value < found.result.objective_value - TINY:
                assert not (away & found.settled).any()
            seen += 1
        settled += int(found.settled.sum())
        there = found.rival >= 0
        assert (found.rival[there] != found.plan.school[there]).all()
        assert np.isinf(found.margin_estimate[~there]).all()
    assert seen > 100
    assert settled > 20


@pytest.mark.parametrize("what", ["seat", "moved", "travel"])
def test_a_step_looser_no_plan_is_below_the_bound_by_more_than_the_estimate(what: str) -> None:
    seen = worth = 0
    for found, rules in priced(range(40)):
        district, bound = found.result.plan.district, found.loose_bound
        for j in range(district.schools) if what == "seat" else [-1]:
            estimate = {
                "seat": float(found.seat_estimate[j]),
                "moved": found.moved_estimate,
                "travel": None if found.travel_estimate is None else found.travel_estimate * FARTHER["m"],
            }[what]
            wider = looser(district, rules, what, j)  # type: ignore[arg-type]
            assert (wider is None) == (estimate is None)
            if wider is not None and estimate is not None:
                assert estimate >= 0
                wide = ready(district, wider).model
                assert what != "travel" or estimate == 0 or len(wide.pairs.index) > len(found.model.pairs.index)
                least = min(value for _, value in values(found.result, wider))
                if what != "travel":  # which is read in one interval, and has no such proof
                    assert least >= bound - estimate - TINY
                seen, worth = seen + 1, worth + (estimate > 0)
    assert seen > 5
    assert worth > 0


def test_a_run_confirms_what_a_seat_is_worth() -> None:
    confirmed = 0
    for seed in range(12):
        district = small(np.random.default_rng(seed))
        rules: tuple[Rule, ...] = (Travel(increase=9.0), Size(tolerance=0.0), Moved(0.6))
        found = optimize(district, Disparity(), rules, iterations=50_000, threads=1)
        if not found.valid:
            continue
        for j in range(district.schools):
            after = checked(found, "seat", school=j, iterations=50_000, threads=1)
            better = [value for plan, value in values(found, after.after.rules)]
            assert after.gain <= found.objective_value - min(better) + TINY
            assert after.most >= found.objective_value - min(better) - TINY
            assert after.gain <= after.most + TINY
            confirmed += after.confirmed
            assert not after.confirmed or after.gain > 0
    assert confirmed > 0


def test_without_a_certificate_or_a_limit_there_is_an_error() -> None:
    district = small(np.random.default_rng(1))
    found = optimize(district, Disparity(), (Size(tolerance=1.0),), iterations=2000, proving=0)
    with pytest.raises(InputError, match="no certificate"):
        prices(found)
    with pytest.raises(InputError, match="no such limit"):
        checked(found, "moved", iterations=1000)
