"""The one way in which commands write: all files of an answer stand in a folder of their own until they are whole, then
take their places together, and what an earlier answer of the same command left besides them is removed.

A command that is killed leaves the old answer or the new one. In the moment between the two, while files take their
places, a mark lies in the folder: who reads it then refuses it (`scenarios.answer.results`), and the next command that
writes there puts the old answer back before it begins.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scenarios import interrupts
from scenarios.version import rezone_version
from scenarios.writing.files import WRITING, lock, output_folder, reported, write_json

PLACING = ".placing"  # ends the name of a folder whose files are taking their places
SUMMARY, MANIFEST = "summary.json", "manifest.json"
FORMAT = "rezone-manifest"
OWNERS = {"rezone-public-bundle": "publish", "rezone-results": "run"}  # formats of records that name no command
PATIENCE = 60.0  # seconds for another command that writes to the same folder
# By command: what it writes, whatever it is asked. Without a record these are taken for its own, and no others.
FIXED: dict[str, tuple[str, ...]] = {
    "optimize": (
        *("plan.csv", "plan.gpkg", "district.parquet", "report.html", "report.json", "certificate.json"),
        *("race_neutral/plan.csv", SUMMARY),
    ),
    "bands": ("bands.json", "feeders.csv"),
    "compare": ("compare.csv", "compare.html", "compare.xlsx", "differences.csv", "differences_blocks.csv"),
    "export": ("plans.gpkg", "plans.xlsx"),
    "frontier": ("frontier.csv", "frontier.json", "frontier.svg", "moves.csv"),
    "generate": (
        *("district.toml", "schools.csv", "blocks.parquet", "blocks.gpkg", "blocks.geojson"),
        *("travel.parquet", "travel.csv", "adjacency.csv"),
    ),
    "publish": (MANIFEST,),
    "report": (),
    "rfp": ("rfp.xlsx", "checklist.txt"),
    "run": ("results.parquet", MANIFEST),
    "score": ("score.csv", "score.html", "score.json", "score.xlsx", "not_matched.csv", "plans/nearest_school.csv"),
    "serve": ("plans.sqlite",),
    "sensitivity": ("sensitivity.csv", "sensitivity.json", "sensitivity.svg"),
    "transition": ("transition.csv", "transition.html", "transition.json", "years.csv"),
    "import": (
        *("district.toml", "blocks.parquet", "schools.csv", "adjacency.csv", "context.gpkg"),
        *("IMPORTED.md", "problems.html"),
    ),
}


def answer_folder(out: Path, command: str, *districts: Path, flag: str = "--out") -> Path:
    """The folder for a command's answer, made before any work is done: `output_folder`, and nothing may lie in the way
    of the files that it always writes."""
    output_folder(out, *districts, flag=flag)
    with reported(out, flag):
        _check_way(out, FIXED[command])
    return out


@contextmanager
def writing(out: Path, command: str | None, flag: str = "--out") -> Iterator[Path]:
    """A folder to write an answer's files to in the body, with their names and subfolders; when that ends well they
    take their places in `out`, which is there, all or none.

    command: whose files they are: what is recorded, and what of an earlier answer goes. None: files that stand for
    themselves, with no record. Raises OutputError where the system keeps anything from being written.
    """
    with reported(out, flag), _alone(out):
        clear(out)
        stage = Path(tempfile.mkdtemp(prefix=WRITING, dir=out))
        interrupts.on_leaving(lambda: shutil.rmtree(stage, ignore_errors=True))
        new = stage / "new"
        new.mkdir()
        try:
            yield new
            if command is not None and not (new / MANIFEST).is_file():
                _record(out, new, command)
            interrupts.hold()
            _place(out, stage, () if command is None else earlier(out, command))
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _record(out: Path, new: Path, command: str) -> None:
    """manifest.json, where no summary.json is the record. Beside that of a command whose answer was no there is one
    only where others have written to the folder too."""
    summary = (new / SUMMARY).is_file()
    if not summary or (command != "optimize" and others_in(out, command)):
        write_json(new / MANIFEST, _manifest(out, command, {} if summary else hashes(new)))


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file under the folder, by its name in it."""
    return {name: sha256_of(folder / name) for name in _names(folder)}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_of(folder: Path, command: str) -> dict[str, str] | None:
    """The files of the command's answer that lies in the folder, with their SHA-256; None where none is recorded."""
    found = _json(folder / _holder(folder, command))
    others = found.get("others")
    files: Any = others.get(command) if isinstance(others, dict) else None
    if command == (_owner(found) or "optimize"):
        files = found.get("files")
    if not isinstance(files, dict):
        return None
    # A public bundle says more of each of its files.
    plain = {name: row.get("sha256") if isinstance(row, dict) else row for name, row in files.items()}
    return {name: str(digest) for name, digest in plain.items() if _inside(name)}


