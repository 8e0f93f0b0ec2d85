"""Progress on standard error: one living line on a terminal, a plain line now and then in a pipe."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TextIO

import typer

from optimizer import kernels
from optimizer.objectives import Objective
from optimizer.result import Progress
from scenarios import interrupts
from scenarios.paper.plain import plain_in

P = ParamSpec("P")

PLAIN_EVERY = 5.0  # seconds between plain lines
SILENT = 0.4  # seconds that a command may be silent at its beginning


class Line:
    """`show` a text; `close` ends the living line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.living = self.stream.isatty()
        self.next, self.width = 0.0, 0

    def show(self, text: str) -> None:
        if not self.living and time.monotonic() < self.next:
            return
        self.next = time.monotonic() + PLAIN_EVERY
        if self.living:
            print("\r" + text.ljust(self.width), end="", file=self.stream, flush=True)
            self.width = len(text)
        else:
            print(text, file=self.stream, flush=True)

    def close(self) -> None:
        if self.living and self.width:
            print(file=self.stream, flush=True)


class ProgressLine(Line):
    """Call it with Progress. unit: of its values; None: it says itself of which objective they are."""

    def __init__(self, what: str, unit: str | None, limit: float | None, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self.what, self.unit, self.limit = what, unit, limit

    def __call__(self, now: Progress) -> None:
        self.show(self.text(now))

    def text(self, now: Progress) -> str:
        done = f"{100 * now.share:.0f} % done"
        left = done if self.limit is None else f"{max(0.0, self.limit - now.seconds):.0f} s left"
        points = now.name == "disparity" if self.unit is None else self.unit == "points"
        best, today = (_value(value, points) for value in (now.objective, now.objective_status_quo))
        bound = "" if now.bound is None else f", no plan below {_value(now.bound, points)}"
        return (
            f"{self.what}{now.name if self.unit is None else ''} {best} (today {today}), "
            f"{plain_in('share', now.moved_share)} of students moved{bound}, {left}"
        )


def _value(value: float, points: bool) -> str:
    return plain_in("points", value) if points else f"{value:,.4g}"


class ProgressLines:
    """A progress line a run: each that begins ends the one before it."""

    def __init__(self) -> None:
        self.last: ProgressLine | None = None

    def begin(self, what: str, objective: Objective | None, seconds: float | None) -> ProgressLine:
        """what: of which run, before the name of the objective. objective: None where there are several in an order."""
        self.close()
        if objective is None:
            self.last = ProgressLine(what, None, seconds)
        else:
            points = objective.name == "disparity"
            self.last = ProgressLine(what + objective.name, "points" if points else "", seconds)
        return self.last

    def close(self) -> None:
        if self.last is not None:
            self.last.close()
        self.last = None


def ready_to_solve() -> None:
    """What every command that searches or proves does first. At a first start the kernels are compiled once the
    question is known to be sound (`scenarios.cli.job.time_left`): no time limit counts that, and it is said. Say soon
    that it goes on, since importing takes a while."""
    interrupts.on_leaving(kernels.abandon)
    kernels.tell_with(Compiling())
    if interrupts.listening():  # a process of its own: what calls this from Python has its own way to be told
        first = threading.Timer(SILENT, typer.echo, ["reading the data"], {"err": True})
        first.daemon = True
        first.start()


class Compiling:
    """The line that says how far compiling is; gone when it is done."""

    def __init__(self) -> None:
        self.line = Line()

    def __call__(self, share: float) -> None:
        self.line.show(f"compiling for this processor, once, no limit counts it: {100 * share:.0f} %")
        if share >= 1:
            self.line.close()


def solves(command: Callable[P, None]) -> Callable[P, None]:
    """Marks a command that searches or proves: what it does is said soon."""

    @wraps(command)
    def run(*words: P.args, **named: P.kwargs) -> None:
        ready_to_solve()
        command(*words, **named)

    return run
