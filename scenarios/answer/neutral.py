"""The race-neutral twin of a run: the same question asked with poverty alone, measured on the whole district."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.district import District
from optimizer.measures import exposure_to_poverty, racial_exposure
from optimizer.neutral import race_neutral
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import under
from scenarios.answer.record import PlanRecord
from scenarios.answer.summary import attributes, objective_spec
from scenarios.asking.options import Settings, rules_of
from scenarios.asking.solving import solve_under
from scenarios.reading.records import RaceNeutral


def solve_twin(
    district: District,
    objective: Objective,
    settings: Settings,
    seconds: float | None,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Plan, RaceNeutral]:
    """The twin's plan, and what summary.json says of it under `race_neutral`: under which objective and rules, its
    measures, whether it also keeps the rules that name a group, and which attributes entered. seconds: for all of it,
    None for no limit. Its bound has no certificate file: `verify` reads the district with its groups."""
    rules = rules_of(settings)
    twin = race_neutral(district, objective, rules)
    result = solve_under(twin.district, twin.objective, twin.rules, settings.options, seconds, progress=progress)
    plan = Plan(under(district, rules), result.plan.school)
    return plan, _about(result, plan, [rule.kind for rule in twin.left_out], PlanRecord.under(plan, rules))


def _about(result: Result, plan: Plan, left_out: list[str], record: PlanRecord) -> RaceNeutral:
    found = plan if result.valid else None
    used = attributes(result)
    return RaceNeutral(
        objective=objective_spec(result.objective),
        objective_value=None if found is None else result.objective_value,
        objective_value_status_quo=result.objective_value_status_quo,
        bound=result.bound,
        valid=result.valid,
        no_plan=result.no_plan,
        rules_left_out=left_out,
        keeps_all_rules=found is not None and record.valid,
        broken_limits=record.broken,
        exposure=None if found is None else exposure_to_poverty(found),
        racial_exposure=None if found is None else racial_exposure(found),
        measures=None if found is None else record.measures,
        moved_share=None if found is None else found.moved_share,
        moved_counted=None if found is None else found.moved_counted,
        attributes=used | {"reporting": list(plan.district.original.columns)},
    )
