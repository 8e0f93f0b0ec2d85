"""A default never makes the job impossible: an overfull school may always be relieved where no minimum is given."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from odd_districts import crowded
from proofs import aged, certificate, write
from questions import LIMITS, Question
from small import small
from test_exact import hold_against_enumeration
from toys import OVERFULL, Toy

from optimizer import Breach, Contiguity, Disparity, District, Size, Travel, TravelMean, breaches, is_valid, optimize
from optimizer.arrays import Csr
from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.explain import explain
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules import under
from optimizer.travel import TravelTable
from scenarios import read_district
from scenarios.answer.certificate import certificate_text
from scenarios.asking.options import DefaultMinimum, Options, Settings, limits_in_force, rules_of
from scenarios.explain.found import explanation
from scenarios.explain.words import limit_words
from scenarios.folder import write_district
from scenarios.folder.hashes import folder_hashes
from scenarios.generator import Character, generate
from scenarios.plans.file import plan_csv, write_plan
from scenarios.publish.cells import cells_of, families_of
from scenarios.publish.facts import known_facts
from scenarios.reading.documents import read_json, record
from scenarios.reading.records import Broken, Limits
from scenarios.score.document import Found
from scenarios.score.words import broken_in_words, sentences
from scenarios.verify import validity, verify
from scenarios.verify.case import Case
from scenarios.verify.reading import load_json
from scenarios.verify.words import Verdict

TODAY, RELIEVED = (0, 0, 1), (0, 1, 1)
BEST = 0.0246  # the disparity where B goes to y; today 0.1252


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict[DefaultMinimum, tuple[Path, dict[str, Any]]]]:
    """The folder, and by the default minimum meant a plan file and what the program's certificate for it holds."""
    folder = OVERFULL.write(tmp_path_factory.mktemp("overfull") / "d")
    return folder, {minimum: proved(folder, minimum) for minimum in ("today_or_seats", "today")}


def proved(folder: Path, minimum: DefaultMinimum) -> tuple[Path, dict[str, Any]]:
    district = read_district(folder)
    rules = (Travel(), Size(default_minimum=minimum), Contiguity())
    found = optimize(district, Disparity(), rules, iterations=2000, threads=1)
    whole = replace(Model.build(district, rules), struck=np.zeros((0, 2), np.int32))  # as older formats have it
    bounder = Bounder(whole, Disparity(), found.plan.school, found.objective_value, trees=False)
    bounder.run(Deadline(iterations=400))
    plan = folder.parent / f"{minimum}.csv"
    write_plan(plan, found.plan)
    text = certificate_text(
        bounder.finish(),
        district=district.name,
        objective="disparity",
        limits=limits_in_force(Options(), "m", minimum),
        rules=[],
        inputs=folder_hashes(folder),
        plan=plan_csv(found.plan).encode(),
    )
    (folder.parent / "c.json").write_text(text)
    content = load_json(folder.parent / "c.json", district.blocks)[0]
    return plan, {key: value for key, value in content.items() if key != "seal"}


def judged(folder: Path, plan: Path, content: dict[str, Any]) -> Verdict:
    return verify(folder, plan, write(content, plan.parent / "judged.json"))


def test_an_overfull_school_is_relieved_and_the_certificate_says_under_which_default(made) -> None:
    folder, by_minimum = made
    for minimum, value in (("today_or_seats", BEST), ("today", 0.1252)):
        found = judged(folder, *by_minimum[minimum])
        assert found.verified, found.reasons
        assert found.objective_value == pytest.approx(value, abs=1e-4)
        assert (found.bound > BEST + 1e-3) == (minimum == "today")
        assert found.limits["default_minimum"] == minimum
        assert bool(found.notes) == (minimum == "today")


@pytest.mark.parametrize("form", [1, 2])
def test_earlier_formats_are_judged_under_the_older_default_and_say_so(form: int, made) -> None:
    folder, by_minimum = made
    plan, content = by_minimum["today"]
    old = aged(content, form)
    for entry in (entry for leaf in old["leaves"] for entry in leaf["schools"] if form == 1):
        (entry["size_price"],) = entry.pop("sum_prices")
    found = judged(folder, plan, old)
    assert found.verified, found.reasons
    assert found.bound > BEST + 1e-3
    (note,) = found.notes
    assert note.startswith(f"The certificate means the older default minimum, as all certificates of format {form} do")
    # A plan that relieves the school is none under that default.
    relieved = judged(folder, by_minimum["today_or_seats"][0], old)
    assert not relieved.valid
    assert [row.limit for row in relieved.broken_limits if not row.inherited] == ["min_students"]


