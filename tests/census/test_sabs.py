"""Zones of the school attendance boundary survey, for one grade of one agency."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from tree import DATA

from optimizer.errors import InputError
from scenarios.census.enrolments import Enrolments
from scenarios.census.sabs import overlaps, read_zones
from scenarios.census.unzoned import unzoned

REAL = DATA.parent / "raw" / "albemarle_va" / "sabs" / "SABS 1516 CVille Region.zip"
LEA = "5100090"
Row = tuple[str, str, str, shapely.Geometry | None, dict[str, str]]


def box(left: float, right: float) -> shapely.Geometry:
    """Web Mercator, in which the survey is published."""
    return shapely.box(-8_700_000 + 1000 * left, 4_500_000, -8_700_000 + 1000 * right, 4_501_000)


def survey(folder: Path, layers: dict[str, list[Row]], crs: int = 3857) -> Path:
    """A zip as the survey is: a folder with blanks, a shapefile a level, and what a Mac leaves beside."""
    made = folder / "shapes"
    made.mkdir()
    for level, rows in layers.items():
        cells = {
            "SrcName": [None for _ in rows],
            "ncessch": [row[0] for row in rows],
            "schnam": [f"SCHOOL {row[0][-2:]}" for row in rows],
            "leaid": [row[0][:7] for row in rows],
            "gslo": [row[1] for row in rows],
            "gshi": [row[2] for row in rows],
            "Shape_Area": [1e9 for _ in rows],
        } | {name: [row[4].get(name, "0") for row in rows] for name in ("defacto", "openEnroll", "MultiBdy")}
        frame = gpd.GeoDataFrame(cells, geometry=[row[3] for row in rows], crs=crs)
        pyogrio.write_dataframe(frame, made / f"SABS_1516_SchoolLevels_{level}.shp", geometry_type="Polygon")
    path = folder / "SABS 1516.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in made.iterdir():
            archive.write(one, f"SABS 1516 cut/{one.name}")
            archive.writestr(f"__MACOSX/SABS 1516 cut/._{one.name}", b"\0\5\x16\7")
    return path


def school(k: int, low: str, high: str, shape: shapely.Geometry | None, **marks: str) -> Row:
    return (f"{LEA}{k:05}", low, high, shape, marks)


def test_a_grade_chooses_zones_that_do_not_lie_on_each_other(tmp_path) -> None:
    rows = [
        school(1, "PK", "02", box(0, 1)),
        school(2, "03", "05", box(0, 1)),
        school(3, "KG", "05", box(1, 2)),
        ("510078000266", "PK", "04", box(0, 2), {}),
    ]
    path = survey(tmp_path, {"Primary": rows, "Middle": [school(9, "06", "08", box(0, 2))]})
    low = read_zones(path, lea=LEA, grade="KG", layer="Primary")
    assert [one[-1] for one in low.ids] == ["1", "3"]
    assert low.names == ("SCHOOL 01", "SCHOOL 03")
    assert low.crs.to_epsg() == 3857
    assert [one[-1] for one in read_zones(path, lea=LEA, grade="03").ids] == ["2", "3"]
    assert [one[-1] for one in read_zones(path, lea=LEA, grade="07").ids] == ["9"]


def test_zones_of_one_grade_on_each_other_are_named(tmp_path) -> None:
    rows = [school(1, "PK", "05", box(0, 2)), school(2, "KG", "05", box(1, 2)), school(3, "KG", "05", box(1.99, 4))]
    with pytest.raises(InputError, match=f"zones of grade 01 lie on each other: {LEA}00001 on {LEA}00002") as error:
        read_zones(survey(tmp_path, {"Primary": rows}), lea=LEA, grade="01")
    assert "00003" not in str(error.value)  # a sliver is how they were drawn


def test_what_nces_says_of_zones_is_said(tmp_path) -> None:
    rows = [
        school(1, "PK", "05", box(0, 1), defacto="1"),
        school(2, "PK", "05", box(1, 2), openEnroll="1"),
        school(3, "PK", "05", box(2, 3), MultiBdy="1"),
        school(3, "PK", "05", box(5, 6), MultiBdy="1"),
        school(4, "PK", "05", None),
    ]
    zones = read_zones(survey(tmp_path, {"Primary": rows}), lea=LEA, grade="KG")
    assert [one[-1] for one in zones.ids] == ["1", "2", "3"]
    assert zones.shapes[2].geom_type == "MultiPolygon"
    said = " ".join(zones.notes)
    for words in ("defacto", "openEnroll", "MultiBdy", "rows of one school are joined", "without a shape"):
        assert words in said


def test_what_is_asked_and_not_there(tmp_path) -> None:
    path = survey(tmp_path, {"Primary": [school(1, "PK", "05", box(0, 1))]})
    for asked, words in (
        ({"lea": "5100000", "grade": "KG"}, "has no zone of agency 5100000"),
        ({"lea": LEA, "grade": "09"}, "no zone of 5100090 has grade 09. There are PK-05"),
        ({"lea": LEA, "grade": "K"}, "'K' is no grade"),
        ({"lea": "Albemarle", "grade": "KG"}, "'Albemarle' is no code of NCES"),
        (
            {"lea": LEA, "grade": "KG", "layer": "High"},
            "has no such layer of zones. Its layers: SABS_1516",
        ),
    ):
        with pytest.raises(InputError, match=words):
            read_zones(path, **asked)


@pytest.mark.skipif(not REAL.is_file(), reason="the real zones are not here")
def test_the_real_zones_of_albemarle() -> None:
    zones = read_zones(REAL, lea=LEA, grade="03")
    assert len(zones.ids) == 16
    assert zones.crs.to_epsg() == 4326
    assert "510009000016" in zones.ids  # Yancey, which closed in 2017
    assert zones.notes == ()
    inside = f"/vsizip/{REAL}/SABS 1516 CVille Region/SABS_1516_VA_CvilleRegion_Primary.shp"
    frame = pyogrio.read_dataframe(inside)
    assert len(overlaps(tuple(frame["ncessch"]), frame.geometry.to_numpy())) == 8
    for lea in frame["leaid"].unique():
        read_zones(REAL, lea=lea, grade="03", layer="primary")


def test_schools_without_a_zone_are_said_with_their_children() -> None:
    schools = Enrolments(
        where="list",
        ids=("1", "2", "3", "4"),
        names=("A", "B", "C", "D"),
        total=np.array([10, 20, 30, np.nan]),
        groups={"white": np.array([1.0, 2, 3, np.nan])},
        low=("KG", "KG", "09", ""),
        high=("05", "05", "12", ""),
        kinds=("", "charter", "", ""),
    )
    left = unzoned(schools, ["1", "9"], grade="03")
    assert left.ids == ("2", "4")  # not the high school
    assert left.children == {"total": 20, "white": 2}
    assert left.unknown == ("4",)
    assert left.closed == ("9",)
    assert "2 schools have no zone and take no block, 20 children (white 2): B (charter)" in left.lines()[0]
    assert unzoned(schools, ["1"]).ids == ("2", "3", "4")
    assert unzoned(schools, ["1", "2", "3", "4"]).lines() == []
