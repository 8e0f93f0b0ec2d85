"""What each limit costs: its cases, what is carried between them, and the files."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import checker
import numpy as np
import pytest
import typer
from toys import EXAMPLE, TOWN, Toy

from optimizer import Model, Plan, Result, StudentsMoved, breaches, is_valid, optimize
from optimizer.objectives import make_objective
from scenarios import read_district
from scenarios.asking.options import Settings, rules_of
from scenarios.asking.settling import settle
from scenarios.plans.file import read_plan
from scenarios.sensitivity import LIMITS, Case, carry, document, draw, make_cases, run_cases, table_csv
from scenarios.sensitivity.carry import within
from scenarios.sensitivity.cases import with_least, with_seats
from scenarios.sensitivity.table import COLUMNS, Found
from scenarios.writing.records import as_json

ITERATIONS = 1500
HOSTILE = '<script>alert("x")</script> & \x08 \u2028 ]]>'
SVG = "{http://www.w3.org/2000/svg}"


def settings_of(**flags) -> Settings:
    # The search alone: the exact solver would take its units of work in each of the sixteen rows.
    return settle({"iterations": ITERATIONS, "solver": "search", "threads": 2, **flags}, None, {})


def run(folder: Path, settings: Settings) -> tuple[tuple[Case, ...], list[Result]]:
    district = read_district(folder)
    cases = make_cases(district, settings)
    return cases, run_cases(cases, make_objective(settings.options.objective, district), settings.options, None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return TOWN.write(tmp_path_factory.mktemp("sensitivity") / "town")


@pytest.fixture(scope="module")
def runs(folder: Path) -> tuple[tuple[Case, ...], list[Result]]:
    return run(folder, settings_of())


@pytest.fixture(scope="module")
def made(runs) -> Found:
    return document(carry(*runs), settings_of(), 1.0)


@pytest.fixture(scope="module")
def found(made: Found) -> dict:
    return json.loads(as_json(made))


def values(district, **flags) -> dict[str, list]:
    cases = make_cases(district, settings_of(**flags))
    return {limit: [case.value for case in cases if case.limit == limit] for limit in LIMITS}


def test_the_steps_around_what_is_given(tmp_path: Path) -> None:
    assert values(TOWN.district(tmp_path)) == {
        "travel_increase": [0.0, 0.25, 0.75, 1.0], "seats": [0.9, 0.95, 1.05, 1.1],
        "max_moved": [0.05, 0.1, 0.15, 0.2], "contiguity": [False], "min_students": [0.95, 0.9],
    }  # fmt: skip


def test_steps_stop_at_what_a_limit_can_be_and_stand_there_once(tmp_path: Path) -> None:
    found = values(TOWN.district(tmp_path), travel_increase=0.1, max_moved=0.95, contiguity=False)
    assert found["travel_increase"] == [0.0, 0.35, 0.6]
    assert found["max_moved"] == [0.85, 0.9, 1.0]
    assert found["contiguity"] == [True]
    assert make_cases(TOWN.district(tmp_path), settings_of(contiguity=False))[13].change == "tighter"


def test_a_looser_limit_is_never_worse_and_no_bound_is_above_a_plan(found: dict) -> None:
    for limit in LIMITS:
        rows = sorted((row for row in found["rows"] if limit in row["at"]), key=lambda row: row["at"][limit][0])
        plans, bounds = [row["objective_value"] for row in rows], [row["bound"] for row in rows]
        assert plans == sorted(plans, reverse=True), limit
        assert bounds == sorted(bounds, reverse=True), limit
    best = found["rows"][0]["objective_value"]
    for row in found["rows"]:
        assert row["bound"] <= row["objective_value"] + 1e-9
        assert row["gap"] == pytest.approx((row["objective_value"] - row["bound"]) / row["objective_value"])
        assert (row["objective_value"] <= best) or row["change"] == "tighter"
        assert row["objective_value"] <= (row["own"]["objective_value"] or np.inf)
        assert row["bound"] >= (row["own"]["bound"] or 0.0)


def test_the_base_is_what_optimize_finds(folder: Path, found: dict) -> None:
    result = optimize(
        read_district(folder), None, rules_of(settings_of()), iterations=ITERATIONS, threads=1, solver="search"
    )
    own = found["rows"][0]["own"]
    assert (own["objective_value"], own["bound"]) == (result.objective_value, result.bound)
    assert found["objective_value_status_quo"] == result.objective_value_status_quo


def scaled(toy: Toy, seats: float, least: float) -> Toy:
    """By hand: 5 students of x come from outside; where seats or sizes are not given, 15 % around today's."""
    raw = {"x": 60.0, "y": 100.0, "z": 1.15 * 60.0}
    small = {"x": 40.0, "y": 0.85 * 70.0, "z": 0.85 * 60.0}
    return toy.but(
        seats={s: seats * n for s, n in raw.items()} if seats != 1 else toy.seats,
        least={s: least * n for s, n in small.items()} if least != 1 else toy.least,
    )


