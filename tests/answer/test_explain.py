"""Why there is no valid plan: conflicts and ways out against every plan of tiny districts, and the words for people."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import enumeration
import numpy as np
import pytest
import typer
from small import small
from toys import EXAMPLE, TOWN, Toy

from optimizer import Contiguity, District, Moved, Plan, Rule, Size, Travel, breaches, is_valid
from optimizer.errors import InputError
from optimizer.explain import Explanation, Limit, explain, relieve
from optimizer.rules import Close, Require
from scenarios.cli.explain import explain as command
from scenarios.explain.found import Found, Where, explanation, in_words
from scenarios.generator import generate

Key = tuple[str, str | None]


@dataclass(frozen=True)
class Tried:
    """One plan, and by how much it breaks each limit."""

    plan: Plan
    broken: dict[Key, float]

    def only(self, name: str) -> bool:
        return all(limit == name for limit, _ in self.broken)


def every_plan(district: District, rules: tuple[Rule, ...]) -> list[Tried]:
    """All assignments, judged by the rules' own check."""
    tried = []
    for plan in enumeration.every_plan(district):
        broken: dict[Key, float] = {}
        for row in breaches(plan, rules):
            if not row.inherited:
                key = (row.limit, row.school if row.limit in ("capacity", "min_students") else None)
                broken[key] = max(broken.get(key, 0.0), row.amount)
        tried.append(Tried(plan, broken))
    return tried


def key_of(district: District, limit: Limit) -> Key:
    return limit.name, district.school_ids[limit.school] if limit.school >= 0 else None


def check_conflict(found: Explanation, plans: list[Tried]) -> None:
    """No plan keeps all the limits of the conflict; each proper part of it some plan keeps."""
    assert found.conflict is not None
    assert found.conflict.proved
    assert found.conflict.minimal
    keys = {key_of(found.case.district, limit) for limit in found.conflict.limits}
    reach = ("reach", None)  # no limit of the conflict: it holds always
    plans = [tried for tried in plans if reach not in tried.broken]
    assert all(keys & tried.broken.keys() for tried in plans)
    for key in keys:
        assert any(not (keys - {key}) & tried.broken.keys() for tried in plans), key


def least(name: str, plans: list[Tried], rules: tuple[Rule, ...]) -> float | None:
    """By enumeration: how little of one kind of limit must give way. None where that is never enough."""
    enough = [tried for tried in plans if tried.only(name)]
    if not enough:
        return None
    if name in ("capacity", "min_students"):
        return min(sum(np.ceil(amount - 1e-6) for amount in tried.broken.values()) for tried in enough)
    if name == "max_moved":
        return min(tried.plan.moved_share for tried in enough)
    if name == "travel_increase":
        return min(needed(tried.plan, rules) for tried in enough)
    return 0.0


def needed(plan: Plan, rules: tuple[Rule, ...]) -> float:
    (rule,) = (rule for rule in rules if isinstance(rule, Travel))
    beyond = plan.moved & (plan.travel > rule.limit(plan.district) + 1e-6)
    now = plan.district.travel_current[beyond]
    return float(np.where(now > 0, plan.travel[beyond] / np.maximum(now, 1e-9) - 1, np.inf).max(initial=rule.increase))


def check_ways(found: Explanation, plans: list[Tried], rules: tuple[Rule, ...]) -> None:
    for way in found.ways:
        wanted = least(way.relax, plans, rules)
        if wanted is None or wanted == np.inf or wanted > 20:
            assert way.sufficient is not True, way.relax
            continue
        assert way.sufficient is True, way.relax
        assert way.plan is not None
        if way.relax != "contiguity":
            assert way.least
            assert way.amount == pytest.approx(wanted, abs=1.01e-4), way.relax
            assert way.amount >= wanted - 1e-6


def check_inherited(found: Explanation, district: District, rules: tuple[Rule, ...]) -> None:
    soft = tuple(replace(rule, strict=False) if isinstance(rule, Size) else rule for rule in rules)
    every = (breaches(plan, soft) for plan in enumeration.every_plan(district))
    rows = [found for found in every if is_valid(found)]
    today = {(row.limit, row.school): row.amount for row in breaches(Plan.status_quo(district), soft)}
    assert {key_of(district, row.limit): row.today for row in found.relief.rows} == pytest.approx(today)
    for row in found.relief.rows:
        key = key_of(district, row.limit)
        wanted = min(sum(r.amount for r in one if (r.limit, r.school) == key) for one in rows)
        assert row.proved
        assert row.least == pytest.approx(wanted, abs=1e-4)
    if today:
        assert found.relief.together == any(not one for one in rows)


