"""The version that results name."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def rezone_version() -> str:
    """The installed version, or "0" in a tree that was never installed."""
    try:
        return version("rezone")
    except PackageNotFoundError:
        return "0"
