"""`--rule`: rules on the command line, and what results say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import TOWN
from typer.testing import CliRunner

from optimizer.errors import InputError
from scenarios.asking.rule_tables import parse_rule, rule_faults
from scenarios.asking.settling import settle
from scenarios.cli.main import app


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("close schools=S07,S08", {"kind": "close", "schools": ["S07", "S08"]}),
        ("close schools=007", {"kind": "close", "schools": ["007"]}),
        ("close 'schools=North Side, South'", {"kind": "close", "schools": ["North Side", "South"]}),
        ("open school=12 lon=-78.5 lat=38", {"kind": "open", "school": "12", "lon": -78.5, "lat": 38}),
        ('keep_together column="a b" hard=true', {"kind": "keep_together", "column": "a b", "hard": True}),
        ("require pairs=b1:S07,b2:S:8", {"kind": "require", "pairs": [["b1", "S07"], ["b2", "S:8"]]}),
        ("moved share=0.1 of=black", {"kind": "moved", "share": 0.1, "of": "black"}),
        ("barrier file=a.gpkg crossings=b.gpkg", {"kind": "barrier", "file": "a.gpkg", "crossings": "b.gpkg"}),
        ("barrier file=a.gpkg crossings=b1:b2", {"kind": "barrier", "file": "a.gpkg", "crossings": [["b1", "b2"]]}),
        ("unheard key=1", {"kind": "unheard", "key": "1"}),
    ],
)  # fmt: skip
def test_words_become_a_table(text: str, table: dict[str, Any]) -> None:
    assert parse_rule(text) == table


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "--rule: '' names no kind of rule. Write --rule \"close schools=S07,S08\""),
        ("schools=S07", "--rule: 'schools=S07' names no kind of rule"),
        ("close S07", "--rule: 'S07' in 'close S07' is not a key and a value"),
        ("close schools='S07", "has a quotation mark without its other"),
        (
            "close schools=a schools=b",
            "--rule: 'schools' stands twice in 'close schools=a schools=b'. Give each key once",
        ),
        ("close school=a", "--rule 'close school=a', column 'school': the key is not known (did you mean 'schools'?)"),
        ("clos schools=a", "column 'kind': 'clos' is not a kind of rule here (did you mean 'close'?)"),
        ("seats school=a capacity=many", "column 'capacity': it must be a number"),
        ("moved share=2", "--rule 'moved share=2'"),
        ("close schools=S01,S02,S01", "column 'schools': stands more than once in the list: S01. Name each once"),
        ("lock blocks=b1,b1", "column 'blocks': stands more than once in the list: b1"),
        ("forbid pairs=b1:S07,b2:S07,b1:S07", "column 'pairs': stands more than once in the list: b1:S07"),
        ("pair schools=a,a", "column 'schools': stands more than once in the list: a"),
        ("barrier file=a.gpkg crossings=a:b,a:b", "column 'crossings': stands more than once in the list: a:b"),
        ("require pairs=b1", "--rule 'require pairs=b1', column 'pairs':"),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    with pytest.raises(InputError) as error:
        settle({}, None, rules=[text])
    assert problem in str(error.value)


@given(st.text(max_size=30))
def test_any_text_is_a_table_or_an_error_in_words(text: str) -> None:
    try:
        settle({}, None, rules=[text])
    except InputError as error:
        assert str(error)  # noqa: PT017 - any other exception is the failure


@pytest.mark.parametrize("rule", ["moved share", "seats school=a capacity", "travel_mean limit", "open school=a lon"])
def test_true_is_no_number_in_a_rule(rule: str) -> None:
    table = parse_rule(f"{rule}=1")
    key = list(table)[-1]
    (fault,) = rule_faults(table | {key: True}, "c.toml")
    assert str(fault) == f"c.toml, column '{key}': true is not a number. Give a number"


def test_rules_of_the_option_come_after_the_files(tmp_path: Path) -> None:
    config = tmp_path / "limits.toml"
    config.write_text('[[rules]]\nkind = "seats"\nschool = "x"\ncapacity = 80\n', encoding="utf-8")
    chosen = settle({}, config, rules=["close schools=y", "moved share=0.5"])
    assert [rule["kind"] for rule in chosen.rules] == ["seats", "close", "moved"]
    assert settle({"max_moved": 0.1}).rules == ()


@pytest.mark.parametrize("command", ["optimize", "evaluate", "bound", "explain", "sensitivity", "transition"])
def test_every_command_with_limits_has_it(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert "--rule" in told.output
    assert "close schools=S07,S08" in " ".join(told.output.split())


def test_seats_change_what_a_run_keeps_and_says(tmp_path: Path) -> None:
    folder, out = TOWN.write(tmp_path / "town"), tmp_path / "out"
    words = ["optimize", str(folder), "--out", str(out), "--iterations", "2000", "--rule", "seats school=x capacity=90"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["rules"] == [{"kind": "seats", "school": "x", "capacity": 90}]
    assert summary["valid"]
    assert summary["broken_limits"] == []  # 65 of 60 seats today
    assert summary["measures_status_quo"]["utilisation_max"] == pytest.approx(65 / 60)
    assert "nearest_seats" not in summary


def test_a_plan_with_an_opened_school_can_be_evaluated(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "town")
    table = TOWN.schools()
    frame = TOWN.blocks()[["block_id", "school_id"]]
    frame.loc[frame.block_id == "r3c2", "school_id"] = "=m"  # text from a file, whatever it looks like
    frame.to_csv(tmp_path / "plan.csv", index=False)
    rule = f"open school==m lon={table.lon[2]} lat={table.lat[2]} capacity=40"
    words = ["evaluate", str(folder), str(tmp_path / "plan.csv"), "--json", "--travel-floor", "3000"]
    without = CliRunner().invoke(app, words)
    assert isinstance(without.exception, InputError)
    done = CliRunner().invoke(app, [*words, "--rule", rule])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    rows = {(row["limit"], row.get("school")) for row in found["broken_limits"] if not row["inherited"]}
    # The root of =m, the nearest block that is not z's, is not in its zone; r3c3 hung on r3c2.
    assert rows == {("contiguity", "=m"), ("contiguity", "z")}
    assert found["measures"]["moved_share"] == 0  # r3c2 has no students
    plain = TOWN.blocks()[["block_id", "school_id"]]
    plain.to_csv(tmp_path / "today.csv", index=False)
    today = CliRunner().invoke(app, ["evaluate", str(folder), str(tmp_path / "today.csv"), "--json"])
    assert found["measures_status_quo"] == json.loads(today.output)["measures"]
