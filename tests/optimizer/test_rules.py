"""Every kind of rule: what it narrows, what it checks, and what `verify` says, on random small folders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rule_cases import KINDS, admits, random_folder, random_plan, random_rule, soft_excess

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import STUDENT_SLACK, Model
from optimizer.rules import Breach, Rule, breaches, is_valid, under
from scenarios import read_district
from scenarios.asking.options import Options
from scenarios.asking.rule_tables import make_rule
from scenarios.verify.case import Case

FOLDERS = 10
AMENDING: tuple[dict[str, Any], ...] = (
    {"kind": "close", "schools": ["y"]},
    {"kind": "pair", "schools": ["x", "z"]},
    {"kind": "seats", "school": "x", "capacity": 30},
)


@pytest.fixture(scope="module", params=range(FOLDERS))
def case(request, tmp_path_factory) -> tuple[np.random.Generator, District]:
    random = np.random.default_rng(request.param)
    return random, read_district(random_folder(random, tmp_path_factory.mktemp("rules"), 3))


def rows_of(rows: list[Breach]) -> list[tuple[str, str, bool]]:
    return sorted((row.limit, row.block or row.school or "", row.inherited) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_model_check_and_checker_agree(kind: str, case) -> None:
    random, district = case
    for _ in range(4):
        table, strict = random_rule(random, kind, district), bool(random.random() < 0.3)
        rule: Rule = make_rule(table | ({"strict": strict} if kind in ("share", "utilisation") else {}))
        model = Model.build(district, (rule,))
        verified = Case.of(district, Options(strict=strict), [table], "moved", "here")
        for _ in range(15):
            plan = random_plan(random, district)
            found = breaches(plan, (rule,))
            assert admits(model, plan.school) == is_valid(found), (table, plan.school, found)
            if admits(model, plan.school):
                assert (soft_excess(model, plan.school) <= STUDENT_SLACK) == (not found), (table, plan.school, found)
            rows = verified.rules[0].broken(verified.ground, plan.school)
            expected = sorted((row.limit, row.block or row.school or "", row.inherited) for row in rows)
            assert rows_of(rule.excess(plan)) == expected, (table, plan.school)


@pytest.mark.parametrize("kind", KINDS)
def test_model_and_check_agree_where_schools_close_pair_or_change_seats(kind: str, case) -> None:
    random, today = case
    for table in AMENDING:
        rules: tuple[Rule, ...] = (make_rule(table), make_rule(random_rule(random, kind, today)))
        try:
            district = under(today, rules)
        except InputError as refused:  # a pair's first school may lie where no travel is known
            assert (table["kind"], "out of their reach" in str(refused)) == ("pair", True)  # noqa: PT017
            continue
        model = Model.build(district, rules)
        for _ in range(15):
            plan = random_plan(random, district)
            assert admits(model, plan.school) == is_valid(breaches(plan, rules)), (rules, plan.school)
