"""Rules that cannot hold together are named before any solving; blocks that no school can take are an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toys import TOWN, Toy
from typer.testing import CliRunner

from optimizer import Contiguity, Disparity, District, InputError, Size, Travel, optimize
from optimizer.contradictions import contradictions, ready
from optimizer.rules import Close, Rule
from scenarios import read_district
from scenarios.asking.rule_tables import make_rule
from scenarios.asking.settling import settle
from scenarios.cli.main import app

DEFAULTS: tuple[Rule, ...] = (Travel(), Size(), Contiguity())
NAMED = TOWN.but(extra={"estate": ["a" if i in (0, 8) else "b" if i in (2, 3) else None for i in range(20)]})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> District:
    return NAMED.district(tmp_path_factory.mktemp("town") / "town")


def said(district: District, *tables: dict[str, Any]) -> list[str]:
    return [str(fault) for fault in contradictions(district, (*DEFAULTS, *(make_rule(table) for table in tables)))]


CLOSE = {"kind": "close", "schools": ["y"]}
TOLD: list[tuple[list[dict[str, Any]], str]] = [
    (
        [CLOSE, {"kind": "lock", "blocks": ["r0c3", "r0c0"]}],
        "rules close and lock: contradict each other: together they leave no school to blocks: r0c3. Change or take",
    ),
    (
        [CLOSE, {"kind": "require", "pairs": [["r0c4", "y"]]}],
        "rules close and require: contradict each other: together they leave no school to blocks: r0c4. Change",
    ),
    (
        [{"kind": "require", "pairs": [["r0c2", "y"]]}, {"kind": "forbid", "pairs": [["r0c2", "y"]]}],
        "rules forbid and require: contradict each other: together they leave no school to blocks: r0c2.",
    ),
    (
        [{"kind": "require", "pairs": [["r0c2", "y"]]}, {"kind": "require", "pairs": [["r0c2", "x"]]}],
        "rule require: leaves no school to blocks: r0c2. Name a school that takes blocks, or take the rule out",
    ),
    (
        [{"kind": "require", "pairs": [["r0c2", "y"]]}, {"kind": "lock", "schools": ["x"]}],
        "rules lock and require: contradict each other: together they leave no school to blocks: r0c2.",
    ),
    (
        [{"kind": "require", "pairs": [["r0c2", "z"]]}],
        "rules require and travel_increase: contradict each other: together they leave no school to blocks: r0c2.",
    ),
    (
        [{"kind": "require", "pairs": [["r0c0", "y"]]}],
        "rules contiguity and require: contradict each other: together they leave no school to blocks: r0c0.",
    ),
    (
        [{"kind": "pair", "schools": ["y", "x"]}, {"kind": "require", "pairs": [["r0c2", "x"]]}],
        "rules pair and require: contradict each other: together they leave no school to blocks: r0c2.",
    ),
    (
        [{"kind": "keep_together", "column": "estate"}],
        "rules keep_together and contiguity: contradict each other: no school may take all blocks of a set; of the "
        "set, blocks: r0c0, r1c3. Leave the set's cell",
    ),
    (
        [{"kind": "keep_together", "column": "estate"}, {"kind": "lock", "blocks": ["r0c2", "r0c3"]}],
        "rules keep_together and lock: contradict each other: no school may take all blocks of a set; of the set, "
        "blocks: r0c2, r0c3. Leave",
    ),
    (
        [CLOSE, {"kind": "open", "school": "y"}],
        "rules close and open: contradict each other: the school is closed and opened: y. Take one of them out",
    ),
    (
        [CLOSE, {"kind": "seats", "school": "y", "capacity": 10}],
        "rules close and seats: contradict each other: the school is closed and given seats: y. Take one of them out",
    ),
    (
        [CLOSE, {"kind": "pair", "schools": ["x", "y"]}],
        "rules close and pair: contradict each other: the school is closed and paired: y. Take one of them out",
    ),
    (
        [{"kind": "pair", "schools": ["x", "y"]}, {"kind": "pair", "schools": ["y", "z"]}],
        "rules pair and pair: contradict each other: the school is paired twice: y. Take one of them out",
    ),
    (
        [{"kind": "seats", "school": "y", "capacity": 10}, {"kind": "seats", "school": "y", "capacity": 20}],
        "rules seats and seats: contradict each other: two rules seats say different things of the school: y.",
    ),
    (
        [{"kind": "seats", "school": "x", "capacity": 30}],
        "rule seats and min_students: contradict each other: 30 seats are fewer than min_students 40: x. Give min",
    ),
    (
        [{"kind": "share", "of": "poverty", "low": 0.5}, {"kind": "share", "of": "poverty", "high": 0.4}],
        "rules share and share, column 'low': contradict each other: one asks for at least 0.5 of poverty, one for at "
        "most 0.4. Change",
    ),
]


@pytest.mark.parametrize(("tables", "text"), TOLD, ids=[f"{k}" for k in range(len(TOLD))])
def test_both_rules_and_the_ids_are_named(tables: list[dict[str, Any]], text: str, town: District) -> None:
    told = said(town, *tables)
    assert any(text in line for line in told), told
    with pytest.raises(InputError):
        optimize(town, Disparity(), (*DEFAULTS, *(make_rule(table) for table in tables)), iterations=10)


@pytest.mark.parametrize(
    "tables",
    [
        [],
        [CLOSE],
        [CLOSE, {"kind": "lock", "schools": ["x"]}],
        [CLOSE, {"kind": "walk_zone", "distance": 5000}],
        [{"kind": "require", "pairs": [["r0c2", "y"]]}, {"kind": "forbid", "pairs": [["r0c2", "x"]]}],
        [{"kind": "share", "of": "poverty", "low": 0.2}, {"kind": "share", "of": "black", "high": 0.1}],
    ],
)
def test_rules_that_go_together_are_let_be(tables: list[dict[str, Any]], town: District) -> None:
    assert said(town, *tables) == []


def test_an_opened_school_whose_block_may_not_go_there_is_named(town: District) -> None:
    told = said(town, {"kind": "open", "school": "far", "lon": -77.40, "lat": 37.92})
    assert len(told) == 1
    assert told[0].startswith("rules open and travel_increase: contradict each other: together they leave no school to")


def row(tmp_path: Path) -> Path:
    """Six blocks in a row; the travel file tells nothing of r0c5 but its own school."""
    toy = Toy("X x y y z Z", students="5 5 5 5 5 5", groups={}, seats={"x": 12, "y": 20})
    table = toy.schools()
    table.loc[len(table)] = ["y", "School Y", table.lon[0], table.lat[0], "20", "", ""]
    folder = toy.write(tmp_path / "row", schools=table)
    rows = [
        (f"r0c{c}", s, 300.0 + 500 * abs(c - k))
        for c in range(6)
        for s, k in (("x", 0), ("y", 2), ("z", 5))
        if c != 5 or s == "z"
    ]
    pd.DataFrame(rows, columns=["block_id", "school_id", "distance_m"]).to_csv(folder / "travel.csv", index=False)
    return folder


def test_blocks_that_no_school_can_take_are_an_answer(tmp_path: Path) -> None:
    district = read_district(row(tmp_path))
    question = ready(district, (*DEFAULTS, Close(("z",))))
    assert [district.block_ids[i] for i in question.nowhere] == ["r0c5"]
    result = optimize(district, None, (*DEFAULTS, Close(("z",))), iterations=10)
    assert result.status == "infeasible"
    assert (result.iterations, result.bound) == (0, None)
    assert [(b.limit, b.block) for b in result.broken if b.limit == "close"] == [("close", "r0c5")]


def test_a_block_cut_off_from_every_school_is_one_too(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "island")
    links = [(f"r{r}c{c}", f"r{r + a}c{c + b}") for r in range(4) for c in range(5) for a, b in ((0, 1), (1, 0))]
    links = [pair for pair in links if pair[1][1] != "4" and pair[1][3] != "5" and "r3c0" not in pair]
    pd.DataFrame(links, columns=["block_id", "neighbour_id"]).to_csv(folder / "adjacency.csv", index=False)
    district = read_district(folder)
    question = ready(district, (*DEFAULTS, Close(("z",))))
    assert [district.block_ids[i] for i in question.nowhere] == ["r3c0"]
    assert len(ready(district, (Travel(), Size(), Close(("z",)))).nowhere) == 0


def test_the_command_says_where_seats_are_and_writes_the_summary_alone(tmp_path: Path) -> None:
    folder, out = row(tmp_path), tmp_path / "out"
    done = CliRunner().invoke(app, ["optimize", str(folder), "--out", str(out), "--rule", "close schools=z"])
    assert done.exit_code == 1, done.output
    assert "No school left can take 1 blocks of closed schools." in done.output
    nearest = (
        "r0c5: nearest x (travel not known, 2,500 m in a straight line, 2 seats free); y (travel not known, 2,500 m"
    )
    assert nearest in done.output
    assert [path.name for path in out.iterdir()] == ["summary.json"]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["status"], summary["valid"], summary["objective_value"]) == ("infeasible", False, None)
    assert summary["rules"] == [{"kind": "close", "schools": ["z"]}]
    assert (summary["nearest_seats"]["nowhere"], summary["nearest_seats"]["blocks"]) == (True, ["r0c5"])
    assert summary["objective_value_status_quo"] is not None
    bound = CliRunner().invoke(app, ["bound", str(folder), "--rule", "close schools=z"])
    assert bound.exit_code == 1, bound.output


def test_contradictions_end_a_command_with_status_2(tmp_path: Path) -> None:
    folder = NAMED.write(tmp_path / "town")
    plan = tmp_path / "plan.csv"
    zones = NAMED.blocks()[["block_id", "school_id"]]
    zones.to_csv(plan, index=False)
    rules = ["--rule", "close schools=y", "--rule", "lock schools=y"]
    for words in (["optimize", str(folder), "--out", str(tmp_path / "out")], ["bound", str(folder)]):
        done = CliRunner().invoke(app, [*words, *rules])
        assert isinstance(done.exception, InputError)
        assert str(done.exception).startswith("rules close and lock: contradict each other")
    assert not (tmp_path / "out" / "summary.json").exists()
    done = CliRunner().invoke(app, ["evaluate", str(folder), str(plan), *rules])
    assert isinstance(done.exception, InputError)


def test_explain_takes_a_closure_as_given(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "town")
    words = ["explain", str(folder), "--json", "--rule", "close schools=y", "--time-limit", "20"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1, done.output
    found = json.loads(done.output)
    assert found["feasible"] is False
    assert {row["limit"] for row in found["conflict"]} >= {"capacity"}
    assert all(row.get("school") != "y" for row in found["conflict"])
    with pytest.raises(InputError):
        settle({}, None, rules=["close schools=y", "open school=y colour=red"])


def test_a_seed_decides_nothing_here(town: District) -> None:
    rules = (*DEFAULTS, Close(("y",)))
    one, two = ready(town, rules), ready(town, rules)
    assert np.array_equal(one.model.pairs.index, two.model.pairs.index)
    assert np.array_equal(one.nowhere, two.nowhere)
