"""What the checker takes for proved is below the exact figure, whatever was rounded on the way; and no rate is left
out, by however little."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from questions import LIMITS, Question
from test_verify_bound import case_of, leaf_of, proof_of
from toys import EXAMPLE

from scenarios.verify import bound, intervals, rounding
from scenarios.verify.bound import direction_terms, edges_that_cover, proved_bound
from scenarios.verify.certificate import Cuts, Entry
from scenarios.verify.intervals import Zone, interval_values
from scenarios.verify.rounding import ExhaustedError, Work, gamma, sum_below
from scenarios.verify.soft import Fee
from scenarios.verify.trees import between

BLOCKS, SUMS = 9, 3


def exact(value: Any) -> Fraction:
    return Fraction(float(value))


def random_zone(random: np.random.Generator) -> Zone:
    """Numbers without a pattern, of sizes that are far apart."""

    def some(*shape: int) -> np.ndarray:
        return random.normal(size=shape) * 10.0 ** random.integers(-3, 4, shape)

    heads = np.abs(some(BLOCKS))
    cost, base, loads = some(BLOCKS), some(BLOCKS), some(SUMS, BLOCKS)
    return Zone(
        block=np.arange(BLOCKS, dtype=np.int32) * 2 + 1,
        forced=random.random(BLOCKS) < 0.3,
        poor=heads * random.random(BLOCKS),
        whole=heads,
        cost=cost,
        cost_size=np.abs(cost),
        base=base,
        base_size=np.abs(base),
        loads=list(loads),
        load_sizes=np.abs(loads).sum(axis=1).tolist(),
        limits=[(-7.3, 5.1), (-math.inf, 2.7), (1.9, math.inf)],
        fee=Fee(0.7, 0.3, 0.6),
        steps=10,
    )


def random_entry(random: np.random.Generator, count: int) -> tuple[Entry, Cuts]:
    """Of some intervals, each with two cuts at most; the prices of sums without an end are of the other sign, or 0."""
    start, member = np.array([0, 1, 3, 3]), np.array([3, 7, 9], np.int32)
    cuts = Cuts(np.zeros(3, np.int32), np.array([5, 11, 4], np.int32), start, member)
    prices = random.normal(size=(SUMS, count)) * [[1], [-1], [1]]
    prices[1:] = np.abs(prices[1:]) * [[-1], [1]]
    prices[:, 0] = 0.0
    entry = Entry(
        school=0,
        edges=np.sort(np.append(random.random(count - 1), [0.0, 1.0])),
        tilt=random.normal(size=count),
        sum_prices=prices,
        interval=np.repeat(np.arange(count, dtype=np.int32), 2),
        cut=random.integers(0, 3, 2 * count).astype(np.int32),
        price=random.exponential(size=2 * count),
    )
    return entry, cuts


def exact_value(zone: Zone, entry: Entry, cuts: Cuts, good: Any, k: int) -> Fraction:
    """V of an interval by the page's formula, in fractions."""
    low, high, tilt = exact(entry.edges[k]), exact(entry.edges[k + 1]), exact(entry.tilt[k])
    r = {}
    for at, i in enumerate(zone.block.tolist()):
        a = exact(zone.cost[at]) - tilt * exact(zone.whole[at])
        r[i] = min(low * a, high * a) + tilt * exact(zone.poor[at]) + exact(zone.base[at])
        r[i] -= sum(exact(mu[k]) * exact(load[at]) for mu, load in zip(entry.sum_prices, zone.loads, strict=True))
    for at in np.flatnonzero(entry.interval == k):
        cut, y = int(entry.cut[at]), exact(entry.price[at])
        if good[cut]:
            for i in r:
                r[i] += y * (int(i == cuts.block[cut]) - int(i in cuts.separator(cut)))
    total = sum(min(Fraction(0), r[i]) if not held else r[i] for i, held in zip(r, zone.forced, strict=True))
    outside = entry.edges[k] > zone.fee.high or entry.edges[k + 1] < zone.fee.low
    total += exact(zone.fee.amount) if outside else 0
    for (least, most), mu in zip(zone.limits, entry.sum_prices, strict=True):
        total += exact(mu[k]) * (exact(least) if mu[k] > 0 else exact(most) if mu[k] < 0 else 0)
    return total


