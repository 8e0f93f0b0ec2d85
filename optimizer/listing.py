"""What the files of a folder define: a new rule is a new file, and no table names it a second time."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def kinds_under(package: str, folder: Sequence[str]) -> dict[str, Any]:
    """By its `kind`, each class that says one and stands in a file of the package. folder: the package's `__path__`.
    Raises TypeError where two say the same."""
    files = [f"{package}.{found.name}" for found in iter_modules(folder) if not found.ispkg]
    found: dict[str, Any] = {}
    for file in files:
        for one in vars(import_module(file)).values():
            kind = vars(one).get("kind") if isinstance(one, type) and one.__module__ == file else None
            if isinstance(kind, str) and kind:
                if kind in found:
                    raise TypeError(f"{one.__qualname__} and {found[kind].__qualname__} are both of the kind {kind!r}")
                found[kind] = one
    return found
