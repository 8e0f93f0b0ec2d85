"""Writing files whole or not at all, and what files are called."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optimizer.errors import Fault, InputError

LAYERS = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".parquet")  # endings of what GIS programs write


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to in the body; when that ends well the file takes the place of `path`, in one step."""
    handle, name = tempfile.mkstemp(suffix=path.suffix, prefix=".writing-", dir=path.parent)
    os.close(handle)
    new = Path(name)
    try:
        # mkstemp's files are private; what is written here is as readable as the user's other files.
        new.chmod(0o666 & ~_umask())
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """UTF-8 with LF, whatever the system's own habits."""
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, data: Any) -> None:
    """Readable JSON. Raises ValueError on NaN, which is not JSON."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def output_folder(path: Path) -> Path:
    """The folder, made with its parents. Raises InputError where that cannot be, or nothing can be written to it."""
    mend = "Name a folder that can be written to"
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except FileExistsError:
        raise InputError(Fault("--out", f"'{path}' is a file, not a folder", mend)) from None
    except OSError as error:
        raise InputError(Fault("--out", f"'{path}' cannot be written ({error.strerror})", mend)) from None
    return path
