"""Headroom: what is still to be won from the plan with its locks and within an area, certified."""

from __future__ import annotations

import threading
from typing import Any

from optimizer.headroom import headroom
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, changed, name, shown, shown_bound, told_bound
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """The bound under the locks, and the better plan that was found on the way, if any."""
    teller, options = asked.teller, asked.bench.ground.settings.options
    found = headroom(
        asked.plan, asked.judge.objective, asked.judge.rules, area=asked.area, time_limit=asked.seconds,
        seed=options.seed, threads=options.threads, progress=telling.progress, stop=stop,
    )  # fmt: skip
    best = None if found.best is None else changed(teller, asked.plan, found.best)
    told = {"value": found.value, "bound": found.bound, "left": found.left, "best": best}
    return told | {"words": [plain_text(text) for text in _words(asked, found, best)]}


def _words(asked: Asked, found: Any, best: Sent | None) -> list[Any]:
    teller, t = asked.teller, asked.teller.t
    if found.impossible:
        return [t("table.ask_impossible"), *(str(fault) for fault in found.faults)]
    if found.bound is None:
        return [t("table.ask_none")]
    value, bound = shown(teller, found.value), shown_bound(teller, found.bound)
    if found.bound <= 0:
        return [told_bound(teller, found.value, found.bound)]
    key = "table.headroom" if found.valid else "table.headroom_broken"
    first = t(key, measure=name(teller), value=value, bound=bound, left=shown(teller, found.left))
    return [first] + ([] if best is None else [t("table.headroom_found", value=shown(teller, best["value"]))])
