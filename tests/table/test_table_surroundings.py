"""Water, roads and names around the district on the table's map: drawn by day and by night, no name over another."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from table_browser import chromium, opened, serving
from tables_kit import lay
from toys import CRS, LEFT, SIDE, TOP, TOWN

NAMES = [("<b>Mill</b>", 1.0, 1.0), ("Mill Pond", 1.1, 1.05), ("Far End", 4.9, 3.9), ("Edge", 0.02, 2.0)]
# What of the map's canvas lies at a place, in blocks' sides from the upper left corner.
COLOUR = """([x, y]) => { const { canvas, view, atlas } = window.rezone.map, side = atlas.box[2] - atlas.box[0];
  const own = [atlas.box[0] + x * side, atlas.box[1] + y * side];
  const at = own.map((n, k) => n * view.scale + [view.left, view.top][k]);
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  pen.drawImage(canvas, ...at.map(n => -Math.round(n)));
  return [...pen.getImageData(0, 0, 1, 1).data]; }"""


@pytest.fixture
def address(tmp_path: Path) -> Any:
    folder = TOWN.write(tmp_path / "district") / "context.gpkg"
    points = [shapely.Point(LEFT + x * SIDE, TOP - y * SIDE) for _, x, y in NAMES]
    lake = shapely.box(LEFT - SIDE / 2, TOP - 2 * SIDE, LEFT + SIDE / 2, TOP - SIDE)
    gpd.GeoDataFrame(geometry=[lake], crs=CRS).to_file(folder, layer="water")
    gpd.GeoDataFrame({"name": [name for name, _, _ in NAMES]}, geometry=points, crs=CRS).to_file(folder, layer="places")
    with serving(lay(tmp_path)) as found:
        yield found


@chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_water_is_drawn_under_blocks_and_beside_them(scheme: Any, browser: Any, address: str) -> None:
    with opened(browser, address, color_scheme=scheme) as desk:
        desk.until("window.rezone.map.frame === undefined")  # it is drawn once a frame
        colour = [desk.page.evaluate(COLOUR, place) for place in ([-0.2, 1.5], [0.3, 1.5], [0.3, 0.4], [-0.2, 0.4])]
        beside, under, dry, land = colour
        assert beside != land
        assert under != dry
        assert sum(under[:3]) < sum(dry[:3])  # the block's colour over the water
        bright = scheme == "light"
        assert (sum(beside[:3]) > 450) == bright
        assert (land[3] == 255) == bright  # by night the page's own dark shows
        assert sum(dry[:3]) > 300


@chromium
def test_no_name_lies_over_another_or_is_cut(browser: Any, address: str) -> None:
    with opened(browser, address) as desk:
        for _ in range(4):
            drawn = desk.page.evaluate("[window.rezone.map.labels.taken, window.rezone.map.view.seen]")
            (boxes, (left, _, right, _)) = drawn
            assert len(boxes) > 3
            for one, two in combinations(boxes, 2):
                assert one[0] >= two[2] or two[0] >= one[2] or one[1] >= two[3] or two[1] >= one[3]
            inside = [box for box in boxes if left < (box[0] + box[2]) / 2 < right]
            assert all(box[0] > left and box[2] < right for box in inside)
            desk.page.click(".leaflet-control-zoom-out")
        assert not desk.page.query_selector("#map b")
