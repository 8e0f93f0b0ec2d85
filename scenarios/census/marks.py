"""Cells of published tables as numbers; what says that no number is known is none, and never 0."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.importing.sources import MINUS, SUPPRESSED

REVISED = re.compile(r"(\d[\d,]*) *\(r\d+\)")  # a corrected count, and the number of its correction
MISSING = re.compile(rf"{SUPPRESSED.pattern}|NaN?|NA|\.|[<>]? *\d[\d,.]*[+-]")  # the last: 2,500- and 250,000+
# Of an estimate that was held to a control: it has no sampling error (Census Bureau, "Notes on ACS Estimate and
# Annotation Values").
CONTROLLED = ("*****", "-555555555")


def numbers(where: str, column: str, cells: pd.Series[str], missing: Counter[str], *, margin: bool = False) -> Floats:
    """(rows,) numbers, nan where none is known, each counted in `missing` by its mark. An open end (`2,500-`) is
    missing, and not its bound; so is every number below 0. Raises InputError on what is neither a number nor a mark."""
    if cells.dtype == np.float64:
        return cells.to_numpy(np.float64)
    at, texts = pd.factorize(cells)  # counts of a state's blocks are few numbers, many times
    marks = [str(text).strip() for text in texts]
    value = np.array([0.0 if margin and mark in CONTROLLED else number(mark) for mark in marks], np.float64)
    wrong = tuple(mark for mark, one in zip(marks, value, strict=True) if np.isnan(one) and not is_mark(mark))
    if wrong:
        mend = "Mend the cells, or take the column out"
        raise InputError(Fault(where, "holds what is neither a number nor a mark", mend, column, wrong))
    times = np.bincount(at, minlength=len(marks)).tolist()
    for mark, one, rows in zip(marks, value, times, strict=True):
        if np.isnan(one):
            missing[f"{mark or 'empty'}{' in a margin' if margin else ''}"] += rows
    return value[at]


def number(text: str) -> float:
    """What a cell counts, nan where it is no number of 0 or more."""
    revised = REVISED.fullmatch(text)
    try:
        found = float((revised[1] if revised else text).replace(",", ""))
    except ValueError:
        return np.nan
    return found if 0 <= found < np.inf else np.nan


def is_mark(text: str) -> bool:
    """Whether a cell says that no number is known."""
    return text == "" or MISSING.fullmatch(text) is not None or MINUS.match(text) is not None
