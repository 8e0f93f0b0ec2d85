"""What every plan is held against besides today's zones: the nearest school within seats, and the least travel."""

from __future__ import annotations

from typing import Any

from optimizer.baselines import nearest_school
from optimizer.district import District
from optimizer.measures import measure
from optimizer.objectives import TravelMean
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.rules import Size, breaches, is_valid
from optimizer.rules.contradictions import ready
from scenarios.options import Settings, rules_of

TIME, ITERATIONS = 0.04, 0.1  # share of the time, or of the proposals, for the plan of least travel
LONGEST = 5.0  # seconds
SHORT, SHORTEST = 0.15, 1.0  # of a short run the share, up to so many seconds: else it would find nothing but today


def baselines(district: District, settings: Settings, seconds: float | None) -> dict[str, dict[str, Any]]:
    """`nearest_school` and `least_travel`: each its measures and whether it is valid; of least travel, None for both
    where no valid plan was found. seconds: of the whole run, of which a small share is used. The nearest-school plan
    keeps seats alone; the plan of least travel keeps every limit, and is the neutral plan: nobody's race or poverty
    plays a part. Empty where some block has no school to go to."""
    rules = rules_of(settings)
    question = ready(district, rules)
    if len(question.nowhere):
        return {}
    amended = question.model.district
    size = next((rule for rule in rules if isinstance(rule, Size)), None)
    near = nearest_school(amended, size=size)
    options = settings.options
    least = optimize(
        district,
        TravelMean(),
        rules,
        time_limit=None if seconds is None else min(LONGEST, max(TIME * seconds, min(SHORTEST, SHORT * seconds))),
        iterations=None if options.iterations is None else max(1, int(ITERATIONS * options.iterations)),
        seed=options.seed,
        threads=options.threads,
        solver="search",
        proving=0.0,
    )
    nothing = {"measures": None, "valid": False}
    return {
        "nearest_school": _row(near, is_valid(breaches(near, rules))),
        "least_travel": _row(least.plan, True) if least.valid else nothing,
    }


def _row(plan: Plan, valid: bool) -> dict[str, Any]:
    return {"measures": measure(plan), "valid": valid}
