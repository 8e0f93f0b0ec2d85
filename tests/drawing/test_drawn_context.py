"""What maps draw behind the zones: bounded, in the page's map and on paper, names as text where there is room, and
nothing of it where the folder gives none."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from toys import LEFT, SIDE, TOP, TOWN

from optimizer.plan import Plan
from scenarios.asking.settling import settle
from scenarios.comparison.maps import zone_maps
from scenarios.drawing.context import CORNERS, FEW, SIZE, Context, Surrounded, drawn_context
from scenarios.drawing.frame import Frame
from scenarios.drawing.map_data import map_data
from scenarios.reading.documents import record
from scenarios.reading.map_schemas import Map, Maps
from scenarios.reading.pack import unpack
from scenarios.report import render
from scenarios.report.browser import find_chromium
from scenarios.report.given import Ask, given_data

HOSTILE = "</script><img src=x onerror=alert(1)>"
RIVER = shapely.LineString([(LEFT - 200, TOP - 700), (LEFT + 800, TOP - 300), (LEFT + 3000, TOP - 600)])
LAKE = shapely.Point(LEFT + 600, TOP - 600).buffer(200).difference(shapely.Point(LEFT + 600, TOP - 600).buffer(50))
ROAD = shapely.LineString([(LEFT, TOP - SIDE), (LEFT + 3000, TOP - SIDE)])


def town_with(folder: Path, context: Context) -> Any:
    district = TOWN.district(folder)
    place = district.geography
    return replace(district, geography=Surrounded(place.crs, place.polygon, place.school_xy, context))


def of(*names: str, water: Any = (LAKE, RIVER), roads: Any = (ROAD,), at: Any = None) -> Context:
    points = [(LEFT + 250 + 40 * k, TOP - 60 * k) for k in range(len(names))] if at is None else at
    places = shapely.points(np.array(points).reshape(-1, 2))
    return Context(np.array(water, object), np.array(roads, object), places, names)


def doc_of(district: Any) -> Any:
    zone = district.status_quo.copy()
    zone[1] = 1
    return given_data(Plan(district, zone), "Option", Ask(settle({}, None, {})))


def markup(page: str) -> str:
    return re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)


def test_a_page_has_it_behind_the_zones_and_holds_it_for_later(tmp_path: Path) -> None:
    doc = doc_of(town_with(tmp_path, of("Old Mill")))
    drawn = doc.maps["context"]
    assert drawn["water"].count("M") == 2  # its island, too
    assert drawn["rivers"].count("M") == drawn["roads"].count("M") == 1
    assert [town["name"] for town in drawn["places"]] == ["Old Mill"]
    live = unpack(doc.map)["context"]
    assert [len(live[key]["n"]) for key in ("water", "rivers", "roads")] == [2, 1, 1]
    record(Maps, doc.maps, "report.json", "")
    record(Map, unpack(doc.map), "report.json", "")
    svg = markup(render(doc))
    places = [svg.index(f'class="{kind}') for kind in ("ground", "water", "river", "road", "zone", "town", "place")]
    assert places == sorted(places)


def test_a_page_without_it_has_nothing_of_it(tmp_path: Path) -> None:
    doc = doc_of(TOWN.district(tmp_path))
    assert "context" not in doc.maps
    assert "context" not in unpack(doc.map)
    assert not re.search(r'class="(ground|water|river|road|town|drawing around)', markup(render(doc)))


def test_small_maps_have_no_names(tmp_path: Path) -> None:
    district = town_with(tmp_path, of("Old Mill"))
    zone = district.status_quo.copy()
    zone[1] = 1
    plans = {"status_quo": Plan.today(district), "Option": Plan(district, zone)}
    for drawing, _, _ in zone_maps(plans, list(plans), "m"):
        assert 'class="water"' in str(drawing.__html__())
        assert "Old Mill" not in drawing.__html__()


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    doc = doc_of(town_with(tmp_path, of(HOSTILE, at=[(LEFT + 800, TOP - 1_200)])))
    assert HOSTILE not in render(doc)


def test_whose_map_it_is_stands_in_a_corner(tmp_path: Path) -> None:
    context = replace(of("Old Mill"), credit="© OpenStreetMap contributors")
    doc = doc_of(town_with(tmp_path, context))
    for towns in (doc.maps["context"]["places"], unpack(doc.map)["context"]["places"]):
        assert [town["name"] for town in towns] == ["© OpenStreetMap contributors", "Old Mill"]


def test_no_name_lies_over_another_or_over_a_school(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    at = np.column_stack([LEFT + random.random(80) * 2_000, TOP - random.random(80) * 2_000])
    doc = doc_of(town_with(tmp_path, of(*(f"Place {k}" for k in range(80)), at=at)))
    towns = doc.maps["context"]["places"]
    assert 0 < len(towns) < 80
    order = [int(town["name"].split()[1]) for town in towns]
    assert order == sorted(order)  # those that stand first come first
    for k, one in enumerate(towns):
        for other in towns[:k]:
            apart = abs(one["x"] - other["x"]) >= 0.5 * SIZE * len(one["name"]), abs(one["y"] - other["y"]) >= SIZE
            assert any(apart)
        for school in doc.maps["schools"]:
            wide = 0.3 * SIZE * len(one["name"])
            assert abs(one["x"] - school["label_x"]) > wide or abs(one["y"] - school["label_y"]) > 0.5 * SIZE


def test_a_page_stays_small_however_much_the_folder_gives(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    lines = [
        shapely.LineString(np.column_stack([LEFT + random.random(2_000) * 2_000, TOP - random.random(2_000) * 2_000]))
        for _ in range(20)
    ]
    ponds = [shapely.Point(LEFT + x, TOP - y).buffer(9) for x, y in random.random((3_000, 2)) * 2_000]
    district = town_with(tmp_path, of(water=[*ponds, *lines], roads=lines))
    live = map_data(district, [])["context"]
    assert all(sum(live[key]["n"]) <= CORNERS for key in ("water", "rivers", "roads"))
    place = district.geography
    drawn = drawn_context(place, Frame.around(place.polygon, place.school_xy), [])
    assert sum(len(drawn[key].split(" ")) for key in ("water", "rivers", "roads")) < 3 * 2 * FEW


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium: make test installs Debian's where it may")
def test_the_page_draws_it_in_a_browser(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "page.html"
    doc = doc_of(town_with(tmp_path / "d", of("Old Mill", HOSTILE, at=[(LEFT + 900, TOP - 1_300), (LEFT, TOP)])))
    page_file.write_text(render(doc), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium())
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            wrong: list[str] = []
            page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
            page.goto(page_file.as_uri())
            page.wait_for_selector(".map-part.around .map-town", state="attached")
            said = page.locator(".map-town").all_inner_texts()
            assert "Old Mill" in said
            assert page.locator(".leaflet-behind-pane canvas").count() == 2
            assert page.locator("img[src=x]").count() == 0
            boxes = page.eval_on_selector_all(
                ".map-left :is(.map-town, .map-school) span",
                "all => all.map((one) => one.getBoundingClientRect()).map((b) => [b.left, b.top, b.right, b.bottom])",
            )
            names = len(page.locator(".map-left .map-town").all())
            for k, one in enumerate(boxes):
                for other in boxes[:k] if k >= len(boxes) - names else ():
                    assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
            assert not wrong
            page.close()
        browser.close()
