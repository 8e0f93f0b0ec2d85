"""Zip files and folders as what they hold, read in memory: nothing is unpacked onto a disk."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from optimizer.errors import Fault, InputError
from scenarios.reading.files import need_file, read_bytes
from scenarios.reading.most import most

ZIP = b"PK\x03\x04"
DRIVE = re.compile("[A-Za-z]:")  # of Windows
RATIO, FREE = 300, 100_000_000  # tables pack to a fiftieth at most; a bomb is told only where it is large too
Broken = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError, zlib.error)


def contents(path: Path, kind: str = "table") -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of a file, or of each file in a folder or a zip, which is told by its first bytes; hidden
    files, such as macOS puts beside all others, are left out. kind: of `MOST`. Raises InputError."""
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and not _is_hidden(str(inner.relative_to(path))):
                yield from contents(inner, kind)
        return
    with need_file(path, kind).open("rb") as file:
        zipped = file.read(len(ZIP)) == ZIP
    if not zipped:
        yield path.name, read_bytes(path, kind)
        return
    try:
        with opened_zip(path, kind) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and not _is_hidden(entry.filename):
                    yield PurePosixPath(entry.filename).name, archive.read(entry)
    except InputError:
        raise
    except Broken:
        problem = "cannot be read as a zip: it is damaged, or locked"
        raise InputError(Fault(path.name, problem, "Unpack it, and name the files")) from None


@contextmanager
def opened_zip(path: Path, kind: str) -> Iterator[zipfile.ZipFile]:
    """A zip file that holds nothing hostile. Raises InputError where it does; what is damaged, as zipfile does."""
    with zipfile.ZipFile(path) as archive:
        need_harmless(path.name, archive.infolist(), most(kind))
        yield archive


def need_harmless(where: str, entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Raises InputError on paths that lead out of a zip, links, and what unpacks to more than `size` or is a bomb."""
    away = [one.filename for one in entries if _leads_away(one.filename)]
    links = [one.filename for one in entries if stat.S_ISLNK(one.external_attr >> 16)]
    for names, problem in ((away, "holds paths that lead out of it"), (links, "holds links")):
        if names:
            raise InputError(Fault(where, problem, "Take it from where it was published", ids=tuple(names)))
    whole, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if whole > size or whole > max(FREE, RATIO * packed):
        problem = f"unpacks to more than can be read: {whole:,} bytes"
        raise InputError(Fault(where, problem, "Name a smaller file"))


def _leads_away(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or DRIVE.match(name) is not None


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
