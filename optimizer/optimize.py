"""The recipe: from a district, an objective and rules to the best plan found, and what is proved about it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from optimizer import kernels
from optimizer.arrays import Ints
from optimizer.contradictions import nearest_candidates, ready
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.in_order import in_order
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives import Objective, Spec, objective_of
from optimizer.objectives.order import SlackSpec, checked_slack
from optimizer.plan import NamedPlan, Plan
from optimizer.result import NEAR, Progress, Result
from optimizer.rules import DEFAULT_RULES, Rule, breaches, is_valid, under
from optimizer.solvers.threads import cores
from optimizer.watch import Watch

if TYPE_CHECKING:
    from optimizer.solvers.exact import Exact
    from optimizer.solvers.search import SearchResult

Solver = Literal["auto", "search", "exact"]

TIME_LIMIT = 60.0  # seconds, where neither time nor iterations are given
AGREE = 1e-6  # share by which the two may differ, and of 0.001 where they are smaller: rounding
PROVING = 0.5  # share of the time for the bound; the search has the rest


def optimize(  # noqa: PLR0913 - all that can be asked
    district: District,
    objective: Objective | Spec | Sequence[Objective | Spec] = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    slack: Sequence[SlackSpec] = (),
    time_limit: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    gap: float = NEAR,
    solver: Solver = "auto",
    proving: float = PROVING,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    start: Plan | None = None,
) -> Result:
    """The best valid plan found from the status quo, and a proof of how much better any plan could be.

    objective: or its name, or a mixture {name: weight}; None takes disparity, or mean travel where poverty is not
    known. Several in a list are taken in their order: each is made small while those before it stay within their slack
    of the best found: slack: a share of it or {"absolute": so much}, for each but the last. `Result.order` has the
    steps; they share the time, and each has the iterations. time_limit: seconds from this call, but for compiling at a
    first start; None means 60, or no limit where `iterations` (proposals of each of two lanes) are given, which make
    the run repeatable: same seed, same plan and bound, at any number of threads. threads: None takes all cores. gap:
    stop once the plan is proved to be within this share of the best. solver: `search`; `exact`, which goes on from the
    search's plan; `auto`: exact where the district is small enough to be finished. proving: share of the time for all
    but the search, 0 to 1; 0 leaves the proof out. progress: called about ten times a second. stop: ends the run with
    the best plan so far when set; Ctrl-C sets it. start: a plan, valid or not, to search from instead of today's zones,
    which stay what limits refer to; where it is valid the result is no worse, in students over seats and then in the
    objective.
    Raises InputError where an argument or a rule does not fit, or where rules contradict each other.
    """
    check_effort(time_limit, iterations, seed, threads)
    kernels.ensure()
    asked = _Asked(time_limit, iterations, seed, cores(threads), gap, solver, proving, stop or threading.Event())
    seconds = TIME_LIMIT if time_limit is None and iterations is None else time_limit
    if isinstance(objective, str | Mapping) or not isinstance(objective, Sequence):
        if slack:
            mend = "Give several objectives as a list, or leave slack out"
            raise InputError(Fault("slack", "goes with a list of objectives, and there is one", mend))
        return _one(district, objective, tuple(rules), asked, seconds, progress, start)
    over = under(district, tuple(rules))
    parts = [objective_of(one, over) for one in objective]
    steps, solve = checked_slack([one.name for one in parts], slack), partial(_one, district, asked=asked)
    return in_order(parts, steps, tuple(rules), solve, seconds=seconds, progress=progress, start=start)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What `optimize` is asked besides the question, and all steps of an order share."""

    time_limit: float | None
    iterations: int | None
    seed: int
    threads: int
    gap: float
    solver: Solver
    proving: float
    stop: threading.Event


