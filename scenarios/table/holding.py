"""One server a folder: who holds it, and at which address."""

from __future__ import annotations

import os
from pathlib import Path

from optimizer.errors import Fault, InputError
from scenarios.writing.files import lock, reported

FILE = "plans.lock"
LONGEST = 2_000  # bytes of an address


class Holding:
    """A folder that is this process's alone until `leave`, or until the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises InputError, with the address of the other, where another server holds the folder."""
        with reported(folder):
            self.handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        if not lock(self.handle):
            at = os.pread(self.handle, LONGEST, 0).decode(errors="replace").strip()
            os.close(self.handle)
            where = f"at {at}" if at else "by another command, which is just beginning"
            mend = "Open that address, end the other, or name another folder"
            raise InputError(Fault("--out", f"'{folder}' is served {where}", mend))
        os.truncate(self.handle, 0)

    def say(self, address: str) -> None:
        """What others are told."""
        os.pwrite(self.handle, f"{address}\n".encode(), 0)

    def leave(self) -> None:
        os.truncate(self.handle, 0)
        os.close(self.handle)
