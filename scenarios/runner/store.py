"""The output folder: plans, journal, table and manifest, kept in step."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from optimizer.errors import Fault
from scenarios.runner.journal import NAME as JOURNAL
from scenarios.runner.journal import Ended, Finished, Journal
from scenarios.runner.results import Results
from scenarios.runner.task import Done, Task
from scenarios.writing.files import OutputError, output_folder, write_text
from scenarios.writing.staging import answer_folder, clear, sha256_of, writing


class Store:
    """Where results go. Each method raises OutputError where the folder cannot be written; what is in it stays. To be
    closed."""

    def __init__(self, out: Path, districts: Collection[Path] = ()) -> None:
        self.out = answer_folder(out, "run", *districts)
        self.plans = output_folder(out / "plans")
        with self._kept(), writing(out, None):
            clear(self.plans)  # of what a killed client left
        with self._kept():
            self.journal = Journal(out)
            self.results = Results(out, self.journal)
            self.lost = lost_plans(self.journal, out)

    def begin(self, tasks: Sequence[Task], file: Path) -> None:
        """Write down what a scenario file asks for."""
        with self._kept():
            self.journal.begin(tasks, file.name, sha256_of(file))

    def finished(self) -> Mapping[str, Finished]:
        """The runs that are done, by name, but for those whose plan files have been lost: they are done again."""
        with self._kept():
            return {run: one for run, one in self.journal.finished().items() if run not in self.lost}

    def ended(self) -> Mapping[str, Ended]:
        """What came of every run that the folder's table has, by name."""
        with self._kept():
            return self.journal.ended()

    def add(self, done: Done) -> None:
        """Keep a run that has ended: its plan first, so that a run in the journal is whole."""
        with self._kept():
            if done.plan is not None:
                write_text(self.plans / f"{done.run}.csv", done.plan)
            self.journal.add(done, again=done.run in self.lost and not done.failed)
            self.results.now_and_then()

    def finish(self) -> None:
        """The table and the manifest, as the journal stands."""
        with self._kept():
            self.results.write()

    def close(self) -> None:
        self.journal.close()

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, OutputError) as error:
            problem = f"'{self.out}' cannot be written ({getattr(error, 'strerror', None) or error})"
            problem = error.fault.problem if isinstance(error, OutputError) else problem
            mend = "The finished runs are kept: make room, or make it writable, and repeat the command"
            raise OutputError(Fault("--out", problem, mend)) from error


def finished_in(out: Path | None) -> Mapping[str, Finished]:
    """The runs that a folder holds already; nothing is made or changed."""
    if out is None or not (out / JOURNAL).is_file():
        return {}
    with closing(Journal(out)) as journal:
        lost = lost_plans(journal, out)
        return {run: one for run, one in journal.finished().items() if run not in lost}


def lost_plans(journal: Journal, out: Path) -> set[str]:
    """The runs that have a plan in the journal, and no file of it any more."""
    return set(journal.plans()) - {file.stem for file in (out / "plans").glob("*.csv")}
