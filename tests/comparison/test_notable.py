"""Small change is not news: thresholds, and what every page says below them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scorecards
from hypothesis import given
from hypothesis import strategies as st
from studies import row_of, run_folder
from told import gone, measuring, today_of
from toys import TOWN

from optimizer import Plan
from optimizer.measures import measure
from scenarios import compare, read_results
from scenarios.answer.notable import levels, threshold, way
from scenarios.paper.words import languages, words
from scenarios.reading.uncertainty import Interval, Uncertainty
from scenarios.report.answer import sentences
from scenarios.score.words import sentences as scored

SMALL = ((0.0476, 0.0475), (0.3512, 0.3505))  # disparity, dissimilarity by race: 4.76 to 4.75 points


@pytest.mark.parametrize(
    ("name", "unit", "before", "after", "goes"),
    [
        ("disparity", "m", 0.0476, 0.0475, "stays"),
        ("disparity", "m", 0.0476, 0.0466, "falls"),
        ("isolation.black", "m", 0.300, 0.3012, "rises"),
        ("dissimilarity.race", "m", 0.351, 0.3495, "stays"),
        ("dissimilarity.race", "m", 0.351, 0.349, "falls"),
        ("travel_mean", "m", 1000, 1009, "stays"),
        ("travel_mean", "m", 1000, 1010, "rises"),
        ("travel_mean", "min", 10.0, 9.9, "falls"),
        ("travel_mean", "", 1000, 1000.5, "stays"),
        ("detached_pieces", "m", 3, 4, "rises"),
        ("cut_edges", "m", 3, 3, "stays"),
        ("{'disparity': 1}", "m", 1.0, 0.9995, "stays"),
        ("{'disparity': 1}", "m", 1.0, 0.998, "falls"),
    ],
)
def test_the_least_change_that_is_told(name: str, unit: str, before: float, after: float, goes: str) -> None:
    assert way(before, after, threshold(name, unit)) == goes


def drawn(low: float, high: float) -> Uncertainty:
    """What draws say where every change may be as much."""
    change = dict.fromkeys(("disparity", "dissimilarity.race"), Interval(low=low, high=high, level=0.9))
    return Uncertainty(intervals=change, intervals_change=change, draws_model="")


def test_draws_raise_the_threshold_and_never_lower_it() -> None:
    assert threshold("disparity", "m", draws=drawn(-0.01, 0.03)) == pytest.approx(0.02)
    assert threshold("disparity", "m", draws=drawn(0, 1e-6)) == 0.001
    assert threshold("within_band", "m", draws=drawn(0, 1)) == threshold("disparity", "m") == 0.001


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.0, 0.002, 0.1, None]))
def test_levels_keep_the_order_and_lie_within_the_threshold(figures: list[float], least: float | None) -> None:
    values = np.array(figures)
    found = levels(values, least)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert set(found.tolist()) <= set(figures)
    assert all(way(level, value, least) == "stays" for level, value in zip(found, values, strict=True))
    ends = sorted(set(found.tolist()))
    assert all(way(a, b, least) != "stays" for a, b in pairwise(ends))
    assert np.isnan(levels(np.array([np.nan, 1.0]), least)[0])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("change", "told"), [(SMALL, False), (((0.0476, 0.0376), (0.3512, 0.3312)), True)])
def test_the_report_names_no_way_of_a_small_change(change: Any, told: bool, language: str, tmp_path: Path) -> None:
    doc, t = gone(today_of(TOWN, tmp_path), *change), words(language)
    figures = {"before": t.figures.index(change[1][0]), "after": t.figures.index(change[1][1])}
    first = str(sentences(doc, t)[0])
    assert (str(t("race_falls", **figures)) in first) is told
    assert (str(t("race_same", **figures)) in first) is not told
    # With draws under which the change may be anything, it is none either.
    first = str(sentences(replace(doc, uncertainty=drawn(-0.05, 0.05)), t)[0])
    assert str(t("race_same", **figures)) in first


def test_travel_that_grows_by_a_few_metres_is_about_the_same(tmp_path: Path) -> None:
    doc = measuring(gone(today_of(TOWN, tmp_path), *SMALL), {"travel_mean": 700.0}, {"travel_mean": 704.0})
    assert "about the same: 700 m today and 704 m under the plan" in sentences(doc, words("en"))[1]
    doc = measuring(doc, {}, {"travel_mean": 720.0})
    assert "goes from 700 m to 720 m" in sentences(doc, words("en"))[1]


def test_the_scorecard_names_no_way_of_a_small_change(tmp_path: Path) -> None:
    today = measure(Plan.status_quo(TOWN.district(tmp_path)))
    (old, new), (one, other) = SMALL
    before = today | {"disparity": old, "dissimilarity.race": one, "travel_mean": 700.0}
    now = today | {"disparity": new, "dissimilarity.race": other, "travel_mean": 704.0, "moved_share": 0.1}
    best = scorecards.best_found(objective_value=new - 5e-4)
    plan = scorecards.given(best, measures=now, objective_value=new, students_moved=9.0)
    today, nearest = scorecards.entry(measures=before), scorecards.entry(objective_value=0.1)
    found = scorecards.scorecard(today, nearest)
    said = " ".join(scored(found, plan))
    assert "It leaves poverty about as uneven as it is" in said
    assert "leaves racial separation about as it is (dissimilarity by race stays about the same, 0.351 today" in said
    assert "mean travel stays about the same, 700 m today and 704 m under the plan" in said
    assert "is about as good, with 4.70 points" in said
    assert not any(word in said for word in ("falls", "rises", "evens out", "together", "further"))


def test_plans_that_are_about_the_same_share_a_rank_and_dominate_none(tmp_path: Path) -> None:
    town = TOWN.district(tmp_path / "town")
    today = Plan.status_quo(town)
    rows = [
        row_of(town, name, today) | {"disparity": value, "moved_share": 0.1}
        for name, value in (("a", 0.0476), ("b", 0.0475), ("c", 0.0492))
    ]
    table = compare(read_results(run_folder(tmp_path / "run", rows, {}))).table.set_index("plan")
    assert table["rank.disparity"].to_dict() | {"status quo": 0} == {"status quo": 0, "a": 1, "b": 1, "c": 3}
    assert table.loc[["a", "b"], "dominated"].tolist() == [False, False]
    assert table.loc["c", "dominated"]
    assert table.loc["a", "first_share"] == table.loc["b", "first_share"]
