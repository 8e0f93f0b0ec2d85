"""[context] of a mapping: census layers and OpenStreetMap extracts become context.gpkg, cut to the surroundings, the
same bytes each time; what cannot be drawn is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import pytest
import shapely
from own_files import MAPPING, files, mapped
from toys import CRS, LEFT, SIDE, TOP

from optimizer.errors import InputError
from scenarios.importing.gis import import_gis, write_folder
from scenarios.importing.mapping import read_mapping

LAKE = shapely.box(LEFT + 100, TOP - 400, LEFT + 900, TOP - 100)
FAR = shapely.box(LEFT + 300_000, TOP, LEFT + 300_100, TOP + 100)
ALL = '[context]\nwater = "areawater.shp"\nroads = "roads.shp"\nplaces = "place.shp"\n'


def line(*places: tuple[float, float]) -> Any:
    return shapely.LineString([(LEFT + x * SIDE, TOP - y * SIDE) for x, y in places])


def census_files(folder: Path) -> Path:
    """TIGER's layers, in degrees (NAD 83)."""
    water = gpd.GeoDataFrame({"MTFCC": ["H2030"] * 2}, geometry=[LAKE, FAR], crs=CRS)
    roads = [line((-40, 1.5), (40, 1.5)), line((0, 1), (3, 1)), line((1, 0), (1, 2))]
    roads = gpd.GeoDataFrame({"MTFCC": ["S1100", "S1400", "S1200"]}, geometry=roads, crs=CRS)
    towns = [shapely.box(LEFT, TOP - 300, LEFT + 300, TOP), shapely.box(LEFT, TOP - 900, LEFT + 900, TOP - 300)]
    towns = gpd.GeoDataFrame({"NAME": ["Millville", "<b>Élan</b>"]}, geometry=towns, crs=CRS)
    for name, frame in {"areawater": water, "roads": roads, "place": towns}.items():
        frame.to_crs(4269).to_file(folder / f"{name}.shp")
    return files(folder)


def made(folder: Path, text: str, out: str = "d") -> Any:
    (folder / out).mkdir()
    return write_folder(import_gis(read_mapping(mapped(folder, MAPPING + text))), folder / out).geography.context


def test_layers_of_the_census_are_cut_to_the_surroundings(tmp_path: Path) -> None:
    found = made(census_files(tmp_path), ALL)
    assert shapely.area(found.water).sum() == pytest.approx(LAKE.area, rel=1e-3)
    # Local streets are left out, and nothing goes on beyond the surroundings.
    assert len(found.roads) == 2
    assert shapely.length(found.roads).max() < 10 * SIDE
    assert found.names == ("<b>Élan</b>", "Millville")  # the larger first


def test_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    census_files(tmp_path)
    for out in ("a", "b"):
        made(tmp_path, ALL, out)
    one, other = ((tmp_path / out / "context.gpkg").read_bytes() for out in ("a", "b"))
    assert one == other


def test_a_folder_without_context_has_no_such_file(tmp_path: Path) -> None:
    files(tmp_path)
    (tmp_path / "d").mkdir()
    write_folder(import_gis(read_mapping(mapped(tmp_path))), tmp_path / "d")
    assert not (tmp_path / "d" / "context.gpkg").exists()


def test_files_of_the_context_are_listed_as_sources(tmp_path: Path) -> None:
    census_files(tmp_path)
    assert {"areawater.shp", "roads.shp", "place.shp"} <= set(read_mapping(mapped(tmp_path, MAPPING + ALL)).files)


def test_keys_of_a_file_are_those_of_all_files(tmp_path: Path) -> None:
    found = made(
        census_files(tmp_path),
        '[context.roads]\nfile = "roads.shp"\nonly = { MTFCC = ["S1400"] }\n'
        '[context.places]\nfile = "place.shp"\nname = "NAME"\n',
    )
    assert shapely.length(found.roads).sum() == pytest.approx(3 * SIDE, rel=1e-3)
    assert len(found.names) == 2


def extract(folder: Path) -> Path:
    """A small OpenStreetMap file: a pond, a river, two roads, a footway, a town, a hamlet and a shop."""
    back = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)
    nodes, ways = [], []

    def node(x: float, y: float, **tags: str) -> int:
        lon, lat = back.transform(LEFT + x * SIDE, TOP - y * SIDE)
        said = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        nodes.append(f'<node id="{len(nodes) + 1}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{said}</node>')
        return len(nodes)

    def way(places: list[tuple[float, float]], *, closed: bool = False, **tags: str) -> None:
        ids = [node(*place) for place in places]
        said = "".join(f'<nd ref="{k}"/>' for k in [*ids, *ids[:1]][: len(ids) + closed])
        said += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        ways.append(f'<way id="{1000 + len(ways)}" version="1">{said}</way>')

    node(1.2, 1.2, place="hamlet", name="Small")
    node(0.5, 0.5, place="town", name="Large &amp; Fair")
    node(0.6, 0.6, shop="books", name="Books")
    way([(0, 0), (1, 0), (1, 1)], closed=True, natural="water")
    way([(0, 1), (3, 1)], waterway="river")
    way([(0, 2), (3, 2)], highway="primary")
    way([(0, 0), (0, 2)], highway="motorway")
    way([(1, 0), (1, 2)], highway="footway")
    text = f'<?xml version="1.0"?><osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'
    (folder / "town.osm").write_text(text, encoding="utf-8")
    return files(folder)


def test_an_extract_of_openstreetmap_is_read(tmp_path: Path) -> None:
    found = made(extract(tmp_path), '[context]\nwater = "town.osm"\nroads = "town.osm"\nplaces = "town.osm"\n')
    assert sorted(shapely.get_dimensions(found.water).tolist()) == [1, 2]
    assert len(found.roads) == 2
    assert found.names == ("Large & Fair", "Small")
    assert found.credit == "© OpenStreetMap contributors"


WRONG = {
    "a missing file": ('water = "none.shp"', "none.shp: is not there"),
    "points as roads": ('roads = "points.geojson"', "points.geojson: holds shapes that are not lines"),
    "a table": ('water = "schools.csv"', "schools.csv: is a table without shapes"),
    "far away": ('water = "far.geojson"', "far.geojson: nothing of it lies in the district or near it"),
    "no such column": ('places = { file = "points.geojson", name = "TOWN" }', "context. places.name names is missing"),
    "names alone": ('places = "points.geojson"', "column 'name': the column that"),
    "an unknown key": ('lakes = "far.geojson"', "lakes"),
    "no extract": ('roads = "broken.osm.pbf"', "broken.osm.pbf: cannot be read as an OpenStreetMap file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_drawn_is_said(tmp_path: Path, case: str) -> None:
    asked, said = WRONG[case]
    files(tmp_path)
    gpd.GeoDataFrame({"title": ["A"]}, geometry=[LAKE.centroid], crs=CRS).to_file(tmp_path / "points.geojson")
    gpd.GeoDataFrame(geometry=[FAR], crs=CRS).to_file(tmp_path / "far.geojson")
    (tmp_path / "broken.osm.pbf").write_bytes(b"nothing")
    with pytest.raises(InputError, match=said):
        made(tmp_path, f"[context]\n{asked}\n")
    assert not (tmp_path / "d" / "context.gpkg").exists()