def below_exact(seed: int) -> tuple[list[bool], list[float]]:
    """Whether each interval's value is below the exact one, and by how much, as a share of the sizes added up."""
    random = np.random.default_rng(seed)
    zone, (entry, cuts) = random_zone(random), random_entry(random, 8)
    good = random.random(3) < 0.8
    with np.errstate(all="ignore"):
        found = interval_values(zone, entry, between(entry.edges, zone.forced), cuts, good, Work(1e9))
    wanted = [exact_value(zone, entry, cuts, good, k) for k in range(8)]
    size = float(zone.cost_size.sum() + zone.base_size.sum() + zone.whole.sum() + sum(zone.load_sizes))
    under = [exact(value) <= true for value, true in zip(found, wanted, strict=True)]
    return under, [float(true - exact(value)) / size for value, true in zip(found, wanted, strict=True)]


@pytest.mark.parametrize("seed", range(20))
def test_no_interval_is_worth_more_than_in_exact_arithmetic(seed: int) -> None:
    under, short = below_exact(seed)
    assert all(under)
    assert max(short) < 1e-12  # and not much less either


def test_a_bound_without_its_rounding_allowance_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the test above: sums as they come out of the machine are above the exact ones as often as below."""
    monkeypatch.setattr(intervals, "gamma", lambda steps: 0.0 * steps)
    monkeypatch.setattr(intervals, "TINY", 0.0)
    over = [not below for seed in range(20) for below in below_exact(seed)[0]]
    assert sum(over) > 20


def test_numbers_too_large_to_be_added_up_prove_nothing() -> None:
    random = np.random.default_rng(0)
    zone, (entry, cuts) = random_zone(random), random_entry(random, 4)
    entry = replace(entry, tilt=np.array([0.0, 1e299, 1e301, -1e305]))
    with np.errstate(all="ignore"):
        found = interval_values(zone, entry, between(entry.edges, zone.forced), cuts, np.ones(3, bool), Work(1e9))
    assert np.isfinite(found).tolist() == [True, False, False, False]
    assert (found[1:] == -np.inf).all()


def test_sums_err_to_one_side() -> None:
    for terms in ([0.1] * 10, [1.0, 1e-30], [-0.3, 0.1, 0.1, 0.1], [0.0]):
        assert exact(sum_below(terms)) < sum(map(exact, terms))
        assert sum_below(terms) == pytest.approx(math.fsum(terms), abs=1e-15)
    for terms in ([1.0, math.inf], [math.nan], [-math.inf], [1e308] * 3):
        assert sum_below(terms) == -math.inf
    assert np.finfo(float).eps / 2 == rounding.UNIT
    assert gamma(1000) == pytest.approx(1000 * rounding.UNIT, rel=1e-12)
    assert Fraction(gamma(2**40)) > Fraction(2) ** -13


def test_a_check_ends_after_its_steps() -> None:
    work = Work(10)
    work.spend(4)
    work.spend(6)
    with pytest.raises(ExhaustedError):
        work.spend(1)


@pytest.fixture
def q(tmp_path: Path) -> Question:
    limits = LIMITS | {"size_tolerance": 0.5, "travel_floor": 5000.0, "contiguity": False}
    return Question(EXAMPLE.write(tmp_path), limits, [], "disparity")


@pytest.mark.parametrize("short", [1e-11, 1e-9, 1e-6, 1e-3, 0.1])
def test_intervals_that_miss_the_top_rates_by_any_amount_are_refused(short: float, q: Question) -> None:
    """Any block may go to either school: the highest rate is that of r0c3, 7 of 10."""
    case = case_of(q)
    for edges, told in (([0.0, 0.7], []), ([0.0, 0.7 * (1 - short)], ["leaves[0] leaves rates out"])):
        given = {"edges": edges, "tilt": [0.0], "sum_prices": [[0.0]], "cuts": {}}
        leaf = leaf_of(q, [0.0] * 4, x=given) | {"direction": [-1.0, 1.0]}
        found = proved_bound(case, proof_of(q, case, [leaf], []))
        assert [reason[:26] for reason in found.reasons] == told
    for edges in ([short, 1.0], [0.0, 0.7 - short]):
        zone, entry = zone_of_rates(), replace(ENTRY, edges=np.array(edges))
        assert edges_that_cover(zone, entry, {}) is None


ENTRY = Entry(0, np.array([0.0, 1.0]), np.zeros(1), np.zeros((0, 1)), *[np.zeros(0, np.int32)] * 2, np.zeros(0))


def zone_of_rates() -> Zone:
    """Rates 1/10 to 7/10, and a block without students."""
    whole, poor, none = np.array([10.0, 10, 10, 10, 0]), np.array([1.0, 3, 5, 7, 0]), np.zeros(5)
    return Zone(np.arange(5, dtype=np.int32), none > 0, poor, whole, none, none, none, none, [], [], [], Fee(), 1)


def test_edges_reach_beyond_the_highest_rate_by_what_rounding_may_do() -> None:
    zone = zone_of_rates()
    for last in (0.7 * (1 - 0.9e-12), 0.7, 0.7 * (1 + 0.9e-12)):
        found = edges_that_cover(zone, replace(ENTRY, edges=np.array([0.0, last])), {})
        assert found is not None
        assert found.tolist() == [0.0, 0.7 * (1 + 1e-12)]
    assert edges_that_cover(zone, replace(ENTRY, edges=np.array([0.0, 0.9])), {}) is not None


def test_edges_need_cover_the_box_alone() -> None:
    zone = zone_of_rates()
    for box, edges, kept in (
        ((0.2, 0.5), (0.2, 0.5), True),
        ((0.2, 0.5), (0.2 + 1e-12, 0.5), False),
        ((0.2, 0.5), (0.2, 0.5 - 1e-12), False),
        ((-0.1, 0.5), (0.0, 0.5), True),
        ((0.5, 2.0), (0.5, 0.7), True),
    ):
        found = edges_that_cover(zone, replace(ENTRY, edges=np.array(edges)), {0: box})
        assert (found is not None) == kept, (box, edges)
        other = edges_that_cover(zone, replace(ENTRY, edges=np.array(edges)), {1: box})
        assert other is None or edges[0] == 0
    nobody = replace(zone, whole=np.zeros(5), poor=np.zeros(5))
    assert edges_that_cover(nobody, replace(ENTRY, edges=np.array([0.0, 1e-9])), {}) is not None


@pytest.mark.parametrize("seed", range(5))
def test_a_direction_is_no_longer_than_one(seed: int, q: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    """In exact arithmetic: the proof multiplies by a direction within the ball that the objective is the support of."""
    case, random = case_of(q), np.random.default_rng(seed)
    u = random.normal(size=2) * 10.0 ** random.uniform(-160, 160)
    found = direction_terms(case, u)
    assert case.goal.bent is not None
    curve = case.goal.bent[1]
    by_head = np.linalg.lstsq(curve.counts, found.cost, rcond=None)[0]
    unit = by_head * curve.total / (case.goal.bent[0] * curve.scale * curve.weight)
    assert (curve.weight * unit**2).sum() == pytest.approx(1, abs=1e-9)
    assert np.sign(unit).tolist() == np.sign(u).tolist()
    true = -sum(exact(a) * exact(b) for a, b in zip(by_head * curve.total, curve.aim, strict=True))
    assert found.constant == pytest.approx(float(true), abs=1e-12)
    assert (np.abs(found.cost) <= found.size + 1e-18).all()
    assert direction_terms(case, np.zeros(2)).constant == bound.sum_below([0.0, 0.0])
    monkeypatch.setattr(bound, "gamma", lambda steps: 0.0 * steps)
    bare = direction_terms(case, u).constant
    assert found.constant <= bare - 40 * rounding.UNIT * abs(bare)
