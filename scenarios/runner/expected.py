"""How long a run will take, before it is done: for people who must decide whether to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.optimize import TIME_LIMIT
from scenarios.runner.journal import Finished
from scenarios.runner.task import Task

WORKER = 6.0  # seconds for a worker to start, and to load the district and the compiled kernels
SCORED = 0.2  # seconds for a plan that is scored as it is
START = 0.2  # seconds of a run with iterations, whatever their number, and
PROPOSALS = 300_000  # how many it does in a second, its bound included: roughly, by districts of 400 to 2,000 blocks


def expected_seconds(task: Task, finished: Mapping[str, Finished]) -> float:
    """Seconds of one run. A time limit is taken in full, iterations at the pace of the runs that are done."""
    options = task.settings.options
    if not task.searched:
        return SCORED
    if options.iterations is None:
        return TIME_LIMIT if options.time_limit is None else options.time_limit
    known = _paces(finished)
    guess = sum(known) / len(known) if known else START + options.iterations / PROPOSALS
    return guess if options.time_limit is None else min(guess, options.time_limit)


def pace_known(task: Task, finished: Mapping[str, Finished]) -> bool:
    """Whether `expected_seconds` is more than the least that a run takes."""
    options = task.settings.options
    return not task.searched or options.iterations is None or options.time_limit is not None or bool(_paces(finished))


def in_all(seconds: Sequence[float], workers: int) -> float:
    """Seconds of all runs together, by so many workers, their start among them. seconds: of each run."""
    return WORKER + sum(seconds) / min(workers, len(seconds)) if seconds else 0.0


def _paces(finished: Mapping[str, Finished]) -> list[float]:
    """Seconds of the searched runs that are done."""
    return [run.seconds for run in finished.values() if run.reduction > float("-inf")]
