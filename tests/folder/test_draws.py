"""draws.parquet: what is right is read in any order of rows, and each wrong thing is one clear error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toys import EXAMPLE

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.folder.draws import DRAWS, read_draws, write_draws
from scenarios.folder.hashes import draws_hash, folder_hashes


def drawn(folder: Path, number: int = 3, seed: int = 1) -> dict[str, Any]:
    """The example's folder with draws in which pupils of one group come and go, and what they are by column."""
    district = read_district(EXAMPLE.write(folder))
    random = np.random.default_rng(seed)
    white = random.poisson(district.column("students_white"), (number, district.blocks)) + 1.0
    black = np.repeat(district.column("students_black")[None], number, axis=0)
    poor = np.minimum(district.poverty, white)
    counts = {"students": white + black, "students_white": white, "students_poverty": poor}
    write_draws(folder, district.block_ids, counts)
    return counts


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    counts = drawn(tmp_path)
    district, before = read_district(tmp_path), folder_hashes(tmp_path)
    found = read_draws(tmp_path, district)
    assert (found.number, found.held, found.sha256) == (3, 3, draws_hash(tmp_path))
    assert set(found.counts) == set(counts)
    for name, values in counts.items():
        assert np.array_equal(found.counts[name], values)
    (whole,) = found.of(district, slice(1, 2))
    assert np.array_equal(whole[:, district.column_index("students_white")], counts["students_white"][1])
    assert np.array_equal(whole[:, district.column_index("students_black")], district.column("students_black"))
    # A plan and its certificate do not hang on the draws.
    (tmp_path / DRAWS).unlink()
    assert folder_hashes(tmp_path) == before
    assert draws_hash(tmp_path) is None


def test_rows_may_stand_in_any_order_and_the_first_draws_are_by_number(tmp_path: Path) -> None:
    counts = drawn(tmp_path)
    frame = pd.read_parquet(tmp_path / DRAWS).sample(frac=1, random_state=4)
    frame.astype({"block_id": str}).to_parquet(tmp_path / DRAWS, index=False)
    found = read_draws(tmp_path, read_district(tmp_path), 2)
    assert (found.number, found.held) == (2, 3)
    for name, values in counts.items():
        assert np.array_equal(found.counts[name], values[:2])


def cell(column: str, value: Any, row: int = 5) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame.infer_objects()

    return change


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(block_id=range(len(frame)))


# What is wrong, and what is said of it: row 5 is the second block of the second draw.
SPOILT = [
    (cell("students_white", np.nan), "column 'students_white': not a number of students: r0c1 in draw 1 (nan)"),
    (cell("students_white", -1.0), "not a number of students: r0c1 in draw 1 (-1)"),
    (cell("students_poverty", np.inf), "column 'students_poverty': not a number of students: r0c1 in draw 1 (inf)"),
    (cell("students", 90.0), "the groups do not add up to the students: r0c1 in draw 1"),
    (cell("students_poverty", 70.0), "more students in poverty than students: r0c1 in draw 1 (70 of "),
    (cell("block_id", "r0c0"), "a draw has the block more than once: r0c0 in draw 1"),
    (lambda frame: frame.drop(index=5), "a draw has not the block: r0c1 in draw 1. Give every block one row"),
    (cell("block_id", "R0C1"), "not a block of the district: R0C1. They differ by capitals alone"),
    (cell("block_id", None), "the block is empty: row 6"),
    (numbered, "holds numbers: ids must be text, or leading zeros are lost"),
    (lambda frame: frame.assign(draw=frame["draw"] * 2), "column 'draw': draws are left out: draw 1, draw 3"),
    (lambda frame: frame.assign(draw=frame["draw"] - 1), "not the number of a draw: row 1 (-1)"),
    (lambda frame: frame.assign(draw=frame["draw"] / 2), "holds double: draws are numbered 0, 1, 2 and so on"),
    (
        lambda frame: frame.assign(students_whit=1.0),
        "no count column of the blocks (did you mean 'students_white'?)",
    ),
    (lambda frame: frame.astype({"students": str}), "column 'students': holds "),
    (lambda frame: frame.drop(columns="draw"), "column 'draw': the column is missing"),
    (lambda frame: frame[["draw", "block_id"]], "has no count column"),
    (lambda frame: frame.head(0), "holds no rows"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILT, ids=[said[-40:] for _, said in SPOILT])
def test_each_wrong_thing_is_one_clear_error(spoil: Any, said: str, rezone: Any, tmp_path: Path) -> None:
    drawn(tmp_path)
    frame = pd.read_parquet(tmp_path / DRAWS).astype({"block_id": object})
    spoil(frame).to_parquet(tmp_path / DRAWS, index=False)
    for call in (("check", tmp_path), ("evaluate", tmp_path, "--draws", 3)):
        status, printed, err = rezone(*call)
        assert (status, printed) == (2, "")
        assert err.startswith("error: draws.parquet")
        assert said in err
        assert err.count("\n") == 1


def test_more_draws_than_there_are_is_an_error_that_says_how_many(rezone: Any, tmp_path: Path) -> None:
    drawn(tmp_path)
    status, _, err = rezone("evaluate", tmp_path, "--draws", 4)
    assert status == 2
    assert "draws.parquet, column 'draw': holds 3 draws, and 4 are asked for. Give --draws 3, or fewer" in err


def test_a_fault_beyond_the_first_draws_is_for_check_alone(rezone: Any, tmp_path: Path) -> None:
    drawn(tmp_path)
    cell("students_white", -1.0)(pd.read_parquet(tmp_path / DRAWS)).to_parquet(tmp_path / DRAWS, index=False)
    assert rezone("evaluate", tmp_path, "--draws", 1)[0] == 0
    assert rezone("check", tmp_path)[0] == 2


def test_check_says_how_many_there_are(rezone: Any, tmp_path: Path) -> None:
    drawn(tmp_path)
    assert "  draws     3, of students, students_white, students_poverty\n" in rezone("check", tmp_path)[1]


def test_a_file_that_is_no_parquet_is_said_to_be_none(tmp_path: Path) -> None:
    district = read_district(EXAMPLE.write(tmp_path))
    (tmp_path / DRAWS).write_text("draw,block_id\n")
    with pytest.raises(InputError, match=r"draws\.parquet: cannot be read as parquet"):
        read_draws(tmp_path, district)
