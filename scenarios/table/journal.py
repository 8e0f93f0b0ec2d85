"""Plans and every edit of them, in one SQLite file that only grows: undo, reload, a crash and two windows are one
mechanism. What is acknowledged is on the disk. Knows no engine and no network."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from optimizer.errors import Fault, InputError
from scenarios.writing.files import ACCESS, ROOM, OutputError

FILE = "plans.sqlite"
APPLICATION = 0x727A6E65  # which SQLite keeps in the file's head: by it the file is known
Kind = Literal["base", "assign", "lock", "undo", "redo", "wish", "rename"]

# Each takes the file from one version to the next; the file says which it has (`PRAGMA user_version`).
MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE plan (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, made TEXT NOT NULL, parent INTEGER);
    CREATE TABLE edit (
        plan INTEGER NOT NULL REFERENCES plan (id), seq INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
        window TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (plan, seq)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE plan ADD COLUMN removed TEXT;
    CREATE UNIQUE INDEX plan_name ON plan (name) WHERE removed IS NULL;
    """,
    """
    CREATE TABLE proposal (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, who TEXT NOT NULL,
        at TEXT NOT NULL, state TEXT NOT NULL);
    """,
)
VERSION = len(MIGRATIONS)


@dataclass(frozen=True)
class Row:
    """A plan. parent: the plan that it was duplicated from."""

    id: int
    name: str
    made: str
    parent: int | None


@dataclass(frozen=True)
class Entry:
    """One edit of a plan. seq: 0 is the plan as it was made, whole. window: who made it."""

    seq: int
    kind: Kind
    data: Mapping[str, Any]
    window: str
    at: str


class StaleError(Exception):
    """Somebody else has edited the plan meanwhile. head: its last edit."""

    def __init__(self, head: int) -> None:
        self.head = head
        super().__init__(f"the plan stands at edit {head}")


class TakenError(Exception):
    """Another plan has the name."""


class Journal:
    """`close` it. Its methods are called by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """The file, made where there is none. Raises InputError where it is none of this program's, or a newer one's;
        OutputError where the system does not let it be written."""
        self.path = path
        with self._told():
            self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")  # an edit that is acknowledged outlives the power, too
            self._migrate()

    def close(self) -> None:
        self.db.close()

    def _migrate(self) -> None:
        (version,) = self.db.execute("PRAGMA user_version").fetchone()
        (application,) = self.db.execute("PRAGMA application_id").fetchone()
        (tables,) = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION:
            raise self._foreign()
        if version > VERSION:
            problem = f"was written by a newer version (format {version}; this one knows {VERSION})"
            raise InputError(Fault(str(self.path), problem, "Take that version, or name another folder with --out"))
        with self.writing():
            for k in range(version, VERSION):
                for statement in MIGRATIONS[k].split(";\n"):
                    self.db.execute(statement)
            self.db.execute(f"PRAGMA application_id = {APPLICATION}")
            self.db.execute(f"PRAGMA user_version = {VERSION}")

    def _foreign(self) -> InputError:
        mend = "Name another folder with --out"
        return InputError(Fault(str(self.path), "is no file of rezone serve, or it is damaged", mend))

    def meta(self, key: str) -> str | None:
        """What was kept under the key."""
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, key: str, value: str) -> None:
        """Under the key, in place of what was there."""
        with self.writing():
            self.db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = ?2", (key, value))

    def plans(self) -> list[Row]:
        """In the order in which they were made, without those that were removed."""
        found = self.db.execute("SELECT id, name, made, parent FROM plan WHERE removed IS NULL ORDER BY id")
        return [Row(*row) for row in found]

    def add(self, name: str, schools: Sequence[int], *, parent: int | None = None, window: str = "") -> Row:
        """A new plan. schools: by block. Raises TakenError."""
        made = _now()
        with self.writing():
            new = self.db.execute("INSERT INTO plan (name, made, parent) VALUES (?, ?, ?)", (name, made, parent))
            assert new.lastrowid is not None
            self._insert(new.lastrowid, Entry(0, "base", {"schools": list(schools)}, window, made))
        return Row(new.lastrowid, name, made, parent)

    def rename(self, plan: int, name: str) -> None:
        """Raises TakenError."""
        with self.writing():
            self.db.execute("UPDATE plan SET name = ? WHERE id = ?", (name, plan))

    def remove(self, plan: int) -> None:
        """From the list: its edits stay in the file."""
        with self.writing():
            self.db.execute("UPDATE plan SET removed = ? WHERE id = ?", (_now(), plan))

    def last(self, plan: int) -> int:
        """The plan's last edit."""
        return int(self.db.execute("SELECT max(seq) FROM edit WHERE plan = ?", (plan,)).fetchone()[0])

    def entries(self, plan: int, after: int = -1) -> Iterator[Entry]:
        """The plan's edits after one, in order."""
        query = "SELECT seq, kind, data, window, at FROM edit WHERE plan = ? AND seq > ? ORDER BY seq"
        for seq, kind, data, window, at in self.db.execute(query, (plan, after)).fetchall():
            yield Entry(seq, kind, json.loads(data), window, at)

    def append(self, plan: int, head: int, kind: Kind, data: Mapping[str, Any], window: str = "") -> Entry:
        """The edit that follows `head`. When this returns it is on the disk. Raises StaleError where another is the
        last one, OutputError where there is no room; then nothing has changed."""
        with self.writing():
            if (last := self.last(plan)) != head:
                raise StaleError(last)
            entry = Entry(head + 1, kind, data, window, _now())
            self._insert(plan, entry)
        return entry

    def _insert(self, plan: int, entry: Entry) -> None:
        data = json.dumps(entry.data, separators=(",", ":"), allow_nan=False)
        values = (plan, entry.seq, entry.kind, data, entry.window, entry.at)
        self.db.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of the body, or nothing of it."""
        with self._told():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise TakenError from None
        except sqlite3.OperationalError as error:
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            problem = f"'{self.path}' cannot be written ({error})"
            raise OutputError(Fault("--out", problem, ROOM if full else ACCESS)) from error
        except sqlite3.DatabaseError as error:
            raise self._foreign() from error


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
