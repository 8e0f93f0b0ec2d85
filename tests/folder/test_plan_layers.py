"""Plans as people have them: layers of zones in every format, and what of them could not be matched."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import CRS, LEFT, SIDE, TOP, TOWN
from tree import DATA

from optimizer import District, InputError, Plan
from scenarios.plans.file import write_plan, write_plan_layer
from scenarios.plans.layers import read_any_plan, unmatched_frame, unmatched_in_words
from scenarios.plans.layers.overlay import by_area, by_points
from scenarios.reading.tables import read_csv


@pytest.fixture
def town(tmp_path: Path) -> District:
    return TOWN.district(tmp_path / "town")


@pytest.fixture
def plan(town: District) -> Plan:
    """Today's zones with two blocks moved."""
    school = town.status_quo.copy()
    school[[town.block_ids.index("r0c2"), town.block_ids.index("r1c2")]] = 1
    return Plan(town, school)


def zones_of(plan: Plan, column: str = "school_id", names: dict[str, str] | None = None) -> gpd.GeoDataFrame:
    """One dissolved row a zone, as an office would draw it."""
    ids = [plan.district.school_ids[j] for j in plan.school]
    frame = gpd.GeoDataFrame({column: ids}, geometry=plan.district.geography.polygon, crs=CRS)
    frame = frame.dissolve(column).reset_index()
    frame[column] = [(names or {}).get(one, one) for one in frame[column]]
    return frame


