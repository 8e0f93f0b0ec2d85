"""problems.html in a real browser: light, dark, on a phone and on paper; numbers that can be read, the same words as
IMPORTED.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from own_files import MAPPING, files, mapped
from toys import CRS

from scenarios.importing.gis import Imported, import_gis, write_folder
from scenarios.importing.mapping import read_mapping
from scenarios.importing.told import imported_md, problems_page
from scenarios.report.browser import find_chromium

READABLE = 9.0  # pixels of a number, at least


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A town with an island and an overlap, without a list of schools."""
    folder = files(tmp_path_factory.mktemp("town"))
    units = gpd.read_file(folder / "units.shp").to_crs(CRS)
    shapes = units.geometry.to_numpy().copy()
    shapes[4] = shapely.affinity.translate(shapes[4], 300, 400)
    shapes[6] = shapely.affinity.translate(shapes[6], 30, 0)
    units.set_geometry(shapes, crs=CRS).to_file(folder / "units.shp")
    head = MAPPING[: MAPPING.index("[schools]")] + '[zoned]\n"004" = "Elan"\n'
    found = import_gis(read_mapping(mapped(folder, "schools_in_zones = true\n" + head)))
    (folder / "d").mkdir()
    write_folder(found, folder / "d")
    return found


def test_the_page_says_what_the_list_says(found: Imported) -> None:
    page, listed = problems_page(found), imported_md(found)
    assert "To mend" in page
    assert "no list of schools was given" in page
    assert "no list of schools was given" in listed
    for one in found.notes.problems:
        assert str(one.what).replace("'", "&#39;") in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium")
def test_it_is_read_in_the_dark_on_a_phone_and_on_paper(found: Imported, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    path = tmp_path / "problems.html"
    path.write_text(problems_page(found), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium())
        for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(path.as_uri())
            _need_readable(page)
            page.screenshot(path=tmp_path / f"{width}_{scheme}.png", full_page=True)
        page.set_viewport_size({"width": 720, "height": 900})  # of a sheet of paper
        page.emulate_media(media="print")
        _need_readable(page)
        browser.close()


def _need_readable(page: Any) -> None:
    heights = page.evaluate("[...document.querySelectorAll('svg text.no')].map(t => t.getBoundingClientRect().height)")
    assert heights
    assert min(heights) >= READABLE
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
