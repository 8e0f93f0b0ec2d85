"""A user's own rules, objectives and measures: Python files that the command line names, and nothing else may name."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from optimizer.errors import Fault, InputError

if TYPE_CHECKING:
    from optimizer.district import District

RULE_PARTS, OBJECTIVE_PARTS = ("narrow", "excess", "attributes"), ("compile", "value", "attributes")
MEASURE_PARTS = ("value",)
PREFIX = "rezone_plugin_"  # of the names of their modules
MEND = "See docs/plugins.md"
_run: dict[Path, str] = {}  # SHA-256 of the code that was run, by the path of its file


def load_plugins(files: Sequence[Path]) -> None:
    """Run each file, and make the rules, objectives and measures that it lists known by their names: its RULES (rule
    classes, see optimizer.rules.base), OBJECTIVES (classes that need no arguments, see optimizer.objectives.base) and
    MEASURES (records, see optimizer.measures.record).

    Raises InputError where a file cannot be run, lists nothing, or a name is taken.
    """
    for file in files:
        _register(_module(file), file)


def plugin_fault(error: BaseException) -> Fault | None:
    """Where in a user's own file an error arose, in words; None where it did not."""
    frames = [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").startswith(PREFIX)
    ]
    if not frames:
        return None
    lines = dict(traceback.walk_tb(error.__traceback__))
    frame = frames[-1]
    place = f"{Path(frame.f_code.co_filename).name}, line {lines[frame]}, in {frame.f_code.co_name}"
    return Fault("--plugin", f"{place}: {type(error).__name__}: {error}", _mend(frame, list(lines)))


def _mend(frame: FrameType, frames: Sequence[FrameType]) -> str:
    """Which rule or objective it is, and what the district has: that it lacks what is asked of it is no fault of the
    file."""
    one = frame.f_locals.get("self")
    name = getattr(one, "kind", None) or getattr(one, "name", None)
    district = next(
        (found for inner in reversed(frames) if (found := _district(inner.f_locals.values())) is not None), None
    )
    if district is None or not isinstance(name, str):
        return "Mend the file"
    groups = f"the groups {', '.join(district.groups)}" if district.groups else "no groups"
    poverty = "" if district.has_poverty else " and no counts of poverty"
    return f"Ask '{name}' of a district that has what it needs, or mend it: {district.name} has {groups}{poverty}"


def _district(values: Iterable[Any]) -> District | None:
    """The district among some values, or of a model or plan among them."""
    from optimizer.district import District  # noqa: PLC0415

    for value in values:
        found = value if isinstance(value, District) else getattr(value, "district", None)
        if isinstance(found, District):
            return found
    return None


def plugin_hash(file: Path) -> str:
    """The SHA-256 of the code that was run of a plugin in this process."""
    return _run[file.absolute()]


def _module(file: Path) -> ModuleType:
    if not file.is_file():
        raise InputError(Fault("--plugin", f"there is no file {file}", "Name a Python file"))
    name = PREFIX + file.stem
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InputError(Fault("--plugin", f"{file.name} is not a Python file", "Name a file that ends in .py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # types of its dataclasses are looked up there
    module.__dict__["print"] = _aside
    try:
        source = file.read_bytes()
        exec(compile(source, file, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:  # whatever the user's own code raises
        where = f"{type(error).__name__}: {error}"
        raise InputError(Fault("--plugin", f"{file.name} cannot be run ({where})", "Mend the file")) from error
    _run[file.absolute()] = hashlib.sha256(source).hexdigest()
    return module


def _aside(*values: Any, **how: Any) -> None:
    """What `print` is in a plugin: standard output is the command's own."""
    stream = how.pop("file", None) or sys.stderr
    print(*values, file=stream, **how)


def _register(module: ModuleType, file: Path) -> None:
    from optimizer.measures import MEASURES  # noqa: PLC0415 - takes a moment to import
    from optimizer.objectives import OBJECTIVES  # noqa: PLC0415
    from optimizer.rules import RULES  # noqa: PLC0415

    kinds: tuple[tuple[str, dict[str, Any], str, tuple[str, ...]], ...] = (
        ("RULES", RULES, "kind", RULE_PARTS),
        ("OBJECTIVES", OBJECTIVES, "name", OBJECTIVE_PARTS),
        ("MEASURES", MEASURES, "name", MEASURE_PARTS),
    )
    if not any(getattr(module, kind, ()) for kind, *_ in kinds):
        raise InputError(Fault("--plugin", f"{file.name} lists no RULES, no OBJECTIVES and no MEASURES", MEND))
    for kind, known, label, parts in kinds:
        for one in getattr(module, kind, ()):
            known[_checked(one, known, label, parts, file)] = one


def _module_of(one: Any) -> str:
    """Where a class was made, or what a measure computes."""
    return str(getattr(getattr(one, "value", None), "__module__", "") or getattr(one, "__module__", ""))


def _checked(one: Any, known: dict[str, Any], label: str, parts: tuple[str, ...], file: Path) -> str:
    """Its name. Loading a file twice is no fault."""
    title = getattr(one, "__name__", None) or getattr(one, label, repr(one))
    name = getattr(one, label, None)
    if not isinstance(name, str):
        raise InputError(Fault("--plugin", f"{title} in {file.name} has no {label}", MEND))
    missing = [part for part in parts if not callable(getattr(one, part, None))]
    if missing:
        raise InputError(Fault("--plugin", f"{title} in {file.name} has no {', '.join(missing)}", MEND))
    taken = known.get(name)
    if taken is not None and _module_of(taken) != _module_of(one):
        raise InputError(
            Fault("--plugin", f"the {label} '{name}' of {file.name} is there already", "Take another name")
        )
    return name
