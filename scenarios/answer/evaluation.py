"""A plan as it is: its measures beside today's, and the limits that it breaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.contradictions import ready
from optimizer.measures import measure
from optimizer.plan import Plan
from optimizer.rules import breaches, is_valid
from scenarios.answer.summary import broken_limits
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.options import Settings, rules_of
from scenarios.plans.file import plan_under


def evaluate_plan(plan: Plan, settings: Settings, draws: int | None = None) -> dict[str, Any]:
    """`measures`, `measures_status_quo`, `valid`, `broken_limits`; with draws also what `with_intervals` gives.
    Raises InputError where the rules do not fit the district, or contradict each other."""
    rules = rules_of(settings)
    plan = plan_under(plan, rules)
    if settings.rules:
        ready(plan.district, rules)
    rows = breaches(plan, rules)
    found = {
        "measures": measure(plan),
        "measures_status_quo": measure(Plan.today(plan.district)),
        "valid": is_valid(rows),
        "broken_limits": broken_limits(rows),
    }
    if draws is not None:
        found |= with_intervals(plan, draws, np.random.default_rng(settings.options.seed))
    return found
