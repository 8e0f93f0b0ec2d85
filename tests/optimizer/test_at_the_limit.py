"""At a limit: rules, `verify` and solvers agree on plans that meet it, that lie within the allowance, and beyond it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rule_cases import admits
from toys import EXAMPLE, Toy

from optimizer import Disparity, breaches, is_valid, optimize
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules import under
from scenarios import read_district
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.verify import validity
from scenarios.verify.case import Case

# FORMAT.md's example, with B at Y: 10 students at X and 30 at Y, of whom 1 and 15 are in poverty; B travels 1000 m.
PLAN = (0, 1, 1, 1)
TODAY = {"r0c0": "x", "r0c1": "x", "r0c2": "y", "r0c3": "y"}
STUDENT, SHARE = 1e-6, 1e-9  # FORMAT.md's allowances
VALUE = 0.06  # its disparity
ROOM: dict[str, Any] = {"size_tolerance": 1.0, "travel_floor": 5000.0}


def asked(toy: Toy = EXAMPLE, rule: dict[str, Any] | None = None, **limits: Any) -> tuple[Toy, dict[str, Any], list]:
    return toy, ROOM | limits, [] if rule is None else [rule]


def rule(kind: str, **keys: Any) -> Callable[[float], Any]:
    """A rule of which one key, given as a function, hangs on how far the plan lies beyond the limit."""
    return lambda off: asked(rule={"kind": kind, **{k: v(off) if callable(v) else v for k, v in keys.items()}})


KINDS: dict[str, tuple[float, Callable[[float], Any]]] = {
    "seats": (STUDENT, lambda off: asked(EXAMPLE.but(seats={"y": 30 - off}))),
    "seats and others": (STUDENT, lambda off: asked(EXAMPLE.but(seats={"y": 37 - off}, other={"y": 7}))),
    "largest by default": (STUDENT, lambda off: asked(size_tolerance=0.5 - off / 20)),
    "minimum": (STUDENT, lambda off: asked(EXAMPLE.but(least={"x": 10 + off}))),
    "smallest by seats": (STUDENT, lambda off: asked(EXAMPLE.but(seats={"x": 16 + 1.6 * off, "y": 40}),
                                                     size_tolerance=0.375)),
    "travel": (STUDENT, lambda off: asked(travel_floor=1000 - off, travel_increase=0.0)),
    "max_moved": (SHARE, lambda off: asked(max_moved=0.25 - off)),
    "share, cap": (SHARE, rule("share", of="poverty", high=lambda off: 0.5 - off)),
    "share, floor": (SHARE, rule("share", of="poverty", low=lambda off: 0.1 + off)),
    "utilisation": (SHARE, lambda off: asked(EXAMPLE.but(seats={"x": 40, "y": 40}),
                                             {"kind": "utilisation", "high": 0.75 - off})),
    "utilisation, floor": (SHARE, lambda off: asked(EXAMPLE.but(seats={"x": 40, "y": 40}),
                                                    {"kind": "utilisation", "low": 0.25 + off})),
    "moved": (SHARE, rule("moved", of="poverty", share=lambda off: 3 / 16 - off)),
    "changed": (SHARE, rule("changed", share=lambda off: 0.25 - off, plan=TODAY)),
    "burden, moved": (SHARE, rule("burden", of="moved", difference=lambda off: 0.1 - off)),
    "burden, travel": (STUDENT, rule("burden", of="travel", difference=lambda off: 50 - off)),
    "travel_mean": (STUDENT, rule("travel_mean", limit=lambda off: 375 - off)),
    "at_most, travel": (STUDENT, rule("at_most", of="travel_mean", limit=lambda off: 375 - off)),
    "at_most, moved": (SHARE, rule("at_most", of="moved", limit=lambda off: 0.25 - off)),
    "at_most, disparity": (SHARE, rule("at_most", of="disparity", limit=lambda off: VALUE - off)),
    "at_most, edges": (STUDENT, rule("at_most", of="cut_edges", limit=lambda off: 1 - off)),
    "riders, distance": (STUDENT, rule("riders", distance=lambda off: 1000 - off, share=0.0)),
    "riders, share": (SHARE, rule("riders", distance=900, share=lambda off: 0.25 - off)),
}  # fmt: skip


# What no plan may do to anybody: of the 1 student of each group the plan does it to as few as the allowance has.
NOBODY: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "moved": (ROOM, [{"kind": "moved", "share": 0.0}]),
    "moved, by school": (ROOM, [{"kind": "moved", "share": 0.0, "by_school": True}]),
    "max_moved": (ROOM | {"max_moved": 0.0}, []),
    "changed": (ROOM, [{"kind": "changed", "share": 0.0, "plan": TODAY}]),
    "burden": (ROOM, [{"kind": "burden", "of": "moved", "difference": 0.0}]),
    "riders": (ROOM, [{"kind": "riders", "distance": 900, "share": 0.0}]),
}


@pytest.mark.parametrize("kind", NOBODY)
def test_the_allowance_itself_is_within_it(kind: str, tmp_path: Path) -> None:
    """To the last digit, in numbers that no sum rounds; a hair further is beyond it."""
    limits, tables = NOBODY[kind]
    for few, kept in ((SHARE, True), (2 * SHARE, False), (0.0, True)):
        toy = EXAMPLE.but(groups={"white": f"{1 - few} {few} 0 0", "black": "0.5 0 0 0.5"}, poverty="0 0 0 0")
        toy = toy if kind == "burden" else toy.but(groups={"white": toy.groups["white"]})
        district = read_district(toy.write(tmp_path / repr(few)))
        options = Options(strict=True, contiguity=False, **limits)
        rules = rules_of(Settings(options, tuple(tables)))
        plan = Plan(district, np.array(PLAN, np.int32))
        case = Case.of(district, options, tables, "disparity", "here")
        assert is_valid(breaches(plan, rules)) == kept
        assert validity.is_valid(validity.broken_limits(case, plan.school)) == kept
        assert admits(Model.build(district, rules), plan.school) == kept


@pytest.mark.parametrize("beyond", [-2.0, 0.0, 0.5, 3.0])
@pytest.mark.parametrize("kind", KINDS)
def test_all_agree_at_the_limit(kind: str, beyond: float, tmp_path: Path) -> None:
    """beyond: how far the plan lies beyond the limit, in allowances."""
    allowance, make = KINDS[kind]
    toy, limits, tables = make(beyond * allowance)
    district = read_district(toy.write(tmp_path))
    options = Options(strict=True, contiguity=False, **limits)
    rules = rules_of(Settings(options, tuple(tables)))
    case = Case.of(district, options, tables, "disparity", "here")
    ruled, values = under(district, rules), []
    for school in product(range(2), repeat=4):
        plan = Plan(ruled, np.array(school, np.int32))
        valid = is_valid(breaches(plan, rules))
        assert valid == validity.is_valid(validity.broken_limits(case, plan.school)), school
        assert valid == (beyond < 1) or school != PLAN
        values += [Disparity().value(plan)] if valid else []
    for solver in ("exact", "search"):
        found = optimize(district, Disparity(), rules, iterations=2000, threads=1, solver=solver)
        assert found.valid == bool(values)
        assert not values or found.objective_value == pytest.approx(min(values), abs=1e-9)
        assert not values or (found.bound or 0.0) <= min(values) + 1e-12
