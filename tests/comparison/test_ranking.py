"""Dominance, ranks and how stable they are, against plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.comparison.ranking import dominated_by, ranks, scaled, stability, weightings

FIGURES = st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=14)


def plainly_dominates(a, b) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True)) and a != b


@settings(max_examples=150, deadline=None)
@given(FIGURES, st.integers(0, 2**14 - 1))
def test_dominance_agrees_with_a_plain_double_loop(rows, mask: int) -> None:
    counted = np.array([bool(mask >> i & 1) for i in range(len(rows))])
    found = dominated_by(np.array(rows, float), counted)
    for i, row in enumerate(rows):
        better = [j for j, other in enumerate(rows) if counted[j] and plainly_dominates(other, row)]
        assert (found[i] >= 0) == bool(better)
        if better:
            assert found[i] in better
            assert found[found[i]] == -1


def test_dominance_over_many_plans_agrees_with_a_loop() -> None:
    values = np.random.default_rng(1).normal(size=(1500, 3)).round(1)
    found = dominated_by(values)
    for i in range(0, 1500, 50):
        by = (values <= values[i]).all(axis=1) & (values < values[i]).any(axis=1)
        assert (found[i] >= 0) == by.any()


@settings(max_examples=80, deadline=None)
@given(FIGURES)
def test_ranks_and_their_stability_agree_with_a_plain_loop(rows) -> None:
    values = np.array(rows, float)
    assert ranks(values.T).tolist() == [[1 + sum(o < v for o in column) for v in column] for column in values.T]
    grid = [w for w in product(range(6), repeat=3) if sum(w) == 5]
    assert sorted(map(tuple, (5 * weightings(3)).round().astype(int).tolist())) == sorted(grid)
    first, low, high = stability(values)
    places = []
    for w in grid:
        scores = [round(sum(a * b for a, b in zip(w, row, strict=True)) / 5, 9) for row in scaled(values)]
        places.append([1 + sum(other < score for other in scores) for score in scores])
    assert first == pytest.approx((np.array(places) == 1).mean(axis=0))
    assert (low.tolist(), high.tolist()) == (np.min(places, axis=0).tolist(), np.max(places, axis=0).tolist())


def test_a_single_criterion_has_all_the_weight() -> None:
    assert weightings(1).tolist() == [[1.0]]
    assert weightings(0).shape == (0, 0)
    share, low, high = stability(np.array([[2.0], [1.0], [1.0]]))
    assert (share.tolist(), low.tolist(), high.tolist()) == ([0.0, 1.0, 1.0], [3, 1, 1], [3, 1, 1])
