"""Plans beside each other: dominance, ranks and differences against plain loops, and the files that come of it."""

from __future__ import annotations

import csv
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import plan_of, row_of, run_folder
from toys import TOWN

from optimizer import InputError, Plan, measure, optimize
from optimizer.objectives import make_objective
from scenarios import compare, read_district, read_results
from scenarios.answer.summary import summarise_run
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.comparison import chart, differences, write_comparison
from scenarios.plans.file import write_plan
from scenarios.writing.files import write_json

HOSTILE = "<img src=x onerror=alert(1)>&\"'=1+1"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return TOWN.district(tmp_path_factory.mktemp("town"))


@pytest.fixture
def some(town, tmp_path: Path):
    """Three plans and two runs without one, as a folder of `run`."""
    plans = {
        HOSTILE: plan_of(town, ("r0c2", "y")),
        "two": plan_of(town, ("r0c2", "y"), ("r1c1", "x")),
        "three": plan_of(town, ("r1c2", "y"), ("r2c1", "x")),
    }
    rows = [row_of(town, name, plan) for name, plan in plans.items()]
    rows.append(row_of(town, "none", None, outcome="infeasible"))
    rows.append(row_of(town, "broken", None, status="failed", outcome=None, reason="seats: <b>"))
    return run_folder(tmp_path / "run", rows, plans), plans


def plainly_dominates(a, b) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True)) and a != b


def test_every_plan_stands_against_the_status_quo_and_is_ranked(town, some) -> None:
    folder, plans = some
    compared = compare(read_results(folder))
    table = compared.of(town.name).set_index("plan")
    assert table.index.tolist() == ["status quo", *plans]
    assert compared.criteria == {town.name: ("disparity", "dissimilarity.race", "moved_share", "travel_mean")}
    today = measure(Plan.status_quo(town))
    for name, plan in plans.items():
        now = measure(plan)
        for key, value in now.items():
            if value is not None:
                assert table.loc[name, key] == value
                assert table.loc[name, f"change.{key}"] == pytest.approx(value - today[key])
        others = [today, *(measure(p) for p in plans.values())]
        assert table.loc[name, "rank.disparity"] == 1 + sum(o["disparity"] < now["disparity"] - 1e-12 for o in others)
        assert table.loc[name, "rank.within_band"] == 1 + sum(o["within_band"] > now["within_band"] for o in others)
        figures = [[o[c] for c in compared.criteria[town.name]] for o in others]
        mine = [now[c] for c in compared.criteria[town.name]]
        assert table.loc[name, "dominated"] == any(plainly_dominates(o, mine) for o in figures)
    assert "rank.exposure_to_poverty.black" not in table.columns
    assert table.loc["status quo", "moved_share"] == 0
    assert compared.without["scenario"].tolist() == ["none", "broken"]


def test_a_plan_that_breaks_limits_dominates_none(town, tmp_path: Path) -> None:
    good, bad = plan_of(town, ("r0c2", "y")), plan_of(town)
    rows = [row_of(town, "good", good), row_of(town, "bad", bad, outcome="invalid", disparity=0.0, travel_mean=0.0)]
    table = compare(read_results(run_folder(tmp_path / "r", rows, {}))).table.set_index("plan")
    assert table.loc["good", "dominated_by"] in ("", "status quo")
    assert table.loc["bad", "first_share"] > 0.5


@pytest.mark.parametrize("said", [{"valid_status_quo": False}, {"rules": '[{"kind": "close", "schools": ["z"]}]'}])
def test_today_dominates_no_plan_whose_rules_it_breaks(said: dict, town, tmp_path: Path) -> None:
    """Measures by which the status quo is best in everything."""
    today = Plan.status_quo(town)
    worse = {"disparity": 0.5, "dissimilarity.race": 0.9, "moved_share": 0.5, "travel_mean": 9e3}
    moved = row_of(town, "moved", today) | worse
    closed = row_of(town, "closed", today) | worse | said
    both = compare(read_results(run_folder(tmp_path / "both", [moved, closed], {}))).table.set_index("plan")
    assert both["dominated_by"].to_dict() == {"status quo": "", "moved": "status quo", "closed": ""}
    assert both.loc["status quo", "first_share"] == 1
    alone = compare(read_results(run_folder(tmp_path / "alone", [closed], {}))).table.set_index("plan")
    assert alone["dominated_by"].to_dict() == {"status quo": "", "closed": ""}
    assert np.isnan(alone.loc["status quo", "first_share"])
    assert (alone.loc["closed", "first_share"], alone.loc["closed", "rank_low"]) == (1, 1)


