"""Every layer comes through one door: coordinates that are no places are one error that says what they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import CRS, LEFT, SIDE, TOP, TOWN

from optimizer import Plan
from optimizer.borders import near_lengths, neighbours
from optimizer.errors import InputError
from optimizer.places import Source, projected
from scenarios import read_district
from scenarios.plans.file import write_plan
from scenarios.plans.layers import read_any_plan
from scenarios.report.addresses import read_addresses

# Of coordinates in degrees: what is done to them, and what is said.
WRONG: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "swapped": (lambda xy: xy[:, ::-1], "lon and lat are swapped"),
    "sign": (lambda xy: xy * [-1, 1], "lon has lost its minus sign"),
    "south": (lambda xy: xy * [1, -1], "lat has lost its minus sign"),
    "metres": (lambda xy: xy * 1e5, "are no degrees"),
}


def degrees(shapes: Any) -> np.ndarray:
    return gpd.GeoSeries(shapes, crs=CRS).to_crs(4326).to_numpy()


def zones(tmp_path: Path, change: Callable[[np.ndarray], np.ndarray], ending: str) -> Path:
    frame = TOWN.blocks()[["school_id", "geometry"]].dissolve("school_id").reset_index()
    shapes = shapely.transform(degrees(frame.geometry), change)
    file = tmp_path / f"zones{ending}"
    gpd.GeoDataFrame({"school_id": frame.school_id}, geometry=shapes, crs=4326).to_file(file)
    return file


def message(read: Callable[[], Any]) -> str:
    with pytest.raises(InputError) as caught:
        read()
    (line,) = caught.value.lines
    return line


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp"])
@pytest.mark.parametrize("wrong", ["swapped", "sign", "south", "metres"])
def test_zones(wrong: str, ending: str, tmp_path: Path) -> None:
    change, said = WRONG[wrong]
    file = zones(tmp_path, change, ending)
    district = TOWN.district(tmp_path / "d")
    line = message(lambda: read_any_plan(file, district))
    assert line.startswith(f"zones{ending}: coordinates such as ")
    assert said in line


@pytest.mark.parametrize("wrong", list(WRONG))
def test_blocks(wrong: str, tmp_path: Path) -> None:
    change, said = WRONG[wrong]
    frame = TOWN.blocks()
    frame = frame.set_geometry(shapely.transform(degrees(frame.geometry), change), crs=4326)
    line = message(lambda: read_district(TOWN.write(tmp_path, blocks=frame)))
    assert line.startswith("blocks.parquet, column 'geometry': ")
    assert said in line
    assert "r0c0" in line


@pytest.mark.parametrize("wrong", ["swapped", "sign", "south"])
def test_schools(wrong: str, tmp_path: Path) -> None:
    change, said = WRONG[wrong]
    schools = TOWN.schools()
    lon, lat = change(schools.loc[[1], ["lon", "lat"]].to_numpy(float))[0]
    schools.loc[1, ["lon", "lat"]] = [repr(float(lon)), repr(float(lat))]
    line = message(lambda: read_district(TOWN.write(tmp_path, schools=schools)))
    assert line.startswith("schools.csv, column 'lon': coordinates such as ")
    assert f"{said}: {schools.loc[1, 'school_id']}. " in line
    assert line.endswith(": then they lie among the district's blocks")


def test_all_schools_or_all_blocks(tmp_path: Path) -> None:
    """Without a CRS in district.toml nothing tells which of the two files is the wrong way round."""
    frame = TOWN.blocks()
    frame = frame.set_geometry(shapely.transform(degrees(frame.geometry), WRONG["swapped"][0]), crs=4326)
    folder = TOWN.write(tmp_path, blocks=frame)
    head = (folder / "district.toml").read_text()
    (folder / "district.toml").write_text(head.replace('crs = "EPSG:32618"', ""))
    line = message(lambda: read_district(folder))
    assert "lon and lat are swapped: x, y, z. Write lon (x) first" in line
    assert line.endswith("among the district's blocks; or mend blocks.parquet so, if that is what is wrong")


def test_a_school_on_another_continent(tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools.loc[0, ["lon", "lat"]] = ["12.5", "55.7"]
    line = message(lambda: read_district(TOWN.write(tmp_path, schools=schools)))
    assert "such as 12.5, 55.7 lie outside the area of the district's CRS (EPSG:32618): " in line


@pytest.mark.parametrize("wrong", ["swapped", "sign", "south", "metres"])
def test_addresses(wrong: str, tmp_path: Path) -> None:
    change, said = WRONG[wrong]
    district = TOWN.district(tmp_path / "d")
    polygon = district.geography.polygon  # type: ignore[union-attr]
    points = shapely.transform(degrees(shapely.point_on_surface(polygon)), change)
    table = "".join(f"{k} Elm Street,{p.x},{p.y}\n" for k, p in enumerate(points))
    (tmp_path / "a.csv").write_text("address,lon,lat\n" + table)
    line = message(lambda: read_addresses(tmp_path / "a.csv", CRS, polygon))
    assert line.startswith("a.csv: coordinates such as ")
    assert said in line


@pytest.mark.parametrize("wrong", ["swapped", "sign", "south", "metres"])
def test_barriers_and_opened_schools(wrong: str, rezone, tmp_path: Path) -> None:
    change, said = WRONG[wrong]
    folder, plan = TOWN.write(tmp_path / "d"), tmp_path / "plan.csv"
    write_plan(plan, Plan.status_quo(read_district(folder)))
    line = shapely.LineString([(LEFT, TOP - SIDE), (LEFT + 5 * SIDE, TOP - SIDE)])
    river = shapely.transform(degrees([line]), change)
    gpd.GeoDataFrame(geometry=river, crs=4326).to_file(tmp_path / "river.geojson")
    status, _, err = rezone("evaluate", folder, plan, "--rule", f"barrier file={tmp_path / 'river.geojson'}")
    assert status == 2
    assert said in err
    if wrong == "metres":
        return
    (lon, lat), *_ = change(shapely.get_coordinates(degrees([shapely.Point(LEFT + SIDE, TOP - SIDE)])))
    rule = f"open school=new lon={lon:.6f} lat={lat:.6f} capacity=90"
    status, _, err = rezone("evaluate", folder, plan, "--rule", rule)
    assert status == 2
    assert said in err


def test_geojson_that_names_its_crs_is_read_in_it(tmp_path: Path) -> None:
    import json

    plain = TOWN.district(tmp_path / "plain")
    folder = TOWN.write(tmp_path / "d")
    (folder / "blocks.parquet").unlink()
    TOWN.blocks().to_file(folder / "blocks.geojson", driver="GeoJSON", RFC7946="NO")
    data = json.loads((folder / "blocks.geojson").read_text())
    assert "32618" in data["crs"]["properties"]["name"]
    found = read_district(folder)
    assert np.array_equal(found.adjacency.index, plain.adjacency.index)
    del data["crs"]
    (folder / "blocks.geojson").write_text(json.dumps(data))
    line = message(lambda: read_district(folder))
    assert "coordinates such as 300000, 4199500 are no degrees; GeoJSON is WGS 84: " in line
    assert "write degrees, or name their CRS in `crs`" in line


@pytest.mark.parametrize("crs", [4326, 4269, 3857, 32617, 32619, 2284, 6592, 5070])
@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet"])
def test_the_same_map_in_any_crs_has_the_same_neighbours(crs: int, ending: str, tmp_path: Path) -> None:
    """Bricks: corners of one row lie within the sides of the next, so that most borders are shared but for rounding."""
    frame = TOWN.blocks()
    shift = np.repeat([0, SIDE / 4, 0, SIDE / 4], 5)
    bricks = [shapely.affinity.translate(s, float(x)) for s, x in zip(frame.geometry, shift, strict=True)]
    plain = read_district(TOWN.write(tmp_path / "plain", blocks=frame.set_geometry(bricks, crs=CRS)))
    folder = TOWN.write(tmp_path / "d")
    (folder / "blocks.parquet").unlink()
    there = frame.set_geometry(bricks, crs=CRS).to_crs(crs)
    if ending == "parquet":
        there.to_parquet(folder / "blocks.parquet")
    elif ending == "gpkg":
        there.to_file(folder / "blocks.gpkg")
    else:
        there.to_crs(4326).to_file(folder / "blocks.geojson", driver="GeoJSON", COORDINATE_PRECISION=9)
    found = read_district(folder)
    assert len(plain.adjacency.index) // 2 == 16 + 27
    assert np.array_equal(found.adjacency.index, plain.adjacency.index)
    assert np.array_equal(found.root, plain.root)
    assert Plan.status_quo(found).moved_share == 0


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_coordinates_are_finite(number: float) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.from_wkt([f"LINESTRING (500000 4200000, {number} 4200000)"])
    with pytest.raises(InputError, match=r"x\.gpkg: coordinates are not finite numbers"):
        projected(Source("x.gpkg", line, 32618), 32618)


def test_degrees_in_a_projected_crs_are_called_that() -> None:
    points = shapely.points([[-78.5, 38.0], [-78.4, 38.1]])
    with pytest.raises(InputError, match=r"such as -78\.5, 38 look like degrees, and EPSG:32618 is in metres"):
        projected(Source("x.gpkg", points, 32618), 32618)


def touching(one: Any, other: Any) -> bool:
    return len(neighbours(np.array([one, other]))[0]) > 0


SQUARE = shapely.box(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (shapely.box(100, 0, 200, 100), True),
        (shapely.box(100, 100, 200, 200), False),  # a corner
        (shapely.box(100.04, 100.04, 200, 200), False),
        (shapely.box(100, 99.9, 200, 200), True),  # shared exactly, if only a little
        (shapely.box(100.04, 0, 200, 100), True),
        (shapely.box(100.06, 0, 200, 100), False),
        (shapely.box(99.96, 0, 200, 100), True),  # laps over by as much
        (shapely.box(90, 0, 200, 100), True),  # over more, but the outer borders coincide
        (shapely.box(90, 10, 200, 90), False),  # over more, and the borders only cross
        (shapely.box(100.01, 98.9, 200, 200), True),
        (shapely.box(100.01, 99.2, 200, 200), False),  # less than a metre, and not exactly
    ],
)
def test_neighbours_touch_along_a_border(other: Any, wanted: bool) -> None:
    assert touching(SQUARE, other) == touching(other, SQUARE) == wanted


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.05, 1.0]))
def test_lengths_along_a_border_are_those_of_buffers(seed: int, within: float) -> None:
    random = np.random.default_rng(seed)
    turn = np.sort(random.random((2, int(random.integers(4, 20)))), axis=1) * 2 * np.pi
    far = random.uniform(4, 8, turn.shape)
    one, other = shapely.polygons(np.stack([far * np.cos(turn), far * np.sin(turn)], axis=2))
    other = shapely.affinity.translate(other, *random.uniform(-12, 12, 2))
    if not (one.is_valid and other.is_valid):
        return
    a, b = one.boundary, other.boundary
    pair = ((a, b), (b, a))
    wanted = max(x.intersection(y.buffer(within, quad_segs=64)).length for x, y in pair)
    assert near_lengths(np.array([one]), np.array([other]), within)[0] == pytest.approx(wanted, abs=0.01)
