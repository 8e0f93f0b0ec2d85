"""Ids that are known by another spelling: what spreadsheets and GIS programs make of text that looks like a number."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

FILES = {"school": "schools.csv", "block": "the file of blocks"}
SHOWN = 3  # ids of the other file that a mend names


Plain = Callable[[str], str]


def _seen(text: str) -> str:
    """What one sees of it: blanks are one, accents are part of their letters, and what takes no room is nothing."""
    if not text.isascii():
        shown = (" " if c.isspace() else c for c in text if unicodedata.category(c) != "Cf")
        text = unicodedata.normalize("NFKC", "".join(shown))
    return " ".join(text.split())


def _as_a_number(text: str) -> str:
    return re.sub(r"\.0+$", "", text.strip()).lstrip("0") if text.strip()[:1].isdigit() else text


SEEN: Plain = _seen
LIKELY: dict[Plain, str] = {str.casefold: "capitals", _as_a_number: "how numbers are written"}


def alike(ids: Sequence[str], plain: Plain) -> list[str]:
    """The ids of which there are several that are one once made plain, beside each other."""
    forms = [plain(text) for text in ids]
    if len(set(forms)) == len(forms):
        return []
    times = Counter(forms)
    return [text for form, text in sorted(zip(forms, ids, strict=True)) if times[form] > 1]


def as_written(text: str) -> str:
    """An id with all that does not show, and all accents, written out."""
    return "'" + text.encode("unicode_escape").decode("ascii") + "'"


def unknown_ids(where: str, kind: str, unknown: Sequence[str], known: Sequence[str]) -> str:
    """The mend for ids that are none of the known ones: how these differ from theirs, if one can see it.

    where: the file that holds the unknown ones. kind: school or block, whose file holds the known ones."""
    there = FILES[kind]
    shown = f"{there} has {', '.join(known[:SHOWN])}{' and others' if len(known) > SHOWN else ''}"
    if _twins(unknown, known, str.strip):
        return f"They differ by blanks at their ends alone: {shown}. Take the blanks out of {where} or {there}"
    if _twins(unknown, known, _seen):
        return f"They differ by what does not show alone, such as how accents are made: write {where} and {there} alike"
    if _twins(unknown, known, str.casefold):
        return f"They differ by capitals alone: {shown}. Write them alike in {where} and {there}"
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
