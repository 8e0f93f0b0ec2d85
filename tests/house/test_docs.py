"""Every command and code block of the docs runs, and does what its page says."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from docs_runner import ROOT, blocks, need_said, pages, prepare, run

from scenarios.demo import demo_folder

PAGES = [page for page in pages() if blocks(page)]
# Blocks that cannot run in a test, by page: each is marked there, with the reason. A new one must be counted here.
NOT_RUN = {
    "README.md": 1,
    "docs/commands.md": 1,
    "docs/serve.md": 2,
    "docs/import.md": 2,
    "docs/start.md": 2,
    "docs/tutorials/researcher.md": 2,
    "docs/tutorials/table.md": 1,
}


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    prepare(folder, demo_folder())
    return folder


@pytest.mark.usefixtures("plugins_forgotten")
@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_blocks_run(page: Path, given: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "page"
    shutil.copytree(given, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MPLBACKEND", "agg")
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # where dataclasses of a page look for their names
    said = ""
    for block in blocks(page):
        if not block.not_run:
            try:
                said += run(block, module)
                if block.language == "text" and page.parent.name == "tutorials":
                    need_said(block, said)
            except Exception as error:
                raise AssertionError(f"{_name(page)}, line {block.line}: {error}") from error


def test_blocks_that_do_not_run_are_counted() -> None:
    skipped = {_name(page): sum(bool(block.not_run) for block in blocks(page)) for page in PAGES}
    assert {page: count for page, count in skipped.items() if count} == NOT_RUN
