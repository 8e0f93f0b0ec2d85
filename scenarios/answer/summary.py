"""summary.json: what a run found, under FORMAT.md's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from optimizer.district import District
from optimizer.gap import NOUGHT, relative_gap
from optimizer.measures import exposure_to_poverty, measure, racial_exposure
from optimizer.measures.change import travel_change
from optimizer.objectives import Mixture, Objective
from optimizer.plan import Plan
from optimizer.result import NEAR, Result
from optimizer.rules import Rule, breaches, is_valid
from scenarios.asking.options import Settings, limits_in_force
from scenarios.explain.closures import nearest_seats
from scenarios.reading.ordered import OrderedObjective
from scenarios.reading.records import FORMAT, Broken, Limits, Summary
from scenarios.version import rezone_version


def summarise(
    district: District, plan: Plan | None, settings: Settings, *, valid: bool, broken: Sequence[Broken]
) -> Summary:
    """What is said of a plan that no search made. plan: None where there is none."""
    today = Plan.today(district)
    now, before = None if plan is None else measure(plan), measure(today)
    limits = limits_in_force(settings.options, district.travel.unit, settings.default_minimum)
    return Summary(
        format=FORMAT,
        district=today.district.name,
        disparity=None if now is None else now["disparity"],
        disparity_status_quo=before["disparity"],
        variance=None if now is None else now["variance"],
        variance_status_quo=before["variance"],
        exposure=None if plan is None else exposure_to_poverty(plan),
        exposure_status_quo=exposure_to_poverty(today),
        racial_exposure=None if plan is None else racial_exposure(plan),
        racial_exposure_status_quo=racial_exposure(today),
        measures=now,
        measures_status_quo=before,
        moved_share=None if plan is None else plan.moved_share,
        mean_travel_change=None if plan is None else travel_change(plan, plan.district.students),
        valid=valid,
        broken_limits=broken,
        limits=Limits(**limits),  # type: ignore[arg-type]  # values under their names
        rules=[dict(rule) for rule in settings.rules],
        version=rezone_version(),
    )


def summarise_run(result: Result, settings: Settings, seconds: float) -> Summary:
    """What is said of a run's answer; without a plan, with a school closed, `nearest_seats` says besides where its
    blocks could go. seconds: of the whole process."""
    plan = result.plan if result.valid else None
    return replace(
        summarise(result.plan.district, plan, settings, valid=result.valid, broken=Broken.of(result.broken)),
        objective=objective_spec(result.objective),
        objectives=_ordered(result),
        objective_value=None if plan is None else result.objective_value,
        objective_value_status_quo=result.objective_value_status_quo,
        valid_status_quo=is_alternative(result.plan.district, _asked_rules(result)),
        bound=result.bound,
        bound_relaxes=list(result.bound_relaxes),
        solver_bound=result.solver_bound,
        least_excess_bound=result.least_excess_bound,
        gap=result.gap if plan is not None else None,
        status=result.status,
        no_plan=result.no_plan,
        proof=result.proof,
        attributes_used=attributes_used(result),
        attributes=attributes(result),
        seed=result.seed,
        iterations=result.iterations,
        stopped=result.stopped,
        seconds=round(seconds, 3),
        nearest_seats=nearest_seats(result) if plan is None else None,
    )


def _asked_rules(result: Result) -> list[Rule]:
    """Without what earlier objectives of an order may be at most."""
    held = [id(step.rule) for step in result.order]
    return [rule for rule in result.rules if id(rule) not in held]


def _ordered(result: Result) -> list[OrderedObjective] | None:
    """The steps of an ordered list of objectives; None where there is one objective."""
    return [
        OrderedObjective(
            name=step.objective.name,
            value=step.value,
            bound=step.bound,
            slack=None if step.slack is None else step.slack.spec,
            limit_value=step.limit,
            plan_value=step.plan_value,
        )
        for step in result.order
    ] or None


def is_alternative(district: District, rules: Sequence[Rule]) -> bool:
    """Whether today's zones keep the limits and rules of the question, but for what is inherited. Where they do not, as
    under a closure, there is no choosing them. district: under the rules."""
    return is_valid(breaches(Plan.status_quo(district), tuple(rules)))


def objective_spec(objective: Objective) -> str | dict[str, float]:
    """The objective as an option names it."""
    if isinstance(objective, Mixture):
        return {part.name: weight for weight, part in objective.parts}
    return objective.name


def standing(summary: Summary) -> Literal["solver", "best", "bound", "near", "unknown"]:
    """What is known of plans that might be better. `solver`: it claims that there is none; `best`: that is proved;
    `bound`: none is below the bound; `near`: none is better by more than a thousandth, where no bound can be named;
    `unknown`: nothing. A bound of 0 is one like any other: no plan is better than one that reaches it."""
    if summary.proof == "solver":
        return "solver"
    if summary.bound is not None and summary.gap is not None and summary.gap <= NOUGHT:
        return "best"
    if summary.bound is not None and summary.bound > 0:
        return "bound"
    return "near" if summary.proof == "certificate" else "unknown"


def best_of_least_excess(summary: Summary) -> bool:
    """Whether a solver claims that none is better of the plans that break limits by no more in all than this one, and
    of all plans nobody claims as much."""
    value, bound = summary.objective_value, summary.least_excess_bound
    if summary.proof is not None or value is None or bound is None:
        return False
    return relative_gap(value, bound) <= NEAR


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
