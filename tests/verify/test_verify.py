"""`rezone verify` as people run it: what is proved, what is not, and what is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import checker
import numpy as np
import pytest
import typer
from proofs import BestLeaf, certificate, random_cuts, write
from questions import LIMITS, Question
from toys import EXAMPLE, TOWN

from optimizer.errors import InputError
from optimizer.objectives import make_objective
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, Moved, breaches
from scenarios import read_district
from scenarios.asking.options import Options
from scenarios.cli.verify import verify as command
from scenarios.plans.file import write_plan
from scenarios.reading.records import Broken
from scenarios.verify import verify
from scenarios.verify.case import Case
from scenarios.verify.validity import broken_limits
from scenarios.writing.records import table

Tamper = Callable[[dict[str, Any]], Any]


@pytest.fixture
def run(capsys) -> Callable[..., tuple[int, str]]:
    """The command in this process: exit status, and what it prints or the error."""
    app = typer.Typer(add_completion=False)
    app.command()(command)

    def call(*arguments: object) -> tuple[int, str]:
        try:
            status = app([str(a) for a in arguments], standalone_mode=False)
        except InputError as error:
            return 2, str(error)
        return int(status or 0), capsys.readouterr().out

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, Path, dict[str, Any]]:
    """TOWN with its best plan, and a certificate for it: the folder, the plan and the certificate's content."""
    folder = TOWN.write(tmp_path_factory.mktemp("town"))
    return prove(folder, LIMITS | {"max_moved": 0.2}, "disparity")


def prove(folder: Path, limits: dict[str, Any], objective: Any) -> tuple[Path, Path, dict[str, Any]]:
    """A plan that moves one block, the best such, and a certificate from a linear program."""
    q = Question(folder, limits, [{"of": "black", "share": 0.25}], objective)
    district = read_district(folder)
    plans = []
    for i in range(district.blocks):
        for j in range(district.schools):
            zone = district.status_quo.copy()
            zone[i] = j
            rows = broken_limits(case_of(district, limits, objective), zone)
            if all(row.inherited for row in rows):
                plans.append(zone)
    best = min(plans, key=lambda zone: q.value(tuple(zone)))
    plan = folder.parent / f"{folder.name}.csv"
    write_plan(plan, Plan(district, best))
    cuts = random_cuts(q, np.random.default_rng(1), 12)
    leaf = BestLeaf(q, np.array([-1.0, 1.0]), np.linspace(0, 1, 13).tolist(), cuts)
    return folder, plan, certificate(q, [leaf.leaf], cuts, leaf.bound * (1 - 1e-9), plan)


def case_of(district, limits: dict[str, Any], objective: Any, share: float = 0.25) -> Case:
    rules = [{"kind": "moved", "of": "black", "share": share}]
    return Case.of(district, Options(**limits), rules, objective, "certificate.json")


def test_a_good_certificate_is_proved_in_words_and_numbers(made, run, tmp_path: Path) -> None:
    folder, plan, content = made
    file = write(content, tmp_path / "certificate.json")
    status, printed = run(folder, "--plan", plan, "--certificate", file)
    assert status == 0
    assert printed.startswith(
        "Proved: under these limits no valid plan of toy has a disparity below 3.73 points; this plan has 6.12 points, "
        "so that at most 38.9 % of it could be won.\nBy race: dissimilarity 0."
    )
    assert "By race: black students make up" in printed
    assert "max_moved 0.2" in printed
    assert "Rule: kind moved, of black, share 0.25" in printed
    found = json.loads(run(folder, "--plan", plan, "--certificate", file, "--json")[1])
    raw = checker.Folder(folder)
    zones = dict(line.split(",") for line in plan.read_text().splitlines()[1:])
    assert found["verified"] is found["valid"] is True
    assert found["objective_value"] == pytest.approx(checker.measures(raw, zones)["disparity"])
    assert found["bound"] == pytest.approx(content["bound"], abs=1e-9)
    assert found["gap"] == pytest.approx(1 - found["bound"] / found["objective_value"])
    assert (found["claimed"], found["reasons"]) == (content["bound"], [])
    assert found["measures"]["dissimilarity.race"] is not None


def test_without_a_certificate_the_plan_alone_is_judged(made, run, tmp_path: Path) -> None:
    folder, plan, _ = made
    status, printed = run(folder, "--plan", plan)
    assert status == 0
    assert "is valid under these limits. Without a certificate nothing is proved" in printed
    bad = tmp_path / "bad.csv"
    write_plan(bad, Plan(read_district(folder), np.zeros(20, np.int32)))
    status, printed = run(folder, "--plan", bad)
    assert status == 1
    assert printed.startswith("Not proved: this plan of toy is not valid under these limits.")
    assert "Limits that the plan breaks:\n" in printed
    assert "contiguity" in printed


