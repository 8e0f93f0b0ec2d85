"""Whether what a step of a limit is estimated to be worth shows in a run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from optimizer.errors import Fault, InputError
from optimizer.optimize import optimize
from optimizer.prices.looser import What, looser
from optimizer.result import Progress, Result
from optimizer.rules import breaches, is_valid

TIME_LIMIT = 10.0  # seconds, where neither time nor iterations are given


@dataclass(frozen=True, eq=False)
class Checked:
    """What a step is worth, beside the plan and bound that were known. before, after: under the limit as it is, and a
    step looser."""

    what: What
    school: int
    before: Result
    after: Result

    @cached_property
    def confirmed(self) -> bool:
        """Whether a better plan was found that the limit as it is forbids."""
        plan = self.after.plan.over(self.before.plan.district)
        return self.gain > 0 and not is_valid(breaches(plan, self.before.rules))

    @property
    def gain(self) -> float:
        """By how much the best plan found is better than the one known, whether it makes use of the step or not."""
        return max(0.0, self.before.objective_value - self.after.objective_value) if self.after.valid else 0.0

    @property
    def most(self) -> float:
        """No plan under the looser limit is better than the one known by more than this, as its certificate proves."""
        return max(0.0, self.before.objective_value - (self.after.bound or 0.0))


def checked(
    result: Result,
    what: What,
    *,
    school: int = -1,
    time_limit: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Checked:
    """Search and bound again from the result's plan, with one limit a step looser: a seat more at the school (its
    place), a percentage point more of students moved, or FARTHER more allowance of travel for all. The other arguments
    as of `optimize`; time_limit: None means 10 seconds, or no limit with `iterations`. Raises InputError where there is
    no such limit."""
    district = result.plan.district
    rules = looser(district, result.rules, what, school)
    if rules is None:
        raise InputError(Fault(what, "there is no such limit to loosen", "Ask about one that the rules set"))
    after = optimize(
        district,
        result.objective,
        rules,
        time_limit=TIME_LIMIT if time_limit is None and iterations is None else time_limit,
        iterations=iterations,
        seed=seed,
        threads=threads,
        progress=progress,
        stop=stop,
        start=result.plan,
    )
    return Checked(what, school, result, after)
