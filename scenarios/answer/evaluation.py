"""A plan as it is: its measures beside today's, and the limits that it breaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.contradictions import ready
from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
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
    record = PlanRecord.under(plan, rules)
    found = {
        "measures": record.measures,
        "measures_status_quo": measure(Plan.today(plan.district)),
        "valid": record.valid,
        "broken_limits": record.broken,
    }
    if draws is not None:
        found |= with_intervals(plan, draws, np.random.default_rng(settings.options.seed))
    return found