def test_a_claim_under_the_other_default_is_never_proved(made) -> None:
    """Whoever changes the field, or the format, seals anew: what is said to be proved must hold as it then reads."""
    folder, by_minimum = made
    plan, content = by_minimum["today"]
    tighter = copy.deepcopy(content)
    tighter["limits"]["default_minimum"] = "today_or_seats"
    found = judged(folder, plan, tighter)
    assert (found.verified, found.valid) == (False, True)
    assert found.reasons[0].startswith("It claims a bound of 0.0")
    assert found.bound <= BEST + 1e-4
    plan, content = by_minimum["today_or_seats"]
    for other in (aged(content, 2), content | {"limits": content["limits"] | {"default_minimum": "today"}}):
        found = judged(folder, plan, other)
        assert (found.verified, found.valid) == (False, False)
        assert found.reasons[0] == "The plan breaks limits."


def test_a_linear_program_proves_no_more_than_the_default_allows(made, tmp_path: Path) -> None:
    """By enumeration: the relieved plan is valid, so that no certificate of the new default may prove more than it."""
    folder, _ = made
    q = Question(folder, LIMITS, [], "disparity")
    assert sorted(q.valid_plans()) == [TODAY, RELIEVED]
    plan = tmp_path / "plan.csv"
    write_plan(plan, Plan.status_quo(read_district(folder)))
    assert verify(folder, plan, write(certificate(q, [], [], 0.0, plan), tmp_path / "c.json")).notes == []


