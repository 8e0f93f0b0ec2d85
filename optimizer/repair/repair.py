"""Mend a drawing: the valid plan that changes the fewest students of a drawn one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from optimizer import kernels
from optimizer.contradictions import nearest_candidates, ready
from optimizer.deadline import Deadline
from optimizer.objectives import StudentsChanged
from optimizer.optimize import check_effort, zones_of
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import DEFAULT_RULES, Rule, breaches, is_valid
from optimizer.solvers.threads import cores, in_threads
from optimizer.watch import Watch

TIME_LIMIT = 10.0  # seconds, where neither time nor iterations are given


def repair(
    drawn: Plan,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    known: Sequence[Plan] = (),
    time_limit: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Result:
    """The valid plan that changes the fewest students of a drawn one, and a proof of how few any could change.

    drawn: any plan of the district, valid or not; where it is valid it is the answer. known: plans that somebody has
    already, such as the one that was drawn from; today's zones always are: the answer never changes more students than
    the nearest valid one of them. The other arguments as of `optimize`; time_limit: None means 10 seconds, or no limit
    with `iterations`. Raises InputError where an argument, a plan or a rule does not fit, or where rules contradict
    each other.
    """
    from optimizer.repair.mending import Mending  # noqa: PLC0415 - numba takes a second to import
    from optimizer.run import Run  # noqa: PLC0415

    check_effort(time_limit, iterations, seed, threads)
    kernels.ensure()
    seconds = TIME_LIMIT if time_limit is None and iterations is None else time_limit
    deadline = Deadline(seconds, iterations, None, stop or threading.Event())
    rules = tuple(rules)
    question = ready(drawn.district, rules)
    model = question.model
    drawn = drawn.over(model.district)
    objective = StudentsChanged(drawn)
    made = partial(
        Result, objective=objective, rules=rules, seed=seed, time_limit=time_limit, asked_iterations=iterations
    )
    if len(question.nowhere):
        shown = Plan(model.district, nearest_candidates(question))
        return made(shown, iterations=0, seconds=deadline.spent, impossible=True)
    if is_valid(breaches(drawn, rules)):
        return made(drawn, iterations=0, seconds=deadline.spent)
    watch = Watch(progress, model.district, objective, deadline)
    run = Run(model, objective, deadline, cores(threads), seed, "auto", watch)
    mending = Mending.of(run, drawn, rules)
    for plan in (*known, Plan.status_quo(model.district)):
        mending.take(zones_of(plan, model.district, "known"))
    in_threads([mending.mend], 1, deadline, report=mending.tell)
    plan = Plan(model.district, mending.shown if mending.best is None else mending.best)
    result = made(
        plan,
        iterations=mending.tried,
        solver_bound=mending.solver_bound,
        impossible=mending.none,
        seconds=deadline.spent,
        stopped=deadline.stopped,
    )
    if not result.valid or deadline.stopped:
        return result
    certificate = mending.prove(result)
    return replace(result, certificate=certificate, seconds=deadline.spent, stopped=deadline.stopped)
