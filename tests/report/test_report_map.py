"""The map's data: shapes as arcs, borders that differ starkly, addresses and context lines."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import CRS, EXAMPLE, LEFT, SIDE, TOP, TOWN

from optimizer.errors import InputError
from optimizer.measures import STARK, stark_borders
from optimizer.plan import Plan
from scenarios.drawing.frame import Frame
from scenarios.drawing.map_data import frame_of, map_data, shapes_of
from scenarios.drawing.topology import fitting, topology
from scenarios.generator import generate
from scenarios.reading.pack import pack, unpack
from scenarios.report.addresses import read_addresses, read_context
from scenarios.report.map_part import map_part, map_script, map_style


def arcs_of(shapes: np.ndarray, long_side: int = 4000):
    frame = Frame.around(shapes, np.zeros((0, 2)), long_side=long_side)
    return topology(shapes, frame), frame


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**31))
def test_arcs_give_the_shapes_back_and_hold_each_border_once(blocks: int, seed: int) -> None:
    district = generate(blocks, 1, np.random.default_rng(seed))
    shapes = district.geography.polygon
    found, frame = arcs_of(shapes)
    back = frame.metres_of(found.polygons())
    slack = frame.metres * shapely.length(shapes)
    assert (shapely.area(shapely.symmetric_difference(shapely.make_valid(back), shapes)) <= slack).all()
    refs = [ref for rings in found.rings for ring in rings for ref in ring]
    assert max(np.bincount([ref if ref >= 0 else ~ref for ref in refs])) <= 2
    assert len(set(refs)) == len(refs)  # two blocks walk a border in opposite directions
    # Blocks that share an arc are neighbours, and the other way round but for borders shorter than a unit.
    users: dict[int, set[int]] = {}
    for b, rings in enumerate(found.rings):
        for ring in rings:
            for ref in ring:
                users.setdefault(ref if ref >= 0 else ~ref, set()).add(b)
    pairs = {tuple(sorted(pair)) for pair in users.values() if len(pair) == 2}
    rows, columns = district.adjacency.rows, district.adjacency.index
    assert pairs <= {(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if a < b}


def test_islands_and_holes_keep_their_shape() -> None:
    inner = shapely.box(400, 400, 600, 600)
    shapes = np.array([shapely.box(0, 0, 1000, 1000).difference(inner), inner, shapely.box(2000, 0, 2100, 100)], object)
    found, frame = arcs_of(shapes)
    assert len(found.rings[0]) == 2
    assert shapely.area(found.polygons()) * frame.metres**2 == pytest.approx(shapely.area(shapes), rel=0.02)


def test_shapes_that_overlap_are_cut_to_fit() -> None:
    shapes = np.array([shapely.box(0, 0, 600, 1000), shapely.box(500, 0, 1000, 1000)], object)
    assert not shapely.coverage_is_valid(shapes)
    cut = fitting(shapes, 0.1)
    assert shapely.coverage_is_valid(cut)
    assert shapely.area(cut) == pytest.approx([600_000, 400_000])


def test_the_data_survive_packing_and_hold_every_plan(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path)
    zone = district.status_quo.copy()
    zone[1] = 1
    data = map_data(district, [("one", Plan(district, zone))])
    assert unpack(pack(data)) == json.loads(json.dumps(data))
    assert pack(data) == pack(data)
    assert [plan["name"] for plan in data["plans"]] == ["status_quo", "one"]
    assert data["plans"][1]["school"] == zone.tolist()
    rate = data["plans"][1]["zones"][1]["poverty"]
    inside = zone == 1
    assert rate == pytest.approx(district.poverty[inside].sum() / district.exposed[inside].sum())
    frame, crs = frame_of(data)
    assert crs == CRS
    area = shapely.area(frame.metres_of(shapes_of(data).polygons()))
    assert area == pytest.approx(np.full(district.blocks, SIDE**2), rel=0.02)


def test_stark_borders_against_plain_loops(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path)
    plan = Plan.status_quo(district)
    found = {(row.a, row.b): row for row in stark_borders(plan)}
    poverty, whole = plan.sums(district.poverty), plan.sums(district.exposed)
    for a in range(district.schools):
        for b in range(a + 1, district.schools):
            touch = any(
                plan.school[n] == b for i in np.flatnonzero(plan.school == a) for n in district.adjacency.row(i)
            )
            apart = abs(poverty[a] / whole[a] - poverty[b] / whole[b])
            shares = [plan.sums(district.group_counts[:, k]) / whole for k in range(2)]
            race = sum(abs(share[a] - share[b]) for share in shares) / 2
            if touch and max(apart, race) >= STARK:
                assert found[a, b].poverty == pytest.approx(apart)
                assert found[a, b].race == pytest.approx(race)
            else:
                assert (a, b) not in found
    assert found  # the town has one


def polygons(folder: Path) -> np.ndarray:
    return EXAMPLE.district(folder).geography.polygon


def test_addresses_find_their_blocks(tmp_path: Path) -> None:
    places = {"9 Last St": 3.5, "1 First St": 0.5, "5 Far Away": 40.0, '"quoted", 2': 1.5}
    points = [shapely.Point(LEFT + SIDE * x, TOP - SIDE / 2) for x in places.values()]
    layer = gpd.GeoDataFrame({"address": list(places)}, geometry=points, crs=CRS)
    layer.to_file(tmp_path / "a.gpkg")
    lonlat = layer.to_crs(4326)
    table = lonlat.assign(lon=lonlat.geometry.x, lat=lonlat.geometry.y).drop(columns="geometry")
    table.to_csv(tmp_path / "a.csv", index=False)
    blocks = polygons(tmp_path / "d")
    for name in ("a.gpkg", "a.csv"):
        found = read_addresses(tmp_path / name, CRS, blocks)
        assert found.text == ['"quoted", 2', "1 First St", "5 Far Away", "9 Last St"]
        assert found.block == [1, 0, -1, 3]


def test_wrong_addresses_are_named(tmp_path: Path) -> None:
    blocks = polygons(tmp_path / "d")
    file = tmp_path / "a.csv"
    file.write_text("adress,lon,lat\nA,1,2\n")
    with pytest.raises(InputError, match=r"a.csv, column 'address': the column is missing \(did you mean 'adress'"):
        read_addresses(file, CRS, blocks)
    file.write_text("address,lon,lat\nElm 1,x,38\n")
    with pytest.raises(InputError, match=r"column 'lon': not a number that can be used: Elm 1 \(x\)"):
        read_addresses(file, CRS, blocks)
    with pytest.raises(InputError, match=r"none.gpkg: is not there"):
        read_addresses(tmp_path / "none.gpkg", CRS, blocks)


def test_context_lines_are_cut_to_the_map(tmp_path: Path) -> None:
    line = shapely.LineString([(LEFT - 9e6, TOP - SIDE / 2), (LEFT + 9e6, TOP - SIDE / 2)])
    gpd.GeoDataFrame(geometry=[line], crs=CRS).to_file(tmp_path / "river.gpkg")
    frame, crs = frame_of(map_data(EXAMPLE.district(tmp_path / "d"), []))
    (found,) = read_context(tmp_path / "river.gpkg", crs, frame)
    assert min(x for x, _ in found) >= 0
    assert max(x for x, _ in found) <= frame.width
    assert len({y for _, y in found}) == 1


def test_the_part_stands_alone(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path)
    part = map_part(district, [("<b>A & B", Plan.status_quo(district))], key="m2")
    assert 'id="m2-colour"' in part
    assert "&lt;b&gt;A &amp; B" in part
    assert "url(" not in map_style()
    assert "</script" not in map_script()
    assert "sourceMappingURL" not in map_script()
