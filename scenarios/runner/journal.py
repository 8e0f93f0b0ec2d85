"""The journal: each finished run is written down at once, by the one client, so that nothing that dies loses it."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import Fault, InputError
from scenarios.reading.values import Table
from scenarios.runner.task import Done, Task
from scenarios.writing.records import as_json, table

NAME = "journal.sqlite"
WAIT = 60.0  # seconds for another client that writes to the same folder
TABLES = """
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, status TEXT, reduction REAL, seconds REAL, row TEXT);
CREATE TABLE IF NOT EXISTS names (run TEXT, scenario TEXT, said INTEGER, place INTEGER, PRIMARY KEY (run, scenario));
CREATE TABLE IF NOT EXISTS sweeps (said INTEGER PRIMARY KEY, file TEXT, sha256 TEXT, runs INTEGER);
CREATE TABLE IF NOT EXISTS districts (folder TEXT, inputs TEXT, PRIMARY KEY (folder, inputs));
CREATE TABLE IF NOT EXISTS columns (name TEXT PRIMARY KEY);
"""


@dataclass(frozen=True)
class Finished:
    """A run that is done: the relative reduction of its objective, -inf where there is none, and its seconds."""

    reduction: float
    seconds: float


@dataclass(frozen=True)
class Ended:
    """What came of a run. outcome: as in the table, None of one that failed. reason: None where it has a valid plan."""

    outcome: str | None
    reason: str | None

    @property
    def unfit(self) -> bool:
        """Whether it was done, and its answer is no valid plan."""
        return self.outcome in ("infeasible", "invalid")


class Journal:
    """The journal of an output folder; made where there is none. To be closed."""

    def __init__(self, folder: Path) -> None:
        try:
            self.base = sqlite3.connect(folder / NAME, timeout=WAIT)
            self.base.execute("PRAGMA journal_mode = WAL")
            self.base.execute("PRAGMA synchronous = FULL")
            self.base.executescript(TABLES)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            mend = "Move it away, or name another folder"
            raise InputError(
                Fault(NAME, "cannot be read as a journal: it is something else, or damaged", mend)
            ) from None
        self.columns = {name for (name,) in self.base.execute("SELECT name FROM columns")}

    def close(self) -> None:
        self.base.close()

    def begin(self, tasks: Sequence[Task], file: str, sha256: str) -> None:
        """Write down what a scenario file asks for: which names its runs go by. The latest file's names come first."""
        with self.base:
            asked = "INSERT INTO sweeps (file, sha256, runs) VALUES (?, ?, ?)"
            said = self.base.execute(asked, (file, sha256, len(tasks))).lastrowid
            self.base.executemany(
                "INSERT INTO names VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET said = excluded.said, place = excluded.place",
                ((task.run, task.scenario, said, place) for place, task in enumerate(tasks)),
            )
            folders = {(task.folder.name, json.dumps(dict(task.inputs), sort_keys=True)) for task in tasks}
            self.base.executemany("INSERT OR IGNORE INTO districts VALUES (?, ?)", sorted(folders))

    def add(self, done: Done, *, again: bool = False) -> None:
        """Write down a run that has ended. One that is done stays as it is, unless it was to be done again."""
        row, reduction = table(done.row), done.row.reduction
        with self.base:
            new = [name for name in row if name not in self.columns]
            self.base.executemany("INSERT OR IGNORE INTO columns VALUES (?)", ((name,) for name in new))
            self.base.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, "
                "reduction = excluded.reduction, seconds = excluded.seconds, row = excluded.row "
                "WHERE status <> 'done' OR ?",
                (
                    done.run,
                    done.row.status,
                    reduction if math.isfinite(reduction) else None,
                    None if done.row.found is None else done.row.found.seconds,
                    as_json(row, indent=None),
                    again,
                ),
            )
        self.columns.update(new)

    def finished(self) -> dict[str, Finished]:
        """The runs that are done, by name."""
        rows = self.base.execute("SELECT run, reduction, seconds FROM runs WHERE status = 'done'")
        return {
            run: Finished(-math.inf if reduction is None else reduction, seconds) for run, reduction, seconds in rows
        }

    def plans(self) -> dict[str, str]:
        """The SHA-256 of the plan of every run that has one, by its name; "" of runs that earlier versions did."""
        rows = self.base.execute(
            "SELECT run, coalesce(json_extract(row, '$.plan_sha256'), '') FROM runs WHERE status = 'done' "
            "AND json_extract(row, '$.outcome') <> 'infeasible' ORDER BY run"
        )
        return dict(rows.fetchall())

    def ended(self) -> dict[str, Ended]:
        """What came of every run that has ended, by name, those of all scenario files."""
        rows = self.base.execute("SELECT run, json_extract(row, '$.outcome'), json_extract(row, '$.reason') FROM runs")
        return {run: Ended(outcome, reason) for run, outcome, reason in rows}

    def rows(self) -> Iterator[Table]:
        """The line of each run that has ended, in the order of the files that named them. The latest name is
        `scenario`, others that come to the same run are `also`."""
        names: dict[str, list[str]] = {}
        for run, scenario in self.base.execute("SELECT run, scenario FROM names ORDER BY said DESC, place"):
            names.setdefault(run, []).append(scenario)
        first_named = "(SELECT run, min(rowid) AS k FROM names GROUP BY run)"
        query = f"SELECT run, row FROM {first_named} JOIN runs USING (run) ORDER BY k"
        with closing(self.base.execute(query)) as found:
            for run, text in found:
                first, *others = names[run]
                yield {"run": run, "scenario": first, "also": "; ".join(others) or None, **_whole(run, text)}

    def manifest(self) -> Table:
        """What the folder holds, by counts and hashes."""
        counts = dict(self.base.execute("SELECT status, count(*) FROM runs GROUP BY status"))
        asked = self.base.execute("SELECT count(DISTINCT run) FROM names").fetchone()[0]
        sweeps = self.base.execute("SELECT DISTINCT file, sha256, runs FROM sweeps ORDER BY said")
        districts = self.base.execute("SELECT folder, inputs FROM districts ORDER BY folder, inputs")
        done, lost = counts.get("done", 0), counts.get("failed", 0)
        return {
            "runs": {"done": done, "failed": lost, "missing": asked - done - lost},
            "scenario_files": [{"file": file, "sha256": sha256, "runs": runs} for file, sha256, runs in sweeps],
            "districts": [{"folder": folder, "inputs": json.loads(inputs)} for folder, inputs in districts],
        }


def _whole(run: str, text: str) -> Table:
    """A row as it was written down. Raises InputError where somebody has damaged it."""
    try:
        row = json.loads(text)
    except ValueError:
        row = None
    if not isinstance(row, dict) or "status" not in row:
        mend = "Move the folder away and repeat the command"
        raise InputError(Fault(NAME, "holds a damaged row", mend, ids=(run,)))
    return row
