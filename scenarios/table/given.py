"""Plans that people bring: today's, another plan of the table, a plan file, a layer of zones."""

from __future__ import annotations

import base64
import binascii
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

from optimizer.arrays import Ints
from optimizer.errors import InputError
from scenarios.table.bodies import Csv, Zones
from scenarios.table.figures import NONE
from scenarios.table.refusals import RefusedError
from scenarios.table.table import Table
from scenarios.writing.files import LAYERS

Origin = Literal["today"] | int | Csv | Zones


def schools_of(table: Table, origin: Origin) -> tuple[Ints, list[str]]:
    """(blocks,) the school of each, and what did not fit, in words. Raises InputError where the file is none of this
    district."""
    if isinstance(origin, int):
        return table.plan_of(origin).school, []
    if isinstance(origin, str):
        return table.judge.district.status_quo, []
    if isinstance(origin, Csv):
        return _read(table, origin.csv.encode(), ".csv", origin.name)
    ending = Path(origin.name).suffix.lower()
    if ending not in LAYERS or ending == ".shp":
        raise RefusedError(422, "zones", "layer", ending=ending or NONE)
    try:
        return _read(table, base64.b64decode(origin.zones, validate=True), ending, origin.name)
    except binascii.Error:
        raise RefusedError(422, "zones") from None


def _read(table: Table, content: bytes, ending: str, name: str) -> tuple[Ints, list[str]]:
    """name: what the request calls the file, for what is said of it."""
    from scenarios.plans.layers import read_any_plan, unmatched_in_words  # noqa: PLC0415 - geopandas takes a second

    with tempfile.TemporaryDirectory(prefix="rezone-") as folder:
        # A name of our own: what a request calls its file never reaches the file system, and is said all the same.
        path = Path(folder) / f"plan{ending}"
        path.write_bytes(content)
        try:
            found = read_any_plan(path, table.judge.district, keep_unmatched=True)
        except InputError as error:
            own = (replace(fault, where=name) if fault.where == path.name else fault for fault in error.faults)
            raise RefusedError(422, "plan", "input", lines=" ".join(InputError(own).lines)) from None
    return found.plan.school, unmatched_in_words(found)
