"""Objectives in their order: each is made small while those before it stay within their slack.

What an earlier objective may be at most becomes a rule of all later steps, so that search, exact solver, bound and
checks know it as they know every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.objectives import Objective, StudentsChanged
from optimizer.objectives.order import Slack
from optimizer.rules import AtMost, Changed, Moved, Rule


@dataclass(frozen=True, eq=False)
class OrderStep:
    """One objective of an order. value: the least that its step found, under the limits of those before it, None
    without a plan. bound: what no valid plan under those limits is below. plan_value: of the plan that the last step
    found. slack, rule: of all but the last, how far later steps may go, and the rule that holds them to it."""

    objective: Objective
    value: float | None = None
    bound: float | None = None
    plan_value: float | None = None
    slack: Slack | None = None
    rule: Rule | None = None

    @property
    def limit(self) -> float | None:
        """What the objective is at most in later steps."""
        return None if self.slack is None or self.value is None else self.slack.limit(self.value)


def limit_rule(objective: Objective, limit: float) -> Rule:
    """The rule that holds later steps to an objective's limit."""
    if isinstance(objective, StudentsChanged):
        return Changed(objective.plan, min(limit, 1.0))
    return AtMost(objective, limit, option=True)


def with_limit(rules: Sequence[Rule], further: Rule) -> tuple[Rule, ...]:
    """The rules with one more; what the option `max_moved` stands for stays the last."""
    last = rules[-1:]
    if last and isinstance(last[0], Moved) and last[0] == Moved(last[0].share):
        return (*rules[:-1], further, *last)
    return (*rules, further)
