"""Writing files whole or not at all, what files are called, and what keeps them from being written, in words."""

from __future__ import annotations

import errno
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from optimizer.errors import Fault, InputError
from scenarios.writing.records import as_json
from scenarios.writing.terminal import printable

LAYERS = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".parquet")  # endings of what GIS programs write
WRITING = ".writing-"  # begins the names of what is not whole yet
IMPOSSIBLE = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.ELOOP)  # of names: no system has such a file
WRITERS = ("pyogrio", "xlsxwriter")  # libraries with errors of their own for files that cannot be written
ROOM = "Make room there, or name another place"
ACCESS = "Name a place that can be written to"
WAY = "Move away what lies there, or name another place"
MENDS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), ACCESS),
    **dict.fromkeys((errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY), WAY),
    errno.ENOENT: "It was deleted or moved meanwhile: leave it in its place, and repeat the command",
}
MADE: list[Path] = []  # folders that the command in hand has made for its answer, outer ones first


class OutputError(Exception):
    """The system keeps a file from being written: no fault of the input, and no answer. Carries it in words."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@contextmanager
def reported(place: Path, flag: str = "--out") -> Iterator[None]:
    """What keeps the body from writing is raised as OutputError, which names the place and the flag that chose it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())[:120] or type(error).__name__
        mend = MENDS.get(error.errno or 0, "Look at what the system says, and repeat the command")
        raise OutputError(Fault(flag, f"'{place}' cannot be written ({reason})", mend)) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in WRITERS:
            raise
        problem = f"'{place}' cannot be written (the system took a file of it only in part)"
        raise OutputError(Fault(flag, problem, ROOM)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to in the body; when that ends well the file takes the place of `path`, in one step."""
    handle, name = tempfile.mkstemp(suffix=path.suffix[:20], prefix=WRITING, dir=path.parent)
    new = Path(name)
    try:
        lock(handle)  # by which others see that somebody is writing it
        # mkstemp's files are private; what is written here is as readable as the user's other files.
        new.chmod(0o666 & ~umask())
        yield new
        new.replace(path)
    finally:
        os.close(handle)
        new.unlink(missing_ok=True)


def lock(handle: int) -> bool:
    """Whether the open file or folder is now this process's alone, until it is closed. Where the system has no locks,
    everything counts as one's own."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def umask() -> int:
    """The bits that new files are to do without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """UTF-8 with LF, whatever the system's own habits."""
    with replacing(path) as new:
        # Names of files may hold what is no text: written as escapes, which JSON reads back.
        new.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def write_json(path: Path, data: Any) -> None:
    """Readable JSON, of plain values and records. Raises ValueError on NaN, which is not JSON."""
    write_text(path, as_json(data) + "\n")


def output_folder(path: Path, *districts: Path, flag: str = "--out") -> Path:
    """The folder, made with its parents, before any work is done. districts: the folders that are read, in or above
    which nothing is written. Raises InputError where its name cannot be, OutputError where nothing can be written."""
    apart(path, districts, flag)
    with reported(path, flag), _possible(path, flag):
        if path.exists() and not path.is_dir():
            raise OutputError(Fault(flag, f"'{path}' is a file, not a folder", "Name a folder that can be written to"))
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        MADE.extend(reversed(missing))
        # As long as the longest name that will be written: paths have their most, too.
        handle, name = tempfile.mkstemp(prefix=WRITING, suffix="-" * 60, dir=path)
        os.close(handle)
        Path(name).unlink()
    return path


def leave_nothing() -> None:
    """Remove the folders that were made for an answer and hold nothing: of a call that is refused after all."""
    while MADE:
        with suppress(OSError):  # something lies in it
            MADE.pop().rmdir()


def output_file(path: Path, *districts: Path, flag: str = "--out") -> Path:
    """The same for one file: its folder is made."""
    apart(path, districts, flag, above=False)
    output_folder(path.parent, flag=flag)
    with reported(path, flag), _possible(path, flag), suppress(FileNotFoundError):
        path.lstat()  # which says whether there can be such a name
        if path.is_dir():
            fault = Fault(flag, f"'{path}' is a folder", "Name a file, such as report.html")
            raise OutputError(fault) if path.name else InputError(fault)  # that one names no file
        if path.exists() and not path.is_file():  # a device or a pipe, which root would replace by a file
            raise OutputError(Fault(flag, f"'{path}' is a device or a pipe", "Name a file, such as report.html"))
    return path


def apart(path: Path, districts: tuple[Path, ...], flag: str, *, above: bool = True) -> None:
    """Raises InputError where the path lies in the folder of a district, or, if `above`, holds one."""
    with _possible(path, flag):
        whole = Path(os.path.realpath(path))  # which, unlike resolve, leaves links in a circle as they are
    for district in districts:
        own = Path(os.path.realpath(district))
        if own == whole or own in whole.parents or (above and whole in own.parents):
            problem = f"'{path}' lies in the district's folder '{district}', or holds it"
            raise InputError(Fault(flag, problem, "Name a place beside it: the district's folder is only read"))


@contextmanager
def _possible(path: Path, flag: str) -> Iterator[None]:
    """Raises InputError where no system has a file of this name."""
    try:
        if any(unicodedata.category(letter) == "Cc" for letter in str(path)):  # no layer can be written there
            raise ValueError("it holds a control character")
        yield
        return
    except InputError:
        raise
    except OSError as error:
        if error.errno not in IMPOSSIBLE:
            raise
        reason = error.strerror or str(error)
    except ValueError as error:
        reason = str(error)
    shown = str(path) if len(str(path)) <= 60 else f"{str(path)[:40]}…"
    problem = f"'{printable(shown)}' cannot be a name ({reason})"
    raise InputError(Fault(flag, problem, "Give a shorter or plainer one")) from None
