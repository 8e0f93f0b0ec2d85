"""A table of counts by area, whoever published it and in whichever form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError, nearest

Level = Literal["block", "block group", "tract", "county", "state"]
DIGITS: dict[Level, int] = {"block": 15, "block group": 12, "tract": 11, "county": 5, "state": 2}


@dataclass(frozen=True, eq=False)
class Areas:
    """A table of one level. ids: (areas,) codes, text of DIGITS[level] digits, each once. values: by cell, such as
    C17002_002, (areas,) numbers, nan where none is known. margins: likewise, of 90 %, where published. labels: by cell,
    in the publisher's words. above: rows of other levels, by id, cell by cell, for control totals. missing: by mark
    (`**`, a negative number ...), how many cells say that no number is known."""

    where: str
    level: Level
    ids: tuple[str, ...]
    values: dict[str, Floats]
    margins: dict[str, Floats]
    labels: dict[str, str]
    above: dict[str, dict[str, float]]
    missing: dict[str, int]

    def cell(self, name: str) -> Floats:
        """(areas,) values of a cell. Raises InputError where the table has none."""
        if name not in self.values:
            problem = f"has no cell {name}{nearest(name, list(self.values))}"
            raise InputError(Fault(self.where, problem, f"It has: {', '.join(list(self.values)[:20])}"))
        return self.values[name]

    def sum(self, cells: Sequence[str]) -> tuple[Floats, Floats]:
        """(areas,) the sum of cells, and its margin: the root of the sum of squares (Census Bureau, "Understanding and
        Using ACS Data", 2020, chapter 8); nan where no margin is published."""
        value = sum((self.cell(name) for name in cells), start=0 * self.cell(cells[0]))
        squares = [self.margins[name] ** 2 if name in self.margins else 0 * value * float("nan") for name in cells]
        return value, sum(squares, start=0 * value) ** 0.5
