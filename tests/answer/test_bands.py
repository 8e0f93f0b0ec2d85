"""Grade bands: who goes on together, the order of solving, and the command."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import checker
import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small
from toys import TOWN

from optimizer import Disparity, District, InputError, Moved, Plan, Result, breaches, is_valid, optimize
from optimizer.bands import ABOVE, BELOW, feeders, solve_bands, splits, together, total, with_columns
from optimizer.rules import DEFAULT_RULES
from scenarios import read_district
from scenarios.answer.bands import Tie, column_table, feeder_table
from scenarios.answer.bands import solve as solve_folders
from scenarios.asking.settling import settle
from scenarios.plans.file import read_plan

# TOWN's blocks, for the years after: one school in the west, one in the east.
MIDDLE = TOWN.but(
    zones="""
    X x x y y
    x x y Y y
    x x x y y
    x x x y y
    """,
    seats={},
    least={},
    other={},
)
HIGH = MIDDLE.but(
    zones="""
    x x x x x
    x x x x x
    x x X y y
    y y y Y y
    """
)
few = hypothesis.settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def districts(tmp_path_factory) -> list[District]:
    folder = tmp_path_factory.mktemp("bands")
    toys = {"low": TOWN, "middle": MIDDLE, "high": HIGH}
    return [replace(toy.district(folder / name), name=name) for name, toy in toys.items()]


def result_of(plan: Plan, rules=(), **changes) -> Result:
    return Result(plan, Disparity(), tuple(rules), seed=0, iterations=1, seconds=0.0, **changes)


def moved_one(district: District, seed: int) -> Plan:
    """Today's zones with one block at random at another school."""
    random = np.random.default_rng(seed)
    school = district.status_quo.copy()
    school[random.integers(district.blocks)] = random.integers(district.schools)
    return Plan(district, school)


@few
@given(st.integers(0, 10_000))
def test_feeders_are_what_counting_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    lower, upper = small(random, rows=3, schools=4, fractions=bool(seed % 2)), small(random, rows=3, schools=3)
    one, two = (Plan(d, random.integers(0, d.schools, d.blocks)) for d in (lower, upper))
    went: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for i in range(lower.blocks):
        if lower.students[i] > 0:
            went[int(one.school[i])][int(two.school[i])] += float(lower.students[i])
    rows = feeders(one, two)
    for j, row in enumerate(rows):
        whole = sum(went[j].values())
        assert row.students == pytest.approx(whole)
        assert row.schools == len(went[j])
        assert row.together == (pytest.approx(max(went[j].values()) / whole) if whole else None)
        assert (row.to is None) == (whole == 0)
        assert whole == 0 or went[j][row.to] == pytest.approx(max(went[j].values()))
    assert splits(rows) == sum(max(len(to) - 1, 0) for to in went.values())
    most = sum(max(to.values()) for to in went.values() if to)
    assert together(rows) == pytest.approx(most / lower.students.sum())


@pytest.mark.parametrize("downwards", [True, False])
def test_each_band_knows_its_neighbours(downwards: bool, districts: list[District]) -> None:
    latest = {band: Plan.status_quo(district) for band, district in enumerate(districts)}
    seen = []

    def solve(band: int, district: District, turn: int) -> Result:
        seen.append((turn, band))
        for column, other in ((BELOW, band - 1), (ABOVE, band + 1)):
            if other in latest:
                there = [districts[other].school_ids[j] for j in latest[other].school]
                assert district.attributes[column].tolist() == there
            else:
                assert column not in district.attributes
        latest[band] = moved_one(district, 10 * turn + band)
        return result_of(latest[band])

    bands = solve_bands(districts, solve, rounds=1, downwards=downwards, value=lambda _: -float(len(seen)))
    assert bands.round == 1
    assert bands.plans == tuple(latest[band] for band in range(3))
    assert seen == [(turn, band) for turn in (0, 1) for band in ((2, 1, 0) if downwards else (0, 1, 2))]
    assert not set(districts[1].attributes) & {BELOW, ABOVE}


@few
@given(st.integers(0, 10_000), st.integers(0, 4))
def test_together_is_never_worse_and_keeps_the_best_round(seed: int, rounds: int) -> None:
    bands = [small(np.random.default_rng(seed), rows=3, schools=n) for n in (4, 3)]
    values = []

    def solve(band: int, district: District, turn: int) -> Result:
        return result_of(moved_one(district, seed + 10 * turn + band))

    def value(results) -> float:
        values.append(total(results))
        return values[-1]

    found = solve_bands(bands, solve, rounds=rounds, value=value)
    assert len(values) == rounds + 1
    assert found.value == total(found.results) == pytest.approx(min(values), abs=1e-12)
    assert found.value == values[found.round]