RULES: tuple[tuple[Rule, ...], ...] = (
    (Travel(), Size(strict=True), Contiguity()),
    (Travel(increase=0.1, floor=400.0), Size(strict=True), Contiguity(), Moved(0.08)),
    (Travel(increase=0.3, floor=300.0), Size(strict=True, tolerance=0.02)),
    (Travel(increase=3.0, floor=5000.0), Size(strict=True, tolerance=0.4), Moved(0.08)),
)


def cases() -> Iterator[tuple[District, tuple[Rule, ...]]]:
    for seed in range(28):
        random = np.random.default_rng(seed)
        columns, schools = (3, 2) if seed % 3 else (2, 3)
        district = small(random, columns=columns, schools=schools, fractions=seed % 4 == 0)
        yield district, RULES[seed % len(RULES)]


def test_conflicts_ways_out_and_inherited_limits_are_those_of_enumeration() -> None:
    kinds, relaxed = set(), set()
    for district, rules in cases():
        plans = every_plan(district, rules)
        found = explain(district, rules, time_limit=30, threads=1)
        assert found.feasible == any(not tried.broken for tried in plans)
        assert is_valid(breaches(found.plan, rules)) == found.feasible
        check_inherited(found, district, rules)
        if found.feasible:
            assert found.conflict is None
            continue
        check_conflict(found, plans)
        check_ways(found, plans, rules)
        kinds |= {limit.name for limit in found.conflict.limits}
        relaxed |= {way.relax for way in found.ways if way.sufficient}
    assert kinds == {"capacity", "min_students", "max_moved", "travel_increase", "contiguity"}
    assert {"capacity", "min_students", "max_moved", "contiguity"} <= relaxed


def explained(folder: Path, toy: Toy, *rules: Rule) -> Found:
    """A toy's explanation as JSON has it, by strict sizes, near travel and contiguity unless other rules are given."""
    return explanation(explain(toy.district(folder), rules or STRICT, time_limit=20, threads=1), 0.0)


STRICT: tuple[Rule, ...] = (Travel(floor=3000.0), Size(strict=True, tolerance=1.0), Contiguity())


def limits_of(found: Found) -> list[tuple[str, str | None]]:
    return sorted((row.limit, row.school) for row in found.first.conflict)


def words_of(found: Found) -> dict[str, str]:
    return {way.relax: way.words for way in found.ways_out}


def test_seats_at_two_schools_are_too_few_whatever_the_zones(tmp_path: Path) -> None:
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 15, "y": 15}))
    assert (found.feasible, found.proved, found.first.minimal) == (False, True, True)
    assert limits_of(found) == [("capacity", "x"), ("capacity", "y")]
    assert found.first.reason.words == (
        "all blocks together have 40 students; all schools that may take them have 30 seats."
    )
    assert [row.status_quo_amount for row in found.first.conflict] == [5, 5]
    assert words_of(found) == {"capacity": "10 more seats in all: 5 at School X (x), 5 at School Y (y)."}
    assert [row.least_amount for row in found.inherited] == [5, 5]
    assert found.inherited_together is False
    note = in_words(found)
    assert "There is no valid plan within these limits. That is proved." in note
    assert "  - seats: at most 15 students at School X (x); today 20" in note
    assert "  - School Y (y): today 5 over its seats; no plan can keep this limit: the least found is 5." in note


def test_more_seats_or_one_more_neighbourhood(tmp_path: Path) -> None:
    rules = (Travel(floor=600.0), Size(strict=True, tolerance=1.0), Contiguity())
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 15}), *rules)
    assert limits_of(found) == [("capacity", "x"), ("travel_increase", None)]
    assert found.first.reason.words == (
        "blocks that can only go to School X (x) have 20 students; it can take 15. Blocks: r0c0, r0c1."
    )
    assert words_of(found) == {
        "capacity": "5 more seats at School X (x).",
        "travel_increase": "a travel limit of 2 times today's travel for 1 block (r0c1).",
    }
    assert [way.relax for way in found.ways_out] == ["capacity", "travel_increase"]
    assert found.ways_out[1].where == [Where(block="r0c1")]


def test_other_students_count_against_the_seats_that_are_named(tmp_path: Path) -> None:
    rules = (Travel(floor=600.0), Size(strict=True, tolerance=1.0), Contiguity())
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 18}, other={"x": 3}), *rules)
    assert found.first.conflict[0].words == "seats: at most 18 students at School X (x); today 20 and 3 from elsewhere"
    assert words_of(found)["capacity"] == "5 more seats at School X (x)."


