"""context.gpkg: water, roads and names of places are read from any CRS and cut to the district's surroundings; what is
wrong with the file is said; nothing that computes sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from toys import CRS, LEFT, SIDE, TOP, TOWN

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.drawing.context import Surrounded
from scenarios.folder.hashes import folder_hashes

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")
Layers = dict[str, gpd.GeoDataFrame]
LAKE = shapely.box(LEFT + 100, TOP - 400, LEFT + 900, TOP - 100)
FAR = shapely.box(LEFT + 300_000, TOP, LEFT + 300_100, TOP + 100)


def line(*places: tuple[float, float]) -> Any:
    return shapely.LineString([(LEFT + x * SIDE, TOP - y * SIDE) for x, y in places])


def layer(*shapes: Any, crs: str = CRS, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS).to_crs(crs)


def town_layers(name: str = "Old Mill") -> Layers:
    """A lake, a river, a road far beyond the district, a place in it and one far away."""
    return {
        "water": layer(LAKE, line((0, 1), (3, 2))),
        "roads": layer(line((-40, 1.5), (40, 1.5))),
        "places": layer(shapely.Point(LEFT + 700, TOP - 700), FAR.centroid, name=[name, "Elsewhere"]),
    }


def write(folder: Path, layers: Layers) -> Path:
    for name, frame in layers.items():
        pyogrio.write_dataframe(frame, folder / "context.gpkg", layer=name, append=(folder / "context.gpkg").exists())
    return folder


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:2284"])
def test_layers_of_any_crs_are_cut_to_the_surroundings(tmp_path: Path, crs: str) -> None:
    folder = write(TOWN.write(tmp_path / "d"), {name: one.to_crs(crs) for name, one in town_layers().items()})
    place = read_district(folder).geography
    assert isinstance(place, Surrounded)
    found = place.context
    assert shapely.area(found.water).sum() == pytest.approx(LAKE.area, rel=1e-4)
    assert found.names == ("Old Mill",)
    assert shapely.get_coordinates(found.places) == pytest.approx(np.array([[LEFT + 700, TOP - 700]]), abs=0.1)
    west, _, east, _ = shapely.total_bounds(place.polygon)
    length = shapely.length(found.roads).sum()
    assert east - west < length < 1.25 * (east - west)


@pytest.mark.parametrize("name", ["water", "roads", "places"])
def test_any_of_the_layers_will_do(tmp_path: Path, name: str) -> None:
    folder = write(TOWN.write(tmp_path / "d"), {name: town_layers()[name]})
    context = read_district(folder).geography.context
    sizes = {"water": len(context.water), "roads": len(context.roads), "places": len(context.places)}
    assert [key for key, size in sizes.items() if size] == [name]


def test_nothing_that_computes_sees_it(tmp_path: Path) -> None:
    """What a result was made from is known without it, so that a proof still holds once a map has rivers."""
    plain, drawn = TOWN.write(tmp_path / "a"), write(TOWN.write(tmp_path / "b"), town_layers())
    assert folder_hashes(plain) == folder_hashes(drawn)
    assert read_district(plain).inputs == read_district(drawn).inputs
    assert not isinstance(read_district(plain).geography, Surrounded)


def bowtie() -> Any:
    return shapely.Polygon([(LEFT, TOP), (LEFT + 500, TOP - 500), (LEFT + 500, TOP), (LEFT, TOP - 500)])


def test_shapes_that_cross_themselves_are_drawn(tmp_path: Path) -> None:
    folder = write(TOWN.write(tmp_path / "d"), {"water": layer(bowtie())})
    assert shapely.is_valid(read_district(folder).geography.context.water).all()


def _swapped(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    degrees = frame.to_crs(4326)
    return degrees.set_geometry(shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=4326)


POINT = shapely.Point(LEFT + 700, TOP - 700)
WRONG: dict[str, tuple[Layers, str]] = {
    "an unknown layer": (
        town_layers() | {"rivers": layer(line((0, 1), (3, 2)))},
        r"layer rivers: the layer is not known",
    ),
    "points as water": ({"water": layer(POINT)}, r"layer water: holds shapes that are not areas or lines"),
    "areas as roads": ({"roads": layer(LAKE)}, r"layer roads: holds shapes that are not lines"),
    "areas as places": ({"places": layer(LAKE, name=["A"])}, r"layer places: holds shapes that are not points"),
    "no names": ({"places": layer(POINT, title=["A"])}, r"layer places, column 'name': the column is missing"),
    "an empty name": ({"places": layer(POINT, name=[None])}, r"layer places, column 'name': no name: row 1"),
    "names that are numbers": ({"places": layer(POINT, name=[7])}, r"layer places, column 'name': no name: row 1"),
    "a name that steers": ({"places": layer(POINT, name=["A\x1b[2J"])}, r"holds control characters"),
    "a name without end": ({"places": layer(POINT, name=["A" * 5_000])}, r"too long"),
    "far away": ({"water": layer(FAR)}, r"layer water: nothing of it lies in the district or near it"),
    "swapped": ({"roads": _swapped(town_layers()["roads"])}, r"layer roads: .*lon and lat are swapped"),
    "no crs": (
        {"roads": town_layers()["roads"].set_crs(None, allow_override=True)},
        r"declares no coordinate reference",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, case: str) -> None:
    layers, said = WRONG[case]
    folder = write(TOWN.write(tmp_path / "d"), layers)
    with pytest.raises(InputError, match=rf"context\.gpkg.*{said}"):
        read_district(folder)


def test_all_faults_of_the_layers_are_named_at_once(tmp_path: Path) -> None:
    folder = write(TOWN.write(tmp_path / "d"), {"water": layer(POINT), "roads": layer(LAKE)})
    with pytest.raises(InputError) as error:
        read_district(folder)
    assert len(error.value.faults) == 2


@pytest.mark.parametrize("content", [b"", b"nothing", b"SQLite format 3\x00" + bytes(2_000)])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    folder = TOWN.write(tmp_path / "d")
    (folder / "context.gpkg").write_bytes(content)
    with pytest.raises(InputError, match=r"context\.gpkg"):
        read_district(folder)


def test_a_file_of_tables_alone_holds_no_layer(tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "d")
    pyogrio.write_dataframe(pd.DataFrame({"name": ["A"]}), folder / "context.gpkg", layer="water")
    with pytest.raises(InputError, match=r"context\.gpkg: holds no layer"):
        read_district(folder)