def written(frame: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".zip":
        frame.to_file(path.with_suffix(".shp"))
        with zipfile.ZipFile(path, "w") as archive:
            for part in path.parent.glob(f"{path.stem}.*"):
                if part != path:
                    archive.write(part, f"inner/{part.name}")
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize("name", ["z.gpkg", "z.shp", "z.zip", "z.geojson", "z.parquet"])
@pytest.mark.parametrize("by", ["area", "points"])
def test_zones_in_every_format_and_crs_give_the_plan_back(town, plan, tmp_path: Path, name: str, by: str) -> None:
    frame = zones_of(plan) if name == "z.shp" else zones_of(plan).to_crs(4326)
    read = read_any_plan(written(frame, tmp_path / name), town, by=by)
    assert read.plan.school.tolist() == plan.school.tolist()
    assert (read.column, read.unknown, read.no_zone.any(), read.split.any()) == ("school_id", {}, False, False)
    assert read.part.min() > 0.99
    assert unmatched_in_words(read) == []
    assert len(unmatched_frame({"a": read})) == 0


def test_a_plan_file_and_the_layer_that_rezone_writes_are_read_as_they_stand(town, plan, tmp_path: Path) -> None:
    write_plan(tmp_path / "plan.csv", plan)
    write_plan_layer(tmp_path / "plan.gpkg", plan)
    for name in ("plan.csv", "plan.gpkg"):
        assert read_any_plan(tmp_path / name, town).plan.school.tolist() == plan.school.tolist()


def test_schools_are_known_by_name_however_it_is_written(town, plan, tmp_path: Path) -> None:
    names = {"x": "SCHOOL  X", "y": "y elementary", "z": "The Z School"}
    path = written(zones_of(plan, "ES_Name", names), tmp_path / "z.gpkg")
    with pytest.raises(InputError, match=r"z.gpkg: no column names the zones' schools.*--school-column.*ES_Name"):
        read_any_plan(path, town)
    assert read_any_plan(path, town, school_column="ES_Name").plan.school.tolist() == plan.school.tolist()
    with pytest.raises(InputError, match=r"column 'ES_Nam': the column is missing \(did you mean 'ES_Name'\?\)"):
        read_any_plan(path, town, school_column="ES_Nam")


def test_a_row_number_is_not_taken_for_a_school(town, plan, tmp_path: Path) -> None:
    frame = zones_of(plan, "name", {"x": "School X", "y": "School Y", "z": "School Z"})
    frame.insert(0, "OBJECTID", ["z", "y", "x"])
    read = read_any_plan(written(frame, tmp_path / "z.gpkg"), town)
    assert (read.column, read.plan.school.tolist()) == ("name", plan.school.tolist())


def test_unknown_schools_are_named_with_the_nearest_and_keep_their_blocks_only_if_asked(town, plan, tmp_path) -> None:
    path = written(zones_of(plan, "name", {"x": "School X", "y": "Schol Y", "z": "School Z"}), tmp_path / "z.gpkg")
    with pytest.raises(InputError, match=r"column 'name': no school of the district: 'Schol Y' \(nearest: School Y"):
        read_any_plan(path, town)
    read = read_any_plan(path, town, keep_unmatched=True)
    assert read.no_zone.tolist() == (plan.school == 1).tolist()
    assert (read.plan.school[read.no_zone] == town.status_quo[read.no_zone]).all()
    assert "keep their school of today: r0c2, r0c3" in unmatched_in_words(read)[0]
    table = unmatched_frame({"board": read})
    assert table.iloc[0][["plan", "what", "id", "note"]].tolist() == [
        *("board", "unknown school", "Schol Y", "nearest: School Y, School Z, School X"),
    ]
    assert len(table) == 1 + read.no_zone.sum()


@pytest.mark.parametrize("by", ["area", "points"])
def test_blocks_of_an_unknown_zone_do_not_go_to_a_neighbour_with_a_sliver(town, plan, tmp_path, by) -> None:
    frame = zones_of(plan, names={"z": "nowhere"})
    frame.geometry = frame.geometry.buffer(20.0)  # drawn too wide: every zone laps over its neighbours
    read = read_any_plan(written(frame, tmp_path / "z.gpkg"), town, keep_unmatched=True, by=by)
    z = town.school_ids.index("z")
    unknown = plan.school == z
    assert unknown.any()
    assert (read.plan.school[unknown] == town.status_quo[unknown]).all()
    assert read.no_zone[unknown].all()
    assert (read.plan.school[~unknown] == plan.school[~unknown]).all()


def test_blocks_outside_all_zones_and_blocks_cut_up_are_listed(town, tmp_path: Path) -> None:
    right = LEFT + 5 * SIDE
    cuts = [LEFT, LEFT + 2.4 * SIDE, LEFT + 2.8 * SIDE, right - SIDE]
    boxes = [shapely.box(a, TOP - 4 * SIDE, b, TOP) for a, b in pairwise(cuts)]
    frame = gpd.GeoDataFrame({"school_id": ["x", "y", "z"]}, geometry=boxes, crs=CRS)
    read = read_any_plan(written(frame, tmp_path / "z.gpkg"), town)
    for i, block in enumerate(town.block_ids):
        column = int(block[-1])
        school, part = [(0, 1.0), (0, 1.0), (0, 0.4), (2, 1.0), (town.status_quo[i], 0.0)][column]
        assert (read.plan.school[i], read.part[i]) == (school, pytest.approx(part))
        assert (read.split[i], read.no_zone[i]) == (column == 2, column == 4)
    assert [words.split(" with ")[0] for words in unmatched_in_words(read)] == ["4 blocks", "4 blocks"]


SQUARES = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(4) for y in range(3)])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), *[st.integers(-4, 16)] * 2, *[st.integers(1, 9)] * 2), min_size=1, max_size=6)
)
def test_overlay_agrees_with_a_plain_loop(boxes) -> None:
    label = np.array([box[0] for box in boxes], np.int32)
    zones = np.array([shapely.box(x / 4, y / 4, (x + w) / 4, (y + h) / 4) for _, x, y, w, h in boxes])
    best, part = by_area(SQUARES, zones, label)
    held, share = by_points(SQUARES, zones, label)
    for i, square in enumerate(SQUARES):
        areas = [square.intersection(shapely.union_all(zones[label == k])).area for k in range(4)]
        assert part[i] == pytest.approx(max(areas))
        assert best[i] == (-1 if max(areas) == 0 else next(k for k in range(4) if areas[k] > max(areas) - 1e-12))
        at = square.point_on_surface()
        holding = sorted({int(k) for k, zone in zip(label, zones, strict=True) if zone.intersects(at)})
        assert (held[i], share[i]) == ((holding[0], 1 / len(holding)) if holding else (-1, 0))


