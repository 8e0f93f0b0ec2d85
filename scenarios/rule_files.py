"""Rules that name files: where those lie, what they were, and their lines. `optimizer` reads no files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.errors import Fault, InputError
from optimizer.places import Source, projected
from scenarios.reading.files import there

LINES = (1, 2, 5, 6)  # shapely's types that a barrier may have: lines, and rings
CROSSINGS = (0, 1, 2, 3, 4, 5, 6)  # and that its crossings may have: points, lines and areas


class RuleTable(dict[str, Any]):
    """A [[rules]] table as it was written, which knows the folder that its paths are relative to."""

    def __init__(self, table: Mapping[str, Any], base: Path) -> None:
        super().__init__(table)
        self.base = base

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleTable, (dict(self), self.base)


def located(rule: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The table with its base, and with the SHA-256 of the files that it names, by which runs are told apart. Other
    rules are left as they are, and so is what cannot be read yet: `read_files` says what is wrong with it."""
    if rule.get("kind") != "barrier" or not isinstance(rule.get("file"), str):
        return dict(rule)
    paths = [base / name for name in (rule["file"], rule.get("crossings")) if isinstance(name, str)]
    known = {"sha256": _digest(paths)} if "sha256" not in rule and all(map(_readable, paths)) else {}
    return RuleTable({**rule, **known}, base.absolute())


def read_files(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that a table's files stand for: the shapes of a barrier. Raises InputError where one is not there, is no
    layer of lines, or is another than when the rule was read."""
    name, crossings = rule.get("file"), rule.get("crossings")
    if rule.get("kind") != "barrier" or not isinstance(name, str):
        return {}
    base = getattr(rule, "base", Path())
    names = {"file": name} | ({"crossings": crossings} if isinstance(crossings, str) else {})
    for key, given in names.items():
        if not there(base / given):
            mend = "Give the path of a layer of lines, relative to the file that names it, or absolute"
            raise InputError(Fault(key, f"{given!r} is not there", mend))
        if not _readable(base / given):
            raise InputError(Fault(key, f"{given!r} is no file that can be read", "Name the file of a layer"))
    digest = _digest([base / given for given in names.values()])
    if rule.get("sha256") not in (None, digest):
        mend = "Use the file that the rule was written for, or take sha256 out"
        raise InputError(Fault("file", f"{name!r} is not the file that sha256 tells of", mend))
    line, crs = _shapes("file", base / name, digest)
    if not isinstance(crossings, str):
        return {"line": line, "crs": crs}
    return {"line": line, "crs": crs, "crossing": _shapes("crossings", base / crossings, digest, crs)[0]}


@lru_cache(maxsize=8)
def _shapes(key: str, path: Path, digest: str, crs: str | None = None) -> tuple[Any, str]:
    """All shapes of a layer as one, and their CRS; in `crs` where it is given. digest: so that a file that has changed
    is read again."""
    import shapely  # noqa: PLC0415 - slow to import

    from scenarios.reading.layers import read_layer  # noqa: PLC0415 - slow to import

    with _named(key, path):
        frame = read_layer(path, mend="Give a GeoPackage, shapefile, GeoJSON or GeoParquet file of lines")
    kinds, what = (LINES, "lines") if key == "file" else (CROSSINGS, "shapes")
    shapes = [shape for shape in frame.geometry if shape is not None and not shape.is_empty]
    if not shapes or any(shapely.get_type_id(shape) not in kinds for shape in shapes):
        problem = f"{path.name} holds {'shapes that are not lines' if shapes else f'no {what}'}"
        raise InputError(Fault(key, problem, f"Give a layer of {what}"))
    if frame.crs is None:
        mend = "Declare it in the file; a shapefile needs its .prj beside it"
        raise InputError(Fault(key, f"{path.name} declares no coordinate reference system", mend))
    into = frame.crs.to_string() if crs is None else crs
    with _named(key, path):
        return shapely.union_all(projected(Source(path.name, np.array(shapes), frame.crs), into)), into


@contextmanager
def _named(key: str, path: Path) -> Iterator[None]:
    """What is wrong with a file is said of the key that names it."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [replace(fault, where=key, problem=f"{path.name} {fault.problem}") for fault in error.faults]
        ) from None


def _digest(paths: list[Path]) -> str:
    """One SHA-256 of all: of a folder and of a shapefile, of every file that belongs to it."""
    total = hashlib.sha256()
    for path in paths:
        for part in _parts(path):
            total.update(part.name.encode() + b"\0")
            with part.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _readable(path: Path) -> bool:
    """Whether all that belongs to a layer can be read: no pipe, no device, no link that leads nowhere."""
    return path.suffix.lower() == ".gdb" if path.is_dir() else path.is_file()


def _parts(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(part for part in path.rglob("*") if part.is_file())
    if path.suffix.lower() == ".shp":
        return sorted(part for part in path.parent.glob(f"{path.stem}.*") if part.is_file())
    return [path]
