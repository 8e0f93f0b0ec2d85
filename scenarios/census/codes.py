"""Codes of areas as digits, and the level that each is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from optimizer.errors import Fault, InputError
from scenarios.census.areas import DIGITS, Level

# Of summary levels (Census Bureau); 101 and 750 are blocks of other files than those that publish most.
SUMMARY: dict[str, Level] = {
    "100": "block",
    "101": "block",
    "750": "block",
    "150": "block group",
    "140": "tract",
    "050": "county",
    "040": "state",
}
FULL = re.compile(r"(\d{3})\w{2,4}US(\w*)")  # 1400000US51003010100, and 14000US51003010100
LEVELS: dict[int, Level] = {digits: level for level, digits in DIGITS.items()}


def coded(
    where: str, ids: Sequence[str], level: Level, state: str | None = None
) -> tuple[list[str], list[Level | None]]:
    """The digits of each id, and its level; None, and the id as it stands, of what is none of DIGITS' (a total, a
    place). state: two digits, with which ids of `level` are mended that lost their first zero. Raises InputError."""
    if state is not None and not re.fullmatch(r"\d\d", state):
        raise InputError(Fault("state", f"'{state}' is no code of a state", 'Give two digits, such as "06"'))
    found = [_one(name.strip().removesuffix(".0"), level, state) for name in ids]
    wrong = [name for name, one in zip(ids, found, strict=True) if one is None]
    if wrong:
        mend = 'Ids are text. Where a spreadsheet took the zero of states 01 to 09, say the state: state = "06"'
        raise InputError(Fault(where, "ids have not the digits of any level", mend, ids=tuple(wrong)))
    both = [one for one in found if one is not None]
    return [digits for digits, _ in both], [kind for _, kind in both]


def need_level(where: str, level: Level, levels: Counter[Level | None]) -> None:
    """Raises InputError where there is no row of the level, and names those that there are."""
    if not levels[level]:
        there = ", ".join(f"{rows:,} of {kind or 'no level known'}" for kind, rows in levels.items())
        mend = f"Take a table by {level}"
        if LEVELS.get(DIGITS[level] - 1) in levels:
            mend += ', or, where a spreadsheet took their first zero, say the state: state = "06"'
        raise InputError(Fault(where, f"has no rows by {level}: it has {there or 'none'}", mend))


def _one(name: str, level: Level, state: str | None) -> tuple[str, Level | None] | None:
    full = FULL.fullmatch(name)
    if full is not None:
        kind = SUMMARY.get(full[1])
        if kind is None:
            return name, None
        return (full[2], kind) if full[2].isdecimal() and len(full[2]) == DIGITS[kind] else None
    if not name.isdecimal():
        return None if re.search(r"\d", name) or not name else (name, None)
    if state is not None and len(name) == DIGITS[level] - 1 and f"0{name}".startswith(state):
        return f"0{name}", level
    return (name, LEVELS[len(name)]) if len(name) in LEVELS else None
