"""summary.json: what a run found, under FORMAT.md's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from optimizer.district import District
from optimizer.gap import NOUGHT
from optimizer.measures import exposure_to_poverty, measure, racial_exposure
from optimizer.measures.change import travel_change
from optimizer.objectives import Mixture, Objective
from optimizer.plan import Plan
from optimizer.result import Result
from optimizer.rules import Rule, breaches, is_valid
from scenarios.answer.record import broken_limits
from scenarios.asking.options import Settings, limits_in_force
from scenarios.explain.closures import nearest_seats
from scenarios.version import rezone_version


def summarise_run(result: Result, settings: Settings, seconds: float) -> dict[str, Any]:
    """All keys of summary.json. Where there is no valid plan, what belongs to a plan is None, and broken_limits names
    what the nearest plan found still breaks; with a school closed, `nearest_seats` says besides where its blocks could
    go. Figures of today are of the district before any rule. seconds: of the whole process."""
    plan = result.plan if result.valid else None
    today = Plan.today(result.plan.district)
    measures, measures_now = None if plan is None else measure(plan), measure(today)
    seats = None if plan is not None else nearest_seats(result)
    return {
        "district": today.district.name,
        "objective": objective_spec(result.objective),
        "objective_value": None if plan is None else result.objective_value,
        "objective_value_status_quo": result.objective_value_status_quo,
        **_pair("disparity", measures, measures_now),
        **_pair("variance", measures, measures_now),
        "exposure": None if plan is None else exposure_to_poverty(plan),
        "exposure_status_quo": exposure_to_poverty(today),
        "racial_exposure": None if plan is None else racial_exposure(plan),
        "racial_exposure_status_quo": racial_exposure(today),
        "measures": measures,
        "measures_status_quo": measures_now,
        "moved_share": None if plan is None else plan.moved_share,
        "mean_travel_change": None if plan is None else travel_change(plan, plan.district.students),
        "valid": result.valid,
        "valid_status_quo": is_alternative(result.plan.district, result.rules),
        "broken_limits": broken_limits(result.broken),
        "bound": result.bound,
        "bound_relaxes": list(result.bound_relaxes),
        "solver_bound": result.solver_bound,
        "gap": result.gap if plan is not None else None,
        "status": result.status,
        "no_plan": result.no_plan,
        "proof": result.proof,
        "limits": limits_in_force(settings.options, today.district.travel.unit, settings.default_minimum),
        "rules": [dict(rule) for rule in settings.rules],
        "attributes_used": attributes_used(result),
        "attributes": attributes(result),
        "seed": result.seed,
        "iterations": result.iterations,
        "stopped": result.stopped,
        "seconds": round(seconds, 3),
        "version": rezone_version(),
        **({} if seats is None else {"nearest_seats": seats}),
    }


def is_alternative(district: District, rules: Sequence[Rule]) -> bool:
    """Whether today's zones keep the limits and rules of the question, but for what is inherited. Where they do not, as
    under a closure, there is no choosing them. district: under the rules."""
    return is_valid(breaches(Plan.status_quo(district), tuple(rules)))


def objective_spec(objective: Objective) -> str | dict[str, float]:
    """The objective as an option names it."""
    if isinstance(objective, Mixture):
        return {part.name: weight for weight, part in objective.parts}
    return objective.name


def standing(summary: Mapping[str, Any]) -> Literal["solver", "best", "bound", "near", "unknown"]:
    """What is known of plans that might be better. `solver`: it claims that there is none; `best`: that is proved;
    `bound`: none is below the bound; `near`: none is better by more than a thousandth, where no bound can be named;
    `unknown`: nothing. A bound of 0 is one like any other: no plan is better than one that reaches it."""
    if summary["proof"] == "solver":
        return "solver"
    if summary["bound"] is not None and summary["gap"] is not None and summary["gap"] <= NOUGHT:
        return "best"
    if summary["bound"] is not None and summary["bound"] > 0:
        return "bound"
    return "near" if summary["proof"] == "certificate" else "unknown"


def attributes_used(result: Result) -> list[str]:
    """The columns about students that decided the plan: what the objective and the rules look at."""
    rows = attributes(result)
    return list(dict.fromkeys([*rows["objective"], *rows["limits"]]))


def attributes(result: Result) -> dict[str, list[str]]:
    """The columns about students that entered the objective, the limits, and the reporting, which looks at all."""
    district = result.plan.district
    limits = [name for rule in result.rules for name in rule.attributes(district)]
    return {
        "objective": list(dict.fromkeys(result.objective.attributes(district))),
        "limits": list(dict.fromkeys(limits)),
        "reporting": list(district.original.columns),
    }


def _pair(name: str, now: dict[str, float | None] | None, before: dict[str, float | None]) -> dict[str, float | None]:
    return {name: None if now is None else now[name], f"{name}_status_quo": before[name]}
