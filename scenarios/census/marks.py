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
MISSING = re.compile(rf"{SUPPRESSED.pattern}|NA|\.|[<>]? *\d[\d,.]*[+-]")  # the last: 2,500- and 250,000+
# Of an estimate that was held to a control: it has no sampling error (Census Bureau, "Notes on ACS Estimate and
# Annotation Values").
CONTROLLED = ("*****", "-555555555")


def numbers(where: str, column: str, cells: pd.Series[str], missing: Counter[str], *, margin: bool = False) -> Floats:
    """(rows,) numbers, nan where none is known, each counted in `missing` by its mark. An open end (`2,500-`) is
    missing, and not its bound; so is every number below 0. Raises InputError on what is neither a number nor a mark."""
    if cells.dtype == np.float64:
        return cells.to_numpy(np.float64)
    text = cells.str.strip()
    value = pd.to_numeric(text.str.replace(",", ""), errors="coerce").to_numpy(np.float64, copy=True)
    doubtful = np.flatnonzero(~(np.isfinite(value) & (value >= 0)))
    wrong = []
    marks = text.iloc[doubtful].to_numpy(object)
    for mark in dict.fromkeys(map(str, marks)):
        rows = doubtful[marks == mark]
        revised = REVISED.fullmatch(mark)
        controlled = margin and mark in CONTROLLED
        known = float(revised[1].replace(",", "")) if revised else 0.0 if controlled else np.nan
        value[rows] = known
        if not (revised or controlled or mark == "" or MISSING.fullmatch(mark) or MINUS.match(mark)):
            wrong.append(mark)
        elif np.isnan(known):
            missing[f"{mark or 'empty'}{' in a margin' if margin else ''}"] += len(rows)
    if wrong:
        mend = "Mend the cells, or take the column out"
        raise InputError(Fault(where, "holds what is neither a number nor a mark", mend, column, tuple(wrong)))
    return value
