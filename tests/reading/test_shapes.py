"""Layers of zones, barriers, crossings, addresses and context: each row has a shape that can be meant, or is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity
from toys import CRS, EXAMPLE, LEFT, SIDE, TOP

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.rules import under
from scenarios.asking.rule_tables import make_rule, rule_faults
from scenarios.plans.layers import read_any_plan
from scenarios.reading.layers import projected_layer
from scenarios.report.addresses import read_addresses

MIDDLE = LEFT + 2 * SIDE
RIVER = shapely.LineString([(MIDDLE, TOP - 9000), (MIDDLE, TOP + 9000)])
POINT = shapely.Point(MIDDLE, TOP - 10)
ZONES = (shapely.box(LEFT, TOP - SIDE, MIDDLE, TOP), shapely.box(MIDDLE, TOP - SIDE, MIDDLE + 2 * SIDE, TOP))


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> District:
    return EXAMPLE.district(tmp_path_factory.mktemp("d"))


def rule(district: District, table: dict[str, Any]) -> None:
    faults = rule_faults(table, "x.toml")
    if faults:
        raise InputError(faults)
    under(district, [make_rule(table)])


def barrier(path: Path, district: District) -> None:
    rule(district, {"kind": "barrier", "file": str(path)})


def crossings(path: Path, district: District) -> None:
    river = path.with_name("river.gpkg")
    gpd.GeoDataFrame(geometry=[RIVER], crs=CRS).to_file(river)
    rule(district, {"kind": "barrier", "file": str(river), "crossings": str(path)})


def zones(path: Path, district: District) -> None:
    read_any_plan(path, district)


def addresses(path: Path, district: District) -> None:
    assert district.geography is not None
    read_addresses(path, district.geography.crs, district.geography.polygon)


def context(path: Path, district: District) -> None:
    assert district.geography is not None
    projected_layer(path, district.geography.crs, district.geography.polygon)


# Who reads a layer, two good rows of it, and its columns.
READERS: dict[str, tuple[Callable[[Path, District], None], tuple[Any, ...], dict[str, list[str]]]] = {
    "barrier": (barrier, (RIVER, RIVER), {}),
    "crossings": (crossings, (POINT, RIVER), {}),
    "zones": (zones, ZONES, {"school_id": ["x", "y"]}),
    "addresses": (addresses, (POINT, POINT), {"address": ["1 Elm", "2 Elm"]}),
    "context": (context, (RIVER, POINT), {}),
}


def said(name: str, rows: tuple[Any, ...], path: Path, district: District, crs: Any = CRS, **cells: Any) -> str:
    """What is said of a layer of these rows; "" where it is read."""
    read, _, columns = READERS[name]
    gpd.GeoDataFrame(columns | cells, geometry=list(rows), crs=crs).to_parquet(path)
    try:
        read(path, district)
    except InputError as error:
        return str(error)
    return ""


def bent(shape: Any, change: Callable[[Any], Any]) -> Any:
    return shapely.transform(shape, change)


@pytest.mark.parametrize("name", READERS)
def test_rows_without_a_shape_and_coordinates_that_are_no_places_are_named(name, district, tmp_path: Path) -> None:
    path, good = tmp_path / "layer.parquet", READERS[name][1]
    assert said(name, good, path, district) == ""
    for gone in (None, shapely.LineString()):
        text = said(name, (good[0], gone), path, district)
        assert "layer.parquet" in text
        assert "has rows without a shape, or with a damaged one: row 2. Draw each, or take the row out" in text
    assert "holds no " in said(name, (None, None), path, district)
    assert "declares no coordinate reference system" in said(name, good, path, district, crs=None)
    huge = tuple(bent(shape, lambda xy: xy * 1e301) for shape in good)
    assert "are no places in the CRS" in said(name, huge, path, district)
    endless = tuple(bent(shape, lambda xy: xy * [np.inf, 1]) for shape in good)
    assert "coordinates are not finite numbers" in said(name, endless, path, district)
    degrees = gpd.GeoSeries(list(good), crs=CRS).to_crs(4326).tolist()
    swapped = tuple(bent(shape, lambda xy: xy[:, ::-1]) for shape in degrees)
    assert "lon and lat are swapped" in said(name, swapped, path, district, crs=4326)
    swapped = tuple(bent(shape, lambda xy: xy[:, ::-1]) for shape in good)
    assert "lon and lat are swapped" in said(name, swapped, path, district)
    lost = tuple(bent(shape, lambda xy: xy * [-1, 1]) for shape in degrees)
    assert "lon has lost its minus sign" in said(name, lost, path, district, crs=4326)


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        ("barrier", shapely.LineString([(MIDDLE, TOP)] * 2), "holds lines without length: row 2. Draw each anew"),
        ("barrier", ZONES[0], "holds shapes that are not lines: row 2. Give a layer of lines"),
        ("barrier", shapely.MultiPolygon([ZONES[0]]), "holds shapes that are not lines: row 2"),
        ("zones", shapely.Polygon([(MIDDLE, TOP)] * 4), "holds polygons without area: row 2"),
        ("zones", RIVER, "holds shapes that are not polygons: row 2"),
        ("addresses", RIVER, "holds shapes that are not points: row 2"),
    ],
)
def test_shapes_of_another_kind_and_of_no_size_are_named(name, row, words, district, tmp_path: Path) -> None:
    assert words in said(name, (READERS[name][1][0], row), tmp_path / "layer.parquet", district)


def test_a_barrier_of_another_place_is_called_that(district, tmp_path: Path) -> None:
    for name, far in (("barrier", RIVER), ("crossings", POINT)):
        moved = shapely.affinity.translate(far, 200_000)
        text = said(name, (moved,), tmp_path / "layer.parquet", district)
        assert (
            f"column '{'file' if name == 'barrier' else name}': layer.parquet lies wholly beyond the district" in text
        )
        assert "km from it. Name a layer of this district" in text
        assert said(name, (moved, far), tmp_path / "layer.parquet", district) == ""


def test_addresses_without_text_or_place_are_named(district, tmp_path: Path) -> None:
    points = READERS["addresses"][1]
    for blank in (None, "", "  "):
        text = said("addresses", points, tmp_path / "a.parquet", district, address=["1 Elm", blank])
        assert text == "a.parquet, column 'address': the address is empty: row 2. Write it, or take the row out"
    for cells, words in ((",-77.26,37.92", "the address is empty: row 1"), ("1 Elm,,37.92", "1 Elm (empty)")):
        (tmp_path / "a.csv").write_text(f"address,lon,lat\n{cells}\n")
        with pytest.raises(InputError) as error:
            addresses(tmp_path / "a.csv", district)
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"school": " "}, "column 'school': is empty"),
        ({"name": " "}, "column 'name': is empty"),
        ({"lon": None}, "column 'lon': is not given"),
        ({"lon": 1e308}, "1e+308 is not a place on earth"),
        ({"lon": 37.9, "lat": -77.2}, "lon and lat are swapped"),
        ({"lon": 77.2}, "lon has lost its minus sign"),
        ({"lon": -70.0}, "none lies among the blocks"),
    ],
)
def test_an_opened_school_without_a_name_or_a_place_is_named(place: dict[str, Any], words: str, district) -> None:
    table = {"kind": "open", "school": "z", "lon": -77.26, "lat": 37.92} | place
    with pytest.raises(InputError) as error:
        rule(district, {key: value for key, value in table.items() if value is not None})
    assert words in str(error.value)
