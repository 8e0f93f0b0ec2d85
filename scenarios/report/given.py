"""A plan that is not fresh from a search, as a document: measured anew, with what is known of the run that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
from scenarios.answer.redraws import Redraws
from scenarios.answer.summary import summarise
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.options import Settings, rules_of
from scenarios.reading.records import Document, Summary
from scenarios.report.data import report_data


@dataclass(frozen=True)
class Ask:
    """What to hold plans to. redraws: counts to measure them on besides the folder's. run: what is known of the search
    that found the plan: objective, objective_value, bound, gap, seed, iterations, status; empty where there was none.
    limited: whether somebody asked for limits or rules."""

    settings: Settings
    redraws: Redraws | None = None
    run: Mapping[str, Any] = field(default_factory=dict)
    limited: bool = False


def given_data(plan: Plan, name: str, ask: Ask) -> Document:
    """The document of a plan under the limits asked."""
    drawn = None if ask.redraws is None else with_intervals(plan, ask.redraws)
    return replace(report_data(plan, plan_summary(plan, ask), name=name), uncertainty=drawn)


def plan_summary(plan: Plan, ask: Ask) -> Summary:
    """What summary.json would hold of the plan. What only a search can say is None, unless it is given."""
    record = PlanRecord.under(plan, rules_of(ask.settings))
    found = summarise(plan.district, plan, ask.settings, valid=record.valid, broken=record.broken)
    return replace(found, **ask.run)
