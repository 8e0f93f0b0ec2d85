"""docs/instances.md: its table is made from the library, and a test holds it to that."""

from __future__ import annotations

from pathlib import Path

from benchmarks.instances.library import INSTANCES, Instance
from benchmarks.instances.shelf import Known, Shelf
from benchmarks.machine import ROOT
from scenarios.writing.files import write_text

PAGE = ROOT / "docs" / "instances.md"
START, END = "<!-- table: python -m benchmarks.instances page -->", "<!-- end of table -->"
HEAD = ("instance", "blocks", "schools", "today", "best plan", "bound", "gap", "race today", "race", "plan", "proof")


def table(shelf: Shelf) -> str:
    """Disparities in percentage points; race: the dissimilarity of all groups."""
    known = shelf.known()
    rows = [_cells(instance, known[instance.name]) for instance in INSTANCES if instance.name in known]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (HEAD, ["---"] * len(HEAD), *rows))


def _cells(instance: Instance, row: Known) -> list[str]:
    points = [f"{100 * value:.5f}" for value in (row.status_quo, row.value, row.bound)]
    race = [f"{value:.3f}" for value in (row.race_status_quo, row.race)]
    size = [f"{instance.blocks:,}", str(instance.schools)]
    return [instance.name, *size, *points, f"{100 * row.gap:.2f} %", *race, row.found, row.proved]


def renew(shelf: Shelf, page: Path = PAGE) -> None:
    """Write the table into the page, between its marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(START)
    write_text(page, f"{before}{START}\n\n{table(shelf)}\n\n{END}{rest.split(END)[1]}")
