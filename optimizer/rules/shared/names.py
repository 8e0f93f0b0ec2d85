"""What rules name - blocks, schools, columns - looked up in a district, with the nearest name where it has none; and
what the keys of rules may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from optimizer.errors import SHOWN, Fault, InputError, doubt, nearest


def unknown_blocks(kind: str, key: str, ids: Iterable[str], district: District) -> list[Fault]:
    """A fault where the district has not all of these blocks."""
    return _unknown(kind, key, ids, district.block_ids, "block", "Write ids exactly as block_id of the blocks has them")


def unknown_schools(kind: str, key: str, ids: Iterable[str], district: District) -> list[Fault]:
    """A fault where the district has not all of these schools."""
    mend = f"Schools are: {_some(district.school_ids)}"
    return _unknown(kind, key, ids, district.school_ids, "school", mend)


def unknown_students(kind: str, of: str, district: District) -> list[Fault]:
    """A fault where `of` names no students: see District.column_of."""
    known = ["all", *(["poverty"] if district.has_poverty else []), *district.groups, *district.columns]
    if of in known:
        return []
    problem = f"no students are called '{of}'{nearest(of, known)}"
    return [Fault(f"rule {kind}", problem, f"Give one of: {', '.join(known)}", column="of")]


def unknown_column(kind: str, column: str, district: District) -> list[Fault]:
    """A fault where the blocks have no such further column (District.attributes)."""
    known = list(district.attributes)
    if column in known:
        return []
    problem = f"the blocks have no further column '{column}'{nearest(column, known)}"
    mend = f"Columns are: {_some(known)}" if known else "Add it to the blocks file: this one has no further columns"
    return [Fault(f"rule {kind}", problem, mend)]


def index_of(ids: Iterable[str], known: Sequence[str]) -> Ints:
    """The places of ids among those known, in the order given."""
    place = {name: i for i, name in enumerate(known)}
    return np.array([place[name] for name in ids], np.int32)


def column_values(district: District, column: str) -> list[Any]:
    """(blocks,) a further column as plain values; None where a cell is empty."""
    import pandas as pd  # noqa: PLC0415 - takes a moment, and few rules look at columns

    values = pd.Series(district.attributes[column], dtype=object)
    return [
        None if gone or (isinstance(value, str) and not value.strip()) else value
        for value, gone in zip(values.tolist(), values.isna().tolist(), strict=True)
    ]


def label_faults(kind: str, column: str, district: District) -> list[Fault]:
    """What keeps a column from telling which blocks belong together."""
    faults = unknown_column(kind, column, district)
    if faults:
        return faults
    values = column_values(district, column)
    wrong = [i for i, value in enumerate(values) if not isinstance(value, str | int | float | bool | np.generic | None)]
    if wrong:
        return [_wrong_cells(kind, column, "neither text nor a number", "Give each block one name", wrong, district)]
    if all(value is None for value in values):
        return [Fault(f"rule {kind}", "it is empty for every block", "Name a column with values", column=column)]
    return []


def labels(district: District, column: str) -> Ints:
    """(blocks,) a number for each value of a further column, from 0 without gaps; -1 where it is empty."""
    number: dict[Any, int] = {}
    values = column_values(district, column)
    known = [value for value in values if value is not None]
    if len(set(known)) == len(known):
        doubt(f"column '{column}'", "no two blocks have the same value, so that a rule about it asks nothing")
    return np.array([-1 if value is None else number.setdefault(value, len(number)) for value in values], np.int32)


def flag_faults(kind: str, column: str, district: District) -> list[Fault]:
    """What keeps a column from saying yes or no of every block."""
    faults = unknown_column(kind, column, district)
    if faults:
        return faults
    values = column_values(district, column)
    wrong = [i for i, value in enumerate(values) if not (isinstance(value, _NUMBER) and value in (0, 1))]
    mend = "Give true or false, or 1 or 0, for every block"
    return [_wrong_cells(kind, column, "neither true nor false", mend, wrong, district)] if wrong else []


def flags(district: District, column: str) -> Bools:
    """(blocks,) a further column of true and false, or 1 and 0."""
    return np.array(column_values(district, column)) == 1


def number_faults(kind: str, column: str, district: District) -> list[Fault]:
    """What keeps a column from being numbers, where it is not empty."""
    faults = unknown_column(kind, column, district)
    if faults:
        return faults
    wrong = [
        i
        for i, value in enumerate(column_values(district, column))
        if value is not None
        and not (isinstance(value, _NUMBER) and not isinstance(value, bool | np.bool_) and np.isfinite(value))
    ]
    mend = "Give a number, or leave the cell empty"
    return [_wrong_cells(kind, column, "not a number", mend, wrong, district)] if wrong else []


def numbers(district: District, column: str) -> Floats:
    """(blocks,) a further column of numbers; NaN where it is empty."""
    return np.array([np.nan if value is None else float(value) for value in column_values(district, column)])


def need_range(least: float, most: float, /, **keys: float | None) -> None:
    """Raises InputError where a key that is given lies outside least .. most; `most` may be infinite, a key may not."""
    span = f"from {least:g} to {most:g}" if np.isfinite(most) else f"of {least:g} or more"
    for key, value in keys.items():
        if value is not None and not (np.isfinite(value) and least <= value <= most):
            raise InputError(Fault(key, f"{value:g} cannot be used", f"Give a number {span}"))


def need_above_zero(**keys: float | None) -> None:
    """Raises InputError where a key that is given is not a number above 0."""
    for key, value in keys.items():
        if value is not None and not (np.isfinite(value) and value > 0):
            raise InputError(Fault(key, f"{value:g} cannot be used", "Give a number above 0"))


def need_one_of(**keys: object) -> None:
    """Raises InputError unless exactly one of the keys is given."""
    given = [key for key, value in keys.items() if value is not None]
    if len(given) != 1:
        names = ", ".join(keys)
        problem = "none is given" if not given else f"{' and '.join(given)} are given together"
        raise InputError(Fault(names, problem, f"Give exactly one of {names}"))


_NUMBER = bool | int | float | np.bool_ | np.integer | np.floating


def _wrong_cells(kind: str, column: str, problem: str, mend: str, wrong: list[int], district: District) -> Fault:
    values = column_values(district, column)
    ids = tuple(f"{district.block_ids[i]} ({_shown(values[i])})" for i in wrong)
    return Fault(f"rule {kind}", f"it has cells that are {problem}", mend, column=column, ids=ids)


def _shown(value: object) -> str:
    """A cell as an error names it: text and numbers as they are, all else by what it is."""
    if value is None:
        return "empty"
    if isinstance(value, str | _NUMBER):
        return repr(value.item() if isinstance(value, np.generic) else value)[:40]
    kinds = (("delta", "a duration"), ("time", "a date"), ("date", "a date"), ("array", "a list"), ("list", "a list"))
    name = type(value).__name__.lower()
    return next((words for part, words in kinds if part in name), "neither text nor a number")


def _unknown(kind: str, key: str, ids: Iterable[str], known: Sequence[str], what: str, mend: str) -> list[Fault]:
    have = set(known)
    wrong = list(dict.fromkeys(name for name in ids if name not in have))
    if not wrong:
        return []
    # Finding the nearest among 100,000 takes a while: only for those that are shown.
    shown = (f"{name}{nearest(name, known)}" if k < SHOWN else name for k, name in enumerate(wrong))
    return [Fault(f"rule {kind}", f"the district has no such {what}", mend, column=key, ids=tuple(shown))]


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
