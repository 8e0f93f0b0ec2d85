"""What spreadsheets and GIS programs make of a folder's files, and what people take for a plan file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spoilt import error_of, spoilt
from toys import EXAMPLE

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.plans.file import read_plan


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
@pytest.mark.parametrize("file", ["schools.csv", "travel.csv", "adjacency.csv"])
def test_other_separators_are_one_fault(file: str, mark: str, name: str, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "travel.csv").write_text("block_id,school_id,minutes\nr0c0,x,1\n", encoding="utf-8")
    (folder / "adjacency.csv").write_text("block_id,neighbour_id\nr0c0,r0c1\n", encoding="utf-8")
    read_district(folder)
    # A decimal comma in a cell must not hide it.
    text = (folder / file).read_text(encoding="utf-8").replace(",", mark).replace("1", "1,5")
    (folder / file).write_text(text, encoding="utf-8-sig")
    wanted = f"{file}: is separated by {name}. Save it with commas between the cells, and a point in numbers: 48.123"
    assert error_of(folder) == wanted


def test_a_plan_with_semicolons_is_one_fault(tmp_path: Path) -> None:
    district = EXAMPLE.district(tmp_path)
    assert plan_error("block_id;school_id\nr0c0;x\n", district, tmp_path).startswith("plan.csv: is separated by semico")


def plan_error(text: str, district: Any, folder: Path) -> str:
    (folder / "plan.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(folder / "plan.csv", district)
    return str(caught.value)


@pytest.mark.parametrize("value", ["48,123", "1,200", "1,234,567", "1,200.5"])
def test_decimal_commas_and_commas_between_thousands(value: str, tmp_path: Path) -> None:
    schools = EXAMPLE.schools()
    schools.loc[0, "capacity"] = value
    text = error_of(EXAMPLE.write(tmp_path, schools=schools))
    assert f"schools.csv, column 'capacity': not a number that can be used: x ({value}). " in text
    assert text.endswith("; write 48.123 and not 48,123, and 1200 and not 1,200")


@pytest.mark.parametrize("rows", ["x,School X,-77,37,1,200\n", "x,School X,-77,37,1\ny,School Y,-77,37,1,200\n"])
def test_commas_that_part_a_number_into_cells(rows: str, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "schools.csv").write_text("school_id,name,lon,lat,capacity\n" + rows, encoding="utf-8")
    text = error_of(folder)
    assert text.startswith("schools.csv: ")
    assert "Put cells that hold a comma between quotation marks, and write numbers with a point alone" in text


def test_rows_of_commas_alone_are_skipped(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    text = (folder / "schools.csv").read_text(encoding="utf-8")
    (folder / "schools.csv").write_text(text + ",,,,,,\n,,,,,,\n", encoding="utf-8")
    assert read_district(folder).school_ids == ("x", "y")


def renamed(folder: Path, blocks: list[str], schools: list[str], status_quo: list[Any]) -> Path:
    """The example with other ids; status_quo: the blocks' schools."""
    frame, table = EXAMPLE.blocks(), EXAMPLE.schools()
    frame["block_id"], frame["school_id"], table["school_id"] = blocks, status_quo, schools
    return EXAMPLE.write(folder, blocks=frame, schools=table)


def test_zeros_lost_in_front_of_ids_are_said(tmp_path: Path) -> None:
    blocks = ["001", "002", "003", "004"]
    text = error_of(renamed(tmp_path / "blocks", blocks, ["007", "008"], ["7", "7", "8", "8"]))
    assert text == (
        "blocks.parquet, column 'school_id': not a school of the district: 7, 8. They differ by how numbers are "
        "written alone, such as zeros lost in front: schools.csv has 007, 008. Give the column the type text in "
        "blocks.parquet, and fill it anew"
    )
    text = error_of(renamed(tmp_path / "numbers", blocks, ["007", "008"], [7, 7, 8, 8]))
    assert "column 'school_id': holds numbers: ids must be text, or leading zeros are lost: 7, 8. Write" in text
    text = error_of(renamed(tmp_path / "schools", blocks, ["7", "8"], ["007", "007", "008", "008"]))
    assert "schools.csv has 7, 8. Give the column the type text in schools.csv" in text
    text = error_of(renamed(tmp_path / "points", blocks, ["7", "8"], ["7.0", "7.0", "8.0", "8.0"]))
    assert "schools.csv has 7, 8. Give the column the type text in blocks.parquet" in text


