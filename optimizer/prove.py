"""After the search: how much better any plan could be, within what is left of the time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from optimizer.arrays import Ints
from optimizer.bounds.bound import Bounder, Duals
from optimizer.bounds.certificate import Certificate
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives import Objective
from optimizer.solvers.threads import in_threads
from optimizer.watch import Watch

LAST = 0.05  # share of the time for the last pass over fine intervals,
LEAST = 1.0  # and so many seconds at least, where there are twice as many
STEPS = 400  # price steps of a run with iterations: so many at most,
STEP = 2500  # and one for so many proposals


def steps_of(iterations: float | None) -> int | None:
    """The price steps that go with so many proposals: part of what makes a run repeatable."""
    return None if iterations is None else min(STEPS, max(20, int(iterations // STEP)))


def last(seconds: float) -> float:
    """Seconds of these for the last pass."""
    return max(LAST * seconds, min(LEAST, 0.5 * seconds))


@dataclass(frozen=True, eq=False)
class Target:
    """What a bound is sought for: the best plan known, and its value."""

    school: Ints
    value: float


def prove(
    model: Model,
    objective: Objective,
    target: Target,
    deadline: Deadline,
    *,
    threads: int,
    watch: Watch,
    duals: Duals | None = None,
) -> Certificate:
    """The certificate of the best bound found. deadline: for all of it; its iterations are price steps, None: as many
    as there is time for. duals: to begin with; None: the plan's."""
    bounder = Bounder(model, objective, target.school, target.value, threads=threads)
    if duals is not None:
        bounder.begin(duals)
    end = 0.0 if deadline.seconds is None else last(deadline.seconds)
    run = deadline.anew(None if deadline.left is None else deadline.left - end, deadline.iterations)

    def report() -> None:
        watch.bound(target.value, target.school, bounder.best, run.share)

    in_threads([partial(bounder.run, run)], 1, deadline, report=report)
    if deadline.stopped:
        return bounder.certificate()
    (certificate,) = in_threads([partial(bounder.finish, deadline)], 1, deadline, report=report)
    return certificate
