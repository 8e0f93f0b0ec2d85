"""The estimate on tables whose answer is known, and against fitting the whole table cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.arrays import Floats
from scenarios.census.fit import Known, block_rates, by_number, estimate, fitted
from scenarios.census.redraw import redraw


def _known(seed: int, blocks: int = 60, zones: int = 4, groups: int = 3, noise: float = 0.0) -> Known:
    random = np.random.default_rng(seed)
    people = random.poisson(random.gamma(0.5, 12, (blocks, groups))).astype(float)
    zone = random.integers(0, zones, blocks).astype(np.int32)
    zone[:zones] = np.arange(zones)
    people[:zones, 0] += 5
    enrolled = np.rint(by_number(zone, people, zones) * random.uniform(0.3, 0.9, (zones, groups)))
    poor = np.rint(enrolled.sum(axis=1) * random.uniform(0.1, 0.8, zones))
    area = random.integers(0, 7, blocks).astype(np.int32)
    rate = random.uniform(0.05, 0.6, 7)
    return Known(people, area, rate, np.full(7, 0.05), zone, enrolled, poor, noise)


@pytest.mark.parametrize("seed", range(8))
def test_the_estimate_adds_up_to_every_school(seed: int) -> None:
    known = _known(seed)
    found = estimate(known)
    assert np.allclose(by_number(known.zone, found.children, known.zones), known.enrolled, atol=1e-7)
    assert np.allclose(np.bincount(known.zone, found.poor), known.poor, atol=1e-7)
    assert (found.children >= 0).all()
    assert (found.poor <= found.children.sum(axis=1) + 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_fitting_sums_is_fitting_the_table_cell_by_cell(seed: int) -> None:
    known = _known(seed)
    rates = np.random.default_rng(seed).uniform(0.1, 0.5, known.people.shape)
    children, poor, _ = fitted(known, rates)
    table = np.stack([known.people * (1 - rates), known.people * rates], axis=2)
    for _ in range(3_000):  # the textbook's way, over all cells
        for zone in range(known.zones):
            own = known.zone == zone
            part = table[own]
            both = np.array([known.enrolled[zone].sum() - known.poor[zone], known.poor[zone]])
            part = part * both / part.sum(axis=(0, 1))
            by_group = part.sum(axis=(0, 2))
            wanted = np.divide(known.enrolled[zone], by_group, out=np.zeros_like(by_group), where=by_group > 0)
            table[own] = part * wanted[None, :, None]
    assert np.allclose(children, table.sum(axis=2), atol=1e-6)
    assert np.allclose(poor, table[:, :, 1].sum(axis=1), atol=1e-6)


def test_children_are_where_their_people_are_and_poverty_as_their_area_says() -> None:
    people = np.array([[10.0, 0.0], [30.0, 0.0], [0.0, 20.0]])
    rate = np.array([0.2, 0.5])
    # Expected poverty is 0.2 * 8 + 0.5 * 6 of these: nothing needs to be moved.
    known = Known(
        people, np.array([0, 0, 1], np.int32), rate, np.full(2, 0.1), np.zeros(3, np.int32), np.array([[8.0, 6.0]]),
        np.array([0.2 * 8 + 0.5 * 6]),
    )  # fmt: skip
    children, poor, shift = fitted(known, block_rates(known, rate, np.zeros(2)))
    assert np.allclose(children, [[2, 0], [6, 0], [0, 6]])
    assert np.allclose(poor, [0.4, 1.2, 3.0])
    assert np.allclose(shift, 0, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_rates_of_groups_keep_each_areas_own(seed: int) -> None:
    known = _known(seed)
    rates = block_rates(known, known.rate, np.array([-0.5, 0.3, 1.2]))
    living = np.bincount(known.area, known.people.sum(axis=1))
    assert np.allclose(np.bincount(known.area, (known.people * rates).sum(axis=1)) / living, known.rate, atol=1e-9)


def test_children_of_a_group_that_nobody_is_said_to_live_in_follow_all_people() -> None:
    known = _known(1)
    people = known.people.copy()
    people[known.zone == 2, 1] = 0
    known = Known(people, known.area, known.rate, known.error, known.zone, known.enrolled, known.poor)
    found = estimate(known)
    own = known.zone == 2
    everybody = people[own].sum(axis=1)
    assert (2, 1) in found.filled
    assert found.children[own, 1].sum() == pytest.approx(known.enrolled[2, 1])
    assert np.allclose(found.children[own, 1][everybody == 0], 0)
    assert np.isnan(found.capture[2, 1])


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_every_draw_is_of_whole_children_and_adds_up(noise: float) -> None:
    known = _known(5, noise=noise)
    found = estimate(known)
    for seed in range(20):
        children, poor = redraw(known, found, np.random.default_rng(seed))
        assert (by_number(known.zone, children, known.zones) == known.enrolled).all()
        assert (np.bincount(known.zone, poor) == known.poor).all()
        assert (children == np.rint(children)).all()
        assert (children >= 0).all()
        assert (poor >= 0).all()
        assert (poor <= children.sum(axis=1)).all()
    again = redraw(known, found, np.random.default_rng(19))
    assert (again[0] == children).all()
    assert (again[1] == poor).all()


def test_draws_lie_around_the_estimate() -> None:
    known = _known(6)
    found = estimate(known)
    random = np.random.default_rng(0)
    drawn = [redraw(known, found, random) for _ in range(400)]
    mean = np.mean([children for children, _ in drawn], axis=0)
    assert _far(mean, found.children) < 0.1
    assert _far(np.mean([poor for _, poor in drawn], axis=0), found.poor) < 0.15


def _far(mean: Floats, expected: Floats) -> float:
    return float(np.abs(mean - expected).sum() / expected.sum())


def test_a_school_where_all_are_in_poverty_or_none_is_fitted() -> None:
    known = _known(3)
    total = known.enrolled.sum(axis=1)
    poor = np.array([total[0], 0.0, *known.poor[2:]])
    found = estimate(Known(known.people, known.area, known.rate, known.error, known.zone, known.enrolled, poor))
    assert np.allclose(np.bincount(known.zone, found.poor), poor, atol=1e-7)
