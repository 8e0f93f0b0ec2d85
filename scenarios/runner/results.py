"""results.parquet: the journal as a table that pandas and DuckDB read as it stands."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.asking.options import MINIMUM_KEY
from scenarios.reading.values import Table
from scenarios.runner.journal import Journal
from scenarios.version import rezone_version
from scenarios.writing.files import write_json
from scenarios.writing.staging import MANIFEST, others_in, sha256_of, writing

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "results.parquet"
GROUP = 10_000  # rows that are held in memory at once
EVERY = 30.0  # seconds between two tables while the runs go on, at least,
SHARE = 0.01  # and so that writing takes no more than this share of the time
TEXTS = (
    *("run", "scenario", "also", "district", "folder", "rules", "status", "outcome", "reason", "version"),
    *(
        "district_hash",
        "travel_unit",
        "proof",
        "plan_sha256",
        "draws_model",
        "draws_sha256",
        "option.objective",
        "option.solver",
        f"option.{MINIMUM_KEY}",
    ),
)
WHOLE = ("seed", "iterations", "threads", "draws", "option.seed", "option.iterations", "option.threads")
YES_NO = ("repeatable", "valid_status_quo", "option.contiguity", "option.strict")


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

        names = ["run", "scenario", "also", *sorted(self.journal.columns, key=_place)]
        kinds = dict.fromkeys(TEXTS, pa.string()) | dict.fromkeys(WHOLE, pa.int64()) | dict.fromkeys(YES_NO, pa.bool_())
        return pa.schema([(name, kinds.get(name, pa.float64())) for name in names])

    def _batches(self, schema: pa.Schema) -> Iterator[pa.Table]:
        import pyarrow as pa  # noqa: PLC0415

        rows = self.journal.rows()
        while group := [_plain(row) for row in itertools.islice(rows, GROUP)]:
            columns = [pa.array([row.get(field.name) for row in group], field.type) for field in schema]
            yield pa.Table.from_arrays(columns, schema=schema)


def _plain(row: Table) -> Table:
    return {**row, "rules": json.dumps(row["rules"], ensure_ascii=False)}


def _place(name: str) -> tuple[int, str]:
    """What a run is, what came of it, its options, its measures, those of today."""
    first = ("district", "folder", "status", "outcome", "reason", "objective_value", "objective_value_status_quo")
    if name in first:
        return first.index(name), name
    kind = name.partition(".")[0]
    return len(first) + {"option": 0, "rules": 0, "status_quo": 2}.get(kind, 1), name
