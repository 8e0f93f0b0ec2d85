"""A list of schools by our names of fields, as text cells, made the record of enrolments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.census.enrolments import GRADES, GROUPS, MEASURES, Enrolments
from scenarios.census.marks import numbers
from scenarios.census.school_columns import grade_of, school_year
from scenarios.census.school_ids import set_aside
from scenarios.importing.delimited import EXCEL

YES = re.compile(r"(?:1|y|yes|1-yes)\b.*", re.IGNORECASE)
KINDS = (  # by field: the word, and the values that mean it, in words or codes of CCD
    ("charter", "charter", YES),
    ("magnet", "magnet", YES),
    ("type", "special", re.compile(r"2|.*special ed.*", re.IGNORECASE)),
    ("type", "vocational", re.compile(r"3|.*(?:vocational|career).*", re.IGNORECASE)),
    ("type", "alternative", re.compile(r"4|.*alternative.*", re.IGNORECASE)),
    ("standing", "closed", re.compile(r"2|6|.*(?:closed|inactive).*", re.IGNORECASE)),
    ("standing", "future", re.compile(r"7|.*future.*", re.IGNORECASE)),
)


def enrolments_of(where: str, frame: pd.DataFrame, year: str, notes: Sequence[str]) -> Enrolments:
    """frame: a row a school, fields of `school_columns.FIELDS` and `id`. year: where no column has it."""
    good, told = set_aside(where, frame)
    frame = frame[good].drop_duplicates().reset_index(drop=True)
    twice = frame.loc[frame["id"].duplicated(), "id"].unique()
    if len(twice):
        raise InputError(Fault(where, "schools stand twice", "Keep one row of each", "NCESSCH", tuple(twice)))
    frame = frame.apply(lambda cells: cells.str.strip().str.replace(EXCEL, r"\1", regex=True).str.strip())
    missing: Counter[str] = Counter()
    counts = {name: numbers(where, name, frame[name], Counter()) for name in _counted(frame)}
    total = counts.get("total", np.full(len(frame), np.nan))
    for family in (GROUPS, (*GRADES, "UG")):
        _nought_where_it_adds_up(counts, frame, [name for name in family if name in counts], total)
    for name, value in counts.items():
        if name != "UG":
            missing.update(frame.loc[np.isnan(value), name].replace("", "empty").tolist())
    lat, lon = _places(where, frame)
    years = sorted({school_year(one) for one in frame.get("year", ()) if one} - {""})
    return Enrolments(
        where,
        tuple(frame["id"]),
        tuple(_texts(frame, "name")),
        total,
        {name: counts[name] for name in GROUPS if name in counts},
        {name: counts[name] for name in GRADES if name in counts},
        _poverty(counts),
        lon,
        lat,
        tuple(map(grade_of, _texts(frame, "low"))),
        tuple(map(grade_of, _texts(frame, "high"))),
        tuple(_kinds(frame)),
        tuple(_texts(frame, "meals")),
        years[-1] if years else year,
        dict(missing),
        (*notes, *told),
    )


def _counted(frame: pd.DataFrame) -> list[str]:
    return [name for name in ("total", *GROUPS, *GRADES, "UG", *MEASURES) if name in frame]


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return [str(cell) for cell in frame[name]] if name in frame else [""] * len(frame)


def _nought_where_it_adds_up(
    counts: dict[str, Floats], frame: pd.DataFrame, family: Sequence[str], total: Floats
) -> None:
    """An empty cell is nought or unknown alike: nought where all others are known and add up to the total."""
    if not family:
        return
    value = np.column_stack([counts[name] for name in family])
    empty = np.column_stack([(frame[name] == "").to_numpy(bool) for name in family])
    whole = ~(np.isnan(value) & ~empty).any(axis=1) & (np.nansum(value, axis=1) == total)
    for name, column in zip(family, empty.T, strict=True):
        counts[name] = np.where(column & whole, 0.0, counts[name])


def _poverty(counts: dict[str, Floats]) -> dict[str, Floats]:
    """By measure. Where free and reduced are published alone, their sum is `frl`."""
    found: dict[str, Floats] = {name: counts[name] for name in MEASURES if name in counts}
    if "free" in found and "reduced" in found:
        both = found["free"] + found["reduced"]
        found["frl"] = np.where(np.isnan(found["frl"]), both, found["frl"]) if "frl" in found else both
    return found


def _places(where: str, frame: pd.DataFrame) -> tuple[Floats | None, Floats | None]:
    """Latitude and longitude. Raises InputError where they are taken for each other."""
    if "lat" not in frame or "lon" not in frame:
        return None, None
    lat, lon = (pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64) for name in ("lat", "lon"))
    nowhere = (lat == 0) & (lon == 0)
    lat, lon = np.where(nowhere, np.nan, lat), np.where(nowhere, np.nan, lon)
    if (np.abs(lat) > 72).any():
        odd = tuple(frame["id"][np.abs(lat) > 72])
        raise InputError(Fault(where, "latitudes are not of the United States", "Look for columns that moved", ids=odd))
    return lat, lon


def _kinds(frame: pd.DataFrame) -> list[str]:
    found = [[word if means.fullmatch(cell) else "" for cell in _texts(frame, field)] for field, word, means in KINDS]
    return [", ".join(word for word in words if word) for words in zip(*found, strict=True)]
