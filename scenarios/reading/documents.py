"""JSON and TOML: bounded before they are parsed, no key twice, and held to a schema where there is one."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from optimizer.errors import LINES, Fault, InputError, nearest
from scenarios.reading.files import read_bytes, text_of
from scenarios.reading.most import most

CHUNK = 1 << 22
T = TypeVar("T")
STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


def read_toml(path: Path, missing: str | None = None) -> dict[str, Any]:
    """A TOML file as plain values. Raises InputError where it is not there or not TOML."""
    text = text_of(read_bytes(path, "toml", missing=missing), path.name, "TOML")
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise _too_deep(path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(Fault(path.name, f"cannot be read as TOML ({_toml_words(error)})", "Mend the line")) from None
    if _depth(found) > most("nesting"):
        raise _too_deep(path.name)
    return found


def _toml_words(error: tomllib.TOMLDecodeError) -> str:
    text = str(error)
    place = re.search(r"\((at .*)\)$", text)
    if text.startswith(("Cannot overwrite a value", "Cannot declare", "Cannot mutate")):
        return f"a key or table stands twice{'' if place is None else ', ' + place[1]}"
    return text


def _depth(value: Any) -> int:
    """How many lists and tables lie inside each other."""
    deepest, open_ = 0, [(value, 0)]
    while open_:
        one, level = open_.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        if inner is not None:
            deepest = max(deepest, level + 1)
            open_ += [(part, level + 1) for part in inner]
    return deepest


def _too_deep(where: str) -> InputError:
    problem = f"lists and tables lie inside each other more than {most('nesting')} deep"
    return InputError(Fault(where, problem, "Take the file as the program that it is from wrote it"))


def read_json(path: Path, *, where: str | None = None, missing: str | None = None) -> Any:
    """A JSON file as plain values. Raises InputError where it is not there or not JSON."""
    name = path.name if where is None else where
    return parse_json(read_bytes(path, "json", where=where, missing=missing), name)


def parse_json(raw: bytes, where: str) -> Any:
    """Bytes of a JSON file, with a byte order mark or not, as plain values. Raises InputError."""
    text = text_of(raw, where, "JSON")
    if _levels(raw) > most("nesting") and _nested(text) > most("nesting"):
        raise _too_deep(where)
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except RecursionError:
        raise _too_deep(where) from None
    except json.JSONDecodeError as error:
        problem = f"cannot be read as JSON (at line {error.lineno}, column {error.colno})"
        raise InputError(Fault(where, problem, "Mend the file, or write it anew")) from None
    except ValueError as error:
        said = "a number has too many digits" if "digits" in str(error) else str(error)
        problem = f"cannot be read as JSON ({said})"
        raise InputError(Fault(where, problem, "Mend the file, or write it anew")) from None


def _levels(raw: bytes) -> int:
    """How deep brackets lie inside each other, those in strings taken for such: quick, and a first look."""

    level, deepest = 0, 0
    for start in range(0, len(raw), CHUNK):
        part = np.frombuffer(raw[start : start + CHUNK], np.uint8) | 0x20  # [ and { then differ from no other mark
        step = np.cumsum((part == ord("{")).astype(np.int32) - (part == ord("}")))
        deepest, level = max(deepest, level + int(step.max())), level + int(step[-1])
    return deepest


def _nested(text: str) -> int:
    """The deepest nesting of a JSON text, brackets in strings left out; so far as it is beyond what is allowed."""
    level = 0
    for found in STRUCTURE.finditer(text):
        mark = found[0]
        if mark in "[{":
            level += 1
            if level > most("nesting"):
                return level
        elif mark in "]}":
            level -= 1
    return 0


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key '{next(name for name in names if names.count(name) > 1)[:40]}' stands twice")
    return table


def need_known(found: Any, newest: int, where: str) -> None:
    """Raises InputError where a document says that it is of a newer format than this version reads."""
    number = found.get("format") if isinstance(found, dict) else None
    if isinstance(number, int) and number > newest:
        problem = f"was made by a newer version of rezone: its format is {number}, this version reads {newest}"
        raise InputError(Fault(where, problem, "Bring rezone up to date"))


def fit(schema: Any, data: Any, where: str, mend: str) -> Any:
    """The data as they are, where they fit the schema (a pydantic type). Raises InputError naming each place that does
    not."""
    record(schema, data, where, mend)
    return data


def record(kind: type[T], data: Any, where: str, mend: str) -> T:
    """The record that the data are of. Raises InputError naming each place that does not fit."""
    try:
        adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]  # mypy holds no type for hashable
        found = adapter.validate_python(data)
    except ValidationError as error:
        raise InputError(
            [_misfit(entry, where, mend) for entry in error.errors(include_url=False)[: LINES + 1]]
        ) from None
    except RecursionError:
        raise _too_deep(where) from None
    return found


@cache
def _adapter(schema: Any) -> TypeAdapter[Any]:
    return TypeAdapter(schema)


def _misfit(entry: Any, where: str, mend: str) -> Fault:
    """In words, what keeps a value from fitting."""
    path = ".".join(str(part) for part in entry["loc"])
    if entry["type"] == "missing":
        return Fault(where, "the key is missing", mend, path)
    cause = entry.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return Fault(where, cause.faults[0].problem, mend, path or None)
    said = str(cause) if cause is not None else allowed(entry)
    return Fault(where, said, mend, path or None)


# What pydantic calls a misfit, as what is allowed.
ALLOWED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "dataclass_type": "must be a table",
    "mapping_type": "must be a table",
    "sequence_str": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "none_required": "must be null",
    "finite_number": "must be a finite number",
}


def allowed(entry: Any) -> str:
    """What a place may hold, of pydantic's entry of an error."""
    known = ALLOWED.get(entry["type"])
    if known is not None:
        return known
    context = entry.get("ctx", {})
    if entry["type"] in ("literal_error", "enum"):
        given = entry["input"]
        hint = nearest(given, re.findall(r"'([^']+)'", context["expected"])) if isinstance(given, str) else ""
        return f"must be {context['expected']}{hint}"
    for key, words in (("ge", "of {} or more"), ("gt", "above {}"), ("le", "of {} or less"), ("lt", "below {}")):
        if key in context:
            return f"must be a number {words.format(_short(context[key]))}"
    said = str(entry["msg"]).split(",")[0].removeprefix("Value error")
    return said.replace("Input should be", "must be").replace("Input should", "must") or "cannot be used"


def _short(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def as_toml(value: Any) -> str:
    """A value as TOML writes it, for errors: true, 'text', [1, 2]; null, which TOML has not, for None."""
    if isinstance(value, bool | None):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {as_toml(one)}' for key, one in value.items())} }}" if value else "{}"
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