def test_files_that_are_no_plans_are_refused_in_words(town, plan, tmp_path: Path) -> None:
    zones = zones_of(plan)
    no_crs = tmp_path / "bare.parquet"
    gpd.GeoDataFrame(zones.drop(columns="geometry"), geometry=zones.geometry.to_numpy()).to_parquet(no_crs)
    points = written(zones.set_geometry(zones.centroid), tmp_path / "points.gpkg")
    two = tmp_path / "two.gpkg"
    zones.to_file(two, layer="a")
    zones.to_file(two, layer="b")
    (tmp_path / "text.gpkg").write_text("hello")
    (tmp_path / "plan.pdf").write_text("hello")
    (tmp_path / "bad.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    far = written(zones.set_geometry(zones.translate(1e5)), tmp_path / "far.gpkg")
    for path, words in (
        (no_crs, "bare.parquet: declares no coordinate reference system"),
        (points, "points.gpkg: holds shapes that are not polygons"),
        (two, "two.gpkg: holds 2 layers (a, b), 2 of them with polygons. Name one with --layer"),
        (tmp_path / "text.gpkg", "text.gpkg: cannot be read as a layer"),
        (tmp_path / "plan.pdf", "plan.pdf: '.pdf' is no kind of plan that can be read"),
        (tmp_path / "bad.zip", "bad.zip: cannot be read as a layer: it is something else, or damaged"),
        (tmp_path / "none.zip", "none.zip: holds 0 layer files. Zip exactly one"),
        (tmp_path / "gone.shp", "gone.shp: is not there"),
        (far, "far.gpkg: no zone meets any block. Check that the layer is of this district"),
    ):
        with pytest.raises(InputError) as error:
            read_any_plan(path, town)
        assert words in str(error.value), path
    assert read_any_plan(two, town, layer="b").plan.school.tolist() == plan.school.tolist()
    with pytest.raises(InputError, match="no layer 'c'"):
        read_any_plan(two, town, layer="c")


def test_real_zones_give_a_real_plan_back(tmp_path: Path) -> None:
    folder = DATA / "baltimore_county_sw_md"
    if not folder.is_dir():
        pytest.skip("real districts are not there")
    from scenarios import read_district

    district = read_district(folder)
    table = read_csv(folder / "plans" / "opt_j.csv")
    board = Plan.of_ids(district, dict(zip(table["block_id"], table["school_id"], strict=True)))
    frame = gpd.GeoDataFrame(
        {"School": [district.school_names[j] for j in board.school]},
        geometry=district.geography.polygon,
        crs=district.geography.crs,
    )
    read = read_any_plan(written(frame.dissolve("School").reset_index().to_crs(4326), tmp_path / "z.zip"), district)
    assert (read.column, read.plan.school.tolist()) == ("School", board.school.tolist())


def test_zones_that_lie_over_each_other_are_listed_however_blocks_are_matched(town, tmp_path: Path) -> None:
    right, middle = LEFT + 5 * SIDE, LEFT + 2.3 * SIDE
    boxes = [shapely.box(LEFT, TOP - 4 * SIDE, right - 0.2 * SIDE, TOP), shapely.box(LEFT, TOP - SIDE, middle, TOP)]
    frame = gpd.GeoDataFrame({"school_id": ["x", "y"]}, geometry=boxes, crs=CRS)
    for by in ("area", "points"):
        read = read_any_plan(written(frame, tmp_path / f"{by}.gpkg"), town, by=by)
        assert [town.block_ids[i] for i in np.flatnonzero(read.in_several)] == ["r0c0", "r0c1", "r0c2"]
        assert read.several is not None
        assert read.several[:3] == pytest.approx([1.0, 1.0, 0.3])
        assert [town.block_ids[i] for i in np.flatnonzero(read.partly_outside)] == ["r0c4", "r1c4", "r2c4", "r3c4"]
        assert not read.split.any()
        said = unmatched_in_words(read)
        assert "lie in more than one zone: r0c0, r0c1, r0c2." in said[0]
        assert "lie partly in no zone: r0c4" in said[1]
        assert said[2] == "1 pair of zones lie over each other: x and y."
        table = unmatched_frame({"a": read})
        assert table["what"].tolist() == ["in more than one zone"] * 3 + ["partly in no zone"] * 4 + [
            "zones lie over each other"
        ]
        assert table["note"].iloc[-1] == f"{2.3 * SIDE * SIDE:.0f} square metres"


def test_a_name_that_fits_two_schools_is_refused_with_both(town, plan, tmp_path: Path) -> None:
    two = replace(town, school_names=("Lincoln Elementary", "Lincoln Middle", "School Z"))
    path = written(zones_of(plan, "name", {"x": "Lincoln", "y": "Lincoln", "z": "School Z"}), tmp_path / "z.gpkg")
    with pytest.raises(InputError, match=r"names that fit more than one school: 'Lincoln' \(fits x and y\)"):
        read_any_plan(path, two)


def test_columns_that_name_other_schools_are_said(town, plan, tmp_path: Path) -> None:
    zones = zones_of(plan, "school_id")
    zones["name"] = ["School Y", "School X", "School Z"]
    read = read_any_plan(written(zones, tmp_path / "z.gpkg"), town)
    assert "Schools are those of the column school_id; name would give other schools." in unmatched_in_words(read)
