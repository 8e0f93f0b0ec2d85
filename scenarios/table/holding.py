"""One server a folder: who holds it, and at which address."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from optimizer.errors import Fault, InputError
from scenarios.writing.files import lock, reported

FILE = "plans.lock"
LONGEST = 2_000  # bytes of an address


class Holding:
    """A folder that is this process's alone until `leave`, or until the process ends, however it ends. A context of
    itself."""

    def __init__(self, folder: Path) -> None:
        """Raises InputError, with the address of the other, where another server holds the folder."""
        self.path = folder / FILE
        with reported(folder):
            self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not lock(self.handle) or not self._there():
            at = os.pread(self.handle, LONGEST, 0).decode(errors="replace").strip()
            os.close(self.handle)
            where = f"at {at}" if at else "by another command, which is just beginning"
            mend = "Open that address, end the other, or name another folder"
            raise InputError(Fault("--out", f"'{folder}' is served {where}", mend))
        os.truncate(self.handle, 0)

    def say(self, address: str) -> None:
        """What others are told."""
        os.pwrite(self.handle, f"{address}\n".encode(), 0)

    def _there(self) -> bool:
        """Whether what is locked is still the file of that name: another may have left in between."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self.handle), self.path.stat())
        return False

    def leave(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
