"""Why not: what forbids a block to go to a school, and the fewest further changes with which it may."""

from __future__ import annotations

import threading

from optimizer.errors import InputError
from optimizer.explain import WhyNot, why_not
from scenarios.explain.found import limit_row
from scenarios.reading.records import Broken
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, differences, school_name
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """limits: what breaks by itself. together: limits that cannot all hold with it. moves: what makes it valid."""
    block, school = int(asked.job.keys["block"]), int(asked.job.keys["school"])
    free, options = asked.area.copy(), asked.bench.ground.settings.options
    free[block] = True  # where it is locked, it is asked about all the same
    found = why_not(
        asked.plan, asked.rules_with(free), block, school, time_limit=asked.seconds, seed=options.seed,
        threads=options.threads, stop=stop,
    )  # fmt: skip
    limits = [asked.teller.breach(row)["words"] for row in Broken.of(found.alone)]
    told: Sent = {"limits": limits, "together": _together(found), "moves": None}
    others = found.others
    if found.possible:
        told |= {"moves": differences(asked.job.school, found.mended.plan.school) if found.mended else None}
        told |= {"students": float(asked.judge.district.students[others].sum())}
    return told | {"words": _words(asked, found, told)}


def _together(found: WhyNot) -> list[str]:
    if found.faults:
        return InputError(list(found.faults)).lines
    if found.case is None:
        return list(found.never)
    return [limit_row(found.case, one, True).words for one in found.together]


def _words(asked: Asked, found: WhyNot, told: Sent) -> list[str]:
    teller, limits = asked.teller, told["limits"]
    names = {"block": asked.judge.district.block_ids[found.block], "school": school_name(teller, found.school)}
    if found.never or found.faults:
        return [plain_text(teller.t("table.why_never", **names)), *(limits or told["together"])]
    words = [plain_text(teller.t("table.why_breaks", **names)), *limits] if limits else []
    if found.possible:
        if not len(found.others):
            return [*words, plain_text(teller.t("table.why_fine", **names))]
        count = teller.t.figures.count(len(found.others))
        return [*words, plain_text(teller.t.count("table.why_with", told["students"], blocks=count))]
    key = "table.ask_none" if found.possible is None else "table.why_impossible"
    return [*words, plain_text(teller.t(key)), *told["together"]]