# Students today: 20 at x, 40 at y, 10 at z.
THREE = Toy("X x y Y z Z", groups={"white": "10 10 20 20 5 5"}, poverty="0 0 0 0 0 0")
SHUT, OFF = 0.0, -np.inf
LEAST: dict[str, tuple[dict[str, Any], list[dict[str, Any]], float, list[float]]] = {
    "nothing is given": ({}, [], 0.15, [17, 34, 8.5]),
    "there is room": ({"seats": {"x": 100, "y": 40}}, [], 0.15, [17, 34, 8.5]),
    "too full": ({"seats": {"x": 10, "y": 39}}, [], 0.15, [8.5, 33.15, 8.5]),
    "others take seats": ({"seats": {"x": 10}, "other": {"x": 4, "z": 4}}, [], 0.15, [5.1, 34, 8.5]),
    "others take all seats": ({"seats": {"x": 4}, "other": {"x": 4}}, [], 0.15, [SHUT, 34, 8.5]),
    "others are more than the seats": ({"seats": {"x": 4}, "other": {"x": 10}}, [], 0.15, [SHUT, 34, 8.5]),
    "no seats": ({"seats": {"x": 0}}, [], 0.15, [SHUT, 34, 8.5]),
    "given minima stay": ({"seats": {"x": 10, "y": 10}, "least": {"x": 12, "y": 0}}, [], 0.15, [12, 0, 8.5]),
    "no tolerance": ({"seats": {"x": 10}}, [], 0.0, [10, 40, 10]),
    "all may go": ({"seats": {"x": 10}}, [], 1.0, [SHUT, SHUT, SHUT]),
    "more than all": ({"seats": {"x": 10}}, [], 2.5, [SHUT, SHUT, SHUT]),
    "more than all, and too many others": ({"seats": {"x": 4}, "other": {"x": 10}}, [], 2.5, [SHUT, SHUT, SHUT]),
    "seats": ({"seats": {"x": 100}}, [{"kind": "seats", "school": "x", "capacity": 10.0}], 0.15, [8.5, 34, 8.5]),
    "more seats": ({"seats": {"x": 10}}, [{"kind": "seats", "school": "x", "capacity": 30.0}], 0.15, [17, 34, 8.5]),
    "a minimum by rule": (
        {"seats": {"x": 10}}, [{"kind": "seats", "school": "x", "min_students": 3.0}], 0.15, [3, 34, 8.5]
    ),
    "a pair with seats": (
        {"seats": {"x": 20, "y": 10}, "other": {"y": 2}}, [{"kind": "pair", "schools": ["x", "y"]}], 0.15,
        [0.85 * 28, OFF, 8.5],
    ),
    "a pair with seats at one": (
        {"seats": {"x": 20}}, [{"kind": "pair", "schools": ["x", "y"]}], 0.15, [0.85 * 60, OFF, 8.5]
    ),
    "a pair with a minimum at one": (
        {"least": {"x": 20}}, [{"kind": "pair", "schools": ["x", "y"]}], 0.15, [0.85 * 60, OFF, 8.5]
    ),
    "closed": ({"seats": {"x": 10, "y": 10}}, [{"kind": "close", "schools": ["x"]}], 0.15, [OFF, 8.5, 8.5]),
    "opened": (
        {}, [{"kind": "close", "schools": ["z"]}, {"kind": "open", "school": "w", "lon": -77.2, "lat": 37.9,
        "capacity": 30.0}], 0.15, [SHUT, 17, 34, OFF],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAST)
def test_the_default_minimum_is_formats_everywhere(name: str, tmp_path: Path) -> None:
    """That of the rule, of `verify` and, as validity, of both."""
    changes, tables, tolerance, wanted = LEAST[name]
    district, options = THREE.but(**changes).district(tmp_path), Options(size_tolerance=tolerance, travel_floor=9e3)
    rules = rules_of(Settings(options, tuple(tables)))
    ruled = under(district, rules)
    assert Size(tolerance=tolerance).band(ruled)[0].tolist() == pytest.approx(wanted)
    case = Case.of(district, options, tables, "moved", "here")
    assert case.sizes.low == pytest.approx(wanted)
    seats = ruled.capacity - ruled.other_students
    given = np.isfinite(ruled.min_students)
    low = np.array(case.sizes.low)
    assert (low[~given & (seats >= 0)] <= seats[~given & (seats >= 0)]).all()


@pytest.mark.parametrize("minimum", ["today_or_seats", "today"])
@pytest.mark.parametrize("seed", range(5))
def test_overfull_districts_are_one_thing_to_all(seed: int, minimum: DefaultMinimum) -> None:
    """Rules, `verify`, bound and exact solver, on every plan of small districts with too few seats."""
    random = np.random.default_rng([31, seed])
    district = charted(small(random, rows=2, columns=3, schools=2 + (seed == 3), fractions=seed % 3 == 0), random)
    options = Options(travel_floor=5000.0, size_tolerance=[0.15, 0.4][seed % 2], strict=seed == 4)
    rules = rules_of(Settings(options, (), minimum))
    case = Case.of(district, options, [], "disparity", "here", (), minimum)
    values = []
    for school in itertools.product(range(district.schools), repeat=district.blocks):
        plan = Plan(district, np.array(school, np.int32))
        rows, own = breaches(plan, rules), validity.broken_limits(case, plan.school)
        assert is_valid(rows) == validity.is_valid(own)
        assert {(row.limit, row.school, row.inherited) for row in rows if row.limit in SIZES} == {
            (row.limit, row.school, row.inherited) for row in own if row.limit in SIZES
        }
        values += [Disparity().value(plan)] if is_valid(rows) else []
    hold_against_enumeration(district, rules, Disparity())
    today = Plan.status_quo(district)
    bounder = Bounder(Model.build(district, rules), Disparity(), today.school, Disparity().value(today))
    bounder.run(Deadline(iterations=60))
    assert bounder.finish().bound <= min(values, default=np.inf) + 1e-12


SIZES = ("capacity", "min_students")


def charted(district: District, random: np.random.Generator) -> District:
    """Crowded, with a table of travel, since there are no shapes."""
    n, m = district.blocks, district.schools
    every = Csr(m * np.arange(n + 1), np.tile(np.arange(m, dtype=np.int32), n))
    return replace(crowded(district, random), travel=TravelTable(every, district.travel.of(every), "m"))


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> tuple[Path, int]:
    """The folder of a generated district, and its school that has seats for 70 % of its students. The others have
    room."""
    made = generate(80, 3, np.random.default_rng(4), character=Character(crowded=0.0, detached=0.0))
    most = int(np.argmax(made.load_now))
    seats = np.full(3, 3 * made.students.sum())
    seats[most] = np.round(0.7 * made.load_now[most])
    district = replace(made, capacity=seats, min_students=np.full(3, np.nan), other_students=np.zeros(3))
    folder = tmp_path_factory.mktemp("full") / "d"
    folder.mkdir()
    write_district(district, folder, limits={"travel_floor": 20_000.0})
    return folder, most


def test_explain_says_that_an_overfull_school_can_be_relieved(full) -> None:
    folder, most = full
    district = read_district(folder)
    for minimum, words in (("today_or_seats", "a plan can keep this limit."), ("today", "no plan can keep this limit")):
        rules = (Travel(floor=20_000.0), Size(default_minimum=minimum), Contiguity())
        found = explanation(explain(district, rules, time_limit=4, threads=1), 0.0)
        (row,) = found.inherited
        assert (row.limit, row.school) == ("capacity", district.school_ids[most])
        assert words in row.words


def test_explain_names_where_a_default_minimum_comes_from(tmp_path: Path) -> None:
    """x must shrink to its 10 seats, and may to 8.5 of them; y, with no seats given, to 34."""
    toy = THREE.but(seats={"x": 10})
    rules = (Travel(floor=0.0, increase=0.0), Size(strict=True), Contiguity())
    found = explain(toy.district(tmp_path), rules, time_limit=5, threads=1)
    words = {limit.name: limit_words(found.case, limit, 8.5) for limit in found.case.limits if limit.school == 0}
    assert "at least 8.50 students at School X (x) (not given: taken from its seats); today 20" in words["min_students"]
    other = next(limit for limit in found.case.limits if (limit.school, limit.name) == (1, "min_students"))
    assert "(not given: taken from today's zone)" in limit_words(found.case, other, 34.0)


def test_score_does_not_blame_the_plan_that_relieves(full, rezone, tmp_path: Path) -> None:
    folder, most = full
    district = read_district(folder)
    found = optimize(district, TravelMean(), (Travel(floor=20_000.0), Size(), Contiguity()), iterations=20_000)
    assert found.plan.load[most] <= district.capacity[most] + 1e-6
    assert found.plan.load[most] < 0.85 * district.load_now[most]  # not allowed, once
    write_plan(tmp_path / "relief.csv", found.plan)
    words = ("--iterations", 500, "--threads", 1)
    assert rezone("score", folder, tmp_path / "relief.csv", "--out", tmp_path / "out", *words)[0] == 0
    scored = record(Found, read_json(tmp_path / "out" / "score.json"), "score.json", "")
    (plan,) = scored.plans
    assert (plan.valid, plan.broken_limits) == (True, [])
    assert "every limit holds" in sentences(scored, plan)[1]
    assert scored.limits.default_minimum == "today_or_seats"
    older = replace(scored, limits=replace(scored.limits, default_minimum=None))
    blamed = replace(plan, broken_limits=Broken.of([Breach("min_students", 3.0, 9.0, district.school_ids[most])]))
    assert any(line.endswith("85% of today's students, or of the seats where that is less.") for line in
               broken_in_words(scored, blamed, {}))  # fmt: skip
    assert any(line.endswith("85% of today's students.") for line in broken_in_words(older, blamed, {}))


def test_a_reader_of_a_public_page_is_taken_to_know_the_default_minimum(made) -> None:
    """Of the two that it is the lesser of, that which the plan keeps: here the share of the seats at x."""
    district = read_district(made[0])
    plans = [Plan.status_quo(district), Plan(district, np.array(RELIEVED, np.int32))]
    cells = cells_of(plans, families_of(district))
    known = [fact for fact in known_facts(cells, [Limits(**limits_in_force(Options(), "m"))]) if fact.school == 0]
    assert [fact.high for fact in known if (fact.weight == -1).all()] == [pytest.approx(-0.85 * 28)]
    shut = known_facts(cells, [None])
    assert not [fact for fact in shut if fact.school == 0 and (fact.weight == -1).all()]
