"""Children by group in each area, from tables of all people and of adults, or of people by age."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.census.areas import Areas

# Cells of P2 and P4 (2000 to 2020): Hispanic, and of those who are not, who are of one race or of several. Of some
# other race alone (010) are too few for a group of their own.
CELLS = {
    "white": ("005",),
    "black": ("006",),
    "hispanic": ("002",),
    "asian": ("008",),
    "native": ("007",),
    "pacific": ("009",),
    "multiracial": ("010", "011"),
}
TOTAL = "001"
UNDER_18 = ("003", "004", "005", "006", "027", "028", "029", "030")  # of P12: boys and girls, in four ages each
# P12 by race: of a race alone, Hispanic or not, but for P12I, which is white and not Hispanic.
BY_RACE = {"black": "B", "native": "C", "asian": "D", "pacific": "E"}
SEVERAL, HISPANIC, WHITE = ("F", "G"), "H", "I"


def children(people: Areas, adults: Areas | None, notes: list[str] | None = None) -> dict[str, Floats]:
    """By group, (areas,) children under 18: P2 less P4, cell by cell; or of P12 and P12A to P12I, where `people` has
    them. adults: P4, which may be the same table as `people`; None counts people of all ages instead, whose shares by
    group children need not have. notes: what was clipped or estimated is added, in words. Raises InputError."""
    notes = [] if notes is None else notes
    if "P12_003" in people.values:
        return _by_age(people, notes)
    everyone = {group: people.sum([f"P2_{cell}" for cell in cells])[0] for group, cells in CELLS.items()}
    if adults is None:
        notes.append(f"{people.where}: people of all ages stand for children, since no table of adults (P4) is given")
        return everyone
    at = _rows(people, adults)
    found, clipped = dict[str, Floats](), 0
    for group, cells in CELLS.items():
        parts = [people.cell(f"P2_{cell}") - adults.cell(f"P4_{cell}")[at] for cell in cells]
        clipped += sum(int((part < 0).sum()) for part in parts)
        found[group] = np.sum([np.maximum(part, 0) for part in parts], axis=0)
    if clipped:
        notes.append(f"{people.where}: {clipped:,} counts with more adults than people are 0 children")
    return found


def _rows(people: Areas, adults: Areas) -> list[int]:
    """The row of each area in the table of adults."""
    rows = {code: k for k, code in enumerate(adults.ids)}
    without = tuple(code for code in people.ids if code not in rows)
    if without:
        problem = f"lacks {len(without):,} {people.level}s of {people.where}"
        raise InputError(Fault(adults.where, problem, "Take both tables of the same areas", ids=without))
    return [rows[code] for code in people.ids]


def _by_age(people: Areas, notes: list[str]) -> dict[str, Floats]:
    total = people.sum([f"P12_{cell}" for cell in UNDER_18])[0]
    letters = {*BY_RACE.values(), *SEVERAL, HISPANIC, WHITE}
    if any(f"P12{letter}_003" not in people.values for letter in letters):
        notes.append(f"{people.where}: children are of groups as all people are (P2), since P12A to P12I are not given")
        return {group: total * share for group, share in _shares(people).items()}
    of = {letter: people.sum([f"P12{letter}_{cell}" for cell in UNDER_18])[0] for letter in letters}
    found = {group: of[letter] for group, letter in BY_RACE.items()} | {"multiracial": of["F"] + of["G"]}
    whole, rest = np.sum(list(found.values()), axis=0), np.maximum(total - of[HISPANIC] - of[WHITE], 0)
    notes.append(f"{people.where}: children neither white nor Hispanic are of groups as P12B to P12G, Hispanic or not")
    scale = np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0)
    return {group: count * scale for group, count in found.items()} | {"white": of[WHITE], "hispanic": of[HISPANIC]}


def _shares(people: Areas) -> dict[str, Floats]:
    whole = people.cell(f"P2_{TOTAL}")
    counts = {group: people.sum([f"P2_{cell}" for cell in cells])[0] for group, cells in CELLS.items()}
    return {group: np.divide(n, whole, out=np.zeros_like(n), where=whole > 0) for group, n in counts.items()}