def test_plans_of_one_name_are_told_apart_by_their_options_and_ranked_over_seeds(town, tmp_path: Path) -> None:
    rows = []
    for seed, (a, b) in {1: (0.05, 0.06), 2: (0.07, 0.06)}.items():
        for name, value in (("a", a), ("b", b)):
            rows.append(row_of(town, name, plan_of(town), **{"option.seed": seed, "disparity": value}))
    rows.append(row_of(town, "status quo", plan_of(town)))
    table = compare(read_results(run_folder(tmp_path / "r", rows, {}))).table.set_index("plan")
    assert table.index.tolist() == [
        "status quo",
        "a (seed 1)",
        "b (seed 1)",
        "a (seed 2)",
        "b (seed 2)",
        "status quo [2]",
    ]
    spans = table[["seed_rank_low", "seed_rank_high"]].to_numpy().tolist()
    assert spans[1:5] == [[1, 2]] * 4
    assert np.isnan(spans[0][0])


@pytest.mark.parametrize("with_district", [False, True])
def test_differences_are_those_of_the_plans(town, some, with_district: bool) -> None:
    folder, plans = some
    found = differences(compare(read_results(folder)), [town] if with_district else [])
    every = {"status quo": Plan.status_quo(town), **plans} if with_district else plans
    pairs = found.pairs.set_index(["plan", "other"])
    assert len(pairs) == 6
    for (one, a), (two, b) in product(every.items(), repeat=2):
        if (one, two) in pairs.index:
            row, apart = pairs.loc[(one, two)], a.school != b.school
            assert row["blocks"] == apart.sum()
            assert row["disparity"] == pytest.approx(measure(b)["disparity"] - measure(a)["disparity"])
            if with_district:
                assert row["students"] == pytest.approx(town.students[apart].sum())
            else:
                assert np.isnan(row["students"])
    blocks = found.blocks.set_index("block_id")
    table = np.array([plan.school for plan in every.values()])
    expected = [town.block_ids[i] for i in range(town.blocks) if len(set(table[:, i])) > 1]
    assert blocks.index.tolist() == expected
    for name, plan in every.items():
        at = [town.block_ids.index(block) for block in expected]
        assert blocks[f"plan: {name}"].tolist() == [town.school_ids[plan.school[i]] for i in at]


def test_folders_of_optimize_are_rows_and_a_run_met_twice_counts_once(town, tmp_path: Path) -> None:
    for name, flags in (("p1", {}), ("p2", {"objective": "travel_mean"})):
        given = settle({"iterations": 2000, "solver": "search", **flags}, None, {})
        objective = make_objective(given.options.objective, town)
        result = optimize(town, objective, rules_of(given), iterations=2000, solver="search", threads=1)
        (tmp_path / name).mkdir()
        write_json(tmp_path / name / "summary.json", summarise_run(result, given, 1.0))
        write_plan(tmp_path / name / "plan.csv", result.plan)
    results = read_results([tmp_path / "p1", tmp_path / "p2", tmp_path / "p1"])
    assert results["scenario"].tolist() == ["p1", "p2"]
    summary = json.loads((tmp_path / "p1" / "summary.json").read_text(encoding="utf-8"))
    table = compare(results).table.set_index("plan")
    assert table.loc["p1", "disparity"] == summary["disparity"]
    assert table.loc["p1", "bound"] == summary["bound"]
    assert differences(compare(results)).pairs["blocks"].notna().sum() == 1


def test_a_folder_of_parts_with_different_columns_is_one_table(town, tmp_path: Path) -> None:
    (tmp_path / "results.parquet").mkdir()
    other = replace(town, name="other")
    for k, row in enumerate((row_of(town, "a", plan_of(town)), row_of(other, "a", plan_of(town), run="2", note=1))):
        kept = {key: value for key, value in row.items() if k or "white" not in key}
        pd.DataFrame([kept]).to_parquet(tmp_path / "results.parquet" / f"part-{k}.parquet")
    compared = compare(read_results(tmp_path))
    assert compared.districts == ["toy", "other"]
    assert np.isnan(compared.of("toy")["exposure_to_poverty.white"]).all()


