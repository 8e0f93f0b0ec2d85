"""Calls of every command that writes, and what the system may do to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

REZONE = (sys.executable, "-c", "from scenarios.entry import main; main()")
QUICK = ("--iterations", 200, "--threads", 1)


def calls(district: Path, run: Path, plan: Path, study: Path, out: Path) -> dict[str, tuple[object, ...]]:
    """A quick call of every command that writes, without its name: into `out`, or to a file in it."""
    wide = (*QUICK, "--size-tolerance", 0.5)
    return {
        "optimize": (district, "--out", out, *wide),
        "bands": (district, district, "--out", out, *wide, "--solver", "search"),
        "compare": (run, "--out", out),
        "demo": ("--out", out, "--time-limit", 2),
        "export": (run, "--out", out, "--format", "gpkg,geojson,xlsx"),
        "frontier": (district, "--out", out, "--points", 2, *wide),
        "generate": (out, "--blocks", 40, "--schools", 3),
        "publish": (run, "--out", out),
        "repair": (district, plan, "--out", out, *wide),
        "report": (run, "--out", out / "report.html"),
        "rfp": (district, plan, "--out", out),
        "run": (study, "--out", out, "--jobs", 1),
        "serve": (district, "--out", out, "--port", 0, "--no-browser"),
        "score": (district, plan, "--out", out, *wide),
        "sensitivity": (district, "--out", out, *wide),
        "import": ("gis", study.parent / "mapping.toml", "--out", out),
        "transition": (district, plan, "--out", out),
        "forecast": (district, study.parent / "forecast.toml", "--out", out / "futures.parquet"),
        "travel": (district, "--streets", study.parent / "streets.geojson", "--out", out / "travel.csv"),
    }


def start(
    *words: object,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    stdout: Any = subprocess.PIPE,
    before: Callable[[], None] = lambda: None,
) -> subprocess.Popen[str]:
    """The command in a process of its own, which hears signals though the tests may run in the background. before: what
    is done in it before it begins."""

    def prepare() -> None:
        hear()
        before()

    return subprocess.Popen(
        [*REZONE, *map(str, words)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=cwd,
        env=None if env is None else os.environ | env,
        preexec_fn=prepare,  # noqa: PLW1509 - nothing here runs in threads
    )


def hear() -> None:
    """What a shell does for a command in the foreground."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_DFL)


def ended(child: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    out, err = child.communicate(timeout=seconds)
    return child.returncode, out, err


def leftovers(folder: Path) -> Sequence[Path]:
    """What a command has left half written."""
    return list(folder.rglob(".writing-*"))
