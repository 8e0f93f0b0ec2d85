"""Progress on standard error: one living line on a terminal, a plain line now and then in a pipe."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from optimizer.result import Progress

PLAIN_EVERY = 5.0  # seconds between plain lines


class ProgressLine:
    """Call it with Progress; `close` ends the living line."""

    def __init__(self, what: str, unit: str, limit: float | None, stream: TextIO | None = None) -> None:
        self.what, self.unit, self.limit = what, unit, limit
        self.stream = sys.stderr if stream is None else stream
        self.living = self.stream.isatty()
        self.next, self.width = 0.0, 0

    def __call__(self, now: Progress) -> None:
        if not self.living and time.monotonic() < self.next:
            return
        self.next = time.monotonic() + PLAIN_EVERY
        text = self.text(now)
        if self.living:
            print("\r" + text.ljust(self.width), end="", file=self.stream, flush=True)
            self.width = len(text)
        else:
            print(text, file=self.stream, flush=True)

    def text(self, now: Progress) -> str:
        done = f"{100 * now.share:.0f} % done"
        left = done if self.limit is None else f"{max(0.0, self.limit - now.seconds):.0f} s left"
        bound = "" if now.bound is None else f", no plan below {self._value(now.bound)}"
        return (
            f"{self.what} {self._value(now.objective)} (today {self._value(now.objective_status_quo)}), "
            f"{100 * now.moved_share:.1f} % of students moved{bound}, {left}"
        )

    def _value(self, value: float) -> str:
        return f"{100 * value:.2f} points" if self.unit == "points" else f"{value:,.4g}"

    def close(self) -> None:
        if self.living and self.width:
            print(file=self.stream, flush=True)
