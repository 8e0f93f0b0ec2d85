"""Records as JSON: a document is declared once, as frozen dataclasses, and written from that declaration."""

from __future__ import annotations

import json
from dataclasses import Field, field, fields, is_dataclass
from typing import Any


def named(key: str) -> Any:
    """A field whose key in JSON is no name in Python, such as `a.b`; that of `from_` is `from`."""
    return field(metadata={"key": key})


def left_out() -> Any:
    """A field without a key in JSON where it is None."""
    return field(default=None, metadata={"left_out": True})


def inlined() -> Any:
    """A field that holds a record whose keys stand among those of the record around it; none where it is None."""
    return field(metadata={"inlined": True})


def spread(prefix: str) -> Any:
    """A field that holds a mapping whose keys, each behind the prefix, stand among those of the record around it."""
    return field(metadata={"prefix": prefix})


def cells(kind: type) -> list[Field[Any]]:
    """The fields of a kind of record that are one key each, called so."""
    return [one for one in fields(kind) if not one.metadata]


def table(record: Any) -> dict[str, Any]:
    """The keys of a record, in the order of its fields, with values as they are: records within stay records."""
    if not is_dataclass(record):
        raise TypeError(f"{type(record).__name__} is no record")
    found: dict[str, Any] = {}
    for one in fields(record):
        value, about = getattr(record, one.name), one.metadata
        if about.get("inlined"):
            found |= {} if value is None else table(value)
        elif "prefix" in about:
            found |= {about["prefix"] + key: inner for key, inner in value.items()}
        elif value is not None or not about.get("left_out"):
            found[about.get("key", one.name.rstrip("_"))] = value
    return found


def as_json(data: Any, *, indent: int | None = 2, ascii_alone: bool = False) -> str:
    """The text. data: plain values and records. Raises ValueError on NaN, which is not JSON."""
    return json.dumps(data, indent=indent, ensure_ascii=ascii_alone, allow_nan=False, default=table)
