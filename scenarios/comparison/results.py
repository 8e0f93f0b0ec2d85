"""From folders of `run` and of `optimize` to one table of results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.errors import Fault, InputError
from scenarios.answer.results import need_listed, read_run
from scenarios.answer.study_rows import OPTION, TODAY, Bounded, Measured, RunRow
from scenarios.asking.options import MINIMUM_KEY, minimum_meant
from scenarios.folder.hashes import sha256_of
from scenarios.reading.results import NEEDED, RESULTS, read_runs_table
from scenarios.writing.records import table
from scenarios.writing.staging import SUMMARY

TEXT = (*NEEDED, "outcome", "reason")
MINIMUM = OPTION + MINIMUM_KEY
OPEN = "valid_status_quo"  # whether today's zones keep the limits and rules that a plan was sought under
CLOSING = ("close", "pair")  # kinds of rules that they never keep
RUN = re.compile(r"[0-9A-Za-z_-]{1,80}")  # what may name a plan file: nothing that leads out of the folder


def read_results(paths: str | Path | Iterable[str | Path]) -> pd.DataFrame:
    """One row a run, under FORMAT.md's names for results.parquet; `plan_file`: where its plan is, "" where there is
    none; and `source`: the folder that it was read from, as it was named.

    paths: folders of `run` (results.parquet, which may itself be a folder of parts) or of `optimize` (summary.json,
    plan.csv: one row, whose scenario is the folder's name). A run that is met twice counts once. Measures are floats,
    NaN where not known. Raises InputError where a folder holds neither, or a table cannot be used.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if not given:
        raise InputError(Fault("DIR", "no folder is named", "Name folders that rezone run or rezone optimize wrote"))
    frames = [_read(Path(path)) for path in given]
    every = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    every = every.drop_duplicates("run", ignore_index=True)
    return _typed(every)


def measures_of(results: pd.DataFrame) -> list[str]:
    """The names of the measures in a table of results, in its order."""
    columns = set(results.columns)
    return [name for name in results.columns if TODAY + str(name) in columns]


def open_to_today(rows: pd.DataFrame) -> list[bool]:
    """(rows,) whether today's zones are an alternative to each plan. Results of earlier versions say so by their rules
    alone."""
    said = rows[OPEN].tolist() if OPEN in rows else [None] * len(rows)
    rules = rows["rules"].tolist() if "rules" in rows else [None] * len(rows)
    return [_closes_nothing(text) if pd.isna(known) else bool(known) for known, text in zip(said, rules, strict=True)]


def _closes_nothing(rules: object) -> bool:
    return not (isinstance(rules, str) and any(rule.get("kind") in CLOSING for rule in json.loads(rules)))


def _read(folder: Path) -> pd.DataFrame:
    if folder.name == RESULTS:
        folder = folder.parent
    if (folder / RESULTS).exists():
        return _read_run(folder).assign(source=str(folder))
    if (folder / SUMMARY).exists():
        return _read_optimize(folder).assign(source=str(folder))
    problem = f"holds neither {RESULTS} nor {SUMMARY}" if folder.is_dir() else "is not a folder"
    raise InputError(Fault(str(folder), problem, "Name a folder that rezone run or rezone optimize wrote"))


def _read_run(folder: Path) -> pd.DataFrame:
    if (folder / RESULTS).is_file():
        need_listed(folder, "run", RESULTS)
    frame = read_runs_table(folder)
    meant = frame[MINIMUM] if MINIMUM in frame.columns else pd.Series(None, frame.index, object)
    frame[MINIMUM] = [minimum_meant({MINIMUM_KEY: value if isinstance(value, str) else None}) for value in meant]
    there = {file.stem for file in (folder / "plans").glob("*.csv")}
    frame["plan_file"] = [
        str(folder / "plans" / f"{run}.csv") if run in there and RUN.fullmatch(run) else ""
        for run in frame["run"].astype(str)
    ]
    return frame


def _read_optimize(folder: Path) -> pd.DataFrame:
    path, run = folder / SUMMARY, read_run(folder)
    found = run.summary
    options = table(found.limits) | {
        MINIMUM_KEY: found.limits.minimum,
        "objective": json.dumps(found.objective, sort_keys=True)
        if isinstance(found.objective, dict)
        else found.objective,
        "seed": found.seed,
        "iterations": found.iterations,
    }
    row = RunRow(
        district=found.district,
        options=options,
        status="done",
        outcome=found.status,
        reason="",
        rules=found.rules,
        found=Measured.of(
            found,
            None if run.doc is None else run.doc.travel_unit,
            valid_status_quo=found.valid_status_quo,
            search=Bounded(bound=found.bound, gap=found.gap),
            proof=found.proof,
            seconds=found.seconds,
        ),
    )
    names = {"run": sha256_of(path)[:16], "scenario": folder.resolve().name}
    file = "" if run.plan is None else str(run.plan)
    return pd.DataFrame([{**names, **table(row), "rules": json.dumps(found.rules), "plan_file": file}])


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as text, measures and the like as floats."""
    frame = frame.copy(deep=False)
    for name in TEXT:
        texts = frame[name] if name in frame.columns else pd.Series("", index=frame.index)
        frame[name] = texts.astype(object).where(texts.notna(), "").astype(str)
    measures = measures_of(frame)
    for name in [*measures, *(TODAY + m for m in measures), "bound", "gap", "excess", "seconds"]:
        if name not in frame.columns:
            frame[name] = np.nan
        elif frame[name].dtype != np.float64:
            frame[name] = _floats(frame[name])
    return frame.copy()  # in one piece: pandas warns of a frame that was put together column by column


def _floats(column: pd.Series[Any]) -> pd.Series[float]:
    try:
        return pd.to_numeric(column).astype(np.float64)
    except (ValueError, TypeError):
        mend = "Name a folder that rezone run wrote"
        raise InputError(Fault(RESULTS, "holds what is not a number", mend, column=str(column.name))) from None
