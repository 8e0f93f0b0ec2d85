"""A browser, and a table over a small town with its server and page, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from table_browser import Desk, opened, serving
from tables_kit import lay

from scenarios.report.browser import find_chromium
from scenarios.table.table import Table


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=find_chromium())
        yield found
        found.close()


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay(tmp_path)


@pytest.fixture
def address(table: Table) -> Iterator[str]:
    with serving(table) as found:
        yield found


@pytest.fixture
def desk(browser: Any, address: str) -> Iterator[Desk]:
    with opened(browser, address) as found:
        yield found
