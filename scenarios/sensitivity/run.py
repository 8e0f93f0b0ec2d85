"""One run of the optimizer a case, within one budget of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.deadline import Deadline
from optimizer.objectives import Objective
from optimizer.result import Progress, Result
from scenarios.asking.options import Options
from scenarios.asking.solving import solve_under
from scenarios.sensitivity.cases import Case

BASE_WEIGHT = 2.0  # the base's share of the time, where every other case has 1: all rows are held against it

Watch = Callable[[int, float | None], Callable[[Progress], None]]


def run_cases(
    cases: Sequence[Case], objective: Objective, options: Options, seconds: float | None, watch: Watch | None = None
) -> list[Result]:
    """A result a case, in order. It ends early where somebody presses Ctrl-C, or where the base, which is the first,
    has no valid plan: then there is nothing to compare with.

    seconds: for all together; None: no limit. What a run leaves goes to those after it. watch: asked at the start of a
    run, with its place and its seconds, for what is told of its progress.
    """
    deadline = Deadline(seconds)
    weights = [BASE_WEIGHT, *[1.0] * (len(cases) - 1)]
    results: list[Result] = []
    for k, case in enumerate(cases):
        share = deadline.seconds_of(weights[k] / sum(weights[k:]))
        progress = None if watch is None else watch(k, share)
        result = solve_under(case.district, objective, case.rules, options, share, progress=progress)
        results.append(result)
        if result.stopped or (k == 0 and not result.valid):
            break
    return results
