"""A plan as it is: its measures beside today's, and the limits that it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.contradictions import ready
from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
from scenarios.answer.redraws import Redraws
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.options import Settings, rules_of
from scenarios.plans.file import plan_under
from scenarios.reading.records import Broken
from scenarios.reading.uncertainty import Uncertainty


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What `evaluate --json` tells."""

    measures: Measures
    measures_status_quo: Measures
    valid: bool
    broken_limits: Sequence[Broken]


@dataclass(frozen=True, eq=False)
class DrawnEvaluation(Uncertainty, Evaluation):
    """The same with what redrawn counts say."""


def evaluate_plan(plan: Plan, settings: Settings, redraws: Redraws | None = None) -> Evaluation:
    """Raises InputError where the rules do not fit the district, or contradict each other."""
    rules = rules_of(settings)
    plan = plan_under(plan, rules)
    if settings.rules:
        ready(plan.district, rules)
    record = PlanRecord.under(plan, rules)
    found = Evaluation(record.measures, measure(Plan.today(plan.district)), record.valid, record.broken)
    return found if redraws is None else DrawnEvaluation(**vars(found), **vars(with_intervals(plan, redraws)))
