"""Growth rates for projections: a file that a user gives, by today's zone and year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from optimizer.arrays import Floats
from optimizer.errors import Fault, InputError
from scenarios.folder.links import places
from scenarios.folder.tables import Faults, need_columns, numbers
from scenarios.reading.tables import read_csv

COLUMNS = ("school_id", "year", "rate")


def read_growth(path: Path, schools: Sequence[str], years: int) -> Floats:
    """(schools, years) growth of each of today's zones from one year to the next, 0.02 for 2 %; 0 where none is given.

    path: CSV with school_id, year (1 is the first from now) and rate. Raises InputError naming every row that cannot be
    used."""
    faults, table = Faults(), read_csv(path)
    need_columns(faults, path.name, table, COLUMNS)
    faults.stop()
    if len(table) == 0:
        raise InputError(Fault(path.name, "holds no rows", "Give a rate for a school and a year, or leave it out"))
    rows = [f"row {k + 1}" for k in range(len(table))]
    school = places(faults, path.name, table["school_id"], "school_id", schools)
    year = numbers(faults, path.name, "year", table["year"], rows, low=1.0)
    rate = numbers(faults, path.name, "rate", table["rate"], rows, low=-1.0)
    faults.stop()
    far = (year > years) | (year != np.rint(year))
    if far.any():
        ids = [rows[k] for k in np.flatnonzero(far)]
        faults.add(path.name, "the year is none of the projection", f"Give whole years from 1 to {years}", "year", ids)
    keys = list(zip(school.tolist(), year.tolist(), strict=True))
    twice = [rows[k] for k, key in enumerate(keys) if key in keys[:k]]
    if twice:
        faults.add(path.name, "a school and year stand more than once", "Give each pair one rate", "year", twice)
    high = np.flatnonzero(rate > 1)
    if len(high):
        mend = "Give growth from one year to the next as a fraction: 0.02 for 2 %"
        faults.add(path.name, "the rate would more than double a zone", mend, "rate", [rows[k] for k in high])
    faults.stop()
    growth = np.zeros((len(schools), years))
    growth[school, year.astype(int) - 1] = rate
    return growth