@pytest.mark.parametrize(("limit", "factor"), [("seats", 0.9), ("seats", 1.05), ("min_students", 0.9)])
def test_seats_and_sizes_are_really_changed(limit: str, factor: float, tmp_path: Path) -> None:
    district, rules = TOWN.district(tmp_path / "a"), rules_of(settings_of())
    change = with_seats if limit == "seats" else with_least
    other = scaled(TOWN, factor if limit == "seats" else 1, factor if limit == "min_students" else 1)
    now, by_hand = change(district, rules, factor), other.district(tmp_path / "b")
    assert district.load_now.tolist() == [60.0, 70.0, 60.0]
    size = rules[1]
    np.testing.assert_allclose(size.band(now), size.band(by_hand), rtol=1e-12)
    assert not np.allclose(size.band(now), size.band(district))


def test_every_plan_passes_the_independent_checker(runs, found: dict, tmp_path: Path) -> None:
    district = runs[0][0].district
    for row, shown in zip(carry(*runs), found["rows"], strict=True):
        case = row.case
        toy = scaled(
            TOWN, case.value if case.limit == "seats" else 1, case.value if case.limit == "min_students" else 1
        )
        raw = checker.Folder(toy.write(tmp_path / f"{shown['row']}"))
        limits = {case.limit: case.value} if case.limit in ("travel_increase", "max_moved", "contiguity") else {}
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, row.plan.school, strict=True)}
        broken = checker.broken(raw, zones, **limits)
        assert all(inherited for _, _, inherited in broken), (case.limit, case.value, broken)
        measures = checker.measures(raw, zones)
        for name in ("disparity", "dissimilarity.race", "moved_share"):
            assert shown[name] == pytest.approx(measures[name]), name


def test_excess_is_what_the_plan_has_over_the_seats_of_its_row(tmp_path: Path) -> None:
    district, settings = TOWN.but(seats={"x": 30, "y": 100}).district(tmp_path), settings_of()
    cases = [case for case in make_cases(district, settings) if case.limit in ("base", "seats")]
    rows = carry(cases, run_cases(cases, make_objective(None, district), settings.options, None))
    for row, shown in zip(rows, json.loads(as_json(document(rows, settings, 1.0)))["rows"], strict=True):
        over = row.plan.load[0] + 5 - 30 * (row.case.value or 1.0)
        inherited = {(b["limit"], b["school"]): b["amount"] for b in shown["broken_limits"]}
        assert inherited["capacity", "x"] == pytest.approx(over)
        assert shown["excess"] == pytest.approx(sum(inherited.values()))
        assert shown["excess"] > 0
        assert shown["valid"]


def test_fewer_students_over_seats_come_before_a_smaller_objective(runs) -> None:
    cases, results = runs
    # As if the base had kept today's crowding for the smallest objective of all.
    today = Plan.status_quo(cases[0].district)
    crowded = replace(results[0], plan=today, certificate=None, objective=StudentsMoved())
    assert crowded.objective_value == 0.0
    found = carry(cases, [crowded, *results[1:]])[0]
    over = [sum(b.amount for b in broken if b.limit == "capacity") for broken in (found.broken, crowded.broken)]
    assert over[0] < over[1]
    assert found.plan_from != 0


def test_rows_that_were_not_run_have_what_is_carried_to_them(runs) -> None:
    cases, results = runs
    made = document(carry(cases, [replace(results[0], stopped=True)]), settings_of(), 1.0)
    found = json.loads(as_json(made))
    assert found["stopped"]
    for row in found["rows"][1:]:
        assert row["own"] is None
        if row["change"] == "looser":
            assert (row["plan_from"], row["objective_value"], row["bound"]) == (0, results[0].objective_value, 0.0)
        elif row["valid"]:
            assert (row["bound_from"], row["bound"]) == (0, results[0].bound)
    draw(made)


def test_a_plan_is_carried_only_where_it_is_valid(runs) -> None:
    cases, results = runs
    # As if the loosest run had found the least value of all with a plan that only it allows, and the others today's.
    today = Plan.status_quo(cases[0].district)
    poor = [replace(result, plan=today, certificate=None) for result in results]
    poor[13] = results[13]
    for k, row in enumerate(carry(cases, poor)):
        assert is_valid(breaches(row.plan, row.case.rules))
        assert row.plan_from in (k, 13)
        allowed = is_valid(breaches(Plan(row.case.district, results[13].plan.school), row.case.rules))
        assert (row.plan_from == 13) == allowed


def test_bounds_are_carried_between_nested_models_alone(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path)
    cases = {(c.limit, c.value): c for c in make_cases(district, settings_of(max_moved=0.3))}
    model = {key: Model.build(case.district, case.rules) for key, case in cases.items()}
    base = model["base", None]
    for (limit, value), case in cases.items():
        other = model[limit, value]
        tight, loose = (other, base) if case.change == "tighter" else (base, other)
        assert within(tight, loose), (limit, value)
    assert not within(base, model["travel_increase", 0.0])
    assert not within(model["seats", 1.1], base)
    assert not within(base, model["seats", 0.9])
    assert not within(model["max_moved", 0.4], base)
    assert not within(model["contiguity", False], base)
    assert not within(model["contiguity", False], model["seats", 1.1])