def test_too_few_students_may_move(tmp_path: Path) -> None:
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 15}), *STRICT, Moved(0.1))
    assert limits_of(found) == [("capacity", "x"), ("max_moved", None)]
    assert found.first.reason.words == "5 students must change school because of School X (x); at most 4 may."
    assert words_of(found) == {
        "capacity": "5 more seats at School X (x).",
        "max_moved": "25 % of students moved.",
    }


def test_how_many_must_be_allowed_to_move_is_counted_as_the_limit_counts(tmp_path: Path) -> None:
    """A closed school's 20 students go to y, whose seats then send 10 of its own, of 60, to x."""
    toy = Toy("X x y Y z Z", students="10 10 10 10 10 10", seats={"x": 60, "y": 30, "z": 60})
    rules = (Travel(floor=9000.0), Size(strict=True, tolerance=1.0), Contiguity(), Close(("z",)), Moved(0.1))
    found = explained(tmp_path, toy, *rules)
    assert words_of(found)["max_moved"] == "16.67 % of students moved."


def test_the_note_says_of_which_limits_it_speaks(tmp_path: Path) -> None:
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 15}), *STRICT, Moved(0.1))
    note = in_words(found, strict=True)
    assert "These 2 limits cannot hold together; each of them alone can be kept:" in note
    assert "Ways out, each enough by itself while all other limits are kept:" in note
    assert "Limits that today's zones break already:" in note
    assert "Limits that today's zones break already (a plan may break them as much, unless --strict):" in in_words(
        found
    )
    none = replace(found, ways_out=[replace(way, sufficient=False) for way in found.ways_out])
    assert "No way out was found that is enough by itself while all other limits are kept." in in_words(none)
    conflict = [*found.first.conflict, found.first.conflict[0]]
    three = replace(found, first=replace(found.first, conflict=conflict))
    assert "These 3 limits cannot hold together; any of them left out, the rest of these can:" in in_words(three)


def test_minimum_sizes_that_no_zones_can_reach(tmp_path: Path) -> None:
    found = explained(tmp_path, EXAMPLE.but(least={"x": 25, "y": 25}))
    assert limits_of(found) == [("min_students", "x"), ("min_students", "y")]
    assert found.first.reason.kind == "minimum"
    assert found.ways_out[0].amount == 10
    assert found.ways_out[0].words.startswith("minimum sizes lower by 10 students in all: ")


def test_only_a_zone_that_falls_apart_would_do(tmp_path: Path) -> None:
    toy = EXAMPLE.but(
        zones="x X x y Y", groups={"white": "10 20 30 10 10"}, poverty=None, students="10 20 30 10 10",
        seats={"x": 50, "y": 35},
    )  # fmt: skip
    found = explained(tmp_path, toy.but(poverty="0 0 0 0 0"))
    assert limits_of(found) == [("capacity", "x"), ("capacity", "y"), ("contiguity", None)]
    assert found.first.reason is None
    ways = {way.relax: way for way in found.ways_out}
    assert ways["capacity"].words == "10 more seats at School X (x)."
    assert ways["contiguity"].where == [Where(block="r0c0")]


def test_a_school_whose_minimum_is_above_its_seats(tmp_path: Path) -> None:
    rules = (Travel(), Size(strict=True, tolerance=0.1), Contiguity())
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 15}, least={"x": 18}), *rules)
    assert limits_of(found) == [("capacity", "x"), ("min_students", "x")]
    assert found.first.reason.words == "School X (x) must have at least 18 students and has seats for 15."
    assert found.first.conflict[1].words == "minimum size: at least 18 students at School X (x); today 20"


@pytest.mark.parametrize("least", [{}, {"x": 2}])
def test_a_school_with_more_students_from_elsewhere_than_seats(least: dict[str, float], tmp_path: Path) -> None:
    rules = (Travel(floor=5000.0), Size(strict=True), Contiguity())
    found = explained(tmp_path, EXAMPLE.but(seats={"x": 4, "y": 60}, other={"x": 10}, least=least), *rules)
    assert ("capacity", "x") in limits_of(found)
    assert found.first.reason.words == "School X (x) has 6 more students from elsewhere than seats."


