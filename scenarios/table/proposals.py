"""What the public leaves at the table: text that waits until a planner takes it as a wish, or turns it down."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from scenarios.table.journal import Journal
from scenarios.table.refusals import RefusedError, unknown
from scenarios.table.sent import Sent

WAITING = 500  # at most, so that nobody fills the disk
STATES = ("waiting", "accepted", "rejected")


class Proposals:
    """Of one file of plans. Its methods may be called by any thread, and by two processes at once."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where the file is none of this program's."""
        self.journal, self.lock = Journal(path), threading.Lock()
        self.journal.db.execute("PRAGMA busy_timeout = 5000")

    def close(self) -> None:
        self.journal.close()

    def leave(self, text: str, who: str) -> int:
        """Raises RefusedError where so many wait that nobody reads them."""
        with self.lock:
            (waiting,) = self._rows("SELECT count(*) FROM proposal WHERE state = 'waiting'")[0]
            if waiting >= WAITING:
                raise RefusedError(429, "full")
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            with self.journal.writing():
                row = self.journal.db.execute(
                    "INSERT INTO proposal (text, who, at, state) VALUES (?, ?, ?, 'waiting')", (text, who, at)
                )
            assert row.lastrowid is not None
            return row.lastrowid

    def waiting(self) -> list[Sent]:
        """The oldest first."""
        with self.lock:
            rows = self._rows("SELECT id, text, who, at FROM proposal WHERE state = 'waiting' ORDER BY id")
        return [dict(zip(("id", "text", "who", "at"), row, strict=True)) for row in rows]

    def settle(self, number: int, state: str) -> None:
        """Raises RefusedError where none of this id waits."""
        with self.lock, self.journal.writing():
            done = self.journal.db.execute(
                "UPDATE proposal SET state = ? WHERE id = ? AND state = 'waiting'", (state, number)
            )
        if done.rowcount == 0:
            raise unknown("proposal")

    def _rows(self, query: str) -> list[Any]:
        rows: list[Any] = self.journal.db.execute(query).fetchall()
        return rows
