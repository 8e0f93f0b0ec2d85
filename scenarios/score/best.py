"""For each of several plans, the best plan found that moves no more students, and what no such plan is below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.deadline import Deadline
from optimizer.gap import relative_gap
from optimizer.model import SHARE_SLACK
from optimizer.objectives import Objective
from optimizer.optimize import TIME_LIMIT
from optimizer.plan import Plan
from optimizer.result import Progress
from optimizer.rules import Moved
from scenarios.answer.record import PlanRecord
from scenarios.asking.options import Settings, rules_of
from scenarios.asking.solving import solve_with
from scenarios.reading.records import Broken, excess_of

Watch = Callable[[int, int, float | None], Callable[[Progress], None]]


@dataclass(frozen=True, eq=False)
class Best:
    """share: what no more than may move (`moved_share`). plan: the best found, None where there is no valid one.
    excess: its students beyond limits of size, which count before the objective. bound: no valid plan within the share
    has a smaller objective; 0 where nothing is proved. given: the place of the given plan that it is, None for one that
    was searched."""

    share: float
    plan: Plan | None
    value: float | None
    excess: float
    bound: float
    given: int | None = None

    @property
    def gap(self) -> float | None:
        """(value - bound) / value; 0 where the value is 0."""
        return None if self.value is None else relative_gap(self.value, self.bound)


@dataclass(frozen=True, eq=False)
class _Candidate:
    plan: Plan
    value: float
    excess: float
    share: float
    given: int | None = None


def best_plans(
    plans: Sequence[Plan],
    objective: Objective,
    settings: Settings,
    *,
    seconds: float | None,
    watch: Watch | None = None,
) -> tuple[list[Best], bool]:
    """One answer for each plan, and whether somebody pressed Ctrl-C on the way.

    plans: of the district as the rules have it. The rules are those of the settings and, for each plan, that no larger
    share of students may move than it moves (`moved_share`: students of closed schools count on both sides). seconds:
    for all together; None: the default of one run, or no limit where iterations are given. A plan found for a smaller
    share, and a given plan that is valid, are answers for a larger share too; a bound for a larger share holds for a
    smaller one. watch: asked at the start of a run, with its place, their number and its seconds.
    """
    if seconds is None and settings.options.iterations is None:
        seconds = TIME_LIMIT
    shares = sorted({plan.moved_share for plan in plans})
    deadline = Deadline(seconds)
    found, bounds, stopped = _given(plans, objective, settings), dict.fromkeys(shares, 0.0), False
    for k, share in enumerate(shares):
        left = deadline.seconds_of(1 / (len(shares) - k))
        progress = None if watch is None else watch(k, len(shares), left)
        # Matched by every student at another school: what `max_moved` counts leaves out those of closed schools.
        own = (Moved(share, every=True),)
        result = solve_with(
            settings, plans[0].district, objective=objective, seconds=left, progress=progress, further=own
        )
        if result.valid:
            found.append(_Candidate(result.plan, result.objective_value, excess_of(Broken.of(result.broken)), share))
            bounds[share] = result.bound or 0.0
        if result.stopped:
            stopped = True
            break
    return [_answer(plan.moved_share, found, bounds) for plan in plans], stopped


def _given(plans: Sequence[Plan], objective: Objective, settings: Settings) -> list[_Candidate]:
    """The given plans that are valid."""
    rules, found = rules_of(settings), []
    for k, plan in enumerate(plans):
        record = PlanRecord.under(plan, rules)
        if record.valid:
            found.append(_Candidate(plan, objective.value(plan), record.excess, plan.moved_share, k))
    return found


def _answer(share: float, found: Sequence[_Candidate], bounds: dict[float, float]) -> Best:
    bound = max(value for at, value in bounds.items() if at >= share)
    able = [one for one in found if one.share <= share + SHARE_SLACK]
    if not able:
        return Best(share, None, None, 0.0, bound)
    # As the search has it: least excess first. Of plans that are alike, a given one is named.
    best = min(able, key=lambda one: (round(one.excess, 6), round(one.value, 12), one.given is None))
    return Best(share, best.plan, best.value, best.excess, bound, best.given)
