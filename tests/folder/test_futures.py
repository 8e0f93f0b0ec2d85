"""futures.parquet: what check says of it, and of each thing that can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from toys import EXAMPLE

from scenarios import read_district
from scenarios.folder.futures import FUTURES, read_futures, write_futures

Spoil = Callable[[pd.DataFrame], pd.DataFrame]


def _futures() -> pd.DataFrame:
    blocks = EXAMPLE.blocks().drop(columns=["geometry", "school_id"])
    rows = [blocks.assign(future=name, year=year) for name in ("low", "high") for year in (2030, 2031)]
    return pd.concat(rows, ignore_index=True).sample(frac=1, random_state=1)


def test_check_says_how_many_there_are(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    _futures().assign(students_grade_1=1.0).to_parquet(folder / FUTURES, index=False)
    status, out, err = rezone("check", folder)
    assert (status, err) == (0, "")
    columns = "students, students_white, students_black, students_poverty, students_grade_1"
    assert f"futures   2, of 2030 to 2031, of {columns}" in out


def test_what_is_written_is_read_back_in_any_order_of_rows(tmp_path: Path) -> None:
    district = read_district(EXAMPLE.write(tmp_path / "d"))
    students = district.students * [[1.0], [2.0]]
    groups = {f"students_{group}": district.column(f"students_{group}") * [[1.0], [2.0]] for group in district.groups}
    counts = {"students": students, **groups}
    write_futures(
        tmp_path / "d" / FUTURES, district.block_ids, [2030, 2031], iter([("b", counts), ("a", counts)]), "{}"
    )
    found = read_futures(tmp_path / "d", district)
    assert found.cases == (("a", 2030), ("a", 2031), ("b", 2030), ("b", 2031))
    assert (found.names, found.years) == (["a", "b"], [2030, 2031])
    assert found.counts["students"].tolist() == [*students.tolist(), *students.tolist()]
    table = pd.read_parquet(tmp_path / "d" / FUTURES)
    table.sample(frac=1, random_state=2).to_parquet(tmp_path / "d" / FUTURES, index=False)
    assert read_futures(tmp_path / "d", district).counts["students"].tolist() == found.counts["students"].tolist()


def _first(column: str, value: object) -> Spoil:
    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        changed = table.reset_index(drop=True).astype({column: object})
        changed.loc[0, column] = value
        return changed if isinstance(value, str) or value is None else changed.astype({column: float})

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda table: table[1:], "futures.parquet, column 'block_id': a future's year has not the block: r0c"),
        (lambda table: pd.concat([table, table[:1]]), "a future's year has the block more than once: r0c"),
        (lambda table: table[:0], "futures.parquet: holds no rows"),
        (lambda table: table.drop(columns="year"), "column 'year': the column is missing"),
        (lambda table: table.assign(year="2030"), "not whole numbers. Write years as 2030"),
        (lambda table: table.assign(year=20_300), "column 'year': is empty, or no year: row 1, row 2"),
        (lambda table: table.assign(future=1), "column 'future': holds int64, not text"),
        (_first("future", ""), "column 'future': is empty, or no year: row 1"),
        (_first("block_id", "nowhere"), "column 'block_id': not a block of the district: nowhere"),
        (_first("students", -1.0), "r0c3 in low in 2030 (-1)"),
        (_first("students", 99.0), "the groups do not add up to the students"),
        (_first("students_poverty", 99.0), "more students in poverty than students"),
        (lambda table: table.assign(pupils=1), "column 'pupils': is no count column of the blocks"),
    ],
)  # fmt: skip
def test_check_names_what_is_wrong(spoil: Spoil, said: str, rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    spoil(_futures()).to_parquet(folder / FUTURES, index=False)
    status, _, err = rezone("check", folder)
    assert status == 2
    assert said in err.splitlines()[0]
