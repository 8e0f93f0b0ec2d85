"""docs/rules.md is held to the code: kinds, keys, what the bound relaxes, and examples that can be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from toys import EXAMPLE
from tree import ROOT

from optimizer.bounds.claim import relaxed
from optimizer.bounds.problem import Problem
from optimizer.model import Model
from optimizer.objectives import Disparity
from optimizer.rules import RULES
from scenarios.asking.rule_tables import make_rule, rule_faults, rule_keys

TEXT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
NEED_FILES = ("barrier", "changed")


def table() -> dict[str, list[str]]:
    """Kind -> keys, what is valid, unit, bound."""
    rows = [[cell.strip() for cell in line.split("|")] for line in TEXT.splitlines() if line.startswith("| `")]
    return {cells[1].strip("`"): cells[2:-1] for cells in rows}


def examples() -> list[dict[str, Any]]:
    return [rule for text in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) for rule in tomllib.loads(text)["rules"]]


def test_every_kind_has_a_row_of_five_cells() -> None:
    assert set(RULES) <= set(table())
    assert {kind for kind, cells in table().items() if len(cells) != 4 or not cells[1]} == set()


@pytest.mark.parametrize("kind", sorted(RULES))
def test_the_row_names_the_keys(kind: str) -> None:
    named = re.findall(r"`([a-z_0-9]+)(?: = [a-z]+)?`", table()[kind][0])
    keys = rule_keys(RULES[kind])
    assert set(keys) <= set(named)
    assert set(named) - set(keys) <= {"all", "moved", "travel", "false", "cut_edges", "polsby_popper"}


@pytest.mark.parametrize("kind", sorted(RULES))
def test_there_is_an_example_that_can_be_read(kind: str) -> None:
    mine = [rule for rule in examples() if rule["kind"] == kind]
    assert mine
    if kind not in NEED_FILES:
        assert [str(fault) for rule in mine for fault in rule_faults(rule, "docs")] == []


@pytest.mark.parametrize("kind", sorted(set(RULES) - {*NEED_FILES, "close", "open", "seats", "pair"}))
def test_the_row_says_what_the_bound_relaxes(kind: str, tmp_path: Path) -> None:
    blocks, columns = ["r0c1"], ("estate", "street", "hold", "last_rezoned", "middle_school")
    further = {name: [1, 1, 0, 0] for name in columns} | {"last_rezoned": [2020, 2020, 2026, 2026]}
    district = EXAMPLE.but(seats={"x": 30, "y": 30}, extra=further | {"students_el": [1] * 4}).district(tmp_path)
    places: dict[str, Any] = {"blocks": blocks, "schools": ["x"], "pairs": [["r0c1", "x"]]}
    found: set[str] = set()
    for rule in examples():
        if rule["kind"] == kind:
            model = Model.build(district, (make_rule(rule | {k: v for k, v in places.items() if k in rule}),))
            found |= set(relaxed(Problem.of(model, Disparity().compile(model))))
    assert {name.partition(".")[0] for name in found} == ({kind} if "relaxes" in table()[kind][-1] else set())
