"""A plan that is not fresh from a search, as a document: measured anew, with what is known of the run that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizer.measures import exposure_to_poverty, measure, racial_exposure
from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
from scenarios.answer.uncertainty import with_intervals
from scenarios.asking.options import Settings, limits_in_force, rules_of
from scenarios.report.data import report_data
from scenarios.version import rezone_version


@dataclass(frozen=True)
class Ask:
    """What to hold plans to, and how often to redraw the counts. run: what is known of the search that found the plan:
    objective, objective_value, bound, gap, seed, iterations, status; empty where there was none. limited: whether
    somebody asked for limits or rules."""

    settings: Settings
    draws: int | None = None
    run: Mapping[str, Any] = field(default_factory=dict)
    limited: bool = False


def given_data(plan: Plan, name: str, ask: Ask) -> dict[str, Any]:
    """The document of a plan under the limits asked."""
    found = report_data(plan, plan_summary(plan, ask), name=name)
    if ask.draws is not None:
        random = np.random.default_rng(ask.settings.options.seed)
        found["uncertainty"] = with_intervals(plan, ask.draws, random)
    return found


def plan_summary(plan: Plan, ask: Ask) -> dict[str, Any]:
    """What summary.json would hold of the plan. What only a search can say is None, unless it is given."""
    today, record = Plan.today(plan.district), PlanRecord.under(plan, rules_of(ask.settings))
    known = dict.fromkeys(("objective", "objective_value", "bound", "gap", "seed", "iterations", "status", "proof"))
    return {
        "district": plan.district.name,
        **{key: ask.run.get(key) for key in known},
        "exposure": exposure_to_poverty(plan),
        "exposure_status_quo": exposure_to_poverty(today),
        "racial_exposure": racial_exposure(plan),
        "racial_exposure_status_quo": racial_exposure(today),
        "measures": record.measures,
        "measures_status_quo": measure(today),
        "moved_share": plan.moved_share,
        "valid": record.valid,
        "broken_limits": record.broken,
        "bound_relaxes": [],
        "limits": limits_in_force(ask.settings.options, plan.district.travel.unit, ask.settings.default_minimum),
        "rules": [dict(rule) for rule in ask.settings.rules],
        "attributes_used": [],
        "version": rezone_version(),
    }
