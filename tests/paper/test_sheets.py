"""Workbooks and CSV: text stays text, numbers stay numbers, whatever stands in the data."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook import MAIN, cells, names, xml

from optimizer import InputError
from scenarios.paper.sheets import safe_csv, write_workbook

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "http://a.example/",
    "mailto:a@b",
    "{=A1}",
    "a",
    "",
    "'x",
    "007",
]


def test_text_is_never_a_formula_or_a_link_and_numbers_are_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=name": HOSTILE, "n": np.arange(len(HOSTILE)) / 7, "on": [True] * len(HOSTILE)})
    write_workbook(tmp_path / "a.xlsx", {"plans": frame}, about={"district": "=evil()"})
    found = cells(tmp_path / "a.xlsx")
    shown = [found.get(f"A{i + 2}", "") for i in range(len(HOSTILE))]
    assert [text.replace("_x000D_", "\r") for text in shown] == HOSTILE  # how the format writes a carriage return
    assert [found[f"B{i + 2}"] for i in range(len(HOSTILE))] == pytest.approx(frame["n"].to_list(), rel=1e-15)
    assert (found["A1"], found["C2"]) == ("=name", True)
    assert cells(tmp_path / "a.xlsx", 2)["B2"] == "=evil()"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not [name for name in archive.namelist() if "rels" in name and "sheet" in name]  # no links


def test_what_is_not_known_is_an_empty_cell_and_the_header_stays_in_view(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [None, 1.5, np.nan], "b": pd.Series(["x", pd.NA, None], dtype=object)})
    write_workbook(tmp_path / "a.xlsx", {"t": frame})
    assert cells(tmp_path / "a.xlsx") == {"A1": "a", "B1": "b", "A3": 1.5, "B2": "x"}
    pane = xml(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml").find(f".//{MAIN}pane")
    assert pane is not None
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


def test_names_of_sheets_are_cleaned_and_kept_apart(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1]})
    given = ["x" * 40, "x" * 41, "a/b:c", "About", "history", "'"]
    write_workbook(tmp_path / "a.xlsx", dict.fromkeys(given, frame))
    assert names(tmp_path / "a.xlsx") == ["x" * 31, "x" * 29 + "~2", "a_b_c", "About~2", "history~2", "sheet", "about"]


def test_the_same_frames_give_the_same_bytes_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.Series(["\ud800", "x" * 40_000], dtype=object)})
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, {"t": frame})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]
    assert (cells(tmp_path / "a.xlsx")["A2"], len(str(cells(tmp_path / "a.xlsx")["A3"]))) == ("?", 32_767)


def test_too_many_columns_are_said_with_the_mend(tmp_path: Path) -> None:
    wide = pd.DataFrame(np.zeros((1, 16_385)))
    with pytest.raises(InputError, match=r"xlsx: sheet 'w' would have 1 rows and 16,385 columns. A sheet holds"):
        write_workbook(tmp_path / "a.xlsx", {"w": wide})
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), st.floats(allow_nan=False)),
        min_size=1,
        max_size=5,
    )
)
def test_csv_gives_every_cell_back_but_for_the_apostrophe(rows) -> None:
    frame = pd.DataFrame(rows, columns=["-text", "number"])
    read = list(csv.reader(io.StringIO(safe_csv(frame), newline="")))
    assert read[0] == ["'-text", "number"]
    for (text, number), (shown, value) in zip(rows, read[1:], strict=True):
        assert shown == ("'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") and text else text)
        assert float(value) == number


def test_csv_leaves_the_frame_alone_and_numbers_without_an_apostrophe() -> None:
    frame = pd.DataFrame({"a": ["=x"], "b": [-1.5], "c": pd.Series([-2], dtype=object), "d": [None]})
    assert safe_csv(frame) == "a,b,c,d\n'=x,-1.5,-2,\n"
    assert frame.loc[0, "a"] == "=x"
