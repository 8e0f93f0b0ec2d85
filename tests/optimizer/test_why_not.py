"""Why not, against every plan of small districts: which wishes can be, what they cost, and what forbids the others."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from enumeration import Tried, valid_plans
from small import small

from optimizer import Contiguity, Forbid, KeepTogether, Moved, Plan, Rule, Size, StudentsMoved, Travel
from optimizer.district import District
from optimizer.explain import WhyNot, why_not
from optimizer.model import STUDENT_SLACK
from optimizer.rules import breaches, is_valid

RULES: tuple[Rule, ...] = (Travel(increase=0.6, floor=1100.0), Size(tolerance=0.1), Contiguity(), Moved(0.6))


def wishes(seed: int) -> tuple[District, Plan, list[Tried], list[tuple[int, int]]]:
    """A district, one of its valid plans, all of them, and some wishes."""
    random = np.random.default_rng(seed)
    district = small(random, schools=2 + seed % 2)
    plans = valid_plans(district, StudentsMoved(), RULES)
    plan = Plan(district, np.array(plans[int(random.integers(len(plans)))].school)) if plans else Plan.today(district)
    pairs = [(i, j) for i in range(district.blocks) for j in range(district.schools) if j != plan.school[i]]
    return district, plan, plans, [pairs[k] for k in random.permutation(len(pairs))[:5]]


def changed(plan: Plan, school: tuple[int, ...]) -> float:
    return float(plan.district.students[np.array(school) != plan.school].sum())


def check_alone(found: WhyNot, plan: Plan) -> None:
    zone = plan.school.copy()
    zone[found.block] = found.school
    assert (found.moved.school == zone).all()
    rows = [row for row in breaches(found.moved, RULES) if not row.inherited]
    assert set(found.alone) <= set(rows)
    if is_valid(breaches(plan, RULES)):
        assert found.alone == tuple(rows)


def check_conflict(found: WhyNot) -> None:
    """No plan whatever keeps the wish and the limits named; of two schools, each is tried."""
    case = found.case
    if case is None or case.district.schools > 2:
        return
    limits = set(found.together)
    for school in product(range(2), repeat=case.district.blocks):
        if school[found.block] == found.school:
            assert not limits <= case.kept_by(Plan(case.district, np.array(school)))


@pytest.mark.parametrize("seed", range(10))
def test_a_wish_is_granted_with_the_fewest_moves_or_refused_for_what_forbids_it(seed: int) -> None:
    _, plan, plans, asked = wishes(seed)
    for block, school in asked:
        found = why_not(plan, RULES, block, school, time_limit=20.0, threads=1)
        check_alone(found, plan)
        granted = [one.school for one in plans if one.school[block] == school]
        assert found.possible == bool(granted)
        if not granted:
            assert found.never or found.struck or found.faults or found.together
            check_conflict(found)
            continue
        assert found.mended is not None
        school_of = found.mended.plan.school
        assert school_of[block] == school
        assert is_valid(breaches(found.mended.plan, RULES))
        assert changed(plan, tuple(school_of)) <= min(changed(plan, one) for one in granted) + STUDENT_SLACK
        assert set(found.others) == set(np.flatnonzero(school_of != plan.school)) - {block}


def test_limits_that_strike_the_pair_whatever_else_moves_are_all_named() -> None:
    district = small(np.random.default_rng(5))
    block = next(i for i in range(8) if i not in district.root)
    school = 1 - int(district.status_quo[block])
    pair = ((district.block_ids[block], district.school_ids[school]),)
    rules = (Travel(increase=0.0, floor=0.0), Forbid(pair), Size(tolerance=9.0))
    near = district.travel.to(np.full(8, school))[block] <= district.travel_today[block]
    found = why_not(Plan.today(district), rules, block, school)
    assert found.never == (("forbid",) if near else ("travel_increase", "forbid"))
    assert found.possible is False
    root = int(district.root[1 - school])
    assert why_not(Plan.today(district), (Size(tolerance=9.0), Contiguity()), root, school).never == ("contiguity",)


def test_what_is_possible_by_itself_needs_no_other_move() -> None:
    district = small(np.random.default_rng(2))
    found = why_not(Plan.today(district), (Size(tolerance=99.0),), 0, 1 - int(district.status_quo[0]))
    if not found.alone:
        assert found.possible
        assert len(found.others) == 0


def test_sets_that_stay_together_go_together() -> None:
    district = small(np.random.default_rng(4))
    today = Plan.today(district)
    two = [i for i in range(8) if i not in district.root and district.status_quo[i] == 0][:2]
    rule = KeepTogether(blocks=tuple(district.block_ids[i] for i in two))
    found = why_not(today, (rule,), two[0], 1)
    assert [row.kind for row in found.alone] == ["keep_together"]
    assert found.possible
    assert found.others.tolist() == [two[1]]
