"""`rezone repair`: what it says and leaves, whatever is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toys import Toy

QUICK = ("--iterations", 500, "--threads", 1)

# Zone x has a detached piece, r0c3, which may stay; r0c4 beside it may not join it.
TOY = Toy(
    """
    x X y x y
    y y Y y y
    """,
    groups={"white": "9 9 3 5 2  4 4 4 4 4", "black": "1 1 1 1 1  1 1 1 1 1"},
    poverty="1 2 3 4 1  2 2 2 2 2",
)


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return TOY.write(tmp_path / "district")


def drawing(folder: Path, **other: str) -> Path:
    """Today's zones but for some blocks, as a plan file."""
    frame = TOY.blocks().set_index("block_id").school_id
    rows = {**frame.to_dict(), **other}
    path = folder / "drawn.csv"
    path.write_text("block_id,school_id\n" + "".join(f"{block},{school}\n" for block, school in rows.items()))
    return path


def test_it_mends_says_what_was_wrong_and_leaves_a_run_that_verify_takes(district, rezone, tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, printed, _ = rezone("repair", district, drawing(tmp_path, r0c4="x"), "--out", out, *QUICK)
    assert status == 0
    assert "3 students in 1 block have another school than drawn, and every limit holds." in printed
    assert "contiguity       school School X block r0c4: by 1 block" in printed
    assert "no valid plan changes fewer" in printed
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["objective"], summary["valid"]) == ("changed", True)
    assert summary["objective_value"] == pytest.approx(3 / 58)
    assert summary["rules"][-1]["plan"]["r0c4"] == "x"
    proof = ("--plan", out / "plan.csv", "--certificate", out / "certificate.json")
    status, told, _ = rezone("verify", district, *proof, "--json")
    assert (status, json.loads(told)["bound"]) == (0, pytest.approx(3 / 58))
    assert summary["bound"] == pytest.approx(3 / 58)
    assert rezone("report", out, "--out", tmp_path / "again.html")[0] == 0


def test_a_valid_drawing_is_its_own_repair(district, rezone, tmp_path: Path) -> None:
    status, printed, _ = rezone("repair", district, drawing(tmp_path), "--out", tmp_path / "out", *QUICK)
    assert status == 0
    assert "the drawing keeps every limit, and nothing is changed." in printed
    assert "breaks" not in printed
    assert (tmp_path / "out" / "certificate.json").is_file()


def test_schools_that_rules_close_and_open_are_mended_too(district, rezone, tmp_path: Path) -> None:
    out, wide = tmp_path / "out", ("--size-tolerance", 9, "--travel-increase", 9)
    rule = ("--rule", "close schools=x")
    status, _, _ = rezone("repair", district, drawing(tmp_path), "--out", out, *QUICK, *wide, *rule)
    assert status == 0
    assert {line.split(",")[1] for line in (out / "plan.csv").read_text().split()[1:]} == {"y"}


def test_a_plan_of_another_district_is_refused_and_nothing_written(district, rezone, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("block_id,school_id\nq1,x\nr0c0,x\n")
    status, printed, err = rezone("repair", district, path, "--out", tmp_path / "out", *QUICK)
    assert (status, printed, (tmp_path / "out").exists()) == (2, "", False)
    assert "other.csv: is of another district: 1 of its 2 blocks are not here" in err
    path.write_text(drawing(tmp_path).read_text().replace("r0c4,y", "r0c4,z"))
    status, _, err = rezone("repair", district, path, "--out", tmp_path / "out", *QUICK)
    assert (status, (tmp_path / "out").exists()) == (2, False)
    assert "sends blocks to schools that are not here: z" in err


def test_without_a_valid_plan_the_summary_stands_alone(district, rezone, tmp_path: Path) -> None:
    out, strict = tmp_path / "out", ("--strict", "--max-moved", 0, "--rule", "utilisation high=0.5")
    toy = TOY.but(seats={"x": 10, "y": 60})
    folder = toy.write(tmp_path / "full")
    status, printed, _ = rezone("repair", folder, drawing(tmp_path, r0c4="x"), "--out", out, *QUICK, *strict)
    assert status == 1
    assert "no valid plan" in printed
    assert [path.name for path in out.iterdir()] == ["summary.json"]
    assert json.loads((out / "summary.json").read_text())["no_plan"] == "proved"
    assert district.is_dir()
