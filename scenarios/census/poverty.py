"""The share of people who live below a multiple of the poverty line, and how far its sample may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.census.areas import Areas

Below = Literal["100", "185", "200"]  # percent of the poverty line; 185 is where reduced-price lunch ends
Z = 1.645  # margins are published of 90 %
RATIO: dict[Below, int] = {"100": 3, "185": 6, "200": 7}  # the last cell of C17002 below; 008 is 2.00 and over
CHILDREN_BELOW, CHILDREN_ABOVE = ("003", "004", "005"), ("011", "012", "013")  # of B17020: under 6, to 11, to 17
# Of B17001, by sex: under 5, 5, 6 to 11, 12 to 14, 15, 16 and 17.
BELOW_BY_SEX = tuple(f"{cell:03}" for cell in (*range(4, 10), *range(18, 24)))
ABOVE_BY_SEX = tuple(f"{cell:03}" for cell in (*range(33, 39), *range(47, 53)))
# Of tables whose second cell is who lives below the line, whom they count; the last two are made by block group too.
WHOLE = {"B17020": "all ages", "B17001": "all ages", "B17021": "all ages", "B17010": "families"}
PERCENT = "percent"


@dataclass(frozen=True, eq=False)
class Poverty:
    """measure: its name, which no plan mixes with another. rate: (areas,) shares, nan where nobody's status is known.
    error: standard errors of them, nan where no margin is published. of: whom each is a share of, nan where unknown."""

    measure: str
    rate: Floats
    error: Floats
    of: Floats


def poverty_rate(areas: Areas, below: Below = "100", column: str | None = None) -> Poverty:
    """The share below `below` percent of the line, of the table that is there: of all people in C17002, of children in
    B17020, B17001 and S1701 where they have cells of ages, else of all people. column: of rates in percent, by name.
    Nobody counts in none of them who lives in a dormitory or an institution. Raises InputError."""
    if column is not None:
        return _named(areas, column)
    if "C17002_002" in areas.values:
        cells = [f"C17002_{k:03}" for k in range(2, RATIO[below] + 1)]
        return _share(areas, f"C17002 below {int(below) / 100:.2f}", cells, ["C17002_001"])
    if below != "100":
        mend = "Give C17002, which has all of them"
        raise InputError(Fault(areas.where, f"does not tell who lives below {below} % of the poverty line", mend))
    for table, poor, rest in (("B17020", CHILDREN_BELOW, CHILDREN_ABOVE), ("B17001", BELOW_BY_SEX, ABOVE_BY_SEX)):
        under, over = [f"{table}_{cell}" for cell in poor], [f"{table}_{cell}" for cell in rest]
        if all(cell in areas.values for cell in (*under, *over)):
            return _share(areas, f"{table} below 1.00, children under 18", under, [*under, *over])
    for table, who in WHOLE.items():
        if {f"{table}_001", f"{table}_002"} <= areas.values.keys():
            return _share(areas, f"{table} below 1.00, {who}", [f"{table}_002"], [f"{table}_001"])
    return _subject(areas)


def _share(areas: Areas, measure: str, part: Sequence[str], whole: Sequence[str]) -> Poverty:
    """A proportion's margin is the root of m_part^2 - p^2 m_whole^2 over the whole, and where that is below 0, of the
    sum instead (Census Bureau, "Understanding and Using ACS Data", 2020, chapter 8)."""
    x, margin_x = areas.sum(part)
    y, margin_y = areas.sum(whole)
    y = np.where(y > 0, y, np.nan)
    p = x / y
    inner = margin_x**2 - p**2 * margin_y**2
    inner = np.where(inner < 0, margin_x**2 + p**2 * margin_y**2, inner)
    return Poverty(measure, p, np.sqrt(inner) / y / Z, y)


def _subject(areas: Areas) -> Poverty:
    """S1701: columns of people, of those below the line, and of their percentage; the second row is of children."""
    row, who = ("002", "children under 18") if "S1701_C01_002" in areas.values else ("001", "all ages")
    whole, part, percent = (f"S1701_C{column:02}_{row}" for column in (1, 2, 3))
    measure = f"S1701 below 1.00, {who}"
    if part in areas.values and PERCENT not in areas.labels.get(part, "").lower():
        return _share(areas, measure, [part], [whole])
    percent = part if part in areas.values else percent
    if percent not in areas.values:
        mend = "Give C17002, B17001, B17020 or S1701, or name a column of rates in percent"
        raise InputError(Fault(areas.where, "is no table of poverty", mend))
    of = areas.values.get(whole, np.full(len(areas.ids), np.nan))
    found = _named(areas, percent)
    return Poverty(measure, np.where(of == 0, np.nan, found.rate), found.error, np.where(of > 0, of, np.nan))


def _named(areas: Areas, column: str) -> Poverty:
    rate = areas.cell(column)
    highest = float(np.nanmax(rate, initial=0))
    if highest > 100 or 0 < highest <= 1:
        problem = f"has {highest:g} as the highest of its rates, which are to be percent"
        raise InputError(Fault(areas.where, problem, "Name a column of percentages", column))
    margin = areas.margins.get(column, np.full(len(rate), np.nan))
    return Poverty(column, rate / 100, margin / 100 / Z, np.full(len(rate), np.nan))
