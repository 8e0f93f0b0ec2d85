"""The planner's tutorial at the table, done in a real browser as its page says it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from docs_runner import DOCS
from table_browser import chromium, opened, serving

from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.demo import demo_folder
from scenarios.table.opened import laid
from scenarios.table.table import Table

sys.path.insert(0, str(DOCS / "_ext"))
import walked


@pytest.fixture
def table(tmp_path: Path) -> Table:
    folder = demo_folder()
    return laid(read_district(folder), settle({}), "en", tmp_path, source=folder)


@chromium
def test_the_tutorial_is_done_as_it_is_written(browser, table: Table) -> None:
    pictures: list[str] = []
    taken: list[str] = []
    with serving(table) as address, opened(browser, address) as desk:
        desk.page.on("download", lambda file: taken.append(file.suggested_filename))
        walked.walk(desk.page, walked.TUTORIAL.read_text(encoding="utf-8"), pictures.append)
        for _ in range(600):
            if len(taken) < 3:  # the report takes a while
                desk.page.wait_for_timeout(100)
        first, second = table.plans()
        assert (first["name"], second["name"]) == ("South-west first", "Everywhere")
        assert (first["valid"], second["valid"]) == (True, True)
        assert len(table.state(first["id"])["locked"]) > 20
        (wish,) = table.state(second["id"])["wishes"]
        assert wish["rule"]["kind"] == "keep_together"
        assert "with this wish" in wish["price"]["words"]
    assert sorted(taken) == ["plan.csv", "report.html", "scenario.toml"]
    assert all((walked.TUTORIAL.parent / picture).is_file() for picture in pictures)


@chromium
def test_a_control_that_the_page_has_not_is_told(browser, table: Table, monkeypatch) -> None:
    monkeypatch.setattr(walked, "PATIENCE", 0.5)
    with serving(table) as address, opened(browser, address) as desk:
        with pytest.raises(AssertionError, match="called Erase"):
            walked.walk(desk.page, "1. Click **Erase**.\n", print)
        with pytest.raises(AssertionError, match="does not say: 622"):
            walked.walk(desk.page, "1. Fir Mill has *622* students.\n", print)
