"""Grades: their names in order, and how the students of each block are spread over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimizer.arrays import Floats, frozen
from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest

PREFIX = "students_grade_"
ORDER = ("PK", "TK", "K", *(str(year) for year in range(1, 13)))
OPTIONAL = ("PK", "TK")  # kinds of school that many districts do not have: no gap where they are missing
DEFAULT_GRADES = ("K", "1", "2", "3", "4", "5")
SLACK, SLACK_SHARE = 0.5, 0.01  # how far grades may miss `students`, as FORMAT.md allows groups
ALLOWED = "Grades are PK, TK, K and 1 to 12"


@dataclass(frozen=True, eq=False)
class Grades:
    """names: in the order in which a child goes through them. share: (blocks, grades) of each block's students, 0 to 1,
    each row adding up to 1. columns: the count column of each grade; () where an even split is assumed."""

    names: tuple[str, ...]
    share: Floats
    columns: tuple[int, ...] = ()

    @property
    def assumed(self) -> bool:
        return not self.columns


def grades_of(district: District, names: Sequence[str] | None = None) -> Grades:
    """Grades from the count columns `students_grade_<g>`; without any, an even split over `names` (K to 5 if None).

    names: the grades to use; None takes those that have columns. Raises InputError where a column's grade is not known
    or stands twice, where a grade has no column, where one is missing between two others, and where the grades of a
    block do not add up to its students within 0.5 or 1 %, whichever is larger.
    """
    columns = _columns(district)
    if not columns:
        chosen = _checked(DEFAULT_GRADES if names is None else names, "grades")
        return Grades(chosen, frozen(np.full((district.blocks, len(chosen)), 1 / len(chosen))))
    if names is None:
        chosen = _checked(tuple(columns), "blocks")
    else:
        chosen = _checked(names, "grades")
        _need_columns(chosen, columns)
    index = tuple(columns[name] for name in chosen)
    return Grades(chosen, _shares(district, district.counts[:, index]), index)


def parse_grades(text: str, where: str) -> tuple[str, ...]:
    """`K,1,2`, `K-5`, or both mixed, as names in order. A range from PK leaves TK out. where: what errors call it."""
    names: list[str] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not dash:
            names.append(grade_name(first, where))
            continue
        low, high = (ORDER.index(grade_name(end, where)) for end in (first, last))
        if low > high:
            raise InputError(Fault(where, f"'{part.strip()}' runs backwards", "Write the lower grade first, as in K-5"))
        names += [name for name in ORDER[low : high + 1] if name != "TK" or ORDER[low] == "TK"]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise InputError(Fault(where, "a grade stands more than once", "Give each grade once", ids=tuple(repeated)))
    return tuple(sorted(names, key=ORDER.index))


def grade_name(text: str, where: str, column: str | None = None) -> str:
    """A grade as it is called here: `k` is K, `05` is 5. Raises InputError where it is none."""
    name = text.strip().upper()
    name = name.lstrip("0") or name
    if name not in ORDER:
        problem = f"'{text.strip()}' is not a grade{nearest(name, ORDER)}"
        raise InputError(Fault(where, problem, ALLOWED, column=column))
    return name


def _columns(district: District) -> dict[str, int]:
    """By grade, in order, the count column that holds it."""
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for k, column in enumerate(district.columns):
        if not column.startswith(PREFIX):
            continue
        try:
            name = grade_name(column.removeprefix(PREFIX), "blocks", column)
        except InputError as error:
            faults += error.faults
            continue
        if name in found:
            problem = f"grade {name} has the column '{district.columns[found[name]]}' too"
            faults.append(Fault("blocks", problem, "Keep one column for each grade", column=column))
        found[name] = k
    if faults:
        raise InputError(faults)
    return {name: found[name] for name in sorted(found, key=ORDER.index)}


def _checked(names: Sequence[str], where: str) -> tuple[str, ...]:
    """The names in order, none missing between two of them."""
    ordered = tuple(sorted((grade_name(name, where) for name in names), key=ORDER.index))
    for one, other in pairwise(ordered):
        between = [name for name in ORDER[ORDER.index(one) + 1 : ORDER.index(other)] if name not in OPTIONAL]
        if between:
            problem = f"between grades {one} and {other} there is no grade {', '.join(between)}"
            raise InputError(Fault(where, problem, "Give every grade that children go through"))
    return ordered


def _need_columns(chosen: Sequence[str], columns: dict[str, int]) -> None:
    missing = [name for name in chosen if name not in columns]
    if missing:
        mend = f"Columns there are for grades {', '.join(columns)}: add the others, or leave them out of --grades"
        faults = [Fault("blocks", "the column is missing", mend, column=PREFIX + name.lower()) for name in missing]
        raise InputError(faults)


def _shares(district: District, counts: Floats) -> Floats:
    students, total = district.students, counts.sum(axis=1)
    wrong = np.abs(total - students) > np.maximum(SLACK, SLACK_SHARE * students) + 1e-9
    if wrong.any():
        ids = tuple(
            f"{district.block_ids[i]} (grades {total[i]:g}, students {students[i]:g})" for i in np.flatnonzero(wrong)
        )
        mend = "Let the grades of each block add up to its students within 0.5 or 1 %"
        raise InputError(
            Fault("blocks", "the grades do not add up to the students", mend, column=f"{PREFIX}...", ids=ids)
        )
    even = np.full(counts.shape, 1 / counts.shape[1])
    return frozen(np.divide(counts, total[:, None], out=even, where=total[:, None] > 0))
