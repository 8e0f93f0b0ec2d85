"""Addresses that the page's search finds a block by: of a file, and of the blocks themselves."""

from __future__ import annotations

from pathlib import Path

from optimizer.district import District
from optimizer.errors import Fault, InputError
from scenarios.table.sent import Sent

COLUMN = "address"  # of the blocks: where it is text, each block's own


def addresses_of(district: District, file: Path | None) -> Sent:
    """By place in both lists, the text and its block, in order. file: as rezone report takes it. Raises InputError
    where it is none, or the district has no shapes to find its places in."""
    found = sorted({*_of_blocks(district), *(() if file is None else _of_file(district, file))})
    return {"text": [text for text, _ in found], "block": [block for _, block in found]}


def _of_blocks(district: District) -> list[tuple[str, int]]:
    cells = district.attributes.get(COLUMN, ())
    return [(cell.strip(), block) for block, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()]


def _of_file(district: District, file: Path) -> list[tuple[str, int]]:
    """Those that lie in a block."""
    from scenarios.report.addresses import read_addresses  # noqa: PLC0415 - only where they are asked for

    if district.geography is None:
        raise InputError(Fault("--addresses", "the district has no shapes", "Leave them out"))
    known = read_addresses(file, district.geography.crs, district.geography.polygon)
    return [(text, block) for text, block in zip(known.text, known.block, strict=True) if block >= 0]