def test_zeros_lost_in_a_plan_are_one_fault(tmp_path: Path) -> None:
    folder = renamed(tmp_path, ["001", "002", "003", "004"], ["x", "y"], ["x", "x", "y", "y"])
    text = plan_error("block_id,school_id\n1,x\n2,x\n3,y\n4,y\n", read_district(folder), tmp_path)
    assert text == (
        "plan.csv, column 'block_id': not a block of the district: 1, 2, 3, 4. They differ by how numbers are written "
        "alone, such as zeros lost in front: the file of blocks has 001, 002, 003 and others. Give the column the type "
        "text in plan.csv, and fill it anew"
    )


def test_blanks_at_the_ends_of_ids_are_said(tmp_path: Path) -> None:
    text = error_of(renamed(tmp_path, ["a", "b", "c", "d"], ["x", "y"], ["x ", "x ", "y", "y"]))
    assert text == (
        "blocks.parquet, column 'school_id': not a school of the district: x . They differ by blanks at their ends "
        "alone: schools.csv has x, y. Take the blanks out of blocks.parquet or schools.csv"
    )


def test_unknown_ids_show_some_that_are_known(tmp_path: Path) -> None:
    text = error_of(spoilt(tmp_path, "school_id", "Oak"))
    assert text.endswith("Use the ids of the district's schools, as text, exactly as they are written there; "
                         "schools.csv has x, y")  # fmt: skip


@pytest.mark.parametrize("empty", [None, "", " "])
def test_blocks_without_a_school_are_named(empty: Any, tmp_path: Path) -> None:
    text = error_of(spoilt(tmp_path, "school_id", empty, row=2))
    assert text == "blocks.parquet, column 'school_id': the school is empty: r0c2. Give every row its school"


def test_of_several_layers_the_one_with_block_id_is_taken(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "blocks.parquet").unlink()
    frame = EXAMPLE.blocks()
    path = folder / "blocks.gpkg"
    frame[["students", "geometry"]].to_file(path, layer="a_roads")
    frame.to_file(path, layer="zones")
    assert read_district(folder).block_ids == ("r0c0", "r0c1", "r0c2", "r0c3")
    frame.to_file(path, layer="more")
    assert error_of(folder) == (
        "blocks.gpkg: holds 3 layers (a_roads, zones, more), 2 of them with block_id. "
        "Leave in it one layer with block_id, that of the blocks"
    )


def test_of_several_layers_none_has_block_id(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "blocks.parquet").unlink()
    for layer in ("one", "two"):
        EXAMPLE.blocks().drop(columns="block_id").to_file(folder / "blocks.gpkg", layer=layer)
    assert "blocks.gpkg: holds 2 layers (one, two), none of them with block_id" in error_of(folder)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "plan.gpkg",
            "plan.gpkg: is a layer for GIS. Give a plan file here, a CSV with block_id,school_id; rezone score",
        ),
        ("nope.csv", "nope.csv: is not there. Name a plan file: a CSV with block_id,school_id"),
        ("run", "run: is a folder. Name its plan.csv: "),
        ("bare", "bare: is a folder. Name the plan file in it"),
    ],
)
def test_what_is_taken_for_a_plan_file(name: str, words: str, rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    (tmp_path / "bare").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "plan.csv").write_text("", encoding="utf-8")
    (tmp_path / "plan.gpkg").write_bytes(b"\xff\xfe")
    status, _, err = rezone("evaluate", folder, tmp_path / name)
    assert status == 2
    assert words in err
