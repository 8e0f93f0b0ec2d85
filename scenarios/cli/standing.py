"""Where a sweep stands, on standard error: a living line on a terminal, a plain line now and then in a pipe."""

from __future__ import annotations

import math
import sys
import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from scenarios.paper.wording import duration
from scenarios.runner import Standing

PLAIN_EVERY = 10.0  # seconds between plain lines


class StandingLine:
    """Call it with a Standing; `last` is the latest. `close` ends the living line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.last: Standing | None = None
        self.next = 0.0
        console = Console(file=self.stream)
        columns = (BarColumn(), TextColumn("{task.description}", markup=False))
        self.living = Progress(*columns, console=console) if console.is_terminal else None
        self.bar = None if self.living is None else self.living.add_task("")

    def __call__(self, now: Standing) -> None:
        self.last = now
        if self.living is not None and self.bar is not None:
            self.living.start()
            self.living.update(self.bar, total=now.total, completed=now.done + now.failed, description=text(now))
        elif time.monotonic() >= self.next:
            self.next = time.monotonic() + PLAIN_EVERY
            print(text(now), file=self.stream, flush=True)

    def close(self) -> None:
        if self.living is not None:
            self.living.stop()


def text(now: Standing) -> str:
    """The line in words."""
    parts = [f"{now.done:,} of {now.total:,} runs done", f"{now.failed:,} failed", f"{now.left:,} left"]
    if now.workers == 0 and now.left:
        parts.append("0 workers are connected")
    if now.seconds_left is not None:
        parts.append(f"about {duration(now.seconds_left)} to go")
    if math.isfinite(now.best):
        parts.append(f"best so far {100 * now.best:.1f} % below today")
    return ", ".join(parts)
