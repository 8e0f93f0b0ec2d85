"""The report in a real browser: no error, no request, usable by everyone, alone from the keyboard, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toys import TOWN

from optimizer.plan import Plan
from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.reading.records import Document
from scenarios.report import Further, render
from scenarios.report.addresses import Addresses
from scenarios.report.browser import find_chromium
from scenarios.report.charts import Point
from scenarios.report.given import Ask, given_data
from scenarios.report.map_part import Extras

pytestmark = pytest.mark.skipif(
    find_chromium() is None, reason="no Chromium: make test installs Debian's where it may (apt-get install chromium)"
)
HOSTILE = '"</script><img src=x onerror="document.title=1">'
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDTHS = {"desktop": 1280, "phone": 360}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=find_chromium())
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """Two plans for the town, whose school x has a hostile name."""
    schools = TOWN.schools()
    schools.loc[0, "name"] = HOSTILE
    district = read_district(TOWN.write(tmp_path_factory.mktemp("town"), schools=schools))
    ask = Ask(settle({}, None, {}))
    found = []
    for name, blocks in (("First", (1, 2)), (f"Second {HOSTILE}", (5,))):
        zone = district.status_quo.copy()
        zone[list(blocks)] = 1
        found.append(given_data(Plan(district, zone), name, ask))
    return found


@pytest.fixture(scope="module")
def page_file(docs: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of one plan, with all that may be added to it."""
    addresses = Addresses(["12 Calle Niño", "9 Far Away", HOSTILE], [1, -1, 5])
    extras = Extras(addresses=addresses, context=[[(0, 0), (9000, 9000)]], when="from 2027-28")
    curve = [Point(doc.name, doc.measures) for doc in docs]
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render(docs[0], further=Further(extras=extras, curve=curve)), encoding="utf-8")
    return file


@contextmanager
def opened(browser: Any, file: Path, **how: Any) -> Iterator[Any]:
    """The page, drawn; fails on any console message, page error or request but for the file itself."""
    how = {"viewport": {"width": 1280, "height": 900}} | how
    context = browser.new_context(**how)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    if how.get("java_script_enabled", True):
        page.wait_for_selector(".map-part.live .map-legend span")
    yield page
    assert said == []
    assert asked == [file.as_uri()]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_everyone_can_use_it(width: str, scheme: str, browser: Any, page_file: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": WIDTHS[width], "height": 800}
    with opened(browser, page_file, viewport=size, color_scheme=scheme) as page:
        found = Axe().run(page, options=AXE).response
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
        assert len(found["passes"]) > 20
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["es", "zh-Hant"])
def test_several_plans_in_other_languages(language: str, docs: Any, browser: Any, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "r.html"
    file.write_text(render(docs, language=language), encoding="utf-8")
    with opened(browser, file, viewport={"width": 360, "height": 740}) as page:
        assert page.get_attribute("html", "lang") == language
        assert Axe().run(page, options=AXE).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("select[name=right] option").count() == 3


def test_an_address_says_what_changes(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        field = page.get_by_role("combobox", name="Type an address")
        field.focus()
        page.keyboard.type("calle nino")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        told = page.inner_text(".map-told")
        assert "12 Calle Niño" in told
        assert HOSTILE in told  # today's school
        assert "School Y" in told
        assert "from 2027-28" in told
        assert "km" in told or " m" in told
        field.fill("far")
        page.keyboard.press("Enter")
        assert "outside the district" in page.inner_text(".map-told")


def test_the_map_is_worked_from_the_keyboard(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.className || document.activeElement.name || ''"))
            if "map-canvas" in page.evaluate("document.activeElement.className"):
                break
        assert {"skip", "scroll", "left", "right", "colour", "layout"} <= reached
        page.keyboard.press("Enter")
        first = page.inner_text(".map-told")
        assert "Block r" in first
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        assert page.inner_text(".map-told") != first


def test_a_click_names_the_block_that_lies_there(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        box = page.locator(".map-right .map-canvas")
        box.scroll_into_view_if_needed()
        at = box.bounding_box()
        page.mouse.click(at["x"] + at["width"] / 2 + 30, at["y"] + at["height"] / 2 + 25)
        told = page.inner_text(".map-told")
        assert "Block r2c2" in told  # the grid has four rows and five columns
        assert "Students" in told


def test_colours_layouts_and_stark_borders(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as page:
        colours = page.locator("select[name=colour] option").all_inner_texts()
        assert "Students in poverty, by block" in colours
        assert "White, by zone" in colours
        before = page.locator(".map-left canvas").first.evaluate("c => c.toDataURL()")
        page.select_option("select[name=colour]", label="Students in poverty, by zone")
        assert "%" in page.inner_text(".map-legend")
        assert page.locator(".map-left canvas").first.evaluate("c => c.toDataURL()") != before
        page.select_option("select[name=layout]", "swipe")
        left, right = (page.locator(f".map-{side} .map-canvas").bounding_box() for side in ("left", "right"))
        assert left == pytest.approx(right)
        page.get_by_label("Swipe between").fill("20")
        assert page.locator(".map-part").evaluate("p => p.style.getPropertyValue('--cut')") == "20%"
        scale = "document.querySelector('.map-school')?.textContent"
        page.locator("[data-stark]").first.click()
        assert page.evaluate(scale)


def test_names_are_text_wherever_they_stand(docs: Any, browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    file.write_text(render(docs), encoding="utf-8")
    with opened(browser, file) as page:
        page.get_by_role("combobox", name="Type a school").fill("script")
        page.keyboard.press("Enter")
        assert HOSTILE in page.inner_text(".map-told")
        assert page.locator("img").count() == 0
        assert page.title() == "Attendance zones: toy"
        assert HOSTILE in page.locator("select[name=right]").inner_text()


def test_without_script_and_on_paper_the_drawn_maps_stand_in(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file, java_script_enabled=False) as page:
        assert page.locator(".map-print svg").first.is_visible()
        assert not page.locator(".map-controls").is_visible()
        for heading in page.locator("h2").all():
            assert heading.is_visible()
    with opened(browser, page_file) as page:
        assert not page.locator(".map-print").is_visible()
        page.emulate_media(media="print")
        assert page.locator(".map-print svg").first.is_visible()
        assert not page.locator(".map-views").is_visible()
        assert np.isclose(page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)


def test_a_district_without_shapes_or_groups_opens_too(browser: Any, tmp_path: Path) -> None:
    from toys import Toy

    district = Toy("X x y Y", students="9 5 0 3").district(tmp_path / "d")
    doc = given_data(Plan.status_quo(district), "as today", Ask(settle({}, None, {})))
    file = tmp_path / "bare.html"
    file.write_text(render(doc), encoding="utf-8")
    with opened(browser, file) as page:
        assert page.locator("select[name=colour] option").count() == 1
    file.write_text(render(replace(doc, map=None, maps=None)), encoding="utf-8")
    with opened(browser, file, java_script_enabled=False) as page:
        assert "no map can be drawn" in page.inner_text("#map")
