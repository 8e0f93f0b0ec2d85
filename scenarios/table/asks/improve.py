"""Improve: the best valid plan found from the one on the table, everywhere or within an area, locks kept."""

from __future__ import annotations

import threading

from optimizer.optimize import optimize
from optimizer.result import Result
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, changed, told_bound, told_value
from scenarios.table.sent import Sent


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """The plan, what it changes and costs, and how far from the best it can be."""
    result = improved(asked, telling, stop, asked.seconds)
    return told(asked, result)


def improved(asked: Asked, telling: Telling, stop: threading.Event, seconds: float) -> Result:
    """From the plan on the table."""
    options = asked.bench.ground.settings.options
    return optimize(
        asked.bench.ground.read,
        asked.judge.objective,
        asked.rules,
        time_limit=seconds,
        seed=options.seed,
        threads=options.threads,
        gap=options.gap,
        progress=telling.progress,
        stop=stop,
        start=asked.plan,
    )


def told(asked: Asked, result: Result) -> Sent:
    """The answer. Without a valid plan: why there is none."""
    teller = asked.teller
    if not result.valid:
        key = "table.ask_impossible" if result.impossible else "table.ask_none"
        return {"words": [str(teller.t(key))], "blocks": [], "schools": [], "none": result.no_plan}
    found = changed(teller, asked.plan, result.plan)
    value = found["value"]
    first = [told_value(teller, asked.judge.of(asked.job.school).value, value)]
    first += [] if result.stopped else [told_bound(teller, value, result.bound)]
    return found | {"words": [*first, *found["words"]], "bound": result.bound, "gap": result.gap}
