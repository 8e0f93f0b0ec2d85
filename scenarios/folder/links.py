"""travel.parquet or .csv, and adjacency.csv: tables of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.arrays import Csr, Ints
from optimizer.travel import TravelTable, Unit
from scenarios.folder.ids import unknown_ids
from scenarios.folder.tables import Faults, are_texts, need_columns, numbers
from scenarios.reading.files import there
from scenarios.reading.tables import read_csv, read_parquet

NEIGHBOURS, TRAVEL = "adjacency.csv", ("travel.parquet", "travel.csv")
UNITS: dict[str, Unit] = {"distance_m": "m", "minutes": "min"}


def travel_file(folder: Path) -> str:
    """The name of the folder's travel file."""
    return next((name for name in TRAVEL if there(folder / name)), TRAVEL[0])


def read_travel(faults: Faults, folder: Path, blocks: Sequence[str], schools: Sequence[str]) -> TravelTable | None:
    """The folder's travel table, or None where it has none."""
    found = [folder / name for name in TRAVEL if there(folder / name)]
    if len(found) > 1:
        faults.add(" and ".join(TRAVEL), "both are there", "Keep one of them")
        return None
    return _table(faults, found[0], blocks, schools) if found else None


def _table(faults: Faults, path: Path, blocks: Sequence[str], schools: Sequence[str]) -> TravelTable | None:
    where, columns = path.name, ("block_id", "school_id", *UNITS)
    table = read_csv(path) if path.suffix == ".csv" else read_parquet(path, columns=columns)
    column = _unit_column(faults, where, table)
    if column is None:
        return None
    block = places(faults, where, table["block_id"], "block_id", blocks)
    school = places(faults, where, table["school_id"], "school_id", schools)
    names = pd.Series(table["block_id"]).astype(str).to_numpy() if len(table) < 1000 else _RowNames()
    value = numbers(faults, where, column, table[column], names)  # type: ignore[arg-type]
    if (block < 0).any() or (school < 0).any():
        return None
    key = block.astype(np.int64) * len(schools) + school
    order = np.argsort(key, kind="stable")
    repeated = key[order][1:] == key[order][:-1]
    if repeated.any():
        pairs = [f"{blocks[k // len(schools)]} to {schools[k % len(schools)]}" for k in key[order][1:][repeated][:50]]
        faults.add(where, "the pair stands more than once", "Give each pair one row", ids=pairs)
        return None
    return TravelTable(Csr.of_pairs(block, school, len(blocks)), value[order], UNITS[column])


def _unit_column(faults: Faults, where: str, table: pd.DataFrame) -> str | None:
    """The column of travel; None, with faults, where the table has not what it needs."""
    given = [name for name in UNITS if name in table.columns]
    if len(given) != 1:
        problem = "needs exactly one of the columns distance_m and minutes"
        faults.add(where, problem, f"It has: {', '.join(map(str, table.columns))}")
    if len(table) == 0:
        faults.add(where, "holds no rows", "Fill it, or take it away: straight lines are used then")
    whole = need_columns(faults, where, table, ["block_id", "school_id"])
    return given[0] if whole and len(given) == 1 and len(table) else None


class _RowNames:
    """Names rows by their number: travel tables are too long to hold a text for each."""

    def __getitem__(self, row: int) -> str:
        return f"row {row + 1}"


def places(
    faults: Faults,
    where: str,
    values: pd.Series[str],
    column: str,
    known: Sequence[str],
    rows: Sequence[str] | None = None,
) -> Ints:
    """Where each id stands among the known ones; -1 and a fault where it is none of them. rows: what to call the rows
    in a fault; None counts them."""
    if not are_texts(faults, where, values, column):
        return np.full(len(values), -1, np.int32)
    codes, texts = pd.factorize(values)
    index = {text: i for i, text in enumerate(known)}
    place = np.array([index.get(text, -1) for text in texts] or [-1], np.int32)
    names = [str(text) for text in texts]
    empty = (codes < 0) | np.isin(codes, [i for i, name in enumerate(names) if not name.strip()])
    kind = "school" if column == "school_id" else "block"
    if empty.any():
        mend = f"Give every row its {kind}"
        ids = [f"row {i + 1}" if rows is None else rows[i] for i in np.flatnonzero(empty).tolist()]
        faults.add(where, f"the {kind} is empty", mend, column=column, ids=ids)
    unknown = [name for name, text in zip(names, texts, strict=True) if name.strip() and text not in index]
    if unknown:
        mend = unknown_ids(where, kind, unknown, known)
        faults.add(where, f"not a {kind} of the district", mend, column=column, ids=unknown)
    return np.where(codes >= 0, place[codes], -1).astype(np.int32)


def read_adjacency(faults: Faults, folder: Path, blocks: Sequence[str]) -> Csr | None:
    """The folder's own neighbours, made symmetric, or None where it gives none."""
    where = NEIGHBOURS
    if not there(folder / where):
        return None
    table = read_csv(folder / where)
    if not need_columns(faults, where, table, ["block_id", "neighbour_id"]):
        return None
    if len(table) == 0:
        faults.add(where, "holds no rows", "Fill it, or take it away: neighbours are read from the shapes then")
        return None
    first, second = (places(faults, where, table[name], name, blocks) for name in ("block_id", "neighbour_id"))
    itself = (first == second) & (first >= 0)
    if itself.any():
        ids = [blocks[i] for i in first[itself]]
        faults.add(where, "a block cannot be its own neighbour", "Take the row out", column="neighbour_id", ids=ids)
    if (first < 0).any() or (second < 0).any() or itself.any():
        return None
    return Csr.of_pairs(np.concatenate([first, second]), np.concatenate([second, first]), len(blocks))
