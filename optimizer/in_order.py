"""One search after the other, for objectives in their order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from optimizer.objectives import Objective
from optimizer.objectives.order import Slack
from optimizer.order import OrderStep, limit_rule, with_limit
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import Rule

Tell = Callable[[Progress], None]


class Solve(Protocol):
    """One step, from its objective and rules, its seconds, whom to tell, and the plan to begin at."""

    def __call__(
        self,
        objective: Objective,
        rules: tuple[Rule, ...],
        *,
        seconds: float | None,
        progress: Tell | None,
        start: Plan | None,
    ) -> Result: ...


def in_order(
    objectives: Sequence[Objective],
    slack: Sequence[Slack],
    rules: tuple[Rule, ...],
    solve: Solve,
    *,
    seconds: float | None,
    progress: Tell | None,
    start: Plan | None,
) -> Result:
    """The last step's result, with all steps in `order`. seconds: for all of them, in equal parts of what is left.
    Each step begins at the plan of the one before, which keeps the limits; where no valid plan is found at all, there
    is one step alone."""
    began, iterations = time.monotonic(), 0
    steps: list[OrderStep] = []
    for k, objective in enumerate(objectives):
        spent = time.monotonic() - began
        part = None if seconds is None else max(0.0, seconds - spent) / (len(objectives) - k)
        told = None if progress is None else _told(progress, k, len(objectives), spent)
        result = solve(objective, rules, seconds=part, progress=told, start=start)
        iterations += result.iterations
        if not result.valid:
            break
        start, given = result.plan, slack[k] if k < len(slack) else None
        step = OrderStep(objective, result.objective_value, result.bound, slack=given)
        if step.limit is not None:
            step = replace(step, rule=limit_rule(objective, step.limit))
            rules = with_limit(rules, step.rule) if step.rule is not None else rules
        steps.append(step)
    found = [replace(step, plan_value=step.objective.value(result.plan)) for step in steps]
    missing = [OrderStep(objective, slack=given) for objective, given in zip(objectives, [*slack, None], strict=True)]
    return replace(
        result,
        objective=objectives[-1],
        order=tuple(found + missing[len(found) :]),
        iterations=iterations,
        seconds=time.monotonic() - began,
    )


def _told(progress: Tell, step: int, steps: int, spent: float) -> Tell:
    """The same, told of the whole: its share of the effort, and its seconds."""

    def told(now: Progress) -> None:
        progress(replace(now, share=(step + now.share) / steps, seconds=spent + now.seconds))

    return told