def test_without_time_nothing_is_claimed(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    district = EXAMPLE.but(seats={"x": 15, "y": 15}).district(tmp_path)
    found = explanation(explain(district, STRICT, stop=stop), 0.0)
    assert (found.feasible, found.proved, found.first.minimal, found.stopped) == (None, False, False, True)
    assert limits_of(found) == [("capacity", "x"), ("capacity", "y")]
    note = in_words(found)
    assert "That there is none is not proved." in note
    assert "The nearest plan found breaks:" in note
    assert "Stopped early" in note


def test_larger_districts_use_the_search_and_prove_by_prices(monkeypatch) -> None:
    monkeypatch.setattr(relieve, "MANY_PAIRS", 300)
    monkeypatch.setattr(relieve, "SEARCH", 1.0)
    district = generate(300, 6, np.random.default_rng(3))
    seats = np.floor(0.9 * district.load_now)
    district = replace(district, capacity=seats, min_students=np.zeros(6), other_students=np.zeros(6))
    found = explain(district, (Travel(increase=2.0), Size(strict=True), Contiguity()), time_limit=8, threads=1)
    assert found.feasible is False
    assert found.conflict is not None
    assert found.conflict.reason is not None
    way = next(way for way in found.ways if way.relax == "capacity")
    assert way.sufficient
    assert way.amount is not None
    assert way.amount >= np.ceil(district.load_now.sum() - seats.sum())
    assert {"linear relaxation", "search"} <= set(found.method)


KEYS = [
    *("district", "feasible", "proved", "conflict", "minimal", "reason", "also", "ways_out", "inherited"),
    *("inherited_together", "struck", "stopped", "seconds", "method"),
]


@pytest.fixture
def rezone(monkeypatch, capsys):
    """Run the command in this process: (exit status, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        app = typer.Typer()
        app.command()(command)
        monkeypatch.setattr(sys, "argv", ["rezone explain", *map(str, arguments)])
        with pytest.raises((SystemExit, InputError)) as ended:
            app()
        out, err = capsys.readouterr()
        if isinstance(ended.value, InputError):
            return 2, out, str(ended.value)
        return int(ended.value.code or 0), out, err

    return run


def test_json_has_its_keys_and_status_1_where_there_is_no_plan(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.but(seats={"x": 15, "y": 15}).write(tmp_path)
    status, printed, err = rezone(folder, "--strict", "--time-limit", 10, "--json")
    assert status == 1, err
    found = json.loads(printed)
    assert list(found) == KEYS
    assert {"limit", "school", "value", "status_quo_amount", "unit", "words", "proved"} == found["conflict"][0].keys()
    assert {"relax", "amount", "where", "words", "sufficient", "least", "students"} == found["ways_out"][0].keys()
    row = {"limit", "school", "unit", "status_quo_amount", "least_amount", "at_least", "proved", "words"}
    assert row == found["inherited"][0].keys()
    status, printed, _ = rezone(folder, "--strict", "--time-limit", 10)
    assert status == 1
    assert "unless --strict" not in printed


def test_limits_of_today_are_told_apart_and_status_0_where_there_is_a_plan(rezone, tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path)
    status, printed, _ = rezone(folder, "--json")
    found = json.loads(printed)
    assert (status, found["feasible"], found["conflict"], found["ways_out"]) == (0, True, [], [])
    assert [(row["school"], row["status_quo_amount"]) for row in found["inherited"]] == [("x", 5)]
    status, printed, _ = rezone(folder)
    assert status == 0
    assert "There is a valid plan within these limits." in printed
    assert "  - School X (x): today 5 over its seats; a plan can keep this limit." in printed


def test_wrong_limits_are_named(rezone, tmp_path: Path) -> None:
    status, printed, err = rezone(EXAMPLE.write(tmp_path), "--max-moved", 3)
    assert (status, printed) == (2, "")
    assert "--max-moved: 3.0 cannot be used" in err


def test_a_required_pair_that_no_valid_plan_has_is_said_with_its_reason(tmp_path: Path) -> None:
    row = Toy("X x y Y", groups={"white": "10 10 10 10"}, poverty="5 5 5 5", seats={"x": 20, "y": 40})
    rules = (Travel(floor=1e6), Size(), Contiguity(), Require((("r0c2", "x"),)))
    found = explained(tmp_path, row.but(least={"x": 20, "y": 10}), *rules)
    assert [(one.block, one.school) for one in found.struck] == [("r0c2", "School X (x)")]
    assert "School X would have to take 30 students, and has room for 20 students" in in_words(found)
    far = (Travel(floor=1e6), Size(tolerance=9.0), Contiguity(), Require((("r0c1", "y"), ("r0c2", "x"))))
    words = in_words(explained(tmp_path / "far", row.but(seats={}, least={}), *far))
    assert "in no valid plan" not in words  # each by itself could be
