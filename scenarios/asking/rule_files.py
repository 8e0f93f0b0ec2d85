"""Rules that name files: where those lie, what they were, and their lines. `optimizer` reads no files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from optimizer.errors import Fault, InputError
from optimizer.places import WGS84, Source, projected
from scenarios.reading.files import there
from scenarios.reading.plans import plan_rows
from scenarios.reading.values import Table

KEYS = {"file": "line", "crossings": "crossing"}  # keys of the table that name layers -> keys of the rule


class RuleTable(dict[str, object]):
    """A [[rules]] table as it was written, which knows the folder that its paths are relative to."""

    def __init__(self, table: Table, base: Path) -> None:
        super().__init__(table)
        self.base = base

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleTable, (dict(self), self.base)


def located(rule: Table, base: Path) -> Table:
    """The table with its base, and with the SHA-256 of what the files that it names hold, by which runs are told apart;
    a plan's file is taken for what it holds. Other rules are left as they are, and so is what cannot be read:
    `read_files` says what is wrong with it."""
    if rule.get("kind") == "changed" and isinstance(name := rule.get("plan"), str):
        with suppress(InputError):
            return {**rule, "plan": plan_rows(base / name)}
        return RuleTable(rule, base.absolute())
    if rule.get("kind") != "barrier" or not isinstance(rule.get("file"), str):
        return dict(rule)
    known = {}
    if "sha256" not in rule:
        with suppress(InputError):
            known = {"sha256": _content(_layers(rule, _paths(rule, base)))}
    return RuleTable({**rule, **known}, base.absolute())


def read_files(rule: Table) -> Table:
    """The keys that a table's files stand for: the shapes of a barrier, the rows of a plan. Raises InputError where one
    is not there, is no such thing, or is another than when the rule was read."""
    base: Path = getattr(rule, "base", Path())
    if rule.get("kind") == "changed" and isinstance(name := rule.get("plan"), str):
        with _named("plan", base / name):
            return {"plan": plan_rows(base / name)}
    name = rule.get("file")
    if rule.get("kind") == "barrier" and name is None:
        return _drawn(rule.get("points"))
    if rule.get("kind") != "barrier" or not isinstance(name, str):
        return {}
    paths = _paths(rule, base)
    layers = _layers(rule, paths)
    # Certificates of formats 1 and 2 know a layer by its bytes.
    if rule.get("sha256") not in (None, _content(layers)) and rule["sha256"] != _digest(list(paths.values())):
        mend = "Use the file that the rule was written for, or take sha256 out"
        raise InputError(Fault("file", f"{name!r} is not the file that sha256 tells of", mend))
    import shapely  # noqa: PLC0415 - slow to import

    # Of two CRSs neither may be good for the other's coordinates, least of all where these are swapped.
    names, found = {layer.crs.to_string() for layer in layers.values()}, {}
    crs = names.pop() if len(names) == 1 else WGS84
    for key, layer in layers.items():
        with _named(key, paths[key]):
            found[KEYS[key]] = shapely.union_all(projected(layer, crs))
    return {"line": found["line"], "crs": crs} | found


def _drawn(points: Any) -> Table:
    """A line that the rule itself holds, in longitude and latitude; nothing where it is none: the rule says so."""
    import numpy as np  # noqa: PLC0415 - slow to import
    import shapely  # noqa: PLC0415

    try:
        at = np.array(points, np.float64)
    except (TypeError, ValueError):
        return {}
    known = at.ndim == 2 and at.shape[1] == 2 and len(np.unique(at, axis=0)) > 1 and bool(np.isfinite(at).all())
    return {"line": shapely.LineString(at), "crs": WGS84} if known else {}


def _paths(rule: Table, base: Path) -> dict[str, Path]:
    """Where the files lie that the rule names, by its keys."""
    return {key: base / name for key in KEYS if isinstance(name := rule.get(key), str)}


def _layers(rule: Table, paths: Mapping[str, Path]) -> dict[str, Source]:
    """The layers, by key. Raises InputError where one cannot be used."""
    for key, path in paths.items():
        if not there(path):
            mend = "Give the path of a layer of lines, relative to the file that names it, or absolute"
            raise InputError(Fault(key, f"{rule[key]!r} is not there", mend))
        if not _readable(path):
            raise InputError(Fault(key, f"{rule[key]!r} is no file that can be read", "Name the file of a layer"))
    return {key: _layer(key, path, _digest([path])) for key, path in paths.items()}


@lru_cache(maxsize=8)
def _layer(key: str, path: Path, digest: str) -> Source:
    """A layer. digest: so that a file that has changed is read again."""
    from scenarios.reading.layers import read_layer  # noqa: PLC0415 - slow to import
    from scenarios.reading.shapes import ANY, LINES, shapes_of  # noqa: PLC0415

    with _named(key, path):
        frame = read_layer(path, mend="Give a GeoPackage, shapefile, GeoJSON or GeoParquet file of lines")
        shapes = shapes_of(path.name, frame, LINES if key == "file" else ANY)
    return Source(path.name, shapes, frame.crs)


@contextmanager
def _named(key: str, path: Path) -> Iterator[None]:
    """What is wrong with a file is said of the key that names it."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [replace(fault, where=key, problem=f"{path.name} {fault.problem}") for fault in error.faults]
        ) from None


def _content(layers: Mapping[str, Source]) -> str:
    """One SHA-256 of the layers: of each its CRS and its flat shapes, in any order, and nothing else."""
    import shapely  # noqa: PLC0415 - slow to import

    total = hashlib.sha256()
    for key, layer in layers.items():
        shapes = shapely.to_wkb(layer.shapes, output_dimension=2, byte_order=1)
        total.update(f"{key} {layer.crs.to_string()} {len(shapes)}\n".encode())
        for shape in sorted(shapes):
            total.update(hashlib.sha256(shape).digest())
    return total.hexdigest()


def _digest(paths: list[Path]) -> str:
    """One SHA-256 of the bytes of all: of a folder and of a shapefile, of every file that belongs to it."""
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
    return [part for part in (path, path.with_name(path.name + "-wal")) if part.is_file()]
