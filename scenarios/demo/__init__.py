"""The demo district that comes with the program: synthetic, made by `rezone generate`."""

from __future__ import annotations

from pathlib import Path


def demo_folder() -> Path:
    """Where the demo district lies."""
    return Path(__file__).parent / "district"
