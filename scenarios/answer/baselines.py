"""What every plan is held against besides today's zones: the nearest school within seats, and the least travel."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from optimizer.baselines import Baseline, Nearest, least_travel, nearest_within_seats
from optimizer.contradictions import ready
from optimizer.district import District
from optimizer.optimize import TIME_LIMIT
from optimizer.rules import Rule, Size
from scenarios.answer.record import PlanRecord
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.reading.records import Baseline as Row
from scenarios.reading.records import Proved

Kind = Literal["nearest_school", "least_travel"]
# Seconds, or proposals, of a run that leaves baselines all of their usual work.
USUAL = 60.0, 200_000
LEAST = 0.05  # of it is made in any case


def baselines(district: District, settings: Settings) -> dict[Kind, Row]:
    """`nearest_school` and `least_travel`, as `row_of` has them. The nearest-school plan keeps seats alone; the plan of
    least travel keeps every limit, and is the neutral plan: nobody's race or poverty plays a part. Their work is
    counted, not timed: about a twentieth of a minute's run at 2,000 blocks, an eighth at 100,000, and less of a shorter
    run's. Empty where some block has no school to go to."""
    rules = rules_of(settings)
    question = ready(district, rules)
    if len(question.nowhere):
        return {}
    size = next((rule for rule in rules if isinstance(rule, Size)), None)
    seed, effort = settings.options.seed, effort_of(settings.options)

    with ThreadPoolExecutor(1 if settings.options.threads == 1 else 2) as pool:
        near = pool.submit(nearest_within_seats, question.model.district, size=size)
        least = pool.submit(least_travel, question, rules, seed=seed, effort=effort)
        return {"nearest_school": row_of(near.result(), rules), "least_travel": row_of(least.result(), rules)}


def effort_of(options: Options) -> float:
    """What share of the usual work a run of these options leaves to baselines: by what is asked, never by what time is
    left, so that a slow start has the same baselines."""
    if options.iterations is not None:
        return min(1.0, max(LEAST, options.iterations / USUAL[1]))
    limit = TIME_LIMIT if options.time_limit is None else options.time_limit
    return min(1.0, max(LEAST, limit / USUAL[0]))


def row_of(found: Baseline, rules: tuple[Rule, ...]) -> Row:
    """What summary.json says of a baseline."""
    record = None if found.plan is None else PlanRecord.under(found.plan, rules)
    return Row(
        **vars(proved_of(found)),
        measures=None if record is None else record.measures,
        bound_relaxes=list(found.relaxes),
        valid=record is not None and record.valid,
        broken_limits=[] if record is None else record.broken,
    )


def proved_of(found: Baseline) -> Proved:
    """What is proved of it."""
    return Proved(
        value=found.value,
        bound=found.bound,
        gap=found.gap if found.gap is not None and math.isfinite(found.gap) else None,
        proved=found.proved,
        over_seats=found.over if isinstance(found, Nearest) else None,
        status_quo=found.plan is not None and not found.plan.moved.any(),
        no_plan=None if found.plan is not None else "proved" if found.impossible else "not found",
    )
