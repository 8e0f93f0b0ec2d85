"""From a district, an objective and rules to a curve of plans: what each share of change buys."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from optimizer import kernels
from optimizer.contradictions import nearest_candidates, ready
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.frontier.axis import Axis, Capped
from optimizer.frontier.points import Curve
from optimizer.objectives import Objective, Spec, objective_of
from optimizer.plan import Plan
from optimizer.result import Result
from optimizer.rules import DEFAULT_RULES, Rule

TIME_LIMIT = 90.0  # seconds, where neither time nor iterations are given


def frontier(
    district: District,
    objective: Objective | Spec = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    against: Axis = "moved",
    points: int = 12,
    time_limit: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[int, int, float], None] | None = None,
    stop: threading.Event | None = None,
) -> Curve:
    """The curve from today's zones to the best plan found, in so many points, the two ends among them.

    against: `moved`, the share of students whom limits on moves count (`moved_counted`), or `travel_mean`. time_limit:
    seconds for all of it; None means 90, or no limit where `iterations` (proposals of each of two lanes, for each
    point) are given: the same seed then gives the same curve. progress: told the points done (0 while the first is
    sought), all points and the best value. stop: ends it with the points done so far when set; Ctrl-C sets it. Raises
    InputError where an argument or a rule does not fit.
    """
    from optimizer.frontier.curve import Run  # noqa: PLC0415 - numba takes a second to import

    kernels.ensure()
    seconds = TIME_LIMIT if time_limit is None and iterations is None else time_limit
    deadline = Deadline(seconds, iterations, stop=stop or threading.Event())
    if points < 2:
        raise InputError(Fault("points", f"{points} cannot be used", "Give a number of 2 or more"))
    question = ready(district, rules)
    amended = question.model.district
    objective = objective_of(objective, amended)
    run = Run(amended, objective, Capped.of(against, tuple(rules)), points, deadline, seed, threads)
    nowhere = len(question.nowhere) > 0
    found = [] if nowhere else run.points_of(progress)
    today = objective.value(Plan.today(amended))
    spent = deadline.spent
    none: Result | None = None
    if not found:
        shown = Plan(amended, nearest_candidates(question)) if nowhere else run.nearest
        impossible, stopped = nowhere or run.ruled_out(run.axis.most), deadline.stopped
        none = Result(shown, objective, tuple(rules), seed, run.proposals, spent, stopped, impossible=impossible)
    missing = tuple(sorted(run.missing, key=lambda one: one.cap))
    return Curve(against, objective, tuple(rules), tuple(found), today, spent, deadline.stopped, missing, none)
