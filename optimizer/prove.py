"""After the search: how much better any plan could be, within what is left of the budget."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from optimizer.arrays import Ints
from optimizer.bounds.bound import Bounder
from optimizer.bounds.certificate import Certificate
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.solvers.threads import in_threads
from optimizer.watch import Watch

LAST = 0.05  # share of the time for the last pass over fine intervals,
LEAST = 1.0  # and so many seconds at least, where there are twice as many
STEPS = 400  # price steps of a run with iterations: so many at most,
STEP = 2500  # and one for so many proposals


def steps_of(iterations: int | None) -> int | None:
    """The price steps that go with so many proposals: part of what makes a run repeatable."""
    return None if iterations is None else min(STEPS, max(20, iterations // STEP))


def last(seconds: float) -> float:
    """Seconds of these for the last pass."""
    return max(LAST * seconds, min(LEAST, 0.5 * seconds))


@dataclass(frozen=True, eq=False)
class Target:
    """What a bound is sought for: the best plan known, its value, and the gap (a share of it) to stop at."""

    school: Ints
    value: float
    gap: float


def prove(
    model: Model,
    objective: Objective,
    target: Target,
    *,
    seconds: float | None,
    steps: int | None,
    threads: int,
    stop: threading.Event,
    watch: Watch,
) -> tuple[Certificate, bool]:
    """The certificate of the best bound found, and whether somebody pressed Ctrl-C on the way.

    seconds: for all of it; None: no limit. steps: price steps, None: as many as there is time for.
    """
    began = time.monotonic()
    bounder = Bounder(model, objective, target.school, target.value, threads=threads)
    near = threading.Event()

    def look(best: float, done: int) -> None:
        if stop.is_set() or target.value - best <= target.gap * target.value:
            near.set()

    def run() -> None:
        left = None if seconds is None else seconds - last(seconds) - (time.monotonic() - began)
        bounder.run(seconds=left, steps=steps, stop=near, watch=look)

    def report() -> None:
        share = bounder.steps / steps if steps is not None and steps > 0 else 0.0
        watch.bound(target.value, target.school, bounder.best, share)

    _, stopped = in_threads([run], 1, stop, report)
    left = None if seconds is None else seconds - (time.monotonic() - began)
    if stop.is_set():
        return bounder.certificate(), stopped
    (certificate,), pressed = in_threads([lambda: bounder.finish(left)], 1, stop, report)
    return certificate, stopped or pressed
