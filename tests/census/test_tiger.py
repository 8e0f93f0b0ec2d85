"""Layers of blocks: their columns in every vintage, and blocks in several parts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from optimizer.errors import InputError
from scenarios.census.tiger import block_columns, geodesic_areas, need_whole
from scenarios.importing.sources import Source

COMMON = "STATEFP{0} COUNTYFP{0} TRACTCE{0} BLOCKCE{0} {1} NAME{0} ALAND{0} AWATER{0} INTPTLAT{0}"


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (COMMON.format("00", "BLKIDFP00"), ("BLKIDFP00", "ALAND00", "AWATER00", None, "2000")),
        (COMMON.format("10", "GEOID10"), ("GEOID10", "ALAND10", "AWATER10", None, "2010")),
        ("STATEFP10 BLOCKID10 PARTFLG HOUSING10 POP10", ("BLOCKID10", None, None, "POP10", "2010")),
        (COMMON.format("20", "GEOID20"), ("GEOID20", "ALAND20", "AWATER20", None, "2020")),
        (COMMON.format("20", "GEOID20 HOUSING20 POP20"), ("GEOID20", "ALAND20", "AWATER20", "POP20", "2020")),
        (COMMON.format("20", "GEOIDFQ20 GEOID20 POP20"), ("GEOID20", "ALAND20", "AWATER20", "POP20", "2020")),
        (COMMON.format("20", "GEOIDFQ20"), ("GEOIDFQ20", "ALAND20", "AWATER20", None, "2020")),
        ("aland20 geoid20", ("geoid20", "aland20", None, None, "2020")),
    ],
)
def test_columns_of_each_vintage(columns: str, found: tuple) -> None:
    assert tuple(block_columns(columns.split())) == found


def test_a_layer_without_codes_of_blocks_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no column with codes of blocks, such as GEOID00.*It has: NAME, ZONE"):
        block_columns(["NAME", "ZONE"], "zones")


def test_areas_are_on_the_ground_in_any_crs() -> None:
    ring = [(-78.5, 38.0), (-78.5, 38.01), (-78.49, 38.01), (-78.49, 38.0)]
    hole = [(-78.497, 38.003), (-78.494, 38.003), (-78.494, 38.006), (-78.497, 38.006)]
    shapes = np.array([shapely.Polygon(ring), shapely.Polygon(ring, [hole])])
    found = geodesic_areas(shapes, "EPSG:4269")
    assert found == pytest.approx([974_800, 887_100], rel=1e-3)
    import geopandas as gpd

    mercator = gpd.GeoSeries(shapes, crs=4269).to_crs(3857)
    assert mercator.area[0] > 1.5 * found[0]
    assert geodesic_areas(mercator.to_numpy(), mercator.crs) == pytest.approx(found, rel=1e-6)


def _layer(*sides: float) -> Source:
    """Squares of these sides on the ground, the first and the third parts of block 1, which is 2 km2 large."""
    corners = [(500_000 + 2_000 * k, 4_200_000) for k in range(len(sides))]
    squares = [shapely.box(x, y, x + side, y + side) for (x, y), side in zip(corners, sides, strict=True)]
    land, water = ["1500000", "1000000", "1500000"], ["500000", "0", "500000"]
    cells = pd.DataFrame({"GEOID20": ["1", "2", "1"], "ALAND20": land, "AWATER20": water}, dtype=str)
    return Source("b", cells, np.array(squares, object), "EPSG:32617")


def test_parts_of_a_block_are_its_whole_or_an_error() -> None:
    need_whole(_layer(1_000, 1_000, 1_000), "GEOID20")
    with pytest.raises(InputError, match=r"b: 1 blocks stand in several rows.*: 1. Take the layer as"):
        need_whole(_layer(1_000, 1_000, 500), "GEOID20")
    unsaid = _layer(1_000, 1_000, 1_000)
    with pytest.raises(InputError, match="not as large as the block"):  # where nothing says how large it is
        need_whole(replace(unsaid, cells=unsaid.cells[["GEOID20"]]), "GEOID20")
    need_whole(replace(unsaid, cells=unsaid.cells.assign(GEOID20=["1", "2", "3"])), "GEOID20")
