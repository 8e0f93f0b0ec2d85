"""Standard output and error, whatever the terminal can show and whoever reads them; doubts about the input."""

from __future__ import annotations

import errno
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, TextIO

import typer

from optimizer.errors import Doubt
from scenarios.writing.records import as_json

CLOSED = (errno.EPIPE, errno.EBADF, errno.ESHUTDOWN)  # nobody reads any more


class _Gentle:
    """A stream whose reader may go: what comes after that is written to nobody, and the command goes on."""

    encoding = "utf-8"  # what it takes: typer would go around a stream that says it is of less

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lost: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Raises OSError where the stream has no room: what is printed may be the answer."""
        self._do(self.stream.write, text)
        if text and self.lost is not None and self.lost.errno not in CLOSED:
            raise self.lost
        return len(text)

    def flush(self) -> None:
        before = self.lost
        self._do(self.stream.flush)
        if self.lost is not before and self.lost is not None and self.lost.errno not in CLOSED:
            raise self.lost  # once: Python flushes again when it ends

    def _do(self, what: Callable[..., Any], *text: str) -> None:
        try:
            what(*text)
        except OSError as error:
            self.lost = error
            away = os.open(os.devnull, os.O_WRONLY)
            os.dup2(away, self.stream.fileno())  # also for what is held back, which Python writes when it ends
            os.close(away)


def prepare() -> None:
    """Let the program's streams take any text: what a terminal cannot show is written as an escape."""
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:  # closed before the program began
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for as long as the process lasts
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
            stream = _Gentle(stream)
        setattr(sys, name, stream)


def tell_json(data: Any) -> None:
    """JSON on standard output, in letters that it can show."""
    stream: Any = getattr(sys.stdout, "stream", sys.stdout)
    every = (stream.encoding or "utf-8").lower().replace("-", "") == "utf8"
    typer.echo(as_json(data, ascii_alone=not every))


def hear_doubts() -> None:
    """From now on: each doubt once, as `warning: …`, and nothing else of what Python's warnings and logs say."""
    said: set[str] = set()

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        if isinstance(message, Doubt) and str(message) not in said:
            said.add(str(message))
            typer.echo(f"warning: {message}", err=True)

    warnings.filterwarnings("always", category=Doubt)
    warnings.showwarning = show
    logging.lastResort = None
