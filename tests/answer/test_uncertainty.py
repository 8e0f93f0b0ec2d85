"""What draws say of plans: nothing where they all are the folder's counts, and the same of every plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import EXAMPLE, TOWN, Toy

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.measures import MEASURES, Measure, measure
from optimizer.measures.drawn import measure_drawn
from optimizer.plan import Plan
from scenarios import read_district
from scenarios.answer.redraws import OneByOne, Redraws, redraws_of
from scenarios.answer.uncertainty import Redrawn, with_intervals
from scenarios.folder.draws import DRAWS, read_draws, write_draws

BARE = Toy("X x y Y", students="10 5 0 3")
POOR = BARE.but(poverty="3 1 0 3")
TOYS = {"example": EXAMPLE, "town": TOWN, "bare": BARE, "poor": POOR}


def scrambled(district: District, seed: int) -> Plan:
    return Plan(district, np.random.default_rng(seed).integers(0, district.schools, district.blocks))


@pytest.mark.parametrize("toy", TOYS.values(), ids=TOYS)
def test_many_draws_at_once_are_each_draw_by_itself(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Measure("own", lambda plan: {"": float(plan.load.max()), "none": None}, "count")
    monkeypatch.setitem(MEASURES, "own", own)  # of somebody who knows nothing of draws
    district = toy.district(tmp_path)
    plans = [scrambled(district, seed) for seed in range(3)]
    (counts,) = Redraws(6, seed=3).parts(district)
    counts[5] = 0.0  # a draw in which nothing is defined
    for plan, found in zip(plans, measure_drawn(plans, counts), strict=True):
        for k in range(6):
            alone = measure(Plan(replace(district, counts=counts[k]), plan.school))
            assert list(found) == list(alone)
            for name, value in alone.items():
                assert found[name][k] == pytest.approx(np.nan if value is None else value, nan_ok=True, abs=1e-12), name


@pytest.mark.parametrize("given", [False, True])
def test_draws_one_by_one_are_those_of_all_at_once(given: bool, tmp_path: Path) -> None:
    district = read_district(TOWN.write(tmp_path))
    if given:
        drawn = np.stack(list(Redraws(9, 3).parts(district)))[0]
        counts = {name: drawn[:, :, k] for k, name in enumerate(district.columns)}
        write_draws(tmp_path, district.block_ids, counts)
    every = np.concatenate(list(redraws_of(tmp_path, district, 9, 5).parts(district)))
    singly = OneByOne(district, 5, tmp_path)
    for k in (0, 3, 1, 8, 8, 2):
        np.testing.assert_array_equal(singly.counts(k), every[k])
    if given:
        with pytest.raises(InputError, match="9 draws"):
            singly.counts(9)


@pytest.mark.parametrize("toy", TOYS.values(), ids=TOYS)
def test_draws_that_equal_the_counts_leave_nothing_open(toy: Toy, tmp_path: Path) -> None:
    district = toy.district(tmp_path)
    write_draws(tmp_path, district.block_ids, {"students": np.repeat(district.students[None], 5, axis=0)})
    plan = scrambled(district, 1)
    found, known = with_intervals(plan, redraws_of(tmp_path, district, 5, 0)), measure(plan)
    assert set(found.intervals) == {name for name, value in known.items() if value is not None}
    for name, ends in found.intervals.items():
        assert ends.low == pytest.approx(ends.high, abs=1e-12)
        assert ends.low == pytest.approx(known[name], rel=1e-9, abs=1e-9)
    assert found.draws_model.startswith("5 draws: in draws.parquet, of students;")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_figure(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = tmp_path_factory.mktemp("d")
    district = TOWN.district(folder)
    (counts,) = Redraws(8, seed).parts(district)
    write_draws(folder, district.block_ids, {name: counts[:, :, k] for k, name in enumerate(district.columns)})
    before = read_draws(folder, district)
    frame = pd.read_parquet(folder / DRAWS).sample(frac=1, random_state=seed).astype({"block_id": str})
    frame.to_parquet(folder / DRAWS, index=False)
    after = read_draws(folder, district)
    assert all(np.array_equal(before.counts[name], after.counts[name]) for name in before.counts)
    plan = scrambled(district, seed)
    one, two = (with_intervals(plan, Redraws(8, given=drawn)) for drawn in (before, after))
    assert replace(one, draws_sha256=None) == replace(two, draws_sha256=None)
    # What the model drew, written down and read, is what the model says.
    modelled = with_intervals(plan, Redraws(8, seed))
    assert modelled.intervals == one.intervals
    assert modelled.below_status_quo == one.below_status_quo


def test_all_plans_are_measured_on_the_same_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    district = TOWN.district(tmp_path)
    plans = [scrambled(district, seed) for seed in range(3)]
    together = Redrawn.of([*plans, plans[0]], Redraws(40, 7))
    for k, plan in enumerate(plans):
        assert together.uncertainty(k) == with_intervals(plan, Redraws(40, 7))
    # How many are held at once changes nothing.
    monkeypatch.setattr("scenarios.answer.redraws.AT_ONCE", district.counts.size * 7)
    assert Redrawn.of(plans, Redraws(40, 7)).uncertainty(1) == together.uncertainty(1)
    assert together.headline == ("disparity", "dissimilarity.race")
    assert together.better(0, 3) == {"disparity": 0.0, "dissimilarity.race": 0.0}  # of one plan twice, neither
    for name in together.headline:
        ahead, behind = together.better(0, 1)[name], together.better(1, 0)[name]
        assert ahead + behind == pytest.approx(1, abs=0.05)  # draws in which they are level count for neither
        assert together.better(0)[name] == pytest.approx(together.uncertainty(0).below_status_quo[name], abs=0.03)


def test_where_poverty_is_not_known_plans_are_told_apart_by_travel(tmp_path: Path) -> None:
    district = BARE.district(tmp_path)
    assert Redrawn.of([scrambled(district, 1)], Redraws(4)).headline == ("travel_mean",)
