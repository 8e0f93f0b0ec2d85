"""A headless Chromium, where there is one: pages to PDF, drawings to PNG."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from optimizer.errors import Fault, InputError
from scenarios.writing.files import replacing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS = 180.0


def find_chromium() -> str | None:
    """The program, or None where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def to_pdf(page: Path, out: Path) -> None:
    """The page as it prints. Raises InputError where there is no Chromium, or it fails."""
    with replacing(out) as new:
        _run("--pdf", new, "--no-pdf-header-footer", f"--print-to-pdf={new}", page.resolve().as_uri())


def to_png(drawing: Path, out: Path, size: tuple[int, int]) -> None:
    """An SVG file at a size in pixels."""
    with replacing(out) as new:
        width, height = size
        place = drawing.resolve().as_uri()
        _run("--maps", new, f"--screenshot={new}", f"--window-size={width},{height}", "--hide-scrollbars", place)


def _run(flag: str, out: Path, *arguments: str) -> None:
    program = find_chromium()
    if program is None:
        problem = "needs Chromium, which is not installed"
        raise InputError(
            Fault(flag, problem, "Install it (Debian: apt-get install chromium), or print the page by hand")
        )
    out.unlink()
    # Chromium refuses its sandbox to root; the page is this program's own, and loads nothing.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="rezone-", ignore_cleanup_errors=True) as profile:
        call = [program, "--headless", "--disable-gpu", *root, f"--user-data-dir={profile}", *arguments]
        try:
            done = subprocess.run(call, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise InputError(Fault(flag, f"Chromium gave nothing in {SECONDS:g} s", "Print the page by hand")) from None
    if not out.is_file():
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            Fault(flag, f"Chromium failed ({said[-1] if said else done.returncode})", "Print the page by hand")
        )
