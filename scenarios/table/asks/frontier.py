"""The frontier: a slider from today's zones to the best plan, each stop the best plan found under a cap on students
moved."""

from __future__ import annotations

import threading

from optimizer.frontier import frontier
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, changed, differences, name, shown
from scenarios.table.engine import Told
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent

POINTS, SECONDS = 8, 30.0


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """The stops, from nobody moved up. Blocks are those that differ from the plan asked about."""
    teller, keys, options = asked.teller, asked.job.keys, asked.bench.ground.settings.options

    def tell(done: int, points: int, value: float) -> None:
        told = {
            "value": value,
            "bound": None,
            "best": None,
            "share": done / points,
            "shown": {"value": "", "bound": ""},
        }
        telling.send(Told("progress", asked.job.number, told | {"shown": {"value": shown(teller, value), "bound": ""}}))

    curve = frontier(
        asked.bench.ground.read, asked.judge.objective, asked.rules, points=int(keys.get("points", POINTS)),
        time_limit=float(keys.get("seconds", SECONDS)), seed=options.seed, threads=options.threads, progress=tell,
        stop=stop,
    )  # fmt: skip
    if not curve.points:
        key = "table.ask_impossible" if curve.no_plan == "proved" else "table.ask_none"
        return {"points": [], "words": [plain_text(teller.t(key))]}
    points = []
    for point in curve.points:
        share = teller.t.figures.percent(point.plan.moved_share)
        told = teller.t("table.point", share=share, measure=name(teller), value=shown(teller, point.value))
        points.append(
            {
                "value": point.value,
                "bound": point.bound,
                "moved": point.plan.moved_share,
                **differences(asked.job.school, point.plan.school),
                "words": plain_text(told),
            }
        )
    last = changed(teller, asked.plan, curve.points[-1].plan)
    return {"points": points, "words": [points[-1]["words"], *last["words"]]}
