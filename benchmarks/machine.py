"""What stands beside every figure: machine, versions, commit."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
SIZES = ((300, 8), (900, 18), (2000, 40), (10_000, 100))  # blocks, schools of the generated districts


def folders() -> list[Path]:
    """The real districts that are there."""
    return sorted(folder for folder in DATA.glob("*") if (folder / "district.toml").exists())


def about() -> str:
    """One line for people and for the heads of tables."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "ortools"))
    processor = platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores, {processor}, Python {platform.python_version()}, {packages}, commit {commit()}"


def commit() -> str:
    """The commit measured, with a + where the tree has changes."""

    def git(*words: str) -> str:
        return subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")
