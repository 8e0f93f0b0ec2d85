"""Prices: which blocks are contested, and what a limit a step looser is worth: estimates, from a bound's proof."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from optimizer.prices import POINT, Prices, checked, prices
from scenarios.answer.summary import objective_spec
from scenarios.paper.measures import unit_told
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.best import FINE
from scenarios.table.asks.improve import improved, told
from scenarios.table.asks.telling import Telling, school_name, shown
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent

SEATS = 5  # schools of which a seat is told: those where it is worth most
LEAST = 1e-6  # in the objective's unit: less is rounding
CHECK = 0.4  # share of the time for the run that checks the greatest estimate


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """By block, what it is worth to have it elsewhere (in points, where the objective is told in them) and by how much
    plans get worse without it where it is; and what steps of limits are worth, the greatest checked by a run."""
    result = improved(asked, telling, stop, (1 - CHECK) * asked.seconds)
    if result.certificate is None:
        none = told(asked, result)["words"] if not result.valid else [plain_text(asked.teller.t("table.prices_none"))]
        return {"blocks": [], "worth": [], "words": none}
    found = prices(result, asked.plan)
    margin = found.margin_estimate
    spec = objective_spec(asked.judge.objective)
    percent = 100.0 if isinstance(spec, str) and unit_told(spec) in ("points", "share") else 1.0
    blocks = [
        {
            "i": int(i),
            "price": percent * max(-float(margin[i]), 0.0),
            "margin": float(margin[i]),
            "to": int(found.rival[i]),
        }
        for i in np.flatnonzero(np.isfinite(margin) & asked.area)
    ]
    worth = sorted(_worth(asked, found), key=lambda row: -row["estimate"])
    if worth and not stop.is_set():
        _check(asked, found, worth[0], stop)
    words = [row["words"] for row in worth] or [plain_text(asked.teller.t("table.prices_nothing"))]
    return {"blocks": blocks, "worth": worth, "words": words}


def _worth(asked: Asked, found: Prices) -> list[Sent]:
    """One row for each limit that a step looser would let the bound fall."""
    teller, unit = asked.teller, asked.judge.district.travel.unit
    rows: list[tuple[str, int, Any, Sent]] = [
        ("seat", int(j), found.seat_estimate[j], {"school": school_name(teller, int(j))})
        for j in np.argsort(-found.seat_estimate)[:SEATS]
    ]
    rows.append(("moved", -1, found.moved_estimate, {"share": teller.t.figures.percent(POINT)}))
    rows.append(("travel", -1, found.travel_estimate, {"far": teller.t.figures.travel(1.0, unit)}))
    told = []
    for what, j, estimate, values in rows:
        if estimate is not None and np.isfinite(estimate) and estimate > LEAST:
            text = teller.t(f"table.worth_{what}", gain=shown(teller, float(estimate), FINE), **values)
            told.append({"what": what, "school": j, "estimate": float(estimate), "words": plain_text(text)})
    return told


def _check(asked: Asked, found: Prices, row: Sent, stop: threading.Event) -> None:
    """Whether the direction of an estimate shows in a run; said beside it."""
    options = asked.bench.ground.settings.options
    run = checked(
        found.result, row["what"], school=row["school"], time_limit=CHECK * asked.seconds, seed=options.seed,
        threads=options.threads, stop=stop,
    )  # fmt: skip
    key = "table.worth_confirmed" if run.confirmed else "table.worth_not_seen"
    row["confirmed"] = run.confirmed
    row["words"] += " " + plain_text(asked.teller.t(key, gain=shown(asked.teller, run.gain, FINE)))