def _holder(folder: Path, command: str) -> str:
    """Which file holds the command's record: summary.json that of `optimize`, and of a command whose answer was no."""
    return SUMMARY if command in ("optimize", _owner(_json(folder / SUMMARY))) else MANIFEST


def earlier(folder: Path, command: str) -> list[str]:
    """The files that an earlier answer of the command left: as it was recorded, else what it always writes."""
    known = record_of(folder, command)
    return list(FIXED[command]) if known is None else [*known, _holder(folder, command)]


def others_in(folder: Path, command: str) -> dict[str, Any]:
    """The records of other commands that have written to the folder, by command."""
    before = _json(folder / MANIFEST)
    found = dict(before.get("others") or {})
    if before.get("format") == FORMAT and isinstance(before.get("files"), dict):
        found[_owner(before)] = before["files"]
    found.pop(command, None)
    return found


def clear(folder: Path) -> None:
    """Remove what killed commands left half written; where files were taking their places, put the old ones back."""
    for path in folder.glob(f"{WRITING}*"):
        if path.is_dir():
            if path.name.endswith(PLACING):
                _undo(folder, path)
            shutil.rmtree(path, ignore_errors=True)
        elif _abandoned(path):
            path.unlink(missing_ok=True)


def being_placed(folder: Path) -> bool:
    """Whether files are taking their places in the folder, or were when a command was killed."""
    return any(folder.glob(f"{WRITING}*{PLACING}"))


def _abandoned(path: Path) -> bool:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            return lock(handle)
        finally:
            os.close(handle)
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other command writes to the folder, and keep others waiting."""
    handle, end = _opened(folder), time.monotonic() + PATIENCE
    try:
        while handle is not None and not lock(handle):
            if time.monotonic() > end:
                raise OSError(errno.EBUSY, "another command is writing to it")
            time.sleep(0.02)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _opened(folder: Path) -> int | None:
    """The folder as a file that can be locked; None where the system has no such thing."""
    return None if os.name == "nt" else os.open(folder, os.O_RDONLY)


def _place(out: Path, stage: Path, before: Iterable[str]) -> None:
    """All files of the stage to their places, and those of before away; none where that cannot be."""
    names = _names(stage / "new")
    there = [name for name in dict.fromkeys([*names, *before]) if os.path.lexists(out / name)]
    _check_way(out, names)
    (stage / "names.json").write_text(json.dumps(names), encoding="utf-8")
    placing = stage.rename(stage.with_name(stage.name + PLACING))
    try:
        for name in there:
            _move(out / name, placing / "old" / name)
        for name in names:
            _move(placing / "new" / name, out / name)
    except BaseException:
        _undo(out, placing)
        shutil.rmtree(placing, ignore_errors=True)
        raise
    placing.rename(stage)  # from here on the new answer stands
    for folder in {parent for name in there for parent in (out / name).parents if out in parent.parents}:
        with suppress(OSError):
            folder.rmdir()  # where nothing is left in it


def _undo(out: Path, placing: Path) -> None:
    """The old files where they were. May be done again, where it was killed itself."""
    names = _json(placing / "names.json", list)
    for name in names:
        if _inside(name) and not os.path.lexists(placing / "new" / name) and os.path.lexists(out / name):
            _move(out / name, placing / "new" / name)
    for name in _names(placing / "old"):
        _move(placing / "old" / name, out / name)


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    path.replace(to)


def _check_way(out: Path, names: Iterable[str]) -> None:
    """Raises OSError where a file would have to take the place of a folder, or lie in a file."""
    for name in names:
        if (out / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, f"a folder called {name} lies in it")
        for folder in (out / name).parents:
            if out not in folder.parents:
                break
            if os.path.lexists(folder) and not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, f"a file called {folder.name} lies in it")


def _manifest(out: Path, command: str, files: Mapping[str, str]) -> dict[str, Any]:
    """manifest.json: the command's files, and those of others that have written to the folder. The record of a study or
    of a bundle stays what it is."""
    before, others = _json(out / MANIFEST), others_in(out, command)
    if _owner(before) in OWNERS.values():
        return {**before, "others": others | {command: dict(files)}}
    found = {"format": FORMAT, "format_version": 1, "version": rezone_version(), "command": command}
    return found | {"files": dict(files)} | ({"others": others} if others else {})


def _owner(record: Mapping[str, Any]) -> str:
    """The command whose record it is."""
    return str(record.get("command") or OWNERS.get(str(record.get("format")), ""))


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _inside(name: str) -> bool:
    """Whether it is the name of a file in the folder itself: a record may have been changed by hand."""
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _json(path: Path, kind: type[Any] = dict) -> Any:
    """The file's content; an empty one of the kind where it is not that."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return kind()
    return found if isinstance(found, kind) else kind()
