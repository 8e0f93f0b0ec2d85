"""The scorecard: what is set beside a plan, what is said of it, and the files that come of it."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import checker
import checker_schools
import geopandas as gpd
import pytest
import scorecards
from changed_schools import SIX
from told import plain
from toys import CRS, EXAMPLE, TOWN

from optimizer import Plan, measure
from optimizer.objectives import Disparity, TravelMean
from optimizer.rules import under
from scenarios import read_district
from scenarios.asking.options import Settings
from scenarios.asking.rule_tables import make_rule
from scenarios.asking.settling import settle
from scenarios.cli.score import names_of
from scenarios.plans.file import read_plan, write_plan
from scenarios.reading.documents import record
from scenarios.score import best_plans
from scenarios.score.document import BestFound, Found, Given
from scenarios.score.words import broken_in_words, sentences

HOSTILE = "<b>&=1+1"


def settings_of(**flags) -> Settings:
    return settle({"iterations": 2000, "threads": 1, **flags}, None, {})


def plan_of(district, *moves: tuple[str, str]) -> Plan:
    school = district.status_quo.copy()
    for block, to in moves:
        school[district.block_ids.index(block)] = district.school_ids.index(to)
    return Plan(district, school)


def test_the_best_plan_moves_no_more_and_no_valid_plan_is_below_the_bound(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "d")
    town, raw = read_district(folder), checker.Folder(folder)
    plans = [plan_of(town, ("r1c1", "y")), plan_of(town, ("r0c2", "y"), ("r1c1", "y"), ("r2c1", "x"))]
    answers, stopped = best_plans(plans, Disparity(), settings_of(), seconds=None)
    assert not stopped
    for plan, best in zip(plans, answers, strict=True):
        assert best.plan is not None
        assert best.plan.moved_share <= plan.moved_share + 1e-9
        zones = {b: town.school_ids[j] for b, j in zip(town.block_ids, best.plan.school, strict=True)}
        assert all(inherited for _, _, inherited in checker.broken(raw, zones))
        assert best.value == pytest.approx(measure(best.plan)["disparity"])
        assert 0 <= best.bound <= best.value + 1e-12
    fewer, more = sorted(answers, key=lambda one: one.share)
    assert fewer.bound >= more.bound
    assert (more.excess, more.value) <= (fewer.excess, fewer.value)


def test_a_given_plan_that_nothing_beats_is_its_own_best(tmp_path: Path) -> None:
    district = EXAMPLE.but(head="[limits]\nsize_tolerance = 0.5\n").district(tmp_path / "d")
    plan = plan_of(district, ("r0c1", "y"))  # FORMAT.md's example: 0.06
    (best,), _ = best_plans([plan], Disparity(), settings_of(size_tolerance=0.5), seconds=None)
    assert (best.given, best.value) == (0, pytest.approx(0.06))
    (none,), _ = best_plans([plan], Disparity(), settings_of(size_tolerance=0.5, max_moved=0.0), seconds=None)
    assert (none.given, none.value) == (None, pytest.approx(0.08))  # a limit given holds for the best too


def test_without_a_valid_plan_there_is_no_best(tmp_path: Path) -> None:
    district = EXAMPLE.but(seats={"x": 5, "y": 5}).district(tmp_path / "d")
    (best,), _ = best_plans([Plan.status_quo(district)], Disparity(), settings_of(strict=True), seconds=None)
    assert (best.plan, best.value, best.gap, best.bound) == (None, None, None, 0.0)


class Text(HTMLParser):
    """All text, and the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)

    def handle_data(self, data) -> None:
        self.text += data


