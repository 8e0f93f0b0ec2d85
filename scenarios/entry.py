"""Where the command `rezone` begins: signals are heard before anything that takes time is imported."""

from __future__ import annotations

import os
import sys

from scenarios import interrupts


def main() -> None:
    """Run the command line."""
    _in_utf8()
    interrupts.listen()
    from scenarios.cli import main as run  # noqa: PLC0415 - imports of a second come after this

    run()


def _in_utf8() -> None:
    """Begin again in Python's UTF-8 mode, where the system's own encoding of names is another: the libraries that read
    layers and tables take names for UTF-8, and would find no file of another name. What is printed stays in the
    encoding of the terminal."""
    if sys.getfilesystemencoding() == "utf-8" or not sys.executable:
        return
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8=1", *sys.orig_argv[1:]])
