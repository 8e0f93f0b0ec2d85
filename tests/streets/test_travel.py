"""Travel over streets: equal to networkx on a network that it makes by itself; joins, barriers, signs; the command."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import CRS, LEFT, SIDE, TOP, TOWN

from scenarios import read_district
from scenarios.streets.layers import Columns
from scenarios.streets.network import Streets, build, without
from scenarios.streets.travel import Asked, travel

ROWS, WIDE = 4, 5  # blocks of TOWN


def _at(x: float, y: float) -> tuple[float, float]:
    """Metres from the town's top left corner, as coordinates of its CRS."""
    return LEFT + x, TOP - y


def _grid_lines(random: np.random.Generator) -> gpd.GeoDataFrame:
    """Streets along the blocks' borders, some of two pieces, some missing; speeds and one-ways at random."""
    lines = [[(0, r * SIDE), (WIDE * SIDE, r * SIDE)] for r in range(ROWS + 1)]
    lines += [[(c * SIDE, 0), (c * SIDE, ROWS * SIDE)] for c in range(WIDE + 1)]
    pieces = []
    for (x0, y0), (x1, y1) in lines:
        n = int(max(abs(x1 - x0), abs(y1 - y0)) / SIDE)
        stops = [(x0 + (x1 - x0) * k / n, y0 + (y1 - y0) * k / n) for k in range(n + 1)]
        for one, other in pairwise(stops):
            if random.random() < 0.85:
                pieces.append([one, other] if random.random() < 0.5 else [other, one])
    shapes = [shapely.LineString([_at(*xy) for xy in piece]) for piece in pieces]
    kmh = random.choice([10.0, 30.0, 50.0], len(shapes))
    way = random.choice(["", "F", "T", "B"], len(shapes))
    return gpd.GeoDataFrame({"kmh": kmh, "way": way}, geometry=shapes, crs=CRS)


def _oracle(lines: gpd.GeoDataFrame, homes: np.ndarray, schools: np.ndarray, walk: float) -> np.ndarray:
    """(homes, schools) minutes, over a graph made of all lines parted at all places; inf where there is no way."""
    graph, places = nx.DiGraph(), [*homes, *schools]
    nearest = [min(range(len(lines)), key=lambda k, p=p: lines.geometry[k].distance(p)) for p in places]
    node = [("place", k) for k in range(len(places))]
    for k, line in enumerate(lines.geometry):
        stops = [(0.0, _key(line.coords[0])), (line.length, _key(line.coords[-1]))]
        stops += [(line.project(places[p]), node[p]) for p in range(len(places)) if nearest[p] == k]
        for (a, one), (b, other) in pairwise(sorted(stops, key=lambda stop: stop[0])):
            minutes = (b - a) / 1000 / lines.kmh[k] * 60
            if lines.way[k] != "T" or b - a < 0.01:
                _cheaper(graph, one, other, minutes)
            if lines.way[k] != "F" or b - a < 0.01:
                _cheaper(graph, other, one, minutes)
    found = np.full((len(homes), len(schools)), np.inf)
    for h in range(len(homes)):
        reached = nx.single_source_dijkstra_path_length(graph, node[h]) if node[h] in graph else {}
        for s in range(len(schools)):
            place = len(homes) + s
            off = sum(lines.geometry[nearest[p]].distance(places[p]) for p in (h, place))
            found[h, s] = reached.get(node[place], np.inf) + off / 1000 / walk * 60
    return found


def _key(xy: tuple[float, ...]) -> tuple[int, int]:
    return round(xy[0]), round(xy[1])


