"""What may be opened at all: a plain file that is there, that can be read, and that is not without end."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from optimizer.errors import Fault, InputError
from scenarios.reading.most import most

# What steers a terminal, or turns the direction of what follows: in no id and no name.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# What is the system's fault, whichever file is read: raised as it is, for exit status 3.
SYSTEM = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE, errno.ETIMEDOUT)


SPARE = 256_000_000  # bytes: with fewer left there is hardly any memory


def there(path: Path) -> bool:
    """Whether anything lies at the path: a link that leads nowhere is there too, and then cannot be read."""
    return os.path.lexists(path)


def need_file(path: Path, kind: str, *, where: str | None = None, missing: str | None = None) -> Path:
    """The path, where it is a plain file that can be read. kind: of `MOST`, which bounds its size. where: what errors
    call it, its name unless given. missing: the mend where it is not there. Raises InputError."""
    where = path.name or str(path) if where is None else where
    try:
        found = path.stat()
        problem = _unfit(found, most(kind))
        if problem is None:
            with path.open("rb"):
                pass
            return path
    except (FileNotFoundError, ValueError):
        if path.is_symlink():
            mend = "Mend the link or take it away"
            raise InputError(Fault(where, f"is a link to {path.readlink()}, which is not there", mend)) from None
        raise InputError(Fault(where, "is not there", missing or f"Put it at {path}, or name another path")) from None
    except OSError as error:
        raise unreadable(error, where) from None
    raise InputError(Fault(where, *problem))


def _unfit(found: os.stat_result, size: int) -> tuple[str, str] | None:
    """What keeps it from being read, and the mend."""
    if stat.S_ISDIR(found.st_mode):
        return "is a folder", "Name a file"
    if not stat.S_ISREG(found.st_mode):
        return "is a pipe or a device, not a file", "Save what it gives as a file, and name that"
    if found.st_size > size:
        return f"is too large: {found.st_size:,} bytes, where {size:,} are the most", "Name a smaller file"
    if found.st_size == 0:
        return "is empty", "Fill it, or take it away"
    return None


def read_bytes(path: Path, kind: str, *, where: str | None = None, missing: str | None = None) -> bytes:
    """What the file holds; as `need_file`."""
    try:
        return need_file(path, kind, where=where, missing=missing).read_bytes()
    except OSError as error:
        raise unreadable(error, path.name if where is None else where) from None


def is_systems(error: BaseException) -> bool:
    """Whether what kept a file from being read is of the system, and not of the file. A damaged file may ask for more
    memory than there is; so may a whole one, where there is hardly any left."""
    if isinstance(error, MemoryError):
        try:
            bytearray(SPARE)
        except MemoryError:
            return True
        return False
    return isinstance(error, OSError) and error.errno in SYSTEM


def unreadable(error: OSError, where: str) -> OSError | InputError:
    """What to raise where a file cannot be read: the error itself, where it is of the system and not of the file."""
    if is_systems(error):
        return error
    return InputError(Fault(where, f"cannot be read ({error.strerror})", "Name a readable file"))


def text_of(raw: bytes, where: str, kind: str) -> str:
    """Bytes as text. kind: what it should be, as in "Save it as CSV". Raises InputError on any other encoding."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(Fault(where, "is UTF-16 text", f"Save it as {kind} in UTF-8"))
    if b"\0" in raw:
        raise InputError(Fault(where, "holds NUL bytes, which are no text", f"Save it as {kind} in UTF-8"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(Fault(where, f"is not UTF-8 text at line {line}", f"Save it as {kind} in UTF-8")) from None