def test_the_command_writes_the_scorecard_of_a_plan_file_and_of_zones(rezone, tmp_path: Path) -> None:
    folder, out = TOWN.write(tmp_path / "town"), tmp_path / "out"
    town = read_district(folder)
    own = plan_of(town, ("r0c2", "y"), ("r1c2", "y"))
    write_plan(tmp_path / f"{HOSTILE}.csv", own)
    zones = gpd.GeoDataFrame(
        {"School": [town.school_names[j] for j in own.school]}, geometry=town.geography.polygon, crs=CRS
    )
    zones.iloc[:-1].dissolve("School").reset_index().to_file(tmp_path / "board.gpkg")
    words = ("--iterations", 2000, "--threads", 1, "--school-column", "School")
    status, printed, err = rezone(
        "score", folder, tmp_path / f"{HOSTILE}.csv", tmp_path / "board.gpkg", "--out", out, *words
    )
    assert status == 0, err
    found = json.loads((out / "score.json").read_text(encoding="utf-8"))
    first, second = found["plans"]
    assert [first["name"], second["name"]] == [HOSTILE, "board"]
    assert first["measures"] == second["measures"] == measure(own)
    assert second["unmatched"] == [f"1 block with {town.students[-1]:.0f} students lies in no zone of a known school "
                                   "and keeps its school of today: r3c4."]  # fmt: skip
    for plan in found["plans"]:
        assert read_plan(out / plan["plan"], town).school.tolist() == own.school.tolist()
        assert measure(read_plan(out / plan["best"]["plan"], town)) == plan["best"]["measures"]
        assert plan["bound"] <= plan["best"]["objective_value"]
    assert measure(read_plan(out / "plans" / "nearest_school.csv", town)) == found["nearest_school"]["measures"]
    table = list(csv.DictReader((out / "score.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["what"].split()[0] for row in table] == ["status", "nearest", "plan", "best", "plan", "best"]
    assert table[2]["plan"] == HOSTILE
    assert float(table[3]["bound"]) == first["bound"]
    page = (out / "score.html").read_text(encoding="utf-8")
    read = Text()
    read.feed(page)
    assert not {"b", "script", "img", "link"} & set(read.tags)
    assert not re.search(r'(src|href)="(?!#)', page)
    assert HOSTILE in read.text
    card = record(Found, found, "score.json", "")
    assert plain(card) == found
    assert all(sentence in read.text for plan in card.plans for sentence in sentences(card, plan))
    assert read.text.index("Poverty met at school") < read.text.index("Own group met at school")
    assert "by race" in printed.splitlines()[1]
    assert "board: 1 block with" in printed
    assert {"score.xlsx", "not_matched.csv"} <= {p.name for p in out.iterdir()}


def test_what_cannot_be_scored_leaves_nothing_behind(rezone, tmp_path: Path) -> None:
    folder, out = TOWN.write(tmp_path / "town"), tmp_path / "out"
    (tmp_path / "a.csv").write_text("block_id,school_id\nr0c0,x\n")
    status, _, err = rezone("score", folder, tmp_path / "a.csv", "--out", out)
    assert (status, "a.csv, column 'block_id': blocks are missing" in err) == (2, True)
    status, _, err = rezone("score", folder, tmp_path / "a.csv", "--out", out, "--by", "name")
    assert (status, err) == (2, "error: --by: 'name' is not a way to match zones. Give area or points\n")
    assert not out.exists()


def entry(value: float, race: float | None = 0.3, bound: float = 0.050599, best: Any = None, **more) -> Given:
    measures = {"disparity": value, "dissimilarity.race": race, "travel_mean": 900.0, "moved_share": 0.1}
    told = {"objective_value": value, "students_moved": 40.0, "measures": measures, **more}
    return scorecards.given(best, bound, **told)


def found_best(value: float, given: int | None = None) -> BestFound:
    return scorecards.best_found(given, objective_value=value)


def card(plan: Given) -> list[str]:
    today, nearest = (scorecards.entry(objective_value=v, measures=entry(v).measures) for v in (0.08, 0.09))
    return sentences(scorecards.scorecard(today, nearest), plan)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (entry(0.07, 0.34), "It evens out poverty (the disparity of exposure to poverty falls from 8.00 points to 7.00 "
         "points) but separates racial groups further (dissimilarity by race rises from 0.300 to 0.340)."),
        (entry(0.07, 0.2), "and brings racial groups together (dissimilarity by race falls from 0.300 to 0.200)."),
        (entry(0.09, 0.4), "It makes poverty less even"),
        (entry(0.08, 0.3), "as uneven as it is (the disparity of exposure to poverty stays at 8.00 points) and leaves"),
        (entry(0.07, None), "The data do not name racial groups: whether it separates them cannot be scored."),
    ],
)  # fmt: skip
def test_the_first_sentence_never_shows_poverty_without_race(plan, words: str) -> None:
    assert words in card(plan)[0]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (entry(0.07), "No valid plan that moves no more students was found"),
        (entry(0.07, best=found_best(0.06)), "The best plan found that moves no more "
         "students reaches 6.00 points of disparity instead of 7.00 points of disparity, and it is proved that no "
         "valid one gets below 5.05 points"),
        (entry(0.07, best=found_best(0.07, given=0)), "No better plan that moves no more students"),
        (entry(0.04, best=found_best(0.06), valid=False), "keeps the limits and has "
         "6.00 points of disparity, this plan 4.00 points"),
        (entry(0.04, best=found_best(0.06)), "leaves fewer students beyond limits"),
        (entry(0.07, best=found_best(0.069999)), "The best plan found that moves no more students is as good, with "
         "7.00 points of disparity, and it is proved that no valid one gets below 5.05 points of disparity; "),
        (entry(0.07, best=found_best(0.069999), excess=5.0), "leaves fewer students beyond limits of size and has 7.00 "
         "points of disparity, this plan 7.00 points"),
        (entry(0.069999, best=found_best(0.07), valid=False), "keeps the limits and has 7.00 points of disparity"),
        (entry(0.07, bound=0.0, best=found_best(0.06)), "instead of 7.00 points of "
         "disparity; the nearest-school plan has 9.00 points of disparity."),
    ],
)  # fmt: skip
def test_the_third_sentence_says_what_else_is_possible_and_claims_no_more_than_is_proved(plan, words: str) -> None:
    assert words in card(plan)[2]


