"""Where there is no plan: never more said than is proved, in the same words by every command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import small
from toys import EXAMPLE, TOWN

from optimizer import Contiguity, InputError, Result, Size, Travel, optimize
from optimizer.baselines.contradiction import contradictory
from optimizer.contradictions import ready
from optimizer.frontier import Missing, frontier
from optimizer.frontier.curve import Run
from optimizer.rules import Close
from optimizer.solvers.exact import solve_exact
from scenarios import read_district
from scenarios.asking.options import Options, Settings
from scenarios.asking.settling import settle
from scenarios.cli.sensitivity import _line
from scenarios.frontier import document
from scenarios.frontier.document import missing_in_words, table_csv
from scenarios.frontier.plot import draw
from scenarios.paper.absence import NEXT, in_a_clause, in_full
from scenarios.paper.words import languages, words
from scenarios.report.charts import Point
from scenarios.report.curve import curve_view
from scenarios.sensitivity import carry, make_cases
from scenarios.sensitivity import document as sensitivity_document
from scenarios.sensitivity import table_csv as sensitivity_csv
from scenarios.writing.records import as_json

LIMITS = (Travel(), Size(), Contiguity())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_prices_rule_out_the_exact_solver_finds_nothing_in(seed: int) -> None:
    district = small(np.random.default_rng(seed))
    rules = (Travel(increase=1.0), Size(strict=True), Contiguity(), *([Close(schools=("s1",))] if seed % 2 else []))
    try:
        question = ready(district, rules)
    except InputError:
        return
    if len(question.nowhere) or not contradictory(question.model):
        return
    assert solve_exact(question.model, optimize(district, "moved", LIMITS, iterations=1).objective).school is None


def test_a_run_says_proved_only_where_it_is(tmp_path: Path) -> None:
    full = read_district(EXAMPLE.but(seats={"x": 5, "y": 5}).write(tmp_path / "d"))
    rules = (Travel(), Size(strict=True), Contiguity())
    result = optimize(full, "disparity", rules, iterations=200)
    assert (result.no_plan, result.status) == ("proved", "infeasible")
    assert "has no valid plan, which is proved" in repr(result)
    lost = replace(result, impossible=False)
    assert lost.no_plan == "not found"
    assert "no valid plan was found" in repr(lost)
    assert in_full("not found").endswith("That there is none is not proved.")
    assert in_a_clause("not found") == "no valid plan was found in the time given"


@pytest.mark.parametrize(
    ("impossible", "words_", "cell"),
    [(False, "none found in the time", "not found"), (True, "there is none: proved", "proved")],
)
def test_a_row_of_sensitivity_tells_the_two_apart(tmp_path: Path, impossible: bool, words_: str, cell: str) -> None:
    district = read_district(TOWN.write(tmp_path / "town"))
    chosen = settle({"iterations": 200, "solver": "search", "threads": 1}, None, {})
    cases = make_cases(district, chosen)[:2]
    good = optimize(district, "disparity", LIMITS, iterations=200)
    everywhere = replace(good.plan, school=np.roll(good.plan.school, 1))  # breaks every limit there is
    lost: Result = replace(good, plan=everywhere, certificate=None, impossible=impossible)
    assert not lost.valid
    found = sensitivity_document(carry(cases, [lost, lost]), chosen, 1.0)
    assert [row.no_plan for row in found.rows] == [cell, cell]
    assert _line(found.rows[1], "m", True)[1] == words_
    table = sensitivity_csv(found).splitlines()
    assert table[1].split(",")[table[0].split(",").index("no_plan")] == cell


def test_a_curve_names_every_cap_without_a_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    district = read_district(TOWN.write(tmp_path / "town"))
    whole = frontier(district, "disparity", LIMITS, points=5, iterations=300, threads=1)
    assert (whole.missing, whole.no_plan) == ((), None)
    caps = [point.cap for point in whole.points if point.cap is not None]
    found = Run._under
    monkeypatch.setattr(Run, "_under", lambda run, cap, looser: None if cap in caps[1:3] else found(run, cap, looser))
    short = frontier(district, "disparity", LIMITS, points=5, iterations=300, threads=1)
    assert [one.cap for one in short.missing] == caps[1:3]
    assert {one.why for one in short.missing} == {"not found"}
    doc = document(short, (), Settings(Options()), 1.0)
    (line,) = missing_in_words(doc.missing, lambda cap: f"{cap:.2f}")
    assert line.startswith(f"No plan under the caps {caps[1]:.2f}, {caps[2]:.2f}: none found in the time; a longer")
    (tmp_path / "frontier.csv").write_text(table_csv(doc))
    table = pd.read_csv(tmp_path / "frontier.csv")
    assert len(table) == len(short.points) + 2
    assert list(table["missing"].dropna()) == ["not found", "not found"]
    assert table["plan"].notna().sum() == len(short.points)
    assert "No plan under the caps" in draw(doc)
    assert as_json(doc.missing)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("why", ["not found", "proved", "stopped"])
def test_the_page_names_them_in_every_language(language: str, why: str) -> None:
    t = words(language)
    row = {"moved_share": 0.1, "travel_mean": 1.0, "disparity": 0.05, "dissimilarity.race": 0.3}
    doc: Any = SimpleNamespace(today=row, travel_unit="m")
    view = curve_view([Point("a", row), Point("b", row)], doc, t, [(0.01, why), (0.02, why)])
    assert view is not None
    (sentence,) = view.missing
    assert "2" in sentence
    assert "{" not in sentence


def test_a_stopped_curve_says_so() -> None:
    missing = [Missing(0.05, "stopped"), Missing(0.1, "proved")]
    assert missing_in_words(missing, lambda cap: f"{100 * cap:.0f} %") == [
        "No plan under the caps 10 %: there is none: proved.",
        "No plan under the caps 5 %: stopped before them; run it again to get them.",
    ]


@pytest.mark.parametrize("no_plan", ["proved", "not found"])
def test_no_reason_is_promised_for_what_is_not_proved(no_plan) -> None:
    assert ("says why" in NEXT[no_plan]) == (no_plan == "proved")
