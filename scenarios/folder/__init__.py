"""The district folder: reading, checking and writing, as FORMAT.md has it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.folder.read import read_district, read_inputs, read_limits
    from scenarios.folder.write import write_district

__all__ = ["read_district", "read_inputs", "read_limits", "write_district"]

WHERE = {"read_district": "read", "read_inputs": "read", "read_limits": "read", "write_district": "write"}


def __getattr__(name: str) -> Any:
    # Late: hashes and heads of folders are read by those who need no geopandas, which is slow to import.
    if name in WHERE:
        return getattr(import_module(f"scenarios.folder.{WHERE[name]}"), name)
    raise AttributeError(f"module 'scenarios.folder' has no attribute '{name}'")
