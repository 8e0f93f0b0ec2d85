"""One call of the optimizer with the options that a user gave: what all commands that search for a plan share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.district import District
from optimizer.objectives import Objective
from optimizer.optimize import PROVING, optimize
from optimizer.plan import Plan
from optimizer.repair import repair
from optimizer.result import Progress, Result
from optimizer.rules import Rule
from scenarios import interrupts
from scenarios.asking.options import Options, Settings, rules_of


def solve_with(
    settings: Settings,
    district: District,
    *,
    objective: Objective | Sequence[Objective],
    seconds: float | None,
    threads: int | None = None,
    proving: float = PROVING,
    progress: Callable[[Progress], None] | None = None,
    further: tuple[Rule, ...] = (),
    start: Plan | None = None,
) -> Result:
    """The best plan found under the settings. further: rules beside theirs. start: the plan to search from, None for
    today's zones. Raises InputError where a rule or the objective does not fit the district."""
    rules = (*rules_of(settings), *further)
    return solve_under(
        district, objective, rules, settings.options, seconds, threads, proving=proving, progress=progress, start=start
    )


def solve_under(
    district: District,
    objective: Objective | Sequence[Objective],
    rules: tuple[Rule, ...],
    options: Options,
    seconds: float | None,
    threads: int | None = None,
    *,
    proving: float = PROVING,
    progress: Callable[[Progress], None] | None = None,
    start: Plan | None = None,
) -> Result:
    """The best plan found under the rules; of the options only those of the search count. seconds: what is left of the
    time limit, None for no limit. threads: where the options give none. It hears Ctrl-C: once it tells of its progress
    there is a plan to keep."""
    return optimize(
        district,
        objective,
        rules,
        slack=(options.slack or ()) if isinstance(objective, Sequence) else (),
        time_limit=seconds,
        iterations=options.iterations,
        seed=options.seed,
        threads=threads if options.threads is None else options.threads,
        gap=options.gap,
        solver=options.solver,
        proving=proving,
        progress=_told(progress),
        stop=interrupts.stop(),
        start=start,
    )


def mend_with(
    settings: Settings, drawn: Plan, *, seconds: float | None, progress: Callable[[Progress], None] | None = None
) -> Result:
    """The nearest valid plan found to a drawn one, likewise."""
    options = settings.options
    return repair(
        drawn,
        rules_of(settings),
        time_limit=seconds,
        iterations=options.iterations,
        seed=options.seed,
        threads=options.threads,
        progress=_told(progress),
        stop=interrupts.stop(),
    )


def _told(progress: Callable[[Progress], None] | None) -> Callable[[Progress], None] | None:
    """The same, from which on there is a plan to keep."""

    def told(now: Progress) -> None:
        interrupts.hold()
        if progress is not None:
            progress(now)

    return progress and told
