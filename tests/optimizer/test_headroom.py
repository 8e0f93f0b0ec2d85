"""Headroom against every plan of small districts that keeps the locks, and what it says where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from enumeration import valid_plans
from small import small

from optimizer import Contiguity, Disparity, Plan, Rule, Size, Travel, headroom, pinned
from optimizer.errors import InputError
from optimizer.rules import Forbid, breaches, is_valid

RULES: tuple[Rule, ...] = (Travel(increase=2.0), Size(tolerance=0.5), Contiguity())


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_that_keeps_the_locks_is_below_the_bound(seed: int) -> None:
    random = np.random.default_rng(seed)
    district = small(random, schools=2 + seed % 2)
    plans = valid_plans(district, Disparity(), RULES)
    valid = bool(plans) and seed % 3 > 0
    school = random.integers(0, district.schools, district.blocks) if not valid else random.choice(plans).school
    plan, locked, area = Plan(district, np.array(school)), random.random(8) < 0.3, random.random(8) < 0.7
    held = locked | ~area
    found = headroom(plan, Disparity(), RULES, locked=locked, area=area, time_limit=None, iterations=5000)
    assert found.pinned == pinned(plan, held)
    assert found.value == Disparity().value(plan)
    assert found.valid == is_valid(breaches(plan, RULES))
    kept = [one.value for one in plans if (np.array(one.school) == plan.school)[held].all()]
    assert found.impossible <= (not kept)
    if not kept:
        assert found.bound is None
        assert found.best is None
        return
    assert found.bound is not None
    assert found.bound <= min(kept) + 1e-12
    assert found.left is not None
    if found.best is not None:
        assert is_valid(breaches(found.best, RULES))
        assert (found.best.school == plan.school)[held].all()
        assert Disparity().value(found.best) >= min(kept) - 1e-12
    if found.valid:
        assert found.left >= found.value - min(kept) - 1e-12


def test_nothing_is_left_where_all_is_locked() -> None:
    district = small(np.random.default_rng(3))
    plan = Plan.status_quo(district)
    found = headroom(plan, None, RULES, locked=np.ones(8, bool), time_limit=None, iterations=1000)
    assert found.valid
    assert found.best is None
    assert found.left == pytest.approx(0, abs=1e-2 * found.value)


def test_locks_that_contradict_a_rule_are_named_with_their_blocks() -> None:
    district = small(np.random.default_rng(3))
    plan = Plan.status_quo(district)
    block = int(np.flatnonzero(~np.isin(np.arange(8), district.root))[0])
    rule = Forbid(((district.block_ids[block], district.school_ids[plan.school[block]]),))
    found = headroom(plan, None, (*RULES, rule), locked=np.arange(8) == block, time_limit=1.0)
    assert found.impossible
    assert found.result is None
    assert not found.valid
    assert [fault.ids for fault in found.faults] == [(district.block_ids[block],)]


def test_a_rule_that_does_not_fit_is_an_error_whatever_is_locked() -> None:
    plan = Plan.status_quo(small(np.random.default_rng(3)))
    with pytest.raises(InputError, match="nowhere"):
        headroom(plan, None, (Forbid((("nowhere", "s0"),)),), locked=np.ones(8, bool))
