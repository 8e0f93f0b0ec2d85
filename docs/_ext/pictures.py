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
from walked import TUTORIAL, walk

from scenarios.report.browser import find_chromium

IMAGES = Path(__file__).parents[1] / "images"
REZONE = (str(Path(sys.executable).with_name("rezone")),)
DEMO = Path(__file__).parents[2] / "scenarios" / "demo" / "district"
WIDE = {"width": 1280, "height": 840}


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
    """The table, at each step of its tutorial that has a picture."""
    call = (*REZONE, "serve", str(DEMO), "--out", str(made / "table"), "--port", "0", "--no-browser")
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            page = browser.new_page(viewport=WIDE)
            page.goto(server.stdout.readline().strip())
            page.wait_for_selector("body.ready")
            walk(page, TUTORIAL.read_text(encoding="utf-8"), lambda picture: _look(page, TUTORIAL.parent / picture))
        finally:
            server.terminate()


def _look(page: Any, picture: Path) -> None:
    page.mouse.move(5, 5)
    page.wait_for_timeout(1000)
    page.screenshot(path=picture)


def _rezone(*words: str) -> None:
    subprocess.run((*REZONE, *words), check=True)


if __name__ == "__main__":
    main()
