"""Each ask, answered as in the engine's process: what it says is what commands say."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from toys import TOWN

from optimizer.arrays import Ints
from optimizer.errors import InputError
from optimizer.explain import Case
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.rules import Lock
from scenarios import read_district
from scenarios.answer.redraws import OneByOne, Redraws
from scenarios.answer.uncertainty import Redrawn
from scenarios.asking.options import rules_of
from scenarios.asking.rule_tables import make_rule
from scenarios.asking.settling import settle
from scenarios.paper.words import words
from scenarios.table.asks import do, why
from scenarios.table.asks.bench import Bench, Ground, Job
from scenarios.table.engine import Told
from scenarios.table.figures import Teller, plain_text
from scenarios.table.judging import judge_of
from scenarios.table.redrawn import figures_on
from scenarios.table.wishes import states


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    read = read_district(TOWN.write(tmp_path_factory.mktemp("town") / "d"))
    settings = settle({"seed": 1, "threads": 1})
    return Bench.warm(Ground(read, settings))


def ask(bench: Bench, what: str, drawn: Ints | None = None, **keys: Any) -> tuple[dict[str, Any], list[Told]]:
    """The answer, and what was told on the way. `locked`, `wishes`: of the job."""
    now = bench.judge.district.status_quo if drawn is None else drawn
    locked = np.isin(np.arange(len(now)), keys.pop("locked", []))
    told: list[Told] = []
    job = Job(1, what, now.copy(), locked, keys.pop("wishes", {}), {"seconds": 1.5, **keys})
    return do(bench, job, told.append, threading.Event()), told


def taken(bench: Bench, answer: dict[str, Any], school: Ints | None = None) -> Ints:
    """The plan with the answer in it."""
    plan = (bench.judge.district.status_quo if school is None else school).copy()
    plan[answer["blocks"]] = answer["schools"]
    return plan


def test_improve_finds_what_optimize_finds_and_says_what_it_costs(bench: Bench) -> None:
    answer, told = ask(bench, "improve", seconds=4)
    best = optimize(bench.ground.read, None, rules_of(bench.ground.settings), time_limit=1.5, seed=1, threads=1)
    assert answer["value"] == pytest.approx(best.objective_value, rel=1e-9)
    assert 0 < answer["bound"] <= best.objective_value + 1e-12  # how near it comes is a matter of time
    plan = taken(bench, answer)
    assert bench.judge.of(plan).value == answer["value"]
    assert answer["figures"] == Teller(bench.judge, words()).figures(bench.judge.of(plan), bench.judge.today)
    said = " ".join(answer["words"])
    for part in ("Disparity", "Dissimilarity by race", "Mean travel", "change school", "which is proved"):
        assert part in said
    assert {one.kind for one in told} == {"progress"}
    assert set(told[0].data) == {"seconds", "share", "value", "bound", "best", "shown"}


def test_improve_keeps_locked_blocks_and_all_outside_the_area(bench: Bench) -> None:
    free, _ = ask(bench, "improve")
    held = free["blocks"][0]
    locked, _ = ask(bench, "improve", locked=[held])
    assert held not in locked["blocks"]
    assert locked["value"] > free["value"]
    area = [held, *(i for i in range(20) if i not in free["blocks"])]
    within, _ = ask(bench, "improve", area=area)
    assert set(within["blocks"]) <= set(area)
    nothing, _ = ask(bench, "improve", area=[])
    assert (nothing["blocks"], nothing["words"][0][:23]) == ([], "No better plan was foun")


def test_locks_that_no_valid_plan_keeps_are_said_in_words(bench: Bench) -> None:
    far = bench.judge.district.status_quo.copy()
    far[0] = 2  # farther than the limit on travel lets it go
    with pytest.raises(InputError) as error:
        ask(bench, "improve", far, locked=[0])
    assert bench.judge.district.block_ids[0] in str(error.value)


def test_a_wish_is_a_rule_of_every_ask_and_has_its_price(bench: Bench) -> None:
    free, _ = ask(bench, "improve")
    block = bench.judge.district.block_ids[free["blocks"][0]]
    home = bench.judge.district.school_ids[bench.judge.district.status_quo[free["blocks"][0]]]
    wishes = {"w": {"kind": "require", "pairs": [[block, home]]}}
    kept, _ = ask(bench, "improve", wishes=wishes)
    assert free["blocks"][0] not in kept["blocks"]
    price, _ = ask(bench, "wish", wishes=wishes, wish="w", seconds=3.0)
    assert price["state"] == "possible"
    assert price["price"]["kept"] == pytest.approx(kept["value"], rel=1e-9)
    assert price["price"]["without"] == pytest.approx(free["value"], rel=1e-9)
    assert price["price"]["cost"] > 0
    assert "costs" in price["words"][0]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "require", "pairs": [["r0c0", "z"]]},  # too far
        {"kind": "keep_together", "blocks": ["r0c0", "r3c0"]},  # both hold schools
    ],
)
def test_a_wish_that_cannot_be_says_why(bench: Bench, rule: dict[str, Any]) -> None:
    answer, _ = ask(bench, "wish", wishes={"w": rule}, wish="w")
    assert (answer["state"], answer["price"]) == ("cannot", None)
    assert answer["words"][0] == "No valid plan can keep this wish."
    if rule["kind"] == "keep_together":
        roots = ["r0c0", "r3c0"]
        names = [bench.judge.district.school_names[j] for j in (0, 2)]
        told = [f"{name} stands in {block}, which stays with it." for block, name in zip(roots, names, strict=True)]
        assert answer["words"][1:] == told
        state = states({"w": {"rule": rule}}, bench.judge.district.status_quo, bench.judge, words())["w"]
        assert state == {"state": "cannot", "why": " ".join(told)}


@pytest.mark.parametrize("language", ["en", "es", "zh-Hant"])
def test_every_limit_that_may_forbid_a_move_has_its_words(bench: Bench, language: str) -> None:
    district = bench.judge.district
    share = make_rule({"kind": "share", "of": "black", "low": 0.1, "high": 0.9})
    moved = make_rule({"kind": "moved", "of": "all", "share": 0.2})
    lock = make_rule({"kind": "lock", "blocks": ["r0c1"]})
    case = Case(district, (*bench.judge.rules, share, moved, lock))
    teller = Teller(bench.judge, words(language))
    told = [plain_text(why.limit_told(teller, case, limit)) for limit in case.limits]
    assert len(told) > 9
    assert not [text for text in told if not text or any(mark in text for mark in "{}&<") or "_" in text]


def test_the_frontier_begins_at_todays_zones_and_ends_at_the_best(bench: Bench) -> None:
    answer, told = ask(bench, "frontier", points=3, seconds=4.0)
    values = [point["value"] for point in answer["points"]]
    assert values == sorted(values, reverse=True)
    assert answer["points"][0]["moved"] == 0
    for point in answer["points"]:
        assert bench.judge.of(taken(bench, point)).value == pytest.approx(point["value"], rel=1e-9)
    assert told


def test_draws_are_those_that_commands_measure_on(bench: Bench) -> None:
    plan = taken(bench, ask(bench, "improve")[0])
    answer, _ = ask(bench, "draws", plan, count=30)
    redrawn = Redrawn.of([Plan(bench.judge.district, plan)], Redraws(30, 1))
    assert answer["better_in"] / answer["of"] == pytest.approx(redrawn.better(0)["disparity"])
    assert len(answer["draws"]) == 30
    assert answer["words"][0].startswith(f"Better than today\u2019s zones in {answer['better_in']} of 30")
    singly = OneByOne(bench.ground.read, 1, None)
    for k in (29, 0):
        shown = figures_on(singly.counts(k), Teller(bench.judge, words()), bench.ground.read, plan)
        row = next(row for row in shown["rows"] if row["id"] == "disparity")
        told = answer["draws"][k]["figures"]["disparity"]
        assert (row["now"], row["today"]) == pytest.approx((told["now"], told["today"]), rel=1e-9)


def test_a_lock_of_the_table_is_as_strict_as_the_rule(bench: Bench) -> None:
    rule = Lock(blocks=(bench.judge.district.block_ids[1],))
    settings = replace(bench.ground.settings, rules=({"kind": "lock", "blocks": list(rule.blocks or ())},))
    other = Bench(replace(bench.ground, settings=settings), judge_of(bench.ground.read, settings))
    assert ask(bench, "improve", locked=[1])[0]["value"] == pytest.approx(ask(other, "improve")[0]["value"], rel=1e-9)


def test_a_drawing_is_repaired_with_the_fewest_changes(bench: Bench) -> None:
    drawn = bench.judge.district.status_quo.copy()
    drawn[[5, 19]] = 2, 0  # one of them far away, and cut off from its school
    assert not bench.judge.of(drawn).record.valid
    answer, _ = ask(bench, "repair", drawn, known=[bench.judge.district.status_quo], seconds=10.0)
    assert bench.judge.of(taken(bench, answer, drawn)).record.valid
    assert answer["changed"]["students"] <= bench.judge.district.students[[5, 19]].sum()
    assert "No valid plan changes fewer students." in answer["words"]
    fine, _ = ask(bench, "repair")
    assert (fine["blocks"], fine["changed"]["students"]) == ([], 0)


def test_best_moves_gain_what_they_say_and_stay_valid(bench: Bench) -> None:
    answer, _ = ask(bench, "best", count=5)
    today = bench.judge.today.value
    gains = [move["gain"] for move in answer["moves"]]
    assert gains == sorted(gains, reverse=True)
    assert len(gains) == len(answer["words"]) > 1
    for move in answer["moves"]:
        school = bench.judge.district.status_quo.copy()
        assert school[move["block"]] == move["from"]
        school[move["block"]] = move["to"]
        now = bench.judge.of(school)
        assert now.record.valid
        assert today - now.value == pytest.approx(move["gain"], rel=1e-6)
    first = answer["moves"][0]
    locked, _ = ask(bench, "best", locked=[first["block"]])
    assert first["block"] not in [move["block"] for move in locked["moves"]]
    none, _ = ask(bench, "best", area=[])
    assert none["words"] == ["No move of a single block makes this plan better without breaking a limit."]


def test_headroom_is_the_bound_with_locks_and_nothing_beats_it(bench: Bench) -> None:
    free, _ = ask(bench, "headroom", seconds=3.0)
    best = ask(bench, "improve")[0]
    assert free["bound"] <= best["value"] + 1e-9
    assert free["left"] == pytest.approx(free["value"] - free["bound"])
    assert free["best"]["value"] == pytest.approx(best["value"], rel=1e-9)
    locked, _ = ask(bench, "headroom", locked=best["blocks"][:1], seconds=3.0)
    assert locked["bound"] > free["bound"]
    nothing, _ = ask(bench, "headroom", area=[], seconds=3.0)
    assert nothing["left"] == pytest.approx(0, abs=1e-4)
    assert nothing["best"] is None


def test_why_not_names_the_limit_and_the_moves_that_must_go_with_it(bench: Bench) -> None:
    district, today = bench.judge.district, bench.judge.district.status_quo
    fine, _ = ask(bench, "why", block=2, school=1)
    assert (fine["limits"], fine["moves"]) == ([], {"blocks": [2], "schools": [1]})
    never, _ = ask(bench, "why", block=0, school=2)  # a school stands in it
    assert never["limits"]
    assert never["together"]
    full, _ = ask(bench, "why", block=5, school=2, seconds=8.0)  # it is full, and r2c0 would be cut off
    assert any("seats" in limit.lower() for limit in full["limits"])
    assert full["moves"] is not None
    plan = taken(bench, full["moves"])
    assert plan[5] == 2
    assert bench.judge.of(plan).record.valid
    others = [i for i in full["moves"]["blocks"] if i != 5]
    assert full["students"] == district.students[others].sum() > 0
    assert (plan != today).sum() == len(others) + 1


def test_prices_are_the_proofs_own_and_the_greatest_is_checked_by_a_run(bench: Bench) -> None:
    answer, _ = ask(bench, "prices", seconds=8.0)
    assert {row["i"] for row in answer["blocks"]} <= set(range(20))
    assert all(row["price"] == pytest.approx(100 * max(-row["margin"], 0.0)) for row in answer["blocks"])
    estimates = [row["estimate"] for row in answer["worth"]]
    assert estimates == sorted(estimates, reverse=True)
    assert answer["words"]
    if answer["worth"]:
        assert answer["worth"][0]["confirmed"] in (True, False)
        assert answer["worth"][0]["words"] == answer["words"][0]