def test_a_band_without_a_valid_plan_ends_it(districts: list[District]) -> None:
    def solve(band: int, district: District, turn: int) -> Result:
        school = district.status_quo.copy()
        if band == 1:
            school[:] = 0
        return result_of(Plan(district, school), DEFAULT_RULES)

    found = solve_bands(districts, solve, rounds=3)
    assert (found.valid, found.value) == (False, None)
    assert [result is not None and result.valid for result in found.results] == [False, False, True]
    assert found.results[0] is None


def test_a_stop_keeps_the_best_round_so_far(districts: list[District]) -> None:
    calls = []

    def solve(band: int, district: District, turn: int) -> Result:
        calls.append((turn, band))
        return result_of(Plan.status_quo(district), stopped=turn == 1)

    found = solve_bands(districts, solve, rounds=3)
    assert (found.round, found.valid) == (0, True)
    assert calls == [(0, 2), (0, 1), (0, 0), (1, 2)]


def test_other_blocks_are_named(districts: list[District]) -> None:
    ids = tuple("q" if name == "r0c1" else name for name in districts[1].block_ids)
    other = replace(districts[1], block_ids=ids)
    with pytest.raises(InputError) as raised:
        solve_bands([districts[0], other], lambda *_: pytest.fail("nothing to solve"))
    mend = "Grade bands need the same blocks: give the districts the same block_id column"
    assert str(raised.value).splitlines() == [
        f"middle, column 'block_id': blocks of low are missing: r0c1. {mend}",
        f"low, column 'block_id': blocks of middle are missing: q. {mend}",
    ]


def test_any_rules_serve(districts: list[District]) -> None:
    """A factory of rules that looks at the columns: bands with one above them have a cap."""

    def solve(band: int, district: District, turn: int) -> Result:
        rules = (*DEFAULT_RULES, Moved(0.1)) if ABOVE in district.attributes else DEFAULT_RULES
        return optimize(district, None, rules, iterations=1500, threads=1, seed=turn, solver="search", proving=0.0)

    found = solve_bands(districts[:2], solve, rounds=1)
    assert found.valid
    assert found.plans[0].moved_share <= 0.1 + 1e-9
    assert found.value == pytest.approx(sum(result.objective_value for result in found.results))


def test_the_table_of_feeders(districts: list[District]) -> None:
    low, middle = districts[:2]
    plans = [Plan.status_quo(low), Plan(middle, np.zeros(20, int))]
    rows = feeder_table(plans).to_dict("records")
    assert [row["school_id"] for row in rows] == ["x", "y", "z"]
    z = rows[2]
    # z, by eye: r0c4 and r3c3 lie in the east; 10 and 10 of 60 students.
    assert (z["students_before"], z["together_before"], z["goes_to_before"], z["schools_before"]) == (
        60, pytest.approx(40 / 60), "x", 2
    )  # fmt: skip
    assert (z["together_after"], z["goes_to_after"], z["schools_after"]) == (1.0, "x", 1)


def test_the_tie_is_written_as_rules(districts: list[District]) -> None:
    low, middle, high = districts
    there = with_columns(middle, Plan.status_quo(low), Plan.status_quo(high))
    both = Tie(low=0.6, cost=0.01).rules(there)
    assert both == (
        {"kind": "feeder", "column": ABOVE, "low": 0.6},
        {"kind": "feeder", "column": ABOVE, "cost": 0.01},
        {"kind": "feeder", "column": BELOW, "cost": 0.01},
    )  # fmt: skip
    assert Tie(low=0.6).rules(there) == ({"kind": "feeder", "column": ABOVE, "low": 0.6},)
    assert Tie(cost=0.01).rules(low) == Tie().rules(there) == ()
    assert column_table(result_of(Plan.status_quo(low))) is None
    columns = column_table(result_of(Plan.status_quo(there)))
    assert columns.columns.tolist() == ["block_id", BELOW, ABOVE]
    assert columns[BELOW].tolist() == [low.school_ids[j] for j in low.status_quo]


def run_tied(districts: list[District], tie: Tie):
    settings = [settle({"iterations": 3000, "threads": 1, "solver": "search"}, None, {})] * len(districts)
    quiet = {"seconds": lambda _: None, "watch": lambda *_: lambda _: None}
    return solve_folders(districts, settings, tie, **quiet)