def _one(
    district: District,
    objective: Objective | Spec,
    rules: tuple[Rule, ...],
    asked: _Asked,
    seconds: float | None,
    progress: Callable[[Progress], None] | None,
    start: Plan | None,
) -> Result:
    """The best plan for one objective."""
    from optimizer.run import Run  # noqa: PLC0415 - numba takes a second to import
    from optimizer.striking import struck  # noqa: PLC0415

    deadline = Deadline(seconds, asked.iterations, asked.gap, asked.stop)
    question = ready(district, rules)
    model, district = question.model, question.model.district
    objective = objective_of(objective, district)
    made = partial(
        Result,
        objective=objective,
        rules=rules,
        seed=asked.seed,
        time_limit=asked.time_limit,
        asked_iterations=asked.iterations,
    )
    if len(question.nowhere):  # there is no plan to look for: say so with one that shows it
        shown = Plan(district, nearest_candidates(question))
        return made(shown, iterations=0, seconds=deadline.spent, impossible=True)
    model = struck(model)
    watch = Watch(progress, district, objective, deadline)
    begin = None if start is None else zones_of(start, district)
    run = Run(model, objective, deadline, asked.threads, asked.seed, asked.solver, watch, begin)
    _check_objective(model, objective, model.pairs.index[model.pairs.start[:-1]])  # before a minute of search
    found = run.search(1.0 - asked.proving)
    if begin is not None:
        found = _no_worse(found, begin, model, objective, rules)
    _check_objective(model, objective, found.school)
    exact = run.exact(found)
    school = found.school if exact is None or exact.school is None else run.tidied(exact.school)
    made = partial(made, Plan(district, school), iterations=found.iterations, moves=found.moves)
    if exact is not None:
        made = partial(made, solver_bound=exact.bound, least_excess_bound=_least_excess(model, exact))
    result = made(seconds=deadline.spent, stopped=deadline.stopped)
    if not result.valid and not deadline.stopped:
        return replace(result, impossible=run.ruled_out(found, exact))
    if asked.proving == 0 or deadline.stopped or not result.valid:
        return result
    certificate = run.prove(result)
    return made(certificate=certificate, seconds=deadline.spent, stopped=deadline.stopped)


def zones_of(start: Plan, district: District, where: str = "start") -> Ints:
    """(blocks,) the plan's zones in the district as the rules have it, in which schools may stand elsewhere."""
    named = NamedPlan.of(start)
    if faults := named.faults(district, where):
        raise InputError(faults)
    return named.on(district)


def _no_worse(
    found: SearchResult, begin: Ints, model: Model, objective: Objective, rules: tuple[Rule, ...]
) -> SearchResult:
    """The better of what was found and where the search began, if that is valid; today's zones where neither is and
    they are. Students over seats come before the objective, as in the search."""

    def worth(school: Ints) -> tuple[float, float] | None:
        plan = Plan(model.district, school)
        if not is_valid(breaches(plan, rules)):
            return None
        return sum(s.excess(model.district, school) for s in model.sums), objective.value(plan)

    def taken(school: Ints, told: tuple[float, float]) -> SearchResult:
        return replace(found, school=school, excess=told[0], value=told[1])

    best, given = worth(found.school), worth(begin)
    if given is not None and (best is None or _before(given, best)):
        return taken(begin, given)
    today = worth(model.district.status_quo) if best is None else None
    return found if today is None else taken(model.district.status_quo, today)


def _before(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether (excess, objective) of one plan is better than the other's."""
    less = one[0] - other[0]
    return less < -STUDENT_SLACK or (less <= STUDENT_SLACK and one[1] < other[1])


def _least_excess(model: Model, exact: Exact) -> float | None:
    """What the solver claims of plans with no more excess than its own; None where that has none."""
    if exact.school is None or sum(s.excess(model.district, exact.school) for s in model.sums) <= STUDENT_SLACK:
        return None
    return exact.held_bound


def _check_objective(model: Model, objective: Objective, school: Ints) -> None:
    """An objective says twice what it is: to solvers and bounds, and of a plan. Where the two differ a bound would be
    about something else."""
    if (model.pairs.find(school) < 0).any():
        return  # solvers know no such plan
    plan = Plan(model.district, school)
    own, compiled = objective.value(plan), objective.compile(model).value(model, plan)
    if not abs(own - compiled) <= AGREE * max(1e-3, abs(own), abs(compiled)):
        problem = f"'{objective.name}' is {own:.6g} by its value, and {compiled:.6g} by what it compiles, of one plan"
        raise InputError(Fault("objective", problem, "Make its `value` and `compile` agree"))


def check_effort(time_limit: float | None, iterations: int | None, seed: int, threads: int | None) -> None:
    for name, value, least in (
        ("time_limit", time_limit, 0.0),
        ("iterations", iterations, 1),
        ("seed", seed, 0),
        ("threads", threads, 1),
    ):
        if value is not None and not (math.isfinite(value) and value >= least):
            raise InputError(Fault(name, f"{value} cannot be used", f"Give a number of {least:g} or more"))
