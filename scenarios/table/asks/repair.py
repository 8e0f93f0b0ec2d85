"""Repair: the valid plan that changes the fewest students of the one on the table."""

from __future__ import annotations

import threading

from optimizer.plan import Plan
from optimizer.repair import repair
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, changed
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """The plan, what it changes and costs, and how few any valid plan could change."""
    judge, teller, options = asked.judge, asked.teller, asked.bench.ground.settings.options
    known = [Plan(judge.district, school) for school in asked.job.keys.get("known", ())]
    result = repair(
        asked.plan, asked.rules, known=known, time_limit=asked.seconds, seed=options.seed, threads=options.threads,
        progress=telling.progress, stop=stop,
    )  # fmt: skip
    if not result.valid:
        key = "table.ask_impossible" if result.impossible else "table.ask_none"
        return {"words": [plain_text(teller.t(key))], "blocks": [], "schools": [], "none": result.no_plan}
    found = changed(teller, asked.plan, result.plan)
    least = max(result.bound or 0.0, result.solver_bound or 0.0) * float(judge.district.students.sum())
    students = found["changed"]["students"]
    words = []
    if students > 0:
        enough = students - least < 1.0
        words = [
            teller.t("table.ask_fewest") if enough else teller.t("table.ask_least", n=teller.t.figures.count(least))
        ]
    return found | {"words": [*map(plain_text, words), *found["words"]], "least": least}
