"""Taking values out of a rule as it is written, each checked. All raise ValueError saying what is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import nearest
from scenarios.reading.values import Table
from scenarios.verify.counts import column_name
from scenarios.verify.ground import Ground


def number(table: Table, key: str, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number from low to high."""
    value = table.get(key)
    usable = isinstance(value, int | float) and type(value) is not bool and math.isfinite(value)
    if not usable or not low <= value <= high:  # type: ignore[operator]  # a number, if usable
        raise ValueError(f"{key} is not a number{_between(low, high)}")
    return float(value)  # type: ignore[arg-type]


def maybe(table: Table, key: str, low: float = -math.inf, high: float = math.inf) -> float | None:
    """The same, None where the key is not given."""
    return None if table.get(key) is None else number(table, key, low, high)


def _between(low: float, high: float) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f" from {low:g} to {high:g}"
    return f" of {low:g} or more" if math.isfinite(low) else ""


def one_of(table: Table, *keys: str) -> str:
    """The one key of these that is given."""
    given = [key for key in keys if table.get(key) is not None]
    if len(given) != 1:
        raise ValueError(f"exactly one of {', '.join(keys)} must be given")
    return given[0]


def text(table: Table, key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise ValueError(f"{key} is not text")
    return value


def choice(table: Table, key: str, allowed: Sequence[str]) -> str:
    value = text(table, key)
    if value not in allowed:
        raise ValueError(f"{key} is not one of {', '.join(allowed)}")
    return value


def truth(table: Table, key: str, default: bool) -> bool:
    value = table.get(key)
    if value is None:
        return default
    if type(value) is not bool:
        raise ValueError(f"{key} is neither true nor false")
    return value


def texts(table: Table, key: str) -> list[str]:
    value = table.get(key)
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(f"{key} is not a list of ids")
    return list(value)


def places(names: Sequence[str], known: Sequence[str], what: str) -> list[int]:
    """Where ids stand among those known."""
    index = {name: i for i, name in enumerate(known)}
    for name in names:
        if name not in index:
            raise ValueError(f"the district has no {what} '{name[:40]}'{nearest(name[:40], known)}")
    return [index[name] for name in names]


def schools(table: Table, key: str, ground: Ground, least: int = 0) -> list[int]:
    """A list of schools, each once."""
    found = places(texts(table, key), ground.school_ids, "school")
    if len(set(found)) < len(found) or len(found) < least:
        raise ValueError(f"{key} is not a list of {least} or more schools, each once")
    return found


def plan(table: Table, key: str, ground: Ground) -> Ints:
    """(blocks,) from a table of each block's school."""
    value, blocks = table.get(key), ground.district.block_ids
    if not isinstance(value, dict) or not all(isinstance(name, str) for pair in value.items() for name in pair):
        raise ValueError(f"{key} is not a table of blocks and their schools")
    if set(value) != set(blocks):
        lost = len(set(value) - set(blocks))
        raise ValueError(f"{key} is of another district: {lost:,} of its {len(value):,} blocks are not here")
    return np.array(places([value[block] for block in blocks], ground.school_ids, "school"), np.int32)


def school(table: Table, ground: Ground) -> int:
    return places([text(table, "school")], ground.school_ids, "school")[0]


def pairs_of_text(table: Table, key: str) -> list[tuple[str, str]]:
    """A list of two ids each."""
    value = table.get(key)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{key} is not a list of pairs")
    for pair in value:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
            raise ValueError(f"{key} is not a list of pairs of ids")
    return [(one, other) for one, other in value]


def places_of_numbers(table: Table, key: str) -> list[tuple[float, float]]:
    """A list of two numbers each."""
    value = table.get(key)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{key} is not a list of pairs")
    for pair in value:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"{key} is not a list of pairs of numbers")
        for part in pair:
            if not isinstance(part, int | float) or type(part) is bool or not math.isfinite(part):
                raise ValueError(f"{key} is not a list of pairs of numbers")
    return [(float(one), float(other)) for one, other in value]


def counted(table: Table, ground: Ground, default: str | None = None) -> str:
    """The name of a count column, from what `of` says."""
    of = text(table, "of", default)
    name = column_name(of, ground.district)
    if name not in ground.district.columns:
        raise ValueError(f"the blocks have no column for {of!r}")
    return name


def attribute(table: Table, ground: Ground) -> list[Any]:
    """(blocks,) the values of the further column that `column` names, None for what is empty."""
    name, known = text(table, "column"), ground.district.attributes
    if name not in known:
        raise ValueError(f"the blocks have no further column '{name[:40]}'{nearest(name[:40], list(known))}")
    return [None if _missing(value) else value for value in pd.Series(known[name], dtype=object).tolist()]


def _missing(value: Any) -> bool:
    return bool(pd.isna(value)) or (isinstance(value, str) and not value.strip())


def flags(table: Table, ground: Ground) -> Bools:
    """(blocks,) a column of true and false, or 1 and 0."""
    values = attribute(table, ground)
    if not all(isinstance(value, bool | int | float | np.bool_ | np.number) and value in (0, 1) for value in values):
        raise ValueError(f"the column '{table['column']}' holds what is neither true nor false")
    return np.array(values) == 1


def figures(table: Table, ground: Ground) -> Floats:
    """(blocks,) a column of numbers, NaN where it is empty."""
    values = attribute(table, ground)
    if not all(value is None or isinstance(value, int | float | np.number) for value in values):
        raise ValueError(f"the column '{table['column']}' holds what is not a number")
    return np.array([np.nan if value is None else float(value) for value in values])


def sets(table: Table, ground: Ground) -> Ints:
    """(blocks,) a number from 0 for each value of a column, -1 where it is empty."""
    numbers: dict[Any, int] = {}
    values = attribute(table, ground)
    return np.array([-1 if value is None else numbers.setdefault(value, len(numbers)) for value in values], np.int32)
