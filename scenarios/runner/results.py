"""results.parquet: the journal as a table that pandas and DuckDB read as it stands."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints

from scenarios.answer.study_rows import OPTION, Drawn, Measured, Searched, Sought, StudyRow
from scenarios.asking.options import MINIMUM_KEY, Options
from scenarios.reading.values import Table
from scenarios.runner.journal import Journal
from scenarios.version import rezone_version
from scenarios.writing.files import write_json
from scenarios.writing.records import cells
from scenarios.writing.staging import MANIFEST, others_in, sha256_of, writing

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "results.parquet"
RECORDS = (StudyRow, Measured, Searched, Sought, Drawn)  # whose fields are columns
GROUP = 10_000  # rows that are held in memory at once
EVERY = 30.0  # seconds between two tables while the runs go on, at least,
SHARE = 0.01  # and so that writing takes no more than this share of the time
NAMES = ("run", "scenario", "also")  # of a run, which stand before all else
TEXTS = (*NAMES, OPTION + MINIMUM_KEY)  # beside those that records declare


class Results:
    """Keeps the table of a folder up to date with its journal."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder, self.journal = folder, journal
        self.next = time.monotonic() + EVERY

    def now_and_then(self) -> None:
        """Write the table, if it is time to."""
        began = time.monotonic()
        if began >= self.next:
            self.write()
            ended = time.monotonic()
            self.next = ended + max(EVERY, (ended - began) / SHARE)

    def write(self) -> None:
        """The table and its manifest, both or neither."""
        with writing(self.folder, None) as new:
            self._table(new / NAME)
            write_json(new / MANIFEST, self._manifest(sha256_of(new / NAME)))

    def _table(self, path: Path) -> None:
        """Its rows stand in the order in which the scenario files name their runs."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - takes a moment to import

        schema = self._schema()
        with pq.ParquetWriter(path, schema) as writer:
            for batch in self._batches(schema):
                writer.write_table(batch)

    def _manifest(self, table: str) -> Table:
        """manifest.json: counts and hashes; nothing about the machine. table: the SHA-256 of the table."""
        return {
            "format": "rezone-results",
            "format_version": 1,
            "version": rezone_version(),
            "command": "run",
            **self.journal.manifest(),
            "results": {"file": NAME, "sha256": table},
            "files": {NAME: table, **{f"plans/{run}.csv": digest for run, digest in self.journal.plans().items()}},
            "others": others_in(self.folder, "run"),
        }

    def _schema(self) -> pa.Schema:
        import pyarrow as pa  # noqa: PLC0415

        arrow = {bool: pa.bool_(), int: pa.int64(), str: pa.string()}
        kinds = {name: arrow[kind] for name, kind in _kinds().items()}
        names = [*NAMES, *sorted(self.journal.columns, key=_place)]
        return pa.schema([(name, kinds.get(name, pa.float64())) for name in names])

    def _batches(self, schema: pa.Schema) -> Iterator[pa.Table]:
        import pyarrow as pa  # noqa: PLC0415

        rows = self.journal.rows()
        while group := [_plain(row) for row in itertools.islice(rows, GROUP)]:
            columns = [pa.array([row.get(field.name) for row in group], field.type) for field in schema]
            yield pa.Table.from_arrays(columns, schema=schema)


@cache
def _kinds() -> dict[str, type]:
    """By column, what its cells are, as the records of a row and of options declare them; numbers are not named."""
    hints = [(one.name, get_type_hints(record)[one.name]) for record in RECORDS for one in cells(record)]
    hints += [(OPTION + name, one.annotation) for name, one in Options.model_fields.items()]
    kinds: tuple[type, ...] = (int, bool, str)
    return {name: kind for name, of in hints for kind in kinds if kind in _parts(of)} | dict.fromkeys(TEXTS, str)


def _parts(annotation: object) -> set[object]:
    """The types that an annotation is put together from."""
    inner = get_args(annotation)
    return set().union(*map(_parts, inner)) if inner else {str if isinstance(annotation, str) else annotation}


def _plain(row: Table) -> Table:
    return {**row, "rules": json.dumps(row["rules"], ensure_ascii=False)}


def _place(name: str) -> tuple[int, str]:
    """What a run is, what came of it, its options, its measures, those of today."""
    first = ("district", "folder", "status", "outcome", "reason", "objective_value", "objective_value_status_quo")
    if name in first:
        return first.index(name), name
    kind = name.partition(".")[0]
    return len(first) + {"option": 0, "rules": 0, "status_quo": 2}.get(kind, 1), name
