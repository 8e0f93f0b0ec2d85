"""The plan of least travel within the limits: the least of all valid plans, a bound that none is below, and names that
say no more than is proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from enumeration import candidates, every_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from small import small

from optimizer import Contiguity, District, InputError, Moved, Plan, Size, Travel, breaches, is_valid
from optimizer.arrays import Csr
from optimizer.baselines import least_travel, nearest_within_seats
from optimizer.baselines.cuts import separators
from optimizer.baselines.least import _Least
from optimizer.baselines.program import bound
from optimizer.contradictions import Ready, ready
from optimizer.objectives import TravelMean
from optimizer.rules import Close, KeepTogether, Lock, MeanTravel, Rule, Seats, Share
from optimizer.striking.pairs import Entries
from optimizer.travel import TravelTable
from scenarios.answer.baseline_words import name_of
from scenarios.answer.baselines import baselines, effort_of, row_of
from scenarios.asking.options import Options, Settings
from scenarios.generator import generate
from scenarios.reading.records import Proved

DEFAULT = (Travel(), Size(), Contiguity())
WIDE = (Travel(increase=3), Size(tolerance=1.5), Contiguity())
QUESTIONS: dict[str, tuple[Rule, ...]] = {
    "default": DEFAULT,
    "strict": (Travel(), Size(strict=True), Contiguity()),
    "in pieces": (Travel(), Size()),
    "moved": (*DEFAULT, Moved(0.2)),
    "lock": (*DEFAULT, Lock(blocks=("b0", "b3"))),
    "close": (*WIDE, Close(schools=("s1",))),
    "seats": (*WIDE, Seats(school="s0", capacity=40)),
    "share": (*DEFAULT, Share(of="poverty", high=0.6)),
    "travel mean": (*DEFAULT, MeanTravel(limit=500.0)),
    "together": (*WIDE, KeepTogether(column="estate")),
}


def toy(seed: int) -> District:
    """Nine or eight blocks; of three kinds in turn: as they are, with a travel table in minutes that lacks pairs, and
    with students from outside; every fourth without any seats given."""
    random = np.random.default_rng(seed)
    district = small(random, rows=2 + seed % 2, columns=4 - seed % 2, schools=2 + seed % 2, fractions=seed % 3 == 0)
    estate = np.where(random.random(district.blocks) < 0.3, "e", "")
    district = replace(district, attributes={"estate": estate.astype(object)})
    if seed % 4 == 1:
        own = district.travel.to(district.status_quo)
        every = Csr.of_pairs(np.repeat(np.arange(district.blocks), 3), np.tile(np.arange(3), district.blocks), 10**6)
        every = Csr(every.start[: district.blocks + 1], every.index)
        every = every.keep(every.index < district.schools)
        away = district.travel.of(every) / 100
        kept = (random.random(len(away)) < 0.8) | (every.index == district.status_quo[every.rows])
        assert np.isfinite(own).all()
        district = replace(district, travel=TravelTable(every.keep(kept), away[kept], "min"))
    if seed % 4 == 2:
        district = replace(district, other_students=np.full(district.schools, 3.0))
    return replace(district, capacity=np.full(district.schools, np.nan)) if seed % 4 == 3 else district


def asked(district: District, rules: tuple[Rule, ...]) -> Ready | None:
    """The question, None where rules contradict each other, or it has too many plans to look at."""
    try:
        question = ready(district, rules)
    except InputError:
        return None
    plans = float(np.prod(np.diff(question.model.pairs.start).astype(float)))
    return question if len(question.nowhere) == 0 and plans <= 1500 else None


def valid_plans(question: Ready, rules: tuple[Rule, ...]) -> Iterator[Plan]:
    plans = every_plan(question.model.district, candidates(question.model))
    return (plan for plan in plans if is_valid(breaches(plan, rules)))


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_is_the_least_of_all_valid_plans_and_none_is_below_its_bound(name: str) -> None:
    rules, least, tried = QUESTIONS[name], 0, 0
    for seed in range(6):
        question = asked(toy(seed), rules)
        if question is None:
            continue
        best = min((TravelMean().value(plan) for plan in valid_plans(question, rules)), default=np.inf)
        found, tried = least_travel(question, rules), tried + 1
        if np.isinf(best):
            assert found.plan is None
            least += found.impossible
            continue
        assert not found.impossible
        assert found.bound is not None
        assert found.bound <= best + 1e-9
        assert found.plan is None or is_valid(breaches(found.plan, rules))
        least += found.value == pytest.approx(best)
    assert tried >= 2
    assert least >= 0.85 * tried


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(QUESTIONS)))
def test_any_prices_give_a_bound(seed: int, name: str) -> None:
    rules = QUESTIONS[name]
    question = asked(toy(seed), rules)
    if question is None:
        return
    program = _Least.of(question.model, rules, 1.0).program
    random = np.random.default_rng(seed)
    below = max(bound(program, random.normal(0, 20, len(program.low))) for _ in range(20))
    best = min((TravelMean().value(plan) for plan in valid_plans(question, rules)), default=np.inf)
    assert below <= best + 1e-9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_plan_that_holds_together_breaks_a_row_of_contiguity(seed: int) -> None:
    question = asked(toy(seed), DEFAULT)
    if question is None:
        return
    model, random = question.model, np.random.default_rng(seed)
    share = random.random(len(model.pairs.index)) * (random.random(len(model.pairs.index)) < 0.6)
    at_root = model.pairs.rows == model.district.root[model.pairs.index]
    share[at_root] = 1.0
    rows = separators(Entries.of(model), share, model.district.students, len(share))
    for plan in valid_plans(question, DEFAULT):
        taken = np.zeros(len(share))
        taken[model.pairs.find(plan.school)] = 1.0
        assert (rows @ taken <= 0).all()


def test_a_larger_district_is_proved_within_a_thousandth_and_always_the_same() -> None:
    district = generate(300, 6, np.random.default_rng(5))
    for rules in (DEFAULT, (*DEFAULT, Moved(0.03))):
        question = ready(district, rules)
        found, again = (least_travel(question, rules, seed=3, effort=0.1) for _ in range(2))
        assert found.plan is not None
        assert again.plan is not None
        assert (found.plan.school == again.plan.school).all()
        assert found.bound == again.bound
        assert is_valid(breaches(found.plan, rules))
        assert found.gap is not None
        assert found.gap < 0.005
    near = nearest_within_seats(district)
    assert near.gap is not None
    assert near.gap < 0.01
    assert (near.value or 0) < TravelMean().value(Plan.status_quo(district))


def test_prices_prove_that_a_closure_leaves_too_few_seats() -> None:
    district = generate(300, 6, np.random.default_rng(5))
    rules = (Travel(increase=3), Size(tolerance=0.15), Contiguity(), Close(schools=district.school_ids[:4]))
    found = least_travel(ready(district, rules), rules)
    assert found.impossible
    assert row_of(found, rules).no_plan == "proved"


def test_travel_is_never_dearer_where_more_is_allowed() -> None:
    district = generate(120, 4, np.random.default_rng(1))
    bounds = []
    for share in (0.0, 0.02, 0.05, 1.0):
        rules = (*DEFAULT, Moved(share))
        found = least_travel(ready(district, rules), rules, effort=0.1)
        assert found.value is not None
        assert found.bound is not None
        assert all(found.bound <= value + 1e-6 for value, _ in bounds)
        bounds.append((found.value, found.bound))
    assert bounds[0][0] == pytest.approx(TravelMean().value(Plan.status_quo(district)))


def test_baselines_are_the_same_however_slow_the_start_and_say_when_they_are_today() -> None:
    district = toy(4)
    chosen = Settings(Options(), ({"kind": "lock", "schools": list(district.school_ids)},))
    found = baselines(district, chosen)
    assert found == baselines(district, chosen)
    assert found["least_travel"].status_quo
    assert found["least_travel"].proved
    assert name_of("least_travel", found["least_travel"]) == "least travel within the limits (today's zones)"
    assert not found["nearest_school"].status_quo
    assert effort_of(Options()) == effort_of(Options(time_limit=60)) == 1.0
    assert effort_of(Options(time_limit=6)) == pytest.approx(0.1)
    assert effort_of(Options(iterations=20_000)) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"proved": True}, "nearest school within seats"),
        ({"proved": False}, "nearest school within seats (found; at most 1.3 % above the least)"),
        ({"proved": False, "gap": None}, "nearest school within seats (found)"),
        ({"proved": True, "over_seats": 12.4}, "nearest school within seats (12 students over seats)"),
        ({"no_plan": "proved"}, "nearest school within seats: there is none: proved"),
        ({"no_plan": "not found"}, "nearest school within seats: none found in the time"),
    ],
)
def test_a_name_says_no_more_than_is_proved(row: dict, name: str) -> None:
    assert name_of("nearest_school", Proved(**{"gap": 0.01231, "over_seats": 0.0} | row)) == name
