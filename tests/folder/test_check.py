"""What `check` says of folders that can be read and are wrong all the same."""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from toys import CRS, EXAMPLE, LEFT, SIDE, TOP, TOWN, Toy

from optimizer.errors import Doubt, InputError
from scenarios import read_district
from scenarios.check import in_words, summarise
from scenarios.check.mends import MENDS
from scenarios.check.odd import OddShapes, odd_shapes, width
from scenarios.check.words import ODD as WORDS
from scenarios.demo import demo_folder
from scenarios.writing.records import as_json

ODD = ("far_schools", "far_blocks", "far_neighbours", "overlaps", "slivers", "unlikely_seats", "columns_not_used")


def said_of(folder: Path) -> tuple[dict[str, Any], str]:
    summary = summarise(read_district(folder), folder)
    return json.loads(as_json(summary)), in_words(summary)


def with_shapes(folder: Path, changed: dict[int, Any], toy: Toy = TOWN) -> Path:
    """The toy with other shapes for some of its blocks."""
    frame = toy.blocks()
    shapes = [changed.get(i, shape) for i, shape in enumerate(frame.geometry)]
    return toy.write(folder, blocks=frame.set_geometry(gpd.GeoSeries(shapes, crs=CRS)))


def box(row: float, column: float, high: float = 1, wide: float = 1) -> Any:
    """A box on the toys' grid."""
    left, top = LEFT + SIDE * column, TOP - SIDE * row
    return shapely.box(left, top - SIDE * high, left + SIDE * wide, top)


@pytest.mark.parametrize("toy", [TOWN, EXAMPLE], ids=["town", "example"])
def test_sound_districts_have_nothing_odd(toy: Toy, tmp_path: Path) -> None:
    found, _ = said_of(toy.write(tmp_path))
    assert {key: found[key] for key in ODD} == {key: [] for key in ODD}


def test_the_demo_has_nothing_odd() -> None:
    found, _ = said_of(demo_folder())
    assert {key: found[key] for key in ODD} == {key: [] for key in ODD}