def _cheaper(graph: nx.DiGraph, one: object, other: object, minutes: float) -> None:
    if not graph.has_edge(one, other) or graph[one][other]["weight"] > minutes:
        graph.add_edge(one, other, weight=minutes)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_minutes_are_those_of_networkx(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("town")
    random = np.random.default_rng(seed)
    schools = TOWN.schools().assign(lon=lambda t: t.lon.astype(float) + 4e-4, lat=lambda t: t.lat.astype(float) + 2e-4)
    district = read_district(TOWN.write(folder / "d", schools=schools))  # nearer to one street than to the others
    lines = _grid_lines(random)
    lines.to_file(folder / "streets.gpkg")
    xy = random.uniform(20, [WIDE * SIDE - 20, ROWS * SIDE - 20], (30, 2))
    homes = np.array([shapely.Point(_at(*place)) for place in xy])
    gpd.GeoDataFrame(geometry=homes, crs=CRS).to_file(folder / "homes.gpkg")
    asked = Asked(
        folder / "streets.gpkg",
        "car",
        minutes=True,
        columns=Columns(speed="kmh", oneway="way"),
        addresses=folder / "homes.gpkg",
    )
    found = travel(district, asked)
    schools = np.asarray(shapely.points(district.geography.school_xy))
    truth = _oracle(lines, homes, schools, 3.84)
    block = np.array([int(y // SIDE) * WIDE + int(x // SIDE) for x, y in xy])
    ids = np.array([f"r{b // WIDE}c{b % WIDE}" for b in block])
    for b, s in np.ndindex(district.blocks, district.schools):
        mine = (found.ways.block == b) & (found.ways.school == s)
        of = truth[ids == district.block_ids[b], s]
        if len(of) == 0:
            continue  # no address: its streets stand for it
        of = of[np.isfinite(of)]
        assert mine.any() == (len(of) > 0)
        if len(of):
            got = [float(part[mine][0]) for part in (found.ways.mean, found.ways.least, found.ways.most)]
            assert got == pytest.approx([of.mean(), of.min(), of.max()], abs=1e-6)
            assert found.ways.points[mine][0] == len(of)


def _streets(*lines: list[tuple[float, float]]) -> Streets:
    shapes = np.array([shapely.LineString(line) for line in lines], object)
    kmh = np.full(len(lines), 30.0)
    return Streets(shapes, kmh, kmh, np.ones(len(lines), bool))


def test_a_street_that_ends_on_another_meets_it_and_one_that_crosses_is_a_bridge() -> None:
    main = [(0.0, 0.0), (100.0, 0.0)]
    meets = build(_streets(main, [(40.0, 50.0), (40.0, 0.2)]))
    assert (meets.nodes, len(meets.metres), meets.joined) == (4, 3, 1)
    bridge = build(_streets(main, [(40.0, 50.0), (40.0, -50.0)]))
    assert (bridge.nodes, len(bridge.metres), bridge.joined) == (4, 2, 0)
    two = build(_streets(main, [(40.0, 50.0), (40.0, 0.0)], [(70.0, -9.0), (70.0, 0.0)]))
    assert sorted(two.metres) == pytest.approx([9, 30, 30, 40, 50])


def test_streets_stop_at_a_barrier_and_nobody_steps_over_it() -> None:
    creek = shapely.LineString([(50, -10), (50, 10)])
    left = without(_streets([(0.0, 0.0), (40.0, 0.0), (60.0, 0.0), (100.0, 0.0)], [(0.0, 30.0), (100.0, 30.0)]), creek)
    assert sorted(shapely.length(left.line)) == [40, 40, 100]
    network = build(left)
    house = np.array([shapely.Point(51, 1)], object)
    assert network.places(house, 100).off == pytest.approx(np.hypot(9, 1))
    beyond = np.array([shapely.Point(49, 1), shapely.Point(51, 1)], object)
    assert network.places(beyond, 100, creek).off == pytest.approx([np.hypot(9, 1)] * 2)
    assert network.places(beyond, 5, creek).edge.tolist() == [-1, -1]


def test_places_lie_evenly_along_the_streets_of_a_block(tmp_path: Path) -> None:
    district = TOWN.district(tmp_path / "d")
    middle = shapely.LineString([_at(0, 250), _at(WIDE * SIDE, 250)])
    gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[middle], crs=CRS).to_file(tmp_path / "s.gpkg")
    found = travel(district, Asked(tmp_path / "s.gpkg", snap=5_000))
    first = found.homes.xy[found.homes.block == district.block_ids.index("r0c0")]
    assert len(first) == 8
    assert np.diff(shapely.get_x(first)) == pytest.approx([62.5] * 7, abs=15)
    assert len(found.homes.bare) == (ROWS - 1) * WIDE
    assert np.ptp(shapely.get_y(first)) == pytest.approx(0)


OSM = """<osm version="0.6">{nodes}{ways}</osm>"""


def _osm(path: Path, ways: list[tuple[list[tuple[float, float]], dict[str, str]]]) -> Path:
    """An OpenStreetMap file; places at the same coordinates are one node."""
    back = gpd.GeoSeries([shapely.Point(_at(*xy)) for line, _ in ways for xy in line], crs=CRS).to_crs(4326)
    number: dict[tuple[float, float], int] = {}
    nodes, parts, k = [], [], 0
    for w, (line, tags) in enumerate(ways):
        refs = []
        for xy in line:
            if xy not in number:
                number[xy] = len(number) + 1
                nodes.append(f'<node id="{number[xy]}" version="1" lat="{back[k].y!r}" lon="{back[k].x!r}"/>')
            refs.append(f'<nd ref="{number[xy]}"/>')
            k += 1
        told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        parts.append(f'<way id="{w + 1}" version="1">{"".join(refs)}{told}</way>')
    path.write_text(OSM.format(nodes="".join(nodes), ways="".join(parts)), encoding="utf-8")
    return path


ACROSS = [(250.0, 250.0), (1250.0, 250.0), (2250.0, 250.0)]  # from school X's door eastwards


@pytest.mark.parametrize(
    ("tags", "by", "east", "west"),
    [
        ({"highway": "residential"}, "car", 25, 25),
        ({"highway": "residential", "oneway": "yes"}, "car", 25, 0),
        ({"highway": "residential", "oneway": "-1"}, "car", 0, 25),
        ({"highway": "residential", "oneway": "yes"}, "foot", 3.84, 3.84),
        ({"highway": "primary", "maxspeed": "30 mph"}, "car", 48.28032, 48.28032),
        ({"highway": "primary", "maxspeed": "50"}, "bus", 50, 50),
        ({"highway": "primary", "maxspeed": "none"}, "car", 65, 65),
        ({"highway": "motorway"}, "car", 90, 0),
        ({"highway": "motorway"}, "foot", 0, 0),
        ({"highway": "service", "access": "private"}, "car", 0, 0),
        ({"highway": "residential", "access": "no", "foot": "yes"}, "foot", 3.84, 3.84),
        ({"highway": "residential", "motor_vehicle": "no"}, "car", 0, 0),
        ({"highway": "residential", "motor_vehicle": "no", "bus": "yes"}, "bus", 25, 25),
        ({"highway": "footway"}, "car", 0, 0),
        ({"highway": "footway"}, "foot", 3.84, 3.84),
        ({"highway": "tertiary", "junction": "roundabout"}, "car", 40, 0),
    ],
)
def test_signs_of_openstreetmap(tmp_path: Path, tags: dict[str, str], by: str, east: float, west: float) -> None:
    district = TOWN.district(tmp_path / "d")
    # A second street, open to all, far from the first: there is always something to read.
    other = ([(250.0, 1750.0), (900.0, 1750.0)], {"highway": "residential"})
    path = _osm(tmp_path / "town.osm", [(ACROSS, tags), other])
    homes = pd.DataFrame({"at": [(300.0, 250.0), (2200.0, 250.0)]})
    points = gpd.GeoSeries([shapely.Point(_at(*xy)) for xy in homes["at"]], crs=CRS).to_crs(4326)
    pd.DataFrame({"lon": points.x, "lat": points.y}).to_csv(tmp_path / "homes.csv", index=False)
    asked = Asked(path, by, minutes=True, addresses=tmp_path / "homes.csv", snap=10)
    found = travel(district, asked)
    x = district.school_ids.index("x")

    def way(block: str) -> float:
        mine = (found.ways.block == district.block_ids.index(block)) & (found.ways.school == x)
        return float(found.ways.mean[mine][0]) if mine.any() else 0.0

    # From the far block one goes west to the school, 1,950 m; from its own block, 50 m of the same.
    assert way("r0c4") == pytest.approx(1950 * 0.06 / west if west else 0, rel=1e-3)
    assert way("r0c0") == pytest.approx(50 * 0.06 / west if west else 0, rel=1e-2)
    # The other way round, as the network has it: the street as it is drawn.
    assert found.network.along.max() == pytest.approx(max(east, 25 if by != "foot" else 3.84), rel=1e-6)


def test_an_extract_in_pbf_is_read(tmp_path: Path) -> None:
    from pbf import write_pbf

    district = TOWN.district(tmp_path / "d")
    back = gpd.GeoSeries([shapely.Point(_at(*xy)) for xy in ACROSS], crs=CRS).to_crs(4326)
    path = write_pbf(tmp_path / "town.osm.pbf", [(p.x, p.y) for p in back], {"highway": "residential"})
    found = travel(district, Asked(path, "car", minutes=True))
    assert found.network.metres.sum() == pytest.approx(2000, rel=1e-3)


def _town_streets(folder: Path, **columns: list[object]) -> Path:
    lines = [shapely.LineString([_at(0, r * SIDE), _at(WIDE * SIDE, r * SIDE)]) for r in range(ROWS + 1)]
    lines += [shapely.LineString([_at(c * SIDE, 0), _at(c * SIDE, ROWS * SIDE)]) for c in range(WIDE + 1)]
    noded = [piece for line in shapely.node(shapely.union_all(lines)).geoms for piece in [line]]
    frame = gpd.GeoDataFrame({"MTFCC": ["S1400"] * len(noded)}, geometry=noded, crs=CRS)
    frame.assign(**columns).to_file(folder / "streets.shp")
    return folder / "streets.shp"


def test_the_table_stands_in_the_folder_and_is_read_there(tmp_path: Path, rezone) -> None:
    folder, streets = TOWN.write(tmp_path / "d"), _town_streets(tmp_path)
    code, out, err = rezone("travel", folder, "--streets", streets, "--out", folder / "travel.parquet")
    assert (code, err) == (0, "")
    assert "60 of 60 pairs have a way" in out
    table = pd.read_parquet(folder / "travel.parquet")
    assert list(table.columns) == ["block_id", "school_id", "distance_m", "least", "most"]
    assert (table["least"] <= table["distance_m"]).all()
    assert (table["distance_m"] <= table["most"]).all()
    assert b"rezone.travel" in pq.read_schema(folder / "travel.parquet").metadata
    district = read_district(folder)
    assert district.travel.unit == "m"
    code, *_ = rezone("check", folder)
    assert code == 0
    first = (folder / "travel.parquet").read_bytes()
    rezone("travel", folder, "--streets", streets, "--out", folder / "travel.parquet")
    assert (folder / "travel.parquet").read_bytes() == first
    code, _, err = rezone("travel", folder, "--streets", streets, "--out", folder / "travel.csv")
    assert code == 2
    assert "two of one thing" in err


def test_pairs_without_a_way_are_listed(tmp_path: Path, rezone) -> None:
    folder, streets = TOWN.write(tmp_path / "d"), _town_streets(tmp_path)
    wall = shapely.LineString([_at(1250, -100), _at(1250, 2100)])
    gpd.GeoDataFrame(geometry=[wall], crs=CRS).to_file(tmp_path / "wall.geojson")
    words = ("travel", folder, "--streets", streets, "--by", "car", "--barrier", tmp_path / "wall.geojson")
    code, out, _ = rezone(*words, "--out", tmp_path / "t.csv", "--unreachable", tmp_path / "none.csv")
    assert code == 0
    table, none = pd.read_csv(tmp_path / "t.csv"), pd.read_csv(tmp_path / "none.csv")
    assert len(table) + len(none) == 20 * 3
    assert len(none) > 0
    assert "minutes" in table.columns
    assert f"{len(none)} have none" in out
    assert "do not reach today's school" in out


ERRORS = {
    "neither": (lambda s, f: ("--streets", s, "--out", f / "t.txt"), "neither Parquet nor CSV"),
    "by": (lambda s, f: ("--streets", s, "--by", "horse", "--out", f / "t.csv"), "'horse' is not known"),
    "measure": (lambda s, f: ("--streets", s, "--measure", "miles", "--out", f / "t.csv"), "'miles' is not known"),
    "missing": (lambda s, f: ("--streets", f / "no.gpkg", "--out", f / "t.csv"), "no.gpkg"),
    "columns": (lambda s, f: ("--streets", s, "--columns", "colour=x", "--out", f / "t.csv"), "cannot be read"),
    "column": (lambda s, f: ("--streets", s, "--columns", "class=MTFC", "--out", f / "t.csv"), "did you mean"),
    "inside": (lambda s, f: ("--streets", s, "--out", f / "d" / "other.csv"), "lies in the district's folder"),
    "osm": (lambda s, f: ("--streets", f / "bad.osm", "--out", f / "t.csv"), "something else, or damaged"),
    "blocks": (lambda s, f: ("--streets", f / "d" / "blocks.parquet", "--out", f / "t.csv"), "not lines"),
    "far": (lambda s, f: ("--streets", f / "far.gpkg", "--out", f / "t.csv"), "far.gpkg"),
    "speeds": (lambda s, f: ("--streets", s, "--speeds", f / "speeds.toml", "--out", f / "t.csv"), "off_street"),
    "addresses": (lambda s, f: ("--streets", s, "--addresses", f / "a.csv", "--out", f / "t.csv"), "no address lies"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_name_what_is_wrong(tmp_path: Path, rezone, name: str) -> None:
    folder, streets = TOWN.write(tmp_path / "d"), _town_streets(tmp_path)
    (tmp_path / "bad.osm").write_text("<html>", encoding="utf-8")
    (tmp_path / "a.csv").write_text("lon,lat\n-77.0,37.8\n", encoding="utf-8")
    (tmp_path / "speeds.toml").write_text(
        '[sources]\na = "b"\n[foot]\nother = [3, "a"]\n[car]\n[bus]\n', encoding="utf-8"
    )
    away = shapely.LineString([_at(90_000, 0), _at(91_000, 0)])
    gpd.GeoDataFrame({"highway": ["primary"]}, geometry=[away], crs=CRS).to_file(tmp_path / "far.gpkg")
    words, said = ERRORS[name]
    code, out, err = rezone("travel", folder, *words(streets, tmp_path))
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "t.csv").exists()