def test_broken_limits_are_said_with_the_schools_names(tmp_path: Path) -> None:
    district = TOWN.but(seats={"x": 30, "y": 60}).district(tmp_path / "d")
    plan = plan_of(district, ("r3c3", "x"), ("r2c4", "z"), ("r0c2", "y"))
    from scenarios.score.document import _Maker

    settings = settings_of(travel_increase=0.1, travel_floor=10.0, max_moved=0.01)
    found = scorecards.scorecard()
    made = _Maker(TravelMean(), settings).entry(plan)
    lines = broken_in_words(found, made, {"x": "Oak", "y": "Elm", "z": "Ash"})
    text = " ".join(lines)
    broken = [row for row in made.broken_limits if not row.inherited]
    assert {row.limit for row in broken} >= {"travel_increase", "contiguity", "max_moved"}
    assert "go farther than allowed; the farthest, r2c4 to Ash, by" in text
    assert "Zones newly fall apart, or leave their school outside: " in text
    assert re.search(r"Limit students moved: passed by [1-9][0-9.]* points\.", text)
    now = max(0.0, float(district.load_now[0]) - 25.0)
    assert f"Oak is {plan.load[0] - 25:,.0f} students over its largest size (30; today {now:,.0f})." in text
    assert "or where none are given 115% of today's students" in text
    sizes = [row.amount for row in made.broken_limits if row.limit in ("capacity", "min_students")]
    assert made.excess == pytest.approx(sum(sizes))


def test_plans_are_named_by_what_tells_them_apart() -> None:
    paths = [Path("a/plan.csv"), Path("b/plan.csv"), Path("c/x.csv")]
    assert names_of(paths) == ["a", "b", "x"]
    assert names_of([Path("a/x.csv"), Path("b/x.gpkg"), Path("b/x.csv")]) == ["a/x", "b/x", "b/x [2]"]


def test_a_district_without_groups_says_so(tmp_path: Path, rezone) -> None:
    bare = replace(EXAMPLE, groups={}, poverty=None, students="10 10 10 10")
    folder = bare.write(tmp_path / "d")
    write_plan(tmp_path / "a.csv", plan_of(read_district(folder), ("r0c1", "y")))
    status, _, err = rezone("score", folder, tmp_path / "a.csv", "--out", tmp_path / "o", "--iterations", 500)
    assert status == 0, err
    page = (tmp_path / "o" / "score.html").read_text(encoding="utf-8")
    assert "do not say which racial group students belong to" in page
    assert "The data say nothing of poverty or race" in page


