"""Where in a TOML file a key stands, for errors: the parser itself gives no lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

Section = tuple[str, int]  # a header's name, and which of those it is, from 0; ("", 0) is what stands above all headers

HEADER = re.compile(r"^\s*\[\[?\s*([^\]\[]+?)\s*\]\]?\s*(#.*)?$")


def line_of(text: str, section: Section, key: str) -> int | None:
    """The line, from 1, where `key` is set in a section, its sub-tables included; the section's own header where the
    key is not found there; None without either. Text that looks like TOML within long texts may mislead it."""
    lines = text.splitlines()
    first, last = _span(lines, section)
    if first is None:
        first = _inline(lines, section[0])
    if first is None:
        return None
    sets = re.compile(rf"""(?:^|[\s,{{."'])["']?{re.escape(key)}["']?\s*=""")
    heads = re.compile(rf"""^\s*\[\[?\s*(?:[\w."'-]+\.)?["']?{re.escape(key)}["']?\s*\]""")
    for number in range(first, last):
        if sets.search(_code(lines[number])) or heads.search(lines[number]):
            return number + 1
    return None if section == ("", 0) else first + 1


def _span(lines: Sequence[str], section: Section) -> tuple[int | None, int]:
    """The section's first line and the one after its last, from 0. What stands above all headers may also be a header
    itself, so that it spans the whole file."""
    name, place = section
    if not name:
        return 0, len(lines)
    first, seen = None, -1
    for number, line in enumerate(lines):
        header = HEADER.match(line)
        if header is None:
            continue
        title = re.sub(r"\s*\.\s*", ".", header[1]).replace('"', "").replace("'", "")
        if title == name:
            seen += 1
        if first is None and title == name and seen == place:
            first = number
        elif first is not None and (title == name or not title.startswith(name + ".")):
            return first, number
    return first, len(lines)


def _inline(lines: Sequence[str], name: str) -> int | None:
    """Where a section without a header begins: `options.seed = 1`, or `options = { seed = 1 }`."""
    begins = re.compile(rf"""^\s*["']?{re.escape(name.partition(".")[0])}["']?\s*[.=]""")
    return next((number for number, line in enumerate(lines) if begins.match(line)), None)


def _code(line: str) -> str:
    """The line without its comment and without texts, but for keys in quotes."""
    return re.sub(r"""(?:"[^"]*"|'[^']*')(\s*=)?|#.*""", lambda part: part[0] if part[1] else "", line)
