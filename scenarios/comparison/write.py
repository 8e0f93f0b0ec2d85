"""The files of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from scenarios.answer.several import Several
from scenarios.comparison.compare import Comparison
from scenarios.comparison.differ import Differences
from scenarios.comparison.page import render
from scenarios.paper.measures import name_of
from scenarios.paper.sheets import safe_csv, write_workbook
from scenarios.paper.wording import counted
from scenarios.writing.files import write_text

SHEET = 20_000  # rows of a sheet at most: larger tables belong into CSV and Parquet
NO_DRAWS: Mapping[str, Several] = {}
HIDDEN = ("plan_file", "source")  # where things lie on this machine is nobody's business


def write_comparison(
    out: Path, compared: Comparison, found: Differences, drawn: Mapping[str, Several] = NO_DRAWS
) -> list[str]:
    """compare.csv, differences.csv, differences_blocks.csv, compare.xlsx and compare.html in the folder `out`, which is
    there, each whole or not at all. Returns their names. drawn: by district its plans on redrawn counts; then
    intervals.csv and better.csv besides."""
    table = _shown(compared.table)
    without = _shown(compared.without).loc[:, lambda frame: frame.notna().any()]
    sheets = {"plans": table, "differences": found.pairs, "blocks": found.blocks, "without a plan": without}
    texts = {
        "compare.csv": safe_csv(table),
        "differences.csv": safe_csv(found.pairs),
        "differences_blocks.csv": safe_csv(found.blocks),
        "compare.html": render(compared, found, drawn),
    }
    for name, rows in _drawn_tables(drawn).items():
        sheets[name], texts[f"{name}.csv"] = rows, safe_csv(rows)
    write_workbook(out / "compare.xlsx", {n: s.head(SHEET) for n, s in sheets.items()}, about=_about(compared, sheets))
    for name, text in texts.items():
        write_text(out / name, text)
    return ["compare.xlsx", *texts]


def _drawn_tables(drawn: Mapping[str, Several]) -> dict[str, pd.DataFrame]:
    """The tables of intervals and of pairs, each row with its district."""
    found: dict[str, list[pd.DataFrame]] = {}
    for district, several in drawn.items():
        for name, rows in several.frames().items():
            rows.insert(0, "district", district)
            found.setdefault(name, []).append(rows)
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    first = ["district", "plan", "dominated", "dominated_by", "first_share", "rank_low", "rank_high"]
    first = [name for name in first if name in table.columns]
    return table[first + [name for name in table.columns if name not in {*first, *HIDDEN}]]


def _about(compared: Comparison, sheets: dict[str, pd.DataFrame]) -> dict[str, str]:
    cut = [f"{name} ({len(sheet):,} rows)" for name, sheet in sheets.items() if len(sheet) > SHEET]
    judged = sorted({", ".join(name_of(name) for name in known) for known in compared.criteria.values()})
    return {
        "districts": ", ".join(compared.districts[:20]),
        "plans": f"{len(compared.table) - len(compared.districts):,}, and the status quo of each district",
        "without a plan": counted(len(compared.without), "run"),
        "criteria": " or ".join(judged),
        "dominated": "another valid plan, or the status quo where it keeps the same limits and rules, is at least as "
        "good in all criteria and better in one",
        "first_share": "share of all weightings of the criteria, in steps of a fifth, under which the plan is first",
        "rank_low, rank_high": "best and worst rank under these weightings; rank.<measure>: rank under one measure",
        "excess": "students over seats or under smallest sizes, those of today's zones included",
        "shares": "disparity and shares are fractions: 0.082 is 8.2 percentage points",
        "cut": f"only the first {SHEET:,} rows are here, all are in the CSV files: {', '.join(cut)}" if cut else "no",
    }
