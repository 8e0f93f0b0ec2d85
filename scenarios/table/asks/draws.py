"""Sure or not: in how many redraws of the counts the plan is better than today's zones."""

from __future__ import annotations

import threading

import numpy as np

from optimizer.gap import NOUGHT
from scenarios.answer.redraws import Redraws, redraws_of
from scenarios.answer.uncertainty import Redrawn
from scenarios.paper.measures import figure, name_of, sign
from scenarios.table.asks.bench import Asked, Ground
from scenarios.table.asks.telling import Telling
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent

USUAL = 100


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """How many redraws are to the better, by measure, and the measures draw by draw."""
    teller, f = asked.teller, asked.teller.t.figures
    redrawn = Redrawn.of([asked.plan], redraws(asked.bench.ground, int(asked.job.keys.get("count", USUAL))))
    plan, today, unit = redrawn.plans[0], redrawn.today, teller.district.travel.unit
    measures, words = {}, []
    for measure in redrawn.headline:
        apart = sign(measure) * (plan[measure] - today[measure])
        known = np.isfinite(apart)
        better, of = int((apart[known] < -NOUGHT).sum()), int(known.sum())
        told = teller.t.count("table.draws_better", of, better=f.count(better), measure=name_of(measure, teller.t))
        measures[measure] = {"better_in": better, "of": of, "words": plain_text(told)}
        words.append(plain_text(told))
    draws = [
        {
            "draw": k,
            "figures": {
                measure: {
                    "today": _known(today[measure][k]),
                    "now": _known(plan[measure][k]),
                    "words": plain_text(name_of(measure, teller.t)),
                    "shown": plain_text(figure(measure, _known(plan[measure][k]), unit, f)),
                    "shown_today": plain_text(figure(measure, _known(today[measure][k]), unit, f)),
                }
                for measure in redrawn.headline
            },
        }
        for k in range(redrawn.redraws.number)
    ]
    first = next(iter(measures.values()), {"better_in": 0, "of": 0})
    return {"words": [*words, redrawn.redraws.model], "measures": measures, "draws": draws} | {
        key: first[key] for key in ("better_in", "of")
    }


def redraws(ground: Ground, number: int) -> Redraws:
    """The folder's, or a model's, always the same. Raises InputError where there are too few."""
    if ground.folder is None:
        return Redraws(number, ground.settings.options.seed)
    return redraws_of(ground.folder, ground.read, number, ground.settings.options.seed)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
