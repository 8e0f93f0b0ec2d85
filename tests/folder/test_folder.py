"""Reading district folders: what is right is read, and each wrong thing is one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import checker
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from spoilt import error_of, spoilt
from toys import CRS, EXAMPLE, TOWN
from tree import DATA

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.plans.file import plan_csv, read_plan


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_all_block_formats_read_alike(ending: str, tmp_path: Path) -> None:
    wanted = TOWN.district(tmp_path / "parquet")
    folder = TOWN.write(tmp_path / ending)
    (folder / "blocks.parquet").unlink()
    frame = TOWN.blocks()
    if ending == "geojson":
        frame = frame.to_crs(4326)
    frame.to_file(folder / f"blocks.{ending}")
    found = read_district(folder)
    assert found.block_ids == wanted.block_ids
    assert np.array_equal(found.counts, wanted.counts)
    assert np.array_equal(found.root, wanted.root)
    assert np.array_equal(found.status_quo, wanted.status_quo)
    if ending == "gpkg":
        assert np.array_equal(found.adjacency.index, wanted.adjacency.index)


def test_ids_stay_text(tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    frame["block_id"] = ["007", "NA", "1e3", 'é,"q"']
    for ending in ("parquet", "gpkg", "geojson"):
        folder = EXAMPLE.write(tmp_path / ending, blocks=frame)
        if ending != "parquet":
            (folder / "blocks.parquet").unlink()
            frame.to_crs(4326).to_file(folder / f"blocks.{ending}")
        district = read_district(folder)
        assert district.block_ids == ("007", "1e3", "NA", 'é,"q"')
        (folder / "plan.csv").write_text(plan_csv(read_plan_of(folder, district)), encoding="utf-8")
        assert np.array_equal(read_plan(folder / "plan.csv", district).school, district.status_quo)


def read_plan_of(folder: Path, district: Any) -> Any:
    from optimizer.plan import Plan

    return Plan.status_quo(district)


def test_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    frame = TOWN.blocks()
    one = TOWN.district(tmp_path / "one")
    other = read_district(TOWN.write(tmp_path / "other", blocks=frame.sample(frac=1, random_state=3)))
    assert one.block_ids == other.block_ids
    assert np.array_equal(one.counts, other.counts)
    assert np.array_equal(one.adjacency.index, other.adjacency.index)


def test_roots_pieces_and_neighbours_are_the_checkers(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path)
    raw = checker.Folder(tmp_path)
    assert {district.school_ids[j]: district.block_ids[b] for j, b in enumerate(district.root)} == raw.root
    ids = district.block_ids
    assert {b: {ids[o] for o in district.adjacency.row(i)} for i, b in enumerate(ids)} == raw.neighbours
    assert {ids[i] for i in np.flatnonzero(district.detached)} == raw.adrift() == {"r0c4"}


def test_travel_file_replaces_straight_lines(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    rows = "r0c0,x,1\nr0c1,x,2.5\nr0c1,y,9\nr0c2,y,3\n"
    (folder / "travel.csv").write_text("block_id,school_id,minutes\n" + rows, encoding="utf-8")
    district = read_district(folder)
    assert district.travel.unit == "min"
    assert district.travel_today.tolist() == [1.0, 2.5, 3.0, np.inf]


def test_adjacency_file_replaces_borders(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "adjacency.csv").write_text("block_id,neighbour_id\nr0c0,r0c3\n", encoding="utf-8")
    assert read_district(folder).adjacency.rows.tolist() == [0, 3]


def test_a_neighbour_that_is_no_block_is_named(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "adjacency.csv").write_text("block_id,neighbour_id\nr0c0,r9c9\n", encoding="utf-8")
    text = error_of(folder)
    assert "adjacency.csv, column 'neighbour_id': not a block of the district: r9c9" in text
    assert "ids of the district's blocks" in text


def test_poverty_above_the_groups_by_rounding_alone_is_cut(tmp_path: Path) -> None:
    district = read_district(spoilt(tmp_path, "students_poverty", 10 * (1 + 5e-10)))
    assert district.poverty[1] == 10


def test_every_problem_is_found_in_one_pass(tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    frame["students_white"] = frame["students_white"].astype(object)
    frame.loc[0, "students_white"] = -1
    frame.loc[2, "school_id"] = "nowhere"
    frame.loc[3, "block_id"] = "r0c0"
    schools = EXAMPLE.schools()
    schools.loc[0, "lon"] = "abc"
    text = error_of(EXAMPLE.write(tmp_path, blocks=frame, schools=schools))
    assert text.count("\n") == 3
    for part in ("students_white", "nowhere", "stands more than once: r0c0", "schools.csv, column 'lon'"):
        assert part in text


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, "many", None])
def test_counts_that_are_none(value: Any, tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    if isinstance(value, str):
        frame["students_black"] = ["2", value, "6", "8"]
    else:
        frame.loc[1, "students_black"] = value
    text = error_of(EXAMPLE.write(tmp_path, blocks=frame))
    assert text.startswith("blocks.parquet, column 'students_black': not a number that can be used: r0c1 (")
    assert text.endswith("Give a finite number of 0 or more")


def test_groups_that_do_not_add_up(tmp_path: Path) -> None:
    text = error_of(spoilt(tmp_path, "students", 12.0))
    assert "column 'students': the groups do not add up to the students: r0c1 (groups 10, students 12)" in text
    assert "within 0.5 or 1 %" in text


def test_more_poverty_than_students(tmp_path: Path) -> None:
    text = error_of(spoilt(tmp_path, "students_poverty", 11.0))
    assert "column 'students_poverty': more students in poverty than students: r0c1 (11 of 10)" in text


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (None, "the geometry is missing"),
        (shapely.Polygon(), "the geometry is empty"),
        (shapely.Point(1, 2), "not a polygon"),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "the geometry is not valid"),
    ],
)
def test_shapes_that_are_none(shape: Any, problem: str, tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    shapes = list(frame.geometry)
    shapes[1] = shape
    text = error_of(EXAMPLE.write(tmp_path, blocks=frame.set_geometry(gpd.GeoSeries(shapes, crs=CRS))))
    assert "blocks.parquet, column 'geometry'" in text
    assert problem in text
    assert "r0c1" in text


def test_blocks_without_a_crs(tmp_path: Path) -> None:
    text = error_of(EXAMPLE.write(tmp_path, blocks=EXAMPLE.blocks().set_crs(None, allow_override=True)))
    assert "the file declares no CRS. Declare the coordinate reference system" in text


@pytest.mark.parametrize(
    ("crs", "problem"),
    [("EPSG:4326", "not projected in metres"), ("EPSG:2263", "not projected in metres"), ("mars", "is not a CRS")],
)
def test_crs_that_is_not_in_metres(crs: str, problem: str, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    head = (folder / "district.toml").read_text(encoding="utf-8").replace(CRS, crs)
    (folder / "district.toml").write_text(head, encoding="utf-8")
    text = error_of(folder)
    assert f"district.toml, column 'crs': '{crs}' {problem}" in text or problem in text
    assert "such as EPSG:32618" in text


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ('nam = "x"', ["'nam': the key is not known (did you mean 'name'?)", "the name is missing"]),
        ('name = "x"\ngroups = ["Poverty"]', ["the groups cannot be used"]),
        ('name = "x"\ngroups = ["poverty"]', ["none of them poverty"]),
        ('name = "x"\ngroups = []\n[limits]\nsize_tolerence = 1', ["did you mean 'size_tolerance'?"]),
        ('name = "x"\ngroups = []\n[limits]\nmax_moved = -0.5', ["[limits], column 'max_moved': -0.5 cannot be used"]),
        ('name = "x"\ngroups = []\n[limits]\ntravel_increase = "far"', ["'far' cannot be used"]),
        ("name = ", ["cannot be read as TOML"]),
    ],
)
def test_heads_that_are_wrong(head: str, words: list[str], tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "district.toml").write_text(head, encoding="utf-8")
    text = error_of(folder)
    for word in words:
        assert word in text


def test_missing_files_and_columns(tmp_path: Path) -> None:
    assert "is not a folder" in error_of(tmp_path / "nowhere")
    assert "district.toml: is not there" in error_of(tmp_path)
    folder = EXAMPLE.write(tmp_path / "a")
    (folder / "blocks.parquet").unlink()
    assert "blocks.parquet or blocks.gpkg or blocks.geojson: none of them is there" in error_of(folder)
    folder = EXAMPLE.write(tmp_path / "b")
    (folder / "schools.csv").unlink()
    assert "schools.csv: is not there" in error_of(folder)
    text = error_of(EXAMPLE.write(tmp_path / "c", blocks=EXAMPLE.blocks().rename(columns={"students_white": "white"})))
    assert "column 'students_white': the column is missing" in text
    text = error_of(EXAMPLE.write(tmp_path / "d", schools=EXAMPLE.schools().drop(columns="name")))
    assert "schools.csv, column 'name': the column is missing" in text
    text = error_of(EXAMPLE.write(tmp_path / "e", blocks=EXAMPLE.blocks().drop(columns="students_poverty")))
    assert "column 'students_poverty': the column is missing" in text


@pytest.mark.parametrize("name", ["blocks.parquet", "blocks.gpkg", "blocks.geojson", "schools.csv", "travel.parquet"])
def test_files_that_are_not_what_their_ending_says(name: str, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    if name.startswith("blocks"):
        (folder / "blocks.parquet").unlink()
    (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe" * 20)
    text = error_of(folder)
    assert text.startswith(f"{name}: ")
    assert "\n" not in text


def test_empty_districts(tmp_path: Path) -> None:
    assert "blocks.parquet: holds no blocks" in error_of(EXAMPLE.write(tmp_path / "a", blocks=EXAMPLE.blocks().head(0)))
    text = error_of(EXAMPLE.write(tmp_path / "b", schools=EXAMPLE.schools().head(0)))
    assert "schools.csv: holds no schools" in text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("r0c0,x,1\nr0c0,x,2\n", ["the pair stands more than once: r0c0 to x"]),
        ("r0c9,x,1\n", ["column 'block_id': not a block of the district: r0c9"]),
        ("r0c0,q,1\n", ["column 'school_id': not a school of the district: q"]),
        ("r0c0,x,-1\n", ["column 'minutes': not a number that can be used: r0c0 (-1)"]),
    ],
)
def test_travel_that_is_wrong(rows: str, words: list[str], tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "travel.csv").write_text("block_id,school_id,minutes\n" + rows, encoding="utf-8")
    text = error_of(folder)
    for word in words:
        assert word in text


def test_travel_with_two_units(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "travel.csv").write_text("block_id,school_id,minutes,distance_m\nr0c0,x,1,2\n", encoding="utf-8")
    assert "needs exactly one of the columns distance_m and minutes" in error_of(folder)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("r0c0,x\nr0c1,x\nr0c2,y\n", "column 'block_id': blocks are missing: r0c3"),
        ("r0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\nr0c3,y\n", "blocks stand more than once: r0c3"),
        ("r0c0,x\nr0c1,q\nr0c2,y\nr0c3,y\n", "column 'school_id': not a school of the district: q"),
        ("r0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\nr9c9,y\n", "column 'block_id': not a block of the district: r9c9"),
    ],
)
def test_plans_that_are_wrong(rows: str, words: str, tmp_path: Path) -> None:
    district = EXAMPLE.district(tmp_path)
    path = tmp_path / "plan.csv"
    path.write_text("block_id,school_id\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(path, district)
    assert words in str(caught.value)
    assert str(caught.value).startswith("plan.csv")


def test_numeric_ids_are_refused_rather_than_guessed(tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    frame["block_id"] = [1, 2, 3, 4]
    assert "ids must be text, or leading zeros are lost" in error_of(EXAMPLE.write(tmp_path, blocks=frame))


@pytest.mark.parametrize(
    "name", ["albemarle_va", "baltimore_county_sw_md", "charlottesville_va", "durham_nc", "fairfax_va"]
)
def test_real_districts_read_without_faults(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"the district {name} is not there")
    district = read_district(DATA / name)
    assert district.students.sum() == pytest.approx(pd.read_parquet(DATA / name / "blocks.parquet").students.sum())
    for path in sorted((DATA / name).glob("plans/*.csv")):
        read_plan(path, district)