def test_a_cost_keeps_schools_together(districts: list[District]) -> None:
    loose, tied = (run_tied(districts[:2], tie) for tie in (Tie(), Tie(cost=0.5, rounds=1)))
    assert tied.bands.valid
    assert splits(feeders(*tied.bands.plans)) < splits(feeders(*loose.bands.plans))
    assert any(rule["kind"] == "feeder" for rule in tied.settings[0].rules)


def test_a_share_of_each_school_goes_on_together(districts: list[District]) -> None:
    loose, tied = (run_tied(districts[:2], tie) for tie in (Tie(), Tie(low=0.8)))
    assert tied.bands.valid
    assert all(row.together >= 0.8 for row in feeders(*tied.bands.plans))
    assert not all(row.together >= 0.8 for row in feeders(*loose.bands.plans))
    for result in tied.bands.results:
        assert is_valid(breaches(result.plan, result.rules))


def test_the_share_needs_the_plan_above(districts: list[District]) -> None:
    with pytest.raises(InputError, match=r"^--feeder-low, column 'low': 1.5 cannot be used"):
        run_tied(districts, Tie(low=1.5))
    text = "--feeder-low: the share who go on together needs the plan of the band above. Leave --first lowest out"
    with pytest.raises(InputError, match=text):
        run_tied(districts, Tie(low=0.5, downwards=False))


def test_the_command_writes_a_folder_a_band(rezone, tmp_path: Path) -> None:
    folders, out = [TOWN.write(tmp_path / "low"), MIDDLE.write(tmp_path / "middle")], tmp_path / "out"
    job = (*folders, "--out", out, "--iterations", 1500, "--solver", "search", "--together", "--rounds", 1)
    status, printed, err = rezone("bands", *job)
    assert status == 0, err
    assert "The bands were not tied to each other" in printed
    assert sorted(path.name for path in out.iterdir()) == [
        *("band_1", "band_2", "bands.json", "feeders.csv", "manifest.json")
    ]
    found = json.loads((out / "bands.json").read_text(encoding="utf-8"))
    plans = []
    for band, folder in zip(found["bands"], folders, strict=True):
        district = read_district(folder)
        plans.append(read_plan(out / band["folder"] / "plan.csv", district))
        summary = json.loads((out / band["folder"] / "summary.json").read_text(encoding="utf-8"))
        assert summary["objective_value"] == band["objective_value"]
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, plans[-1].school, strict=True)}
        assert all(inherited for _, _, inherited in checker.broken(checker.Folder(folder), zones))
    assert found["value"] == pytest.approx(sum(band["objective_value"] for band in found["bands"]))
    rows = list(csv.DictReader(io.StringIO((out / "feeders.csv").read_text(encoding="utf-8"))))
    assert [float(row["together_after"]) for row in rows] == [row.together for row in feeders(*plans)]
    again = tmp_path / "again"
    assert rezone("bands", *folders, "--out", again, *job[4:])[0] == 0
    assert (again / "feeders.csv").read_bytes() == (out / "feeders.csv").read_bytes()


def test_no_valid_plan_is_the_answer_no(rezone, tmp_path: Path) -> None:
    folders = [TOWN.but(seats={"x": 5, "y": 5}).write(tmp_path / "low"), MIDDLE.write(tmp_path / "middle")]
    status, printed, _ = rezone("bands", *folders, "--out", tmp_path / "out", "--strict", "--iterations", 500)
    assert status == 1
    assert "There is no valid plan within these limits. That is proved." in printed
    found = json.loads((tmp_path / "out" / "bands.json").read_text(encoding="utf-8"))
    assert [band["valid"] for band in found["bands"]] == [False, True]
    assert [path.name for path in (tmp_path / "out" / "band_1").iterdir()] == ["summary.json"]


def test_bad_calls(rezone, tmp_path: Path) -> None:
    low, middle, out = TOWN.write(tmp_path / "low"), MIDDLE.write(tmp_path / "middle"), tmp_path / "out"
    config = tmp_path / "options.toml"
    config.write_text("")
    for arguments, text in (
        ((low,), "DISTRICT...: there is only one band. Name two folders or more, lowest band first"),
        ((low, middle, "--first", "low"), "--first: 'low' is neither of them. Give highest or lowest"),
        ((low, middle, "--config", config, "--config", config, "--config", config),
         "--config: 3 files for 2 bands. Give one for all bands, or one for each, in order"),
    ):  # fmt: skip
        assert rezone("bands", *arguments, "--out", out) == (2, "", f"error: {text}\n")
        assert not out.exists()