def test_what_cannot_be_compared_is_said_in_words(town, some, tmp_path: Path) -> None:
    folder, _ = some
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "summary.json").write_text("[]")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "results.parquet").write_text("hello")
    for path, words in (
        (tmp_path / "empty", "empty: holds neither results.parquet nor summary.json"),
        (tmp_path / "gone", "gone: is not a folder"),
        (tmp_path / "text", "summary.json: must be a table"),
        (tmp_path / "bad", "results.parquet: cannot be read as parquet"),
    ):
        with pytest.raises(InputError) as error:
            read_results(path)
        assert words in str(error.value)
    with pytest.raises(
        InputError, match=r"run: holds no plan to compare \(the first reason: seats: <b>\)\. Run scenarios"
    ):
        compare(read_results(folder).iloc[3:])
    rows = [row_of(town, "a", plan_of(town)), row_of(town, "b", plan_of(town), **{"status_quo.disparity": 0.5})]
    with pytest.raises(InputError, match=r"district 'toy' has more than one status quo: status_quo.disparity"):
        compare(read_results(run_folder(tmp_path / "r", rows, {})))
    with pytest.raises(InputError, match=r"criteria: cannot be compared by \(did you mean 'travel_max'\?\): travel_mx"):
        compare(read_results(folder), criteria=["travel_mx"])
    with pytest.raises(InputError, match="--district: no plan is of district 'elsewhere'"):
        differences(compare(read_results(folder)), [replace(town, name="elsewhere")])
    run = next(iter((folder / "plans").iterdir()))
    run.write_text("block_id,school_id\nr0c0,x\n")
    with pytest.raises(InputError, match="the blocks of plan"):
        differences(compare(read_results(folder)))


def test_a_run_cannot_name_a_file_outside_its_folder(town, tmp_path: Path) -> None:
    write_plan(tmp_path / "secret.csv", plan_of(town))
    folder = run_folder(tmp_path / "r", [row_of(town, "a", plan_of(town), run="../../secret")], {})
    assert read_results(folder)["plan_file"].tolist() == [""]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_files_hold_the_table_escaped_and_without_paths(town, some, tmp_path: Path) -> None:
    folder, plans = some
    out = tmp_path / "out"
    out.mkdir()
    compared = compare(read_results(folder))
    names = write_comparison(out, compared, differences(compared, [town]))
    assert sorted(names) == sorted(p.name for p in out.iterdir())
    for name in ("compare.csv", "differences.csv", "differences_blocks.csv", "compare.html"):
        text = (out / name).read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert "NaN" not in text.split("<script")[0]
    table = list(csv.DictReader((out / "compare.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["plan"] for row in table] == ["status quo", *plans]
    assert float(table[1]["disparity"]) == measure(plans[HOSTILE])["disparity"]
    page = (out / "compare.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert not [tag for tag, _ in tags.tags if tag in ("img", "b", "link", "iframe")]
    policy = next(given["content"] for tag, given in tags.tags if "http-equiv" in given)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert not re.search(r'(src|href)="(?!#)', page)
    lines = [given for tag, given in tags.tags if tag == "g" and "plan" in (given.get("class") or "")]
    assert len(lines) == 4
    assert all(given["tabindex"] == "0" and given["aria-label"] for given in lines)
    assert "Dissimilarity by race" in page
    assert sum(tag == "figure" for tag, _ in tags.tags) == 4
    assert "seats: &lt;b&gt;" in page


def test_the_command_prints_and_writes(town, some, tmp_path: Path, monkeypatch, capsys) -> None:
    from scenarios.cli import main

    folder, _ = some
    district = TOWN.write(tmp_path / "town")
    words = ["rezone", "compare", str(folder), "--out", str(tmp_path / "out"), "--district", str(district)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr().out
    assert not ended.value.code
    assert "by race" in printed.splitlines()[1]
    assert "2 runs have no plan" in printed
    assert (tmp_path / "out" / "compare.xlsx").exists()
    assert read_district(district).name == town.name


def test_other_criteria_may_be_asked_for_also_those_where_more_is_better(town, some) -> None:
    folder, plans = some
    asked = ["within_band", "travel_mean"]
    table = compare(read_results(folder), criteria=asked).of(town.name)
    values = table[asked].to_numpy() * [-1, 1]
    for i, row in enumerate(values):
        better = [k for k, other in enumerate(values) if (other <= row).all() and (other < row).any()]
        assert table["dominated"].iloc[i] == bool(better)
    assert len(table) == 1 + len(plans)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(chart.TOP, chart.BOTTOM), min_size=1, max_size=chart.MOST))
def test_names_beside_lines_keep_their_order_and_apart(ends: list[float]) -> None:
    heights = chart._beside(np.array(ends))
    order = np.argsort(ends, kind="stable")
    assert (np.diff(heights[order]) >= chart.LINE - 1e-9).all()
    assert heights.min() >= chart.TOP - 1e-9
    assert heights.max() <= chart.HEIGHT
