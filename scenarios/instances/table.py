"""What is known of all instances, as a table in Markdown: docs/instances.md holds it."""

from __future__ import annotations

from scenarios.instances.library import INSTANCES, Instance
from scenarios.instances.shelf import Known, Shelf

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
