"""A plan taken along is the plan: whatever file it is taken as, and what evaluate says of it is what the page said."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_kit import assign, client, lay, locks
from toys import EXAMPLE, TOWN, Toy

from optimizer.plan import Plan
from scenarios import read_district, write_plan
from scenarios.asking.settling import settle
from scenarios.paper.measures import change, figure
from scenarios.paper.words import words
from scenarios.plans.layers import read_any_plan
from scenarios.table.figures import NONE, plain_text

BARE = Toy("X x y Y", students="8 6 4 2")  # nobody's group and nobody's poverty is known
POOR = BARE.but(poverty="1 3 4 2")
SEEN = [HealthCheck.function_scoped_fixture]


def test_every_file_holds_the_plan(tmp_path: Path) -> None:
    table = lay(tmp_path)
    page = client(table)
    page.post("/api/plans/1/edits", json=assign(0, [1, 2], [1, 1]))
    want = page.get("/api/plans/1").json()["schools"]
    for name in ("plan.csv", "plan.gpkg"):
        answer = page.get(f"/api/plans/1/export/{name}")
        (tmp_path / name).write_bytes(answer.content)
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert read_any_plan(tmp_path / name, table.judge.district).plan.school.tolist() == want
    wish = {"id": "w", "text": "<i>Our street</i>", "who": "Ana", "date": "2026-11-30", "price": {"words": "Costs 1"}}
    page.post("/api/plans/1/edits", json={"seq": 1, "kind": "wish", "data": wish})
    report = page.get("/api/plans/1/export/report.html?language=es")
    assert '<html lang="es">' in report.text
    for told in ("Plan 1", "Lo que se pidió", "&lt;i&gt;Our street&lt;/i&gt;", "Ana · 2026-11-30", "Costs 1"):
        assert told in report.text
    for other in ("../plans.sqlite", "plans.sqlite", "%2e%2e%2fplans.sqlite"):
        assert page.get(f"/api/plans/1/export/{other}").status_code == 404


def test_the_scenario_file_finds_the_plan_anew(tmp_path: Path, rezone, monkeypatch) -> None:
    EXAMPLE.write(tmp_path / "district")
    start = tmp_path / "start.csv"
    write_plan(start, Plan.status_quo(read_district(tmp_path / "district")))
    monkeypatch.chdir(tmp_path)  # what is named from here is found from wherever the file lies
    asked = {"near": "start.csv", "max_changed": 0.9, "from": "start.csv"}
    table = lay(tmp_path, EXAMPLE, settings=settle({"size_tolerance": 0.5, "iterations": 300, "threads": 1} | asked))
    page = client(table)
    page.post("/api/plans/1/edits", json=assign(0, [1], [1]))
    page.post("/api/plans/1/edits", json=locks(1, [1, 2]))
    wish = {"id": "w", "text": "Together", "rule": {"kind": "keep_together", "blocks": ["r0c2", "r0c3"]}}
    page.post("/api/plans/1/edits", json={"seq": 2, "kind": "wish", "data": wish})
    state = page.get("/api/plans/1").json()
    assert state["figures"]["valid"]
    (tmp_path / "scenario.toml").write_bytes(page.get("/api/plans/1/export/scenario.toml").content)
    told = tomllib.loads((tmp_path / "scenario.toml").read_text())
    drawn, best = told["scenario"]
    assert (told["options"]["from"], "near" in told["options"]) == (str(start.resolve()), False)
    assert [rule["kind"] for rule in told["rules"]] == ["changed"]
    monkeypatch.undo()
    assert [wish["rule"] in one["rules"] for one in (drawn, best)] == [False, True]
    assert rezone("run", tmp_path / "scenario.toml", "--out", tmp_path / "run", "--jobs", 1)[0] == 0
    import pandas as pd

    runs = pd.read_parquet(tmp_path / "run" / "results.parquet").set_index("scenario")
    found = {name: runs.loc[name, "run"] for name in ("Plan 1, as it was drawn", "Plan 1")}
    district = table.judge.district
    plans = {
        name: read_any_plan(tmp_path / "run" / "plans" / f"{run}.csv", district).plan.school.tolist()
        for name, run in found.items()
    }
    assert plans["Plan 1, as it was drawn"] == state["schools"]
    assert [plans["Plan 1"][i] for i in (1, 2)] == [state["schools"][i] for i in (1, 2)]


@pytest.mark.parametrize("toy", [TOWN, EXAMPLE, BARE, POOR], ids=["town", "example", "bare", "poor"])
@pytest.mark.parametrize("language", ["en", "es", "zh-Hant"])
def test_the_sentence_and_every_row_are_words_in_each_language(toy: Toy, language: str, tmp_path: Path) -> None:
    page = client(lay(tmp_path, toy, language=language))
    figures = page.post("/api/plans/1/edits", json=assign(0, [2], [0])).json()["figures"]
    told = json.dumps([figures["sentence"], figures["moved"], figures["breaches"], figures["rows"]], ensure_ascii=False)
    assert figures["sentence"].endswith("。" if language == "zh-Hant" else ".")
    assert not any(mark in told for mark in ("&", "<", "NaN"))
    assert figures["rows"]


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """A table on each toy, with its folder."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("town", "poor")}
    return {name: (folders[name], lay(folders[name], {"town": TOWN, "poor": POOR}[name])) for name in folders}


@settings(deadline=None, max_examples=12, suppress_health_check=SEEN)
@given(name=st.sampled_from(["town", "poor"]), seed=st.integers(0, 10_000))
def test_what_the_page_says_is_what_evaluate_says(name: str, seed: int, laid, rezone) -> None:
    folder, table = laid[name]
    page, random = client(table), np.random.default_rng(seed)
    state = page.get("/api/plans/1").json()
    blocks = random.choice(table.judge.district.blocks, 3, replace=False).tolist()
    schools = random.integers(table.judge.district.schools, size=3).tolist()
    page.post("/api/plans/1/edits", json=assign(state["seq"], blocks, schools))
    (folder / "plan.csv").write_bytes(page.get("/api/plans/1/export/plan.csv").content)
    status, out, _ = rezone("evaluate", folder / "district", folder / "plan.csv", "--json")
    said: dict[str, Any] = json.loads(out)
    figures = page.get("/api/plans/1").json()["figures"]
    assert (status, said["valid"]) == (0, figures["valid"])
    assert figures["measures"].keys() == said["measures"].keys()
    for key, value in said["measures"].items():
        assert figures["measures"][key] == (None if value is None else pytest.approx(value, abs=1e-9))
    f = words("en").figures
    for row in figures["rows"]:
        now, before = said["measures"][row["id"]], said["measures_status_quo"][row["id"]]
        assert row["shown"]["now"] == (NONE if now is None else plain_text(figure(row["id"], now, "m", f)))
        assert row["shown"]["today"] == (NONE if before is None else plain_text(figure(row["id"], before, "m", f)))
        if now is not None and before is not None:
            assert row["shown"]["change"] == plain_text(change(row["id"], now - before, "m", f))
    wanted = [(row["limit"], row.get("school"), row.get("block"), row["inherited"]) for row in said["broken_limits"]]
    ids = table.judge.district
    shown = [
        (
            one["limit"],
            None if one["school"] is None else ids.school_ids[one["school"]],
            None if one["block"] is None else ids.block_ids[one["block"]],
            one["inherited"],
        )
        for one in figures["breaches"]
    ]
    assert shown == wanted
    assert [one["amount"] for one in figures["breaches"]] == [row["amount"] for row in said["broken_limits"]]
