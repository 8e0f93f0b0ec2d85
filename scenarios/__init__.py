"""The people: district folders, comparisons, reports and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.folder import read_district, write_district

__all__ = ["read_district", "write_district"]


def __getattr__(name: str) -> Any:
    # Late, because the folder reader imports geopandas, which takes longer than `rezone --help` may.
    if name in __all__:
        from scenarios import folder  # noqa: PLC0415

        return getattr(folder, name)
    raise AttributeError(f"module 'scenarios' has no attribute '{name}'")
