"""How long a run will take, before it is done: for people who must decide whether to start."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.optimize import TIME_LIMIT
from scenarios.runner.journal import Finished
from scenarios.runner.task import Task

SCORED = 0.2  # seconds for a plan that is scored as it is
START = 0.2  # seconds of a run with iterations, whatever their number, and
PROPOSALS = 300_000  # how many it does in a second, its bound included: roughly, by districts of 400 to 2,000 blocks


def expected_seconds(task: Task, finished: Mapping[str, Finished]) -> float:
    """Seconds of one run. A time limit is taken in full, iterations at the pace of the runs that are done."""
    options = task.settings.options
    if not task.searched:
        return SCORED
    if options.iterations is None:
        return options.time_limit or TIME_LIMIT
    known = [run.seconds for run in finished.values() if run.reduction > float("-inf")]
    guess = sum(known) / len(known) if known else START + options.iterations / PROPOSALS
    return guess if options.time_limit is None else min(guess, options.time_limit)
