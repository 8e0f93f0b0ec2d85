"""Ids that are known by another spelling: what spreadsheets and GIS programs make of text that looks like a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

FILES = {"school": "schools.csv", "block": "the file of blocks"}
SHOWN = 3  # ids of the other file that a mend names


def unknown_ids(where: str, kind: str, unknown: Sequence[str], known: Sequence[str]) -> str:
    """The mend for ids that are none of the known ones: how these differ from theirs, if one can see it.

    where: the file that holds the unknown ones. kind: school or block, whose file holds the known ones."""
    there = FILES[kind]
    shown = f"{there} has {', '.join(known[:SHOWN])}{' and others' if len(known) > SHOWN else ''}"
    if _twins(unknown, known, str.strip):
        return f"They differ by blanks at their ends alone: {shown}. Take the blanks out of {where} or {there}"
    twins = _twins(unknown, known, _as_a_number)
    if twins:
        mine, theirs = twins[0]
        spoilt = where if "." in mine or len(mine) < len(theirs) else there
        return (
            f"They differ by how numbers are written alone, such as zeros lost in front: {shown}. Give the column the "
            f"type text in {spoilt}, and fill it anew"
        )
    return f"Use the ids of the district's {kind}s, as text, exactly as they are written there; {shown}"


def _twins(unknown: Sequence[str], known: Sequence[str], plain: Callable[[str], str]) -> list[tuple[str, str]]:
    """Pairs of an unknown and a known id that are one once both are made plain; [] where they are less than half."""
    there = {plain(text): text for text in known}
    found = [(text, there[plain(text)]) for text in unknown if plain(text) in there]
    return found if 2 * len(found) >= len(unknown) else []


def _as_a_number(text: str) -> str:
    return re.sub(r"\.0+$", "", text.strip()).lstrip("0")
