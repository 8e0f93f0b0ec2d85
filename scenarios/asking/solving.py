"""One call of the optimizer with the options that a user gave: what `optimize`, `bound` and `run` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optimizer.district import District
from optimizer.objectives import Objective
from optimizer.optimize import PROVING, optimize
from optimizer.result import Progress, Result
from optimizer.rules import Rule
from scenarios import interrupts
from scenarios.asking.options import Settings, rules_of


def solve_with(
    settings: Settings,
    district: District,
    *,
    objective: Objective,
    seconds: float | None,
    threads: int | None = None,
    proving: float = PROVING,
    progress: Callable[[Progress], None] | None = None,
    further: tuple[Rule, ...] = (),
) -> Result:
    """The best plan found under the settings. seconds: what is left of the time limit, None for no limit. threads:
    where the options give none. further: rules beside those of the settings. Raises InputError where a rule or the
    objective does not fit the district."""
    options = settings.options
    return optimize(
        district,
        objective,
        (*rules_of(settings), *further),
        time_limit=seconds,
        iterations=options.iterations,
        seed=options.seed,
        threads=threads if options.threads is None else options.threads,
        gap=options.gap,
        solver=options.solver,
        proving=proving,
        **heard(progress),
    )


def heard(progress: Callable[[Progress], None] | None) -> dict[str, Any]:
    """What makes `optimize` hear Ctrl-C: once it tells of its progress there is a plan to keep."""

    def told(now: Progress) -> None:
        interrupts.hold()
        if progress is not None:
            progress(now)

    return {"progress": progress and told, "stop": interrupts.stop()}