def test_the_districts_own_limits_hold_without_a_certificate(run, tmp_path: Path) -> None:
    folder = EXAMPLE.but(head="[limits]\nmax_moved = 0.1\nsize_tolerance = 0.5\n").write(tmp_path / "d")
    plan = tmp_path / "plan.csv"
    plan.write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    status, printed = run(folder, "--plan", plan)
    assert (status, "max_moved" in printed, "min_students" in printed) == (1, True, False)


def test_a_certificate_without_leaves_claims_nothing(made, run, tmp_path: Path) -> None:
    folder, plan, content = made
    trivial = content | {"bound": 0.0, "cuts": [], "leaves": []}
    status, printed = run(folder, "--plan", plan, "--certificate", write(trivial, tmp_path / "c.json"))
    assert status == 0
    assert "The certificate proves no bound above 0: it does not say how much better a plan could be." in printed
    claims = write(trivial | {"bound": 0.001}, tmp_path / "c.json")
    status, printed = run(folder, "--plan", plan, "--certificate", claims)
    assert status == 1
    assert "It claims a bound of 0.001, and proves 0." in printed


@pytest.mark.parametrize("objective", ["travel_mean", "moved", {"disparity": 1.0, "travel_mean": 0.3}])
def test_other_objectives(objective: Any, run, tmp_path: Path) -> None:
    folder, plan, content = prove(TOWN.write(tmp_path / "d"), LIMITS, objective)
    file = write(content | {"bound": max(0.0, content["bound"] - 1e-7)}, tmp_path / "c.json")
    status, printed = run(folder, "--plan", plan, "--certificate", file, "--json")
    found = json.loads(printed)
    assert status == 0, found["reasons"]
    district = read_district(folder)
    value = make_objective(objective, district).value(Plan.of_ids(district, read_plan_ids(plan)))
    assert found["objective_value"] == pytest.approx(value)
    assert found["bound"] <= value
    words = {"moved": "this plan has 0.00 %, so that none is better", "travel_mean": "a mean travel below"}
    wanted = (
        words[objective] if isinstance(objective, str) else "a mixture (1 of disparity, 0.3 of travel_mean) below 0."
    )
    assert wanted in found["sentence"]


def read_plan_ids(plan: Path) -> dict[str, str]:
    return dict(line.split(",") for line in plan.read_text().splitlines()[1:])


def deep(*path: Any, value: Any) -> Tamper:
    """Puts `value` (or what it makes of the old one) at the path."""

    def change(content: dict[str, Any]) -> None:
        at: Any = content
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value(at[path[-1]]) if callable(value) else value

    return change


def empty_separator(content: dict[str, Any]) -> None:
    """Of a cut that holds by its separator alone."""
    next(cut for cut in content["cuts"] if len(cut["separator"]) > 0)["separator"].clear()


SCHOOL = ("leaves", 0, "schools", 1)
NOT_PROVED: dict[str, tuple[Tamper, str]] = {
    "bound": (deep("bound", value=lambda b: b + 1e-6), "It claims a bound of"),
    "a price": (deep("leaves", 0, "prices", value=lambda v: [x + 0.01 for x in v]), "It claims a bound of"),
    "a budget price": (deep("leaves", 0, "budget_prices", 1, value=1.0), "It claims a bound of"),
    "the direction": (deep("leaves", 0, "direction", value=[1.0, 1.0]), "It claims a bound of"),
    "all tilts": (deep(*SCHOOL, "tilt", value=lambda v: [0.0] * len(v)), "It claims a bound of"),
    "size prices": (deep(*SCHOOL, "sum_prices", 0, value=lambda v: [5.0] * len(v)), "It claims a bound of"),
    "first edge": (deep(*SCHOOL, "edges", 0, value=0.01), "leaves[0] leaves rates out"),
    "last edge": (deep(*SCHOOL, "edges", value=lambda v: [0.7 * x for x in v]), "leaves[0] leaves rates out"),
    "a box": (deep("leaves", 0, "rates", value={"0": [0.2, 1.0]}), "The boxes of the leaves leave rates out."),
    "an empty separator": (empty_separator, "1 cuts do not hold, the first of them cuts["),
    "looser limits": (deep("limits", "travel_increase", value=9.0), "It claims a bound of"),
    "no contiguity": (deep("limits", "contiguity", value=False), "cuts do not hold"),
    "a pair of today's": (deep("struck", value=lambda v: [*v, [2, 1]]), "some valid plan may have that pair."),
    "another plan": (deep("plan", value="0" * 64), "made for another plan"),
    "tighter limits": (deep("limits", "max_moved", value=0.0), "The plan breaks limits."),
}


@pytest.mark.parametrize("name", NOT_PROVED)
def test_changed_certificates_are_not_proved(name: str, made, run, tmp_path: Path) -> None:
    """Even where whoever changed them made the seal fit again."""
    folder, plan, content = made
    content = copy.deepcopy(content)
    NOT_PROVED[name][0](content)
    status, printed = run(folder, "--plan", plan, "--certificate", write(content, tmp_path / "certificate.json"))
    assert (status, printed[:10]) == (1, "Not proved")
    assert NOT_PROVED[name][1] in printed


