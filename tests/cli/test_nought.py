"""Nought is a value: nothing that may be a number or None is asked whether it is true."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from told import today_of
from toys import Toy
from tree import ROOT

from optimizer.plan import Plan
from scenarios import read_district
from scenarios.answer.summary import standing
from scenarios.asking.settling import settle
from scenarios.cli.tables import bound_in_words
from scenarios.paper.words import words
from scenarios.publish.public import _bounded
from scenarios.report.answer import certainty, sentences
from scenarios.report.given import Ask, given_data
from scenarios.rfp.tables import count_tables

FILES = sorted(
    path
    for package in ("optimizer", "scenarios", "benchmarks")
    for path in (ROOT / package).rglob("*.py")
    if "kernel" not in path.parts  # compiled: there is no None
)
NUMBERS = ("float", "int", "NotNegative", "Share", "Figure")
# Keys under which results hold a number or None, besides those whose names say so (`objective_value`, `travel_mean`).
KEYS = (
    *("bound", "gap", "solver_bound", "seed", "iterations", "time_limit", "max_moved", "travel_floor", "moved_share"),
    *("disparity", "variance", "amount", "limit_value", "status_quo_amount", "capacity", "min_students", "students"),
    *("counted", "poverty", "poverty_rate", "utilisation", "travel_mean", "within_band", "objective_value", "threads"),
    *("at_least", "excess", "changed_school", "at_plan_school", "mean_travel_change", "feeder_low", "feeder_cost"),
    *("low", "high", "value", "limit", "share", "year", "start_year", "other_students", "dissimilarity.race"),
)

LISTS = ('blocks["poverty"]',)  # what one of these names holds elsewhere


def _optional(annotation: ast.expr | None) -> bool:
    """Whether it is a number or None."""
    if annotation is None:
        return False
    parts = [part.strip() for part in ast.unparse(annotation).strip("'\"").split("|")]
    return "None" in parts and any(part.split("[")[0] in NUMBERS for part in parts)


def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


TREES = _trees()
WALKED = {path: list(ast.walk(tree)) for path, tree in TREES.items()}
DECLARED = [
    (row.target.id, row.annotation)
    for nodes in WALKED.values()
    for node in nodes
    if isinstance(node, ast.ClassDef)
    for row in node.body
    if isinstance(row, ast.AnnAssign) and isinstance(row.target, ast.Name)
]
# A field's name alone is seen where it is asked: one that is a truth somewhere cannot be judged.
TRUTHS = {name for name, kind in DECLARED if ast.unparse(kind) == "bool"} | {
    target.attr
    for nodes in WALKED.values()
    for node in nodes
    if isinstance(node, ast.Assign)
    for target in node.targets
    if isinstance(target, ast.Attribute) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool)
}
FIELDS = {name for name, kind in DECLARED if _optional(kind)} - TRUTHS
MADE = [(path, node) for path, nodes in WALKED.items() for node in nodes if isinstance(node, ast.FunctionDef)]
RETURNS = {(path if node.name.startswith("_") else None, node.name) for path, node in MADE if _optional(node.returns)}


def _asked(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions whose truth is asked for."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield from _flat(node.test)
    elif isinstance(node, ast.BoolOp):
        last = node.values[-1]
        # `x or 0`: None becomes nought, and nought stays what it is.
        if not (isinstance(node.op, ast.Or) and isinstance(last, ast.Constant) and last.value == 0):
            for value in node.values[:-1]:
                yield from _flat(value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _flat(node.operand)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from _flat(test)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("any", "all", "bool"):
        for argument in node.args:
            yield from _flat(argument.elt if isinstance(argument, ast.GeneratorExp | ast.ListComp) else argument)


def _flat(test: ast.expr) -> Iterator[ast.expr]:
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _flat(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _flat(test.operand)
    else:
        yield test


def _is_number(test: ast.expr, names: set[str], path: Path) -> bool:
    if isinstance(test, ast.Name | ast.Attribute):
        return test.id in names if isinstance(test, ast.Name) else test.attr in FIELDS
    if isinstance(test, ast.Subscript):
        return isinstance(test.slice, ast.Constant) and test.slice.value in KEYS
    if isinstance(test, ast.NamedExpr):
        return _is_number(test.value, names, path)
    if not isinstance(test, ast.Call):
        return False
    if isinstance(test.func, ast.Attribute) and test.func.attr == "get" and test.args:
        key = test.args[0]
        return isinstance(key, ast.Constant) and key.value in KEYS
    name = test.func.id if isinstance(test.func, ast.Name) else getattr(test.func, "attr", "")
    return (None, name) in RETURNS or (path, name) in RETURNS


def _names(scope: ast.AST, path: Path) -> set[str]:
    """Names of a function that may be a number or None: by annotation, or since such a thing is assigned to them."""
    found: set[str] = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.arg) and _optional(node.annotation):
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _optional(node.annotation):
            found.add(node.target.id)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            found |= set(_assigned(node.targets[0], node.value, found, path))
    return found


def _assigned(target: ast.expr, value: ast.expr, names: set[str], path: Path) -> Iterator[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _assigned(one, other, names, path)
    elif isinstance(target, ast.Name) and _is_number(value, names, path):
        yield target.id


def _faults(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    scopes = [node for node in WALKED[path] if isinstance(node, ast.FunctionDef | ast.Lambda)] + [TREES[path]]
    return sorted(
        {
            f"{path.relative_to(ROOT)}:{test.lineno}: {lines[test.lineno - 1].strip()}"
            for scope in scopes
            for names in [set() if scope is TREES[path] else _names(scope, path)]
            for node in ast.walk(scope)
            for test in _asked(node)
            if _is_number(test, names, path) and ast.unparse(test).replace("'", '"') not in LISTS
        }
    )


def test_no_number_that_may_be_none_is_asked_whether_it_is_true() -> None:
    faults = [fault for path in FILES for fault in _faults(path)]
    assert not faults, "Ask `is None`, or compare with 0:\n" + "\n".join(faults)


PROVED = "no plan within these limits is better"
STANDS = [
    ({"proof": "certificate", "bound": 0.0, "gap": 0.0}, "best"),  # the plan reaches 0
    ({"proof": "certificate", "bound": 0.05, "gap": 0.0}, "best"),
    ({"proof": "certificate", "bound": 0.05, "gap": 0.0005}, "bound"),
    ({"proof": None, "bound": 0.05, "gap": 0.1}, "bound"),
    ({"proof": "certificate", "bound": 0.0, "gap": 1.0}, "near"),  # a public page, whose figures are rounded
    ({"proof": "certificate", "bound": None, "gap": None}, "near"),  # and one that leaves them out
    ({"proof": None, "bound": 0.0, "gap": 1.0}, "unknown"),
    ({"proof": None, "bound": None, "gap": None}, "unknown"),
    ({"proof": "solver", "bound": 0.0, "gap": 1.0}, "solver"),
]


@pytest.mark.parametrize(("known", "stands"), STANDS)
def test_what_is_proved_is_said_the_same_everywhere(known: dict[str, Any], stands: str, tmp_path: Path) -> None:
    summary = replace(today_of(EVEN, tmp_path).summary, objective="disparity", objective_value=0.06, **known)
    assert standing(summary) == stands
    printed, page = bound_in_words(summary), str(certainty(summary, words("en")))
    assert ("has not been proved" in printed) is ("is not proved" in page) is (stands == "unknown")
    assert (printed == "Proved: no valid plan is better.") is page.endswith(PROVED) is (stands == "best")


@pytest.mark.parametrize("objective", ["disparity", "moved", "outside_band", "dissimilarity.race"])
def test_a_plan_that_reaches_nought_is_proved_to_be_the_best(objective: str, rezone, tmp_path: Path) -> None:
    """Nobody in poverty, the groups spread evenly."""
    folder, out = EVEN.write(tmp_path / "d"), tmp_path / "o"
    job = ("--objective", objective, "--size-tolerance", 0, "--max-moved", 0, "--gap", 0, "--seed", 0)
    status, printed, _ = rezone("optimize", folder, "--out", out, "--iterations", 500, "--threads", 1, *job)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (status, summary["status"], summary["gap"]) == (0, "optimal", 0.0)
    assert summary["limits"]["max_moved"] == summary["limits"]["size_tolerance"] == summary["seed"] == 0
    assert "Proved: no valid plan is better." in printed
    page = (out / "report.html").read_text(encoding="utf-8")
    assert PROVED in page
    assert "is not proved" not in page
    assert "--max-moved 0" in page
    _, printed, _ = rezone("verify", folder, "--plan", out / "plan.csv", "--certificate", out / "certificate.json")
    assert printed.startswith("Proved:")
    assert "so that none is better" in printed


EVEN = Toy("X x y Y", groups={"white": "5 5 5 5", "black": "5 5 5 5"}, poverty="0 0 0 0", seats={"x": 20, "y": 0})


def test_limits_and_seats_of_nought_hold(rezone, tmp_path: Path) -> None:
    """A school of no seats is over them, a cap of 0 is one, and so is a share of 0; none is "not given"."""
    folder, plan = EVEN.but(poverty="1 0 0 0").write(tmp_path / "d"), tmp_path / "plan.csv"
    plan.write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    job = ("--max-moved", 0, "--rule", "share of=poverty high=0", "--travel-increase", 0, "--travel-floor", 0)
    _, printed, _ = rezone("evaluate", folder, plan, *job, "--json")
    found = json.loads(printed)
    rows = {(row["limit"], row.get("school")): row for row in found["broken_limits"]}
    assert rows["max_moved", None]["limit_value"] == 0
    assert rows["capacity", "y"]["limit_value"] == 0
    assert rows["share.poverty", "x"]["limit_value"] == 0
    assert any(limit == "travel_increase" for limit, _ in rows)
    out = tmp_path / "s"
    status, printed, err = rezone("score", folder, plan, "--out", out, "--iterations", 300, "--max-moved", 0)
    assert status == 0, err
    assert "not shown" not in printed


def test_a_school_of_no_seats_is_over_them(tmp_path: Path) -> None:
    folder = EVEN.write(tmp_path / "d")
    plan = Plan.status_quo(read_district(folder))
    doc = given_data(plan, "today", Ask(settle({}, None, {})))
    assert sentences(doc, words("en"))[1] == "1 school is over its seats: School Y."
    table = count_tables({"status quo": plan}, np.zeros((2, 1)))["projections"]
    assert table.groupby("school_id")["flag"].unique().map(list).to_dict() == {"x": [""], "y": ["over 110 %"]}
    assert table[table.school_id == "y"]["share_of_seats"].isna().all()


def test_what_is_proved_is_told_without_figures_that_may_not_be_published(tmp_path: Path) -> None:
    summary = today_of(EVEN, tmp_path).summary
    proved = replace(
        summary, status="optimal", proof="certificate", bound=0.0004, off_by={"measures": {"disparity": 5e-4}}
    )
    for objective, value in (("disparity", 0.0), ("disparity", None), ({"disparity": 1.0}, None)):
        asked = replace(proved, objective=objective, objective_value=value)
        assert standing(_bounded(asked, "m")) == "near"