def test_schools_far_away_are_named(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools.loc[1, "lon"] = repr(float(schools.loc[1, "lon"]) + 2)
    found, words = said_of(TOWN.write(tmp_path / "one", schools=schools))
    assert found["far_schools"] == [schools.loc[1, "school_id"]]
    assert "1 school farther from every block than the district is wide (is its place right?): " in words
    schools["lon"] = [repr(float(lon) + 0.5) for lon in TOWN.schools()["lon"]]
    found, words = said_of(TOWN.write(tmp_path / "all", schools=schools))
    assert found["far_schools"] == found["schools_outside_their_zones"] == ["x", "y", "z"]
    assert "3 schools outside their zones (the nearest block of each stands for it): x, y, z" in words
    assert "3 schools farther from every block than the district is wide (are their places right?)" in words


def test_schools_that_are_all_in_another_part_of_the_country_are_refused(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools["lon"] = [repr(float(lon) + 2) for lon in schools["lon"]]
    with pytest.raises(InputError, match=r"schools.csv, column 'lon': none lies among the blocks, .*: x, y, z\. Mend"):
        read_district(TOWN.write(tmp_path, schools=schools))


@pytest.mark.parametrize(
    ("crs", "times"), [("EPSG:3857", "1.27"), ("+proj=merc +lat_ts=80", "0.221"), ("EPSG:32617", ""), ("EPSG:5070", "")]
)
def test_metres_that_are_none_on_the_ground_are_said(crs: str, times: str, tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Doubt)
        folder = TOWN.write(tmp_path)
        (folder / "district.toml").write_text(f'name = "toy"\ncrs = "{crs}"\ngroups = ["white", "black"]\n')
        read_district(folder)
    said = [str(one.message) for one in caught]
    assert len(said) == bool(times)
    assert not times or said[0].startswith(f"district.toml: a kilometre here is {times} km in ")


ALIKE = (  # two ids, what is said of them, and whether that is an error
    ("a1", "a1 ", "ids look the same and are not: 'a1', 'a1 '", True),
    ("a1", "a1\u200b", "ids look the same and are not: 'a1', 'a1\\u200b'", True),
    ("\xe9", "e\u0301", "ids look the same and are not: 'e\\u0301', '\\xe9'", True),
    ("a1", "A1", "ids of block_id differ by capitals alone, and count as different: A1, a1", False),
    ("1", "01", "ids of block_id differ by how numbers are written alone, and count as different: 01, 1", False),
    ("10", "1", "", False),
    ("a0", "a", "", False),
)


@pytest.mark.parametrize(("one", "other", "words", "refused"), ALIKE)
def test_ids_that_one_takes_for_each_other(one: str, other: str, words: str, refused: bool, tmp_path: Path) -> None:
    frame = EXAMPLE.blocks()
    frame["block_id"] = [one, other, "c", "d"]
    folder = EXAMPLE.write(tmp_path, blocks=frame)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", Doubt)
        if refused:
            with pytest.raises(InputError) as error:
                read_district(folder)
            assert words in str(error.value)
        else:
            assert set(read_district(folder).block_ids) == {one, other, "c", "d"}
    assert [str(found.message) for found in caught] == ([f"blocks.parquet: {words}"] if words and not refused else [])


def test_a_latitude_that_is_none_suggests_the_swap(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools.loc[0, "lat"] = "-120.5"
    with pytest.raises(ValueError, match=r"not a place on earth: x\. Give WGS 84 .* are lon and lat swapped\?"):
        read_district(TOWN.write(tmp_path, schools=schools))


def test_one_school_outside_its_zone_is_one(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools.loc[1, ["lon", "lat"]] = schools.loc[0, ["lon", "lat"]].to_numpy()
    _, words = said_of(TOWN.write(tmp_path, schools=schools))
    assert "1 school outside its zone (its nearest block stands for it): y" in words


def test_blocks_far_away_are_named_also_where_they_hang_together(tmp_path: Path) -> None:
    one, one_words = said_of(with_shapes(tmp_path / "one", {4: box(0, 900)}))
    assert one["far_blocks"] == ["r0c4"]
    assert "1 block apart from the others by more than the district is wide (is its shape in the wrong" in one_words
    two, two_words = said_of(with_shapes(tmp_path / "two", {4: box(0, 900), 9: box(1, 900)}))
    assert two["far_blocks"] == ["r0c4", "r1c4"]
    assert "2 blocks apart from the others by more than the district is wide (are their shapes" in two_words


def test_islands_near_by_are_not_far_away(tmp_path: Path) -> None:
    assert said_of(with_shapes(tmp_path, {4: box(0, 6)}))[0]["far_blocks"] == []


def test_the_width_does_not_grow_with_a_stray_block() -> None:
    grid = np.array([box(r, c) for r in range(4) for c in range(5)])
    stray = grid.copy()
    stray[0] = box(0, 900)
    assert 4 * SIDE < width(grid) < 8 * SIDE
    assert width(stray) == pytest.approx(width(grid), rel=0.2)


def test_overlaps_are_named_in_pairs(tmp_path: Path) -> None:
    found, words = said_of(with_shapes(tmp_path, {6: box(1, 1, wide=1.1)}))
    assert found["overlaps"] == [["r1c1", "r1c2"]]
    assert found["slivers"] == []
    assert "1 pair of blocks that overlaps (mend the shapes: the same ground counts twice): r1c1 and r1c2" in words
    doubled, words = said_of(with_shapes(tmp_path / "two", {6: box(1, 2), 0: box(0, 0, wide=1.2)}))
    assert doubled["overlaps"] == [["r0c0", "r0c1"], ["r1c1", "r1c2"]]
    assert "2 pairs of blocks that overlap (mend the shapes" in words


def test_slivers_that_part_neighbours_are_named_and_rivers_are_not(tmp_path: Path) -> None:
    narrow, words = said_of(with_shapes(tmp_path / "narrow", {6: box(1, 1, wide=0.999)}))
    assert narrow["slivers"] == [["r1c1", "r1c2"]]
    assert narrow["overlaps"] == []
    assert "1 pair of blocks with a sliver between them, so that they are no neighbours (snap the shapes" in words
    wide, _ = said_of(with_shapes(tmp_path / "wide", {6: box(1, 1, wide=0.95)}))
    assert wide["slivers"] == []


def test_slivers_are_nothing_where_the_folder_names_the_neighbours(tmp_path: Path) -> None:
    folder = with_shapes(tmp_path, {6: box(1, 1, wide=0.999)})
    (folder / "adjacency.csv").write_text("block_id,neighbour_id\nr0c0,r0c1\n", encoding="utf-8")
    assert said_of(folder)[0]["slivers"] == []


def test_neighbours_that_do_not_touch_are_named_with_how_far_they_lie_apart(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path)
    rows = ["r0c0,r0c1", "r0c0,r1c1", "r0c0,r0c2", "r3c4,r0c4"]  # side by side, at a corner, and two that do not touch
    (folder / "adjacency.csv").write_text("\n".join(["block_id,neighbour_id", *rows, ""]), encoding="utf-8")
    found, words = said_of(folder)
    assert found["far_neighbours"] == [
        {"blocks": ["r0c4", "r3c4"], "metres": 1000.0},
        {"blocks": ["r0c0", "r0c2"], "metres": 500.0},
    ]
    assert "2 pairs of adjacency.csv whose blocks do not touch (are there bridges or ferries, or are ids" in words
    assert "mistyped?): r0c4 and r3c4 (1,000 m apart), r0c0 and r0c2 (500 m apart)" in words


def test_thousands_of_bad_borders_are_found_at_once() -> None:
    from scenarios.generator import generate

    district = generate(2500, 20, np.random.default_rng(1))
    assert odd_shapes(district) == OddShapes()
    assert district.geography is not None
    district.geography.polygon[:] = [shapely.affinity.scale(one, 1.01, 1.01) for one in district.geography.polygon]
    began = time.perf_counter()
    assert len(odd_shapes(district).overlaps) > 2500
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("column", "meant"),
    [("seats", "capacity"), ("Capacity", "capacity"), ("min students", "min_students"), ("capcity", "capacity")],
)
def test_columns_of_schools_that_are_near_to_known_ones(column: str, meant: str, rezone, tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path, schools=TOWN.schools().rename(columns={meant: column}))
    found, words = said_of(folder)
    assert found["columns_not_used"] == [{"file": "schools.csv", "column": column, "meant": meant}]
    assert f"  - column '{column}' of schools.csv is not used: did you mean '{meant}'?" in words
    assert json.loads(rezone("check", folder, "--json")[1])["columns_not_used"] == found["columns_not_used"]
    assert f"column '{column}' of schools.csv is not used" in rezone("check", folder)[1]


def test_columns_that_are_near_to_none_are_listed_in_json_alone(tmp_path: Path) -> None:
    found, words = said_of(TOWN.write(tmp_path, schools=TOWN.schools().assign(principal="Ada", seats="9")))
    assert found["columns_not_used"] == [
        {"file": "schools.csv", "column": "principal", "meant": None},
        {"file": "schools.csv", "column": "seats", "meant": None},  # capacity is there: these are others
    ]
    assert "not used" not in words


@pytest.mark.parametrize("column", ["students_povrty", "Students_Poverty", "students_frl"])
def test_columns_of_blocks_that_are_near_to_known_ones(column: str, tmp_path: Path) -> None:
    toy = EXAMPLE.but(groups={}, poverty=None, students="10 10 10 10", extra={column: [1, 2, 3, 4], "hood": [*"aabb"]})
    found, words = said_of(toy.write(tmp_path))
    meant = "students_poverty"
    assert found["columns_not_used"] == [{"file": "blocks.parquet", "column": column, "meant": meant}]
    assert f"column '{column}' of blocks.parquet is not used: did you mean 'students_poverty'?" in words


def test_grades_of_blocks_are_known_columns(tmp_path: Path) -> None:
    extra = {"students_grade_3": [1, 1, 1, 1], "students_grade4": [1, 1, 1, 1], "students_el": [1, 1, 1, 1]}
    found, _ = said_of(EXAMPLE.but(extra=extra).write(tmp_path))
    assert [(row["column"], row["meant"]) for row in found["columns_not_used"]] == [
        ("students_grade4", "students_grade_4")
    ]


def test_seats_with_a_point_between_the_thousands_are_doubted(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools["capacity"] = ["1.200", "1.000", "1200"]
    schools["min_students"] = ["", "", "30"]
    found, words = said_of(TOWN.write(tmp_path, schools=schools))
    assert found["unlikely_seats"] == ["x", "y"]
    assert "2 schools whose seats or minimum are unlikely (is 1200 written 1.200?): x, y" in words


def test_one_plan_is_one(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    (folder / "plans").mkdir()
    (folder / "plans" / "a.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\n", encoding="utf-8")
    assert rezone("check", folder)[1].strip().endswith("It holds 1 plan.")


IMPOSSIBLE = ("minimum_above_seats", "other_students_above_seats", "minimum_above_largest")


@pytest.mark.parametrize(
    ("changes", "keys", "words"),
    [
        ({"least": {"x": 70}}, IMPOSSIBLE[:1], "a minimum above the seats, which no plan can keep: x"),
        (  # they leave less than no room: the default minimum, 0, is above it
            {"other": {"x": 61}, "least": {}},
            IMPOSSIBLE[:2],
            "more students from elsewhere than seats, so that no plan brings them within their seats: x",
        ),
        (
            {"least": {"z": 120}},
            IMPOSSIBLE[2:],
            "a minimum above the most students that they may have without given seats: z",
        ),
        # Overfull: the default minimum was above its seats once.
        ({"seats": {"x": 20, "y": 100}, "least": {}}, (), ""),
        ({"least": {"z": 120}, "head": "[limits]\nsize_tolerance = 2.0\n"}, (), ""),
    ],
)
def test_limits_of_size_that_no_plan_can_keep_are_named(changes: Any, keys: Any, words: str, tmp_path: Path) -> None:
    summary, told = said_of(TOWN.but(**changes).write(tmp_path))
    assert tuple(key for key in IMPOSSIBLE if summary[key]) == keys
    assert words in told
    assert told.count("which no plan can keep") == (keys == IMPOSSIBLE[:1])


@pytest.mark.parametrize("imported", [False, True])
def test_every_fault_says_its_mend(tmp_path, imported) -> None:
    folder = TOWN.write(tmp_path / "d")
    if imported:
        (folder / "IMPORTED.md").write_text("# what was imported")
    schools = pd.read_csv(folder / "schools.csv", dtype=str)
    schools.loc[0, ["lon", "lat"]] = schools.loc[1, ["lon", "lat"]].to_list()
    schools.to_csv(folder / "schools.csv", index=False)
    words = in_words(summarise(read_district(folder), folder))
    for what, by_hand, by_mapping in (
        ("detached piece", "To mend: adjacency.csv", "To mend: [mend] joins"),
        ("outside", "To mend: lon and lat in schools.csv", "To mend: the places in the file of [schools]"),
    ):
        (line,) = [line for line in words.splitlines() if what in line]
        assert (by_mapping if imported else by_hand) in line


def test_all_that_is_odd_has_a_mend() -> None:
    assert {key for key, *_ in WORDS} <= set(MENDS)
    assert all(len(pair) == 2 and all(pair) for pair in MENDS.values())
