"""The rows of a plan file, before any district is known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from optimizer.errors import Fault, InputError, nearest

COLUMNS = ("block_id", "school_id")


def plan_rows(path: Path) -> dict[str, str]:
    """Each block's school. Raises InputError where the file is no plan."""
    from scenarios.reading.tables import read_csv  # noqa: PLC0415 - pandas takes a second to import

    table = read_csv(path, missing="Name a plan file: a CSV with block_id,school_id")
    columns = [str(name) for name in table.columns]
    for name in COLUMNS:
        if name not in columns:
            mend = f"A plan file has the columns {' and '.join(COLUMNS)}, named so in its first line"
            raise InputError(Fault(path.name, f"the column is missing{nearest(name, columns)}", mend, column=name))
    twice = tuple(block for block, times in Counter(table["block_id"]).items() if times > 1)
    if twice:
        mend = "Give every block of the district exactly once"
        raise InputError(Fault(path.name, "blocks stand more than once", mend, column="block_id", ids=twice))
    if not len(table):
        raise InputError(Fault(path.name, "holds no rows", "Give every block of the district exactly once"))
    return dict(sorted(zip(table["block_id"], table["school_id"], strict=True)))
