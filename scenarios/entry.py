"""Where the command `rezone` begins: signals are heard before anything that takes time is imported."""

from __future__ import annotations

import os
import sys

from scenarios import interrupts

FILES = 24  # that must be free; what reads a district, draws and writes it holds a dozen at once


def main() -> None:
    """Run the command line."""
    _in_utf8()
    try:
        interrupts.listen()
        _need_files()
    except OSError as error:
        what = f"the system lets this process open too few files at once ({error.strerror})"
        sys.stderr.write(f"error: {what}. Raise the limit (ulimit -n 1024), and repeat the command\n")
        sys.exit(3)
    from scenarios.cli import main as run  # noqa: PLC0415 - imports of a second come after this

    run()


def _need_files() -> None:
    """Raises OSError where no more than a few files may be open: compiled libraries end the process at that, some
    without a word."""
    ends: list[int] = []
    try:
        while len(ends) < FILES:
            ends += os.pipe()
    finally:
        for end in ends:
            os.close(end)


def _in_utf8() -> None:
    """Begin again in Python's UTF-8 mode, where the system's own encoding of names is another: the libraries that read
    layers and tables take names for UTF-8, and would find no file of another name. What is printed stays in the
    encoding of the terminal."""
    if sys.getfilesystemencoding() == "utf-8" or not sys.executable:
        return
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8=1", *sys.orig_argv[1:]])