def test_csv_has_its_columns_and_reads_back(made: Found, found: dict) -> None:
    text = table_csv(made)
    assert "\r" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert list(dict.fromkeys(row["limit"] for row in rows)) == ["base", *LIMITS]
    for row, kept in zip(rows, found["rows"], strict=True):
        assert float(row["objective_value"]) == kept["objective_value"]
        assert row["plan"] == f"plans/{kept['row']:02d}.csv"
        assert row["valid"] == "true"
    assert rows[13]["value"] == "false"


def texts(svg: str) -> list[str]:
    return ["".join(part.itertext()) for part in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_plot_is_xml_without_references_and_names_are_text(made: Found) -> None:
    svg = draw(replace(made, asked=replace(made.asked, district=HOSTILE)))
    root = ET.fromstring(svg)
    assert {part.tag.removeprefix(SVG) for part in root.iter()} == {
        "svg", "title", "desc", "style", "rect", "text", "g", "path", "circle"
    }  # fmt: skip
    assert '<script>alert("x")</script> & \ufffd' in "".join(root.itertext())
    assert not re.search(r"href|url\(|@import|src=", svg)
    assert svg.count("://") == 1  # the name of SVG itself
    assert not any(name.startswith("on") for part in root.iter() for name in part.attrib)


def test_the_plot_says_every_value_in_words(made: Found, found: dict) -> None:
    shown = texts(draw(made))
    for row in found["rows"]:
        assert f"{100 * row['disparity']:.2f}" in shown
        assert f"{row['dissimilarity.race']:.3f}" in shown
        assert all(place in shown for _, place in row["at"].values())


def test_rows_without_a_plan_say_so_in_table_and_plot(made: Found) -> None:
    empty = dict.fromkeys(("objective_value", "bound", "gap", "disparity", "race", "plan", "plan_from"))
    rows = list(made.rows)
    rows[5] = replace(rows[5], valid=False, **empty)
    found = replace(made, rows=rows)
    assert texts(draw(found)).count("no plan") == 1
    assert list(csv.DictReader(io.StringIO(table_csv(found))))[5]["valid"] == "false"


def test_without_poverty_or_races_the_plot_shows_the_objective(tmp_path: Path) -> None:
    folder = Toy("X x y Y", students="9 5 4 3").write(tmp_path)
    svg = draw(document(carry(*run(folder, settings_of())), settings_of(), 1.0))
    assert "the objective travel_mean" in "".join(ET.fromstring(svg).itertext())
    assert "Lower charts" not in svg
    assert "no plan" not in texts(svg)


@pytest.fixture
def rezone(capsys):
    """Run the command by itself: (exit status, standard output)."""
    from scenarios.cli.sensitivity import sensitivity

    app = typer.Typer(add_completion=False)
    app.command()(sensitivity)

    def run(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            app([str(argument) for argument in arguments])
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def test_the_command_writes_everything_and_repeats_to_the_byte(rezone, tmp_path: Path) -> None:
    folder, config = TOWN.write(tmp_path / "town"), tmp_path / "options.toml"
    config.write_text('[options]\nsolver = "search"\n')
    for threads in (1, 2):
        job = (folder, "--out", tmp_path / str(threads), "--iterations", 600, "--threads", threads, "--config", config)
        status, printed = rezone(*job)
        assert status == 0
    assert re.search(r"by race.*\n00 as given", printed)
    one, two = tmp_path / "1", tmp_path / "2"
    names = sorted(str(path.relative_to(one)) for path in one.rglob("*.*"))
    files = ["manifest.json", "sensitivity.csv", "sensitivity.json", "sensitivity.svg"]
    assert names == sorted([*(f"plans/{k:02d}.csv" for k in range(16)), *files])
    for name in names:
        if name not in ("sensitivity.json", "manifest.json"):  # which has the hash of the other, with its seconds
            assert (one / name).read_bytes() == (two / name).read_bytes(), name
    found, district = json.loads((one / "sensitivity.json").read_text(encoding="utf-8")), read_district(folder)
    for row in found["rows"]:
        assert row["moved_share"] == read_plan(one / row["plan"], district).moved_share


def test_an_infeasible_base_is_the_answer_no(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.but(seats={"x": 5, "y": 5}).write(tmp_path / "d")
    status, printed = rezone(folder, "--out", tmp_path / "out", "--strict", "--iterations", 500)
    assert status == 1
    assert "with the limits as given, there is no valid plan, which is proved" in printed
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["summary.json"]
    found = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (found["valid"], found["status"], found["no_plan"]) == (False, "infeasible", "proved")
    assert {row["limit"] for row in found["broken_limits"]} == {"capacity"}
