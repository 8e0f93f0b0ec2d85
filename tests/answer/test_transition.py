"""The way there: who attends which school each year, against plain counting and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small
from toys import EXAMPLE, Toy

from optimizer import InputError, Plan, measure
from optimizer.transition import Grades, Policy, grades_of, parse_grades, transition
from scenarios.asking.settling import settle
from scenarios.transition import Ask, document

SHAPE = ("cut_edges", "detached_pieces")
K5 = ("K", "1", "2", "3", "4", "5")
POLICIES = st.builds(
    Policy,
    phase_in=st.sampled_from(["entrants", "all-at-once"]),
    grandfather=st.sets(st.sampled_from(K5[1:])).map(tuple),
    siblings=st.floats(0, 1),
    sibling_rate=st.floats(0, 1),
)
ALL_AT_ONCE = Policy(phase_in="all-at-once")
few = hypothesis.settings(max_examples=40, deadline=None)


def with_grades(toy: Toy, **columns: list[float]) -> Toy:
    return toy.but(extra={f"students_grade_{name}": values for name, values in columns.items()})


# K to 2 by block: A B C D have 10 students each.
GRADED = with_grades(EXAMPLE, k=[4, 2, 3, 0], **{"01": [3, 3, 3, 10], "2": [3, 5, 4, 0]})


def some_plan(seed: int) -> Plan:
    random = np.random.default_rng(seed)
    district = small(random, rows=3, schools=3, fractions=bool(seed % 2))
    return Plan(district, random.integers(0, district.schools, district.blocks))


def some_grades(plan: Plan, seed: int) -> Grades:
    share = np.random.default_rng(seed).dirichlet(np.full(len(K5), 0.5), plan.district.blocks)
    return Grades(K5, share)


def plain_staying(policy: Policy, year: int, grade: int, top: int) -> float:
    """A grade's share at today's school, child by child: follow the cohort from the year in which it chose."""
    entered = year - grade
    if year == 0:
        return 1.0

    def own(cohort: int) -> bool:
        enrolled = cohort <= 0
        grandfathered = K5[1 - cohort] in policy.grandfather if 0 < 1 - cohort < top else False
        return enrolled and (policy.phase_in == "entrants" or grandfathered)

    if own(entered):
        return 1.0
    chose = max(1, entered)
    at = chose - entered
    older = [higher for higher in range(at + 1, top) if own(chose - higher)]
    return policy.siblings * policy.sibling_rate * len(older) / (top - 1) if older else 0.0


@few
@given(POLICIES)
def test_the_policy_is_what_children_do(policy: Policy) -> None:
    staying = policy.staying(K5)
    assert (staying[0] == 1).all()
    assert not staying[-1].any()
    assert staying[:-1].any(axis=1).all()
    assert len(staying) <= 2 * len(K5)
    for (year, grade), value in np.ndenumerate(staying):
        assert value == pytest.approx(plain_staying(policy, year, grade, len(K5)), abs=1e-12)


def test_the_policy_by_hand() -> None:
    three = ("K", "1", "2")
    assert Policy().staying(three).tolist() == [[1, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]
    kept = replace(ALL_AT_ONCE, grandfather=("1",))
    assert kept.staying(three).tolist() == [[1, 1, 1], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    # Half of entrants have an older sibling, in one of two grades; all of those follow.
    follow = Policy(siblings=1, sibling_rate=0.5)
    assert follow.staying(three).tolist() == [
        [1, 1, 1], [0.5, 1, 1], [0.25, 0.5, 1], [0, 0.25, 0.5], [0, 0, 0.25], [0, 0, 0]
    ]  # fmt: skip
    assert ALL_AT_ONCE.staying(("9",)).tolist() == [[1], [0]]
    assert Policy(siblings=1).staying(("9",)).tolist() == [[1], [0]]


def test_attendance_by_hand(tmp_path: Path) -> None:
    district = GRADED.district(tmp_path)
    plan = Plan(district, [0, 1, 1, 1])  # B, with 2, 3 and 5 students in K, 1 and 2, goes from x to y
    years = list(transition(plan, grades_of(district), Policy()))
    assert [year.attendance().load.tolist() for year in years] == [[20, 20], [18, 22], [15, 25], [10, 30]]
    first = measure(years[1].attendance())
    # X: white 8 + 6 * 0.8, black 2 + 4 * 0.8, poor 1 + 3 * 0.8, of 18; Y: the rest of 22.
    white = (12.8 * 3.4 / 18 + 7.2 * 12.6 / 22) / 20
    assert first["exposure_to_poverty.white"] == pytest.approx(white)
    assert first["exposure.white.black"] == pytest.approx((12.8 * 5.2 / 18 + 7.2 * 14.8 / 22) / 20)
    assert [year.changed.tolist() for year in years] == [[0] * 4] * 4
    once = list(transition(plan, grades_of(district), replace(ALL_AT_ONCE, grandfather=("2",))))
    assert [year.attendance().load.tolist() for year in once] == [[20, 20], [15, 25], [10, 30]]
    assert [year.changed[1] for year in once] == pytest.approx([0, 3, 0])  # grade 1; K had no school yet, 2 stays
    assert list(once[1].moves(once[1].moved)[0]) == pytest.approx([0, 5])


@few
@given(st.integers(0, 10_000), POLICIES)
def test_first_and_last_year_are_today_and_the_plan(seed: int, policy: Policy) -> None:
    plan = some_plan(seed)
    years = list(transition(plan, some_grades(plan, seed), policy))
    for year, whole in ((years[0], Plan.status_quo(plan.district)), (years[-1], plan)):
        now, wanted = measure(year.attendance()), measure(whole)
        for name in set(wanted) - set(SHAPE):
            assert now[name] == (None if wanted[name] is None else pytest.approx(wanted[name], abs=1e-9, rel=1e-12)), (
                name
            )


@few
@given(st.integers(0, 10_000), POLICIES)
def test_students_are_conserved_every_year(seed: int, policy: Policy) -> None:
    plan = some_plan(seed)
    for year in transition(plan, some_grades(plan, seed), policy):
        there = year.attendance()
        np.testing.assert_allclose(there.district.counts.sum(axis=0), plan.district.counts.sum(axis=0), rtol=1e-12)
        assert (there.district.counts >= 0).all()
        assert there.moved_share * plan.district.students.sum() == pytest.approx(year.moved.sum(), abs=1e-9)
        came, left = year.moves(year.moved)
        np.testing.assert_allclose(there.load, plan.district.load_now + came - left, atol=1e-9)


@few
@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_with_new_entrants_first_nobody_turns_back_and_no_child_leaves(seed: int, siblings: float, rate: float) -> None:
    plan = some_plan(seed)
    grades, policy = some_grades(plan, seed), Policy(siblings=siblings, sibling_rate=rate)
    years, alone = list(transition(plan, grades, policy)), list(transition(plan, grades, Policy()))
    for before, after in pairwise(years):
        assert (after.away >= before.away - 1e-12).all()
        assert (after.changed <= 1e-9).all()
    for year, without in zip(years, alone, strict=False):
        assert (year.away <= without.away + 1e-12).all()
    assert len(years) >= len(alone)


@few
@given(st.integers(0, 10_000), st.sets(st.sampled_from(K5[1:])).map(tuple))
def test_children_who_change_school_add_up_to_all_who_must(seed: int, kept: tuple[str, ...]) -> None:
    plan = some_plan(seed)
    grades = some_grades(plan, seed)
    changed = sum(year.changed for year in transition(plan, grades, replace(ALL_AT_ONCE, grandfather=kept)))
    must = grades.share[:, [g for g in range(1, 6) if K5[g] not in kept]].sum(axis=1)
    np.testing.assert_allclose(changed, np.where(plan.moved, must * plan.district.students, 0.0), atol=1e-9)


def test_a_closed_school_keeps_nobody(tmp_path: Path) -> None:
    district = replace(GRADED.district(tmp_path), succession=np.array([-1, 1]))  # as the rule close leaves it
    years = list(transition(Plan(district, [1, 1, 1, 1]), grades_of(district), Policy(siblings=1)))
    assert [year.attendance().load.tolist() for year in years] == [[20, 20], [0, 40]]
    assert years[1].changed.tolist() == pytest.approx([6, 8, 0, 0])  # grades 1 and 2


def test_grade_columns_of_a_count_move_with_their_grade(tmp_path: Path) -> None:
    district = GRADED.district(tmp_path)
    year = list(transition(Plan(district, [0, 1, 1, 1]), grades_of(district), Policy()))[1]
    there = year.attendance()
    column = {name: there.sums(there.district.column(f"students_grade_{name}")).tolist() for name in ("k", "01", "2")}
    assert column == {"k": [4, 5], "01": [6, 13], "2": [8, 4]}


@pytest.mark.parametrize(
    ("text", "names"),
    [("K-2", "K 1 2"), ("6-8", "6 7 8"), ("PK-1", "PK K 1"), ("tk-k", "TK K"), ("pk,TK,k", "PK TK K"), ("02,1", "1 2")],
)
def test_grades_as_people_write_them(text: str, names: str) -> None:
    assert parse_grades(text, "--grades") == tuple(names.split())


def test_without_columns_an_even_split_is_assumed_and_said(tmp_path: Path) -> None:
    district = EXAMPLE.district(tmp_path)
    grades = grades_of(district)
    assert grades.assumed
    assert grades.names == K5
    assert (grades.share == 1 / 6).all()
    ask = Ask(Policy(), ("6", "7", "8"))
    found = document(Plan(district, [0, 1, 1, 1]), ask, settle({}, None, {}))
    assert found.options.grades_from == "even split"
    assert any("evenly over the grades 6, 7, 8: an assumption" in sentence for sentence in found.assumptions)
    assert [round(year.schools[0].students, 6) for year in found.years] == [20, 16.666667, 13.333333, 10]


def test_grades_stand_pk_before_k_before_one(tmp_path: Path) -> None:
    grades = grades_of(with_grades(EXAMPLE, **{"1": [4] * 4, "K": [3] * 4, "pk": [3] * 4}).district(tmp_path))
    assert grades.names == ("PK", "K", "1")
    assert grades.share[0].tolist() == [0.3, 0.3, 0.4]


def test_grades_within_one_per_cent_are_scaled_and_empty_blocks_split_evenly(tmp_path: Path) -> None:
    toy = EXAMPLE.but(groups={"white": "300 6 4 0"}, poverty="1 3 4 0")
    grades = grades_of(with_grades(toy, k=[100, 3, 2, 0], **{"1": [197.5, 3, 2, 0]}).district(tmp_path))
    np.testing.assert_allclose(grades.share[[0, 3]], [[100 / 297.5, 197.5 / 297.5], [0.5, 0.5]])


def error(call) -> str:
    with pytest.raises(InputError) as raised:
        call()
    return str(raised.value)


@pytest.mark.parametrize(
    ("columns", "names", "text"),
    [
        ({"k": [5] * 4, "1": [4] * 4}, None,
         "blocks, column 'students_grade_...': the grades do not add up to the students: r0c0 (grades 9, students 10), "
         "r0c1 (grades 9, students 10), r0c2 (grades 9, students 10), r0c3 (grades 9, students 10). "
         "Let the grades of each block add up to its students within 0.5 or 1 %"),
        ({"k": [5] * 4, "kk": [5] * 4}, None,
         "blocks, column 'students_grade_kk': 'kk' is not a grade (did you mean 'K'?). "
            "Grades are PK, TK, K and 1 to 12"),
        ({"k": [5] * 4, "2": [5] * 4}, None,
         "blocks: between grades K and 2 there is no grade 1. Give every grade that children go through"),
        ({"1": [5] * 4, "01": [5] * 4}, None,
         "blocks, column 'students_grade_01': grade 1 has the column 'students_grade_1' too. "
         "Keep one column for each grade"),
        ({"k": [5] * 4, "1": [5] * 4}, ("K", "1", "2"),
         "blocks, column 'students_grade_2': the column is missing. "
         "Columns there are for grades K, 1: add the others, or leave them out of --grades"),
    ],
)  # fmt: skip
def test_bad_grade_columns(columns: dict, names: tuple[str, ...] | None, text: str, tmp_path: Path) -> None:
    district = with_grades(EXAMPLE, **columns).district(tmp_path)
    assert error(lambda: grades_of(district, names)) == text
