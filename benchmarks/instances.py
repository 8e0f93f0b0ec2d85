"""Renew the table of docs/instances.md, which a test holds to the library: `python -m benchmarks.instances`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.machine import ROOT
from scenarios.instances.shelf import Shelf
from scenarios.instances.table import table
from scenarios.writing.files import write_text

PAGE = ROOT / "docs" / "instances.md"
START, END = "<!-- table: python -m benchmarks.instances -->", "<!-- end of table -->"


def renew(shelf: Shelf, page: Path = PAGE) -> None:
    """Write the table into the page, between its marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(START)
    write_text(page, f"{before}{START}\n\n{table(shelf)}\n\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    renew(Shelf())