def test_no_change_of_a_byte_goes_unseen(made, tmp_path: Path) -> None:
    folder, plan, content = made
    file = write(content, tmp_path / "certificate.json")
    text, random = file.read_bytes(), np.random.default_rng(0)
    for at in random.integers(0, len(text) - 1, 15):
        file.write_bytes(text[:at] + bytes([text[at] ^ int(random.integers(1, 32))]) + text[at + 1 :])
        try:
            assert not verify(folder, plan, file).verified
        except InputError as error:
            assert "certificate.json" in str(error)  # noqa: PT017


def test_a_seal_that_does_not_fit_is_named(made, run, tmp_path: Path) -> None:
    folder, plan, content = made
    file = write(content, tmp_path / "certificate.json")
    file.write_text(file.read_text().replace('"version":"1.0"', '"version":"1.1"'))
    status, printed = run(folder, "--plan", plan, "--certificate", file)
    assert status == 1
    assert "Not proved: the certificate has been changed since it was written: its seal does not fit." in printed
    assert "What it does prove: under these limits no valid plan of toy has a disparity below 3.73 points." in printed


def test_another_plan_is_not_what_the_certificate_is_for(made, run, tmp_path: Path) -> None:
    folder, plan, content = made
    file, other = write(content, tmp_path / "certificate.json"), tmp_path / "other.csv"
    write_plan(other, Plan.status_quo(read_district(folder)))
    status, printed = run(folder, "--plan", other, "--certificate", file)
    assert status == 1
    assert "The certificate was made for another plan than this file; its bound holds for this one too." in printed
    plan_changed = tmp_path / "changed.csv"
    plan_changed.write_text(plan.read_text().replace("r0c0,x", "r0c0,y"))
    assert run(folder, "--plan", plan_changed, "--certificate", file)[0] == 1
    plan_changed.write_text(plan.read_text().replace("r0c0,x\n", ""))
    status, printed = run(folder, "--plan", plan_changed, "--certificate", file)
    assert (status, "blocks are missing: r0c0" in printed) == (2, True)


def test_a_changed_district_is_refused(made, run, tmp_path: Path) -> None:
    _, plan, content = made
    folder = TOWN.write(tmp_path / "d")
    file = write(content, tmp_path / "certificate.json")
    assert run(folder, "--plan", plan, "--certificate", file)[0] == 0
    (folder / "schools.csv").write_text((folder / "schools.csv").read_text().replace("100", "101"))
    status, printed = run(folder, "--plan", plan, "--certificate", file)
    assert status == 2
    assert printed == (
        "certificate.json: the certificate is for another district or its files have changed: schools.csv. "
        "Verify with the folder that it was made from"
    )
    TOWN.write(folder)
    (folder / "adjacency.csv").write_text("block_id,neighbour_id\nr0c0,r0c1\n")
    status, printed = run(folder, "--plan", plan, "--certificate", file)
    assert (status, "have changed: adjacency.csv" in printed) == (2, True)
    (folder / "adjacency.csv").unlink()
    other = write(content | {"district": "elsewhere"}, tmp_path / "certificate.json")
    status, printed = run(folder, "--plan", plan, "--certificate", other)
    assert (status, "is for another district, 'elsewhere' and not 'toy'" in printed) == (2, True)


@pytest.mark.parametrize("strict", [False, True])
def test_validity_agrees_with_the_rules_and_the_checker(strict: bool, tmp_path: Path) -> None:
    """The rows of `verify`, written apart from the rules, are those of the rules, and of the tests' checker."""
    district = TOWN.district(tmp_path)
    raw, random = checker.Folder(tmp_path), np.random.default_rng(7)
    limits = LIMITS | {"max_moved": 0.12, "strict": strict}
    case = case_of(district, limits, "disparity", 0.1)
    rules = (
        DEFAULT_RULES[0],
        type(DEFAULT_RULES[1])(strict=strict),
        DEFAULT_RULES[2],
        Moved(0.1, "black"),
        Moved(0.12, option=True),
    )
    seen = set()
    for _ in range(150):
        school = district.status_quo.copy()
        for b in random.integers(0, district.blocks, random.integers(0, 4)):
            school[b] = random.integers(0, district.schools)
        rows = broken_limits(case, school)
        wanted = Broken.of(breaches(Plan(district, school), rules))
        for row, other in zip(rows, wanted, strict=True):
            assert table(row) == pytest.approx(table(other))
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, school, strict=True)}
        seen |= {row.limit for row in rows}
        plain = checker.broken(raw, zones, **limits)
        assert {(row.limit, row.inherited) for row in rows if row.limit != "moved.black"} == {
            (limit, inherited) for limit, _, inherited in plain
        }
    assert seen == {"capacity", "min_students", "max_moved", "moved.black", "contiguity", "travel_increase"}