CLOSED = ("--rule", "close schools=y", "--size-tolerance", 3, "--travel-floor", 5000)


def test_plans_are_judged_under_the_rules_given_as_evaluate_judges_them(rezone, tmp_path: Path) -> None:
    folder, out = SIX.write(tmp_path / "d"), tmp_path / "out"
    district = read_district(folder)
    write_plan(tmp_path / "a.csv", plan_of(district, ("r0c1", "x"), ("r0c2", "z")))
    write_plan(tmp_path / "left.csv", plan_of(district, ("r0c1", "x"), ("r1c0", "z")))
    config = tmp_path / "rules.toml"
    config.write_text(
        '[options]\nsize_tolerance = 3\ntravel_floor = 5000\n[[rules]]\nkind = "close"\nschools = ["y"]\n'
    )
    for flags in (CLOSED, ("--config", config)):
        plans = (tmp_path / "a.csv", tmp_path / "left.csv")
        status, printed, err = rezone("score", folder, *plans, "--out", out, *flags, "--iterations", 500)
        assert status == 0, err
        found = json.loads((out / "score.json").read_text(encoding="utf-8"))
        for path, plan in zip(plans, found["plans"], strict=True):
            status, printed_json, err = rezone("evaluate", folder, path, "--json", *flags)
            judged = json.loads(printed_json)
            assert {key: plan[key] for key in ("measures", "valid", "broken_limits")} == {
                key: judged[key] for key in ("measures", "valid", "broken_limits")
            }
            assert found["status_quo"]["measures"] == judged["measures_status_quo"]
        assert [row["limit"] for row in found["plans"][1]["broken_limits"]].count("close") == 1
        assert not found["status_quo"]["valid"]  # today's zones do not keep the rule
        first = found["plans"][0]
        assert (first["measures"]["moved_counted"], first["measures"]["moved_share"] > 0.2) == (0, True)
        assert "counted: students moved without those of closed schools" in printed
        assert "0.0% without those of closed schools" in (out / "score.html").read_text(encoding="utf-8")
        assert first["best"]["measures"]["moved_share"] <= first["measures"]["moved_share"] + 1e-9


@pytest.mark.parametrize("rule", [{"kind": "close", "schools": ["y"]}, {"kind": "pair", "schools": ["z", "y"]}])
def test_where_schools_close_no_valid_plan_that_moves_as_many_is_below_the_bound(rule, tmp_path: Path) -> None:
    folder = SIX.write(tmp_path / "d")
    raw, settings = checker.Folder(folder), settings_of(size_tolerance=3.0)
    settings = replace(settings, rules=(rule,))
    district = under(read_district(folder), [make_rule(rule)])
    changed = checker_schools.Changed(raw, [rule])
    every = [dict(zip(raw.blocks, zones, strict=True)) for zones in product("xyz", repeat=6)]
    valid = [
        (shares["moved_share"], shares["disparity"])
        for zones in every
        if all(inherited for _, _, inherited in checker_schools.broken(changed, zones, tolerance=3.0))
        for shares in [checker.measures(raw, zones, changed)]
    ]
    shares = sorted({share for share, _ in valid})
    wanted = (shares[0], shares[len(shares) // 2])
    plans = [next(p for p in every if checker.measures(raw, p, changed)["moved_share"] == share) for share in wanted]
    given = [Plan.of_ids(district, zones) for zones in plans]
    answers, _ = best_plans(given, Disparity(), settings, seconds=None)
    for plan, best in zip(given, answers, strict=True):
        least = min(value for share, value in valid if share <= plan.moved_share + 1e-9)
        assert best.bound <= least + 1e-9
        assert best.plan is not None
        assert best.plan.moved_share <= plan.moved_share + 1e-9
        assert best.value == pytest.approx(least)
