"""The pictures of pages in the documentation: `.venv/bin/python docs/_ext/pictures.py`. It needs Chromium.

The demo district, asked and drawn on as a reader would, in a real browser.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from scenarios.report.browser import find_chromium

IMAGES = Path(__file__).parents[1] / "images"
REZONE = (str(Path(sys.executable).with_name("rezone")),)
DEMO = Path(__file__).parents[2] / "scenarios" / "demo" / "district"
WIDE = {"width": 1280, "height": 840}
# Of the map's width and height: what is drawn, and where a wish is about.
STROKE = [(0.30, 0.42), (0.36, 0.46), (0.40, 0.52)]
STREET = [(0.80, 0.38), (0.86, 0.42)]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="rezone-") as made, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        report(browser, Path(made))
        table(browser, Path(made))
        browser.close()


def report(browser: Any, made: Path) -> None:
    """The top of the demo's report."""
    _rezone("optimize", str(DEMO), "--out", str(made / "demo"), "--iterations", "300000", "--seed", "1")
    page = browser.new_page(viewport={"width": 1280, "height": 1180})
    page.goto((made / "demo" / "report.html").as_uri())
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "report.png")


def table(browser: Any, made: Path) -> None:
    """The table: as something was drawn, an answer of the engine, and a wish with its price."""
    call = (*REZONE, "serve", str(DEMO), "--out", str(made / "table"), "--port", "0", "--no-browser")
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            _pictures(browser.new_page(viewport=WIDE), server.stdout.readline().strip())
        finally:
            server.terminate()


def _pictures(page: Any, address: str) -> None:
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector("body.ready")
    _draw(page)
    page.screenshot(path=IMAGES / "table.png")
    page.keyboard.press("Control+z")
    page.click("#tab-ask")
    page.click("[data-ask=improve]")
    page.wait_for_selector("#take")
    page.screenshot(path=IMAGES / "table-ask.png")
    page.click("#take")
    _wish(page)
    page.screenshot(path=IMAGES / "table-wish.png")


def _draw(page: Any) -> None:
    page.click("button[data-verb=give]")
    page.click("button[data-how=brush]")
    _stroke(page, STROKE)
    page.wait_for_timeout(1500)


def _wish(page: Any) -> None:
    page.click("button[data-verb=area]")
    _stroke(page, STREET)
    page.click("#tab-wishes")
    page.fill("#wish-text", "Our street has always gone to one school")
    page.fill("#wish-who", "A parent")
    page.click(".wish-form button[type=submit]")
    page.click(".wishes button:has-text('Keep together')")
    page.click(".wishes button:has-text('What does it cost?')")
    page.wait_for_selector(".wishes li:has-text('with this wish')")
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)


def _stroke(page: Any, along: list[tuple[float, float]]) -> None:
    box = page.locator("#map").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in along]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def _rezone(*words: str) -> None:
    subprocess.run((*REZONE, *words), check=True)


if __name__ == "__main__":
    main()
