"""What a wish costs: the best plan found with its rule, and without."""

from __future__ import annotations

import threading
from dataclasses import replace

from optimizer.errors import InputError
from optimizer.result import Result
from scenarios.reading.values import Table
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.improve import improved
from scenarios.table.asks.telling import Telling, changed, name, shown
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent
from scenarios.table.wishes import roots_apart

SECONDS = 10.0  # for both


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """Both plans and the price; where no plan keeps the wish, why. Other wishes hold in both."""
    own = str(asked.job.keys["wish"])
    each = float(asked.job.keys.get("seconds", SECONDS)) / 2
    others = {key: rule for key, rule in asked.job.wishes.items() if key != own}
    without = improved(asked.bench.on(replace(asked.job, wishes=others)), telling, stop, each)
    if asked.problem is not None:
        return _cannot(asked, asked.problem, asked.job.wishes[own])
    try:
        kept = improved(asked, telling, stop, each)
    except InputError as error:
        return _cannot(asked, error, asked.job.wishes[own])
    if not kept.valid:
        return _none(asked, kept, asked.job.wishes[own])
    if not without.valid or kept.objective_value < without.objective_value:  # what keeps the wish is a plan without it
        without = kept
    return _price(asked, kept, without)


def _price(asked: Asked, kept: Result, without: Result) -> Sent:
    teller, costs = asked.teller, kept.objective_value - without.objective_value
    key = "table.wish_costs" if costs > 1e-9 else "table.wish_free"
    values = {"kept": kept.objective_value, "without": without.objective_value, "cost": costs}
    told = {key: shown(teller, value) for key, value in values.items()}
    words = plain_text(teller.t(key, measure=name(teller), **told))
    found = changed(teller, asked.plan, kept.plan)
    price = values | {"bound": kept.bound, "shown": told, "words": words}
    return found | {"state": "possible", "price": price, "words": [words, *found["words"]]}


def _none(asked: Asked, kept: Result, rule: Table) -> Sent:
    why = roots_apart(rule, asked.bench.judge, asked.teller.t) if kept.impossible else []
    key = "table.wish_cannot" if kept.impossible else "table.ask_none"
    state = "cannot" if kept.impossible else "unknown"
    return {"state": state, "price": None, "words": [plain_text(asked.teller.t(key)), *why]}


def _cannot(asked: Asked, error: InputError, rule: Table) -> Sent:
    """Rules that contradict each other by name, or two schools that the wish asks for at once."""
    why = roots_apart(rule, asked.bench.judge, asked.teller.t) or error.lines
    words = [plain_text(asked.teller.t("table.wish_cannot")), *why]
    return {"state": "cannot", "price": None, "words": words}
