"""Why not: what forbids a block to go to a school, and the fewest further changes with which it may."""

from __future__ import annotations

import threading

from optimizer.errors import InputError
from optimizer.explain import Case, Limit, WhyNot, why_not
from optimizer.rules import Travel
from scenarios.explain.found import limit_row
from scenarios.explain.struck import struck_words
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words
from scenarios.reading.records import Broken
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, differences, school_name
from scenarios.table.figures import Teller, plain_text
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
    told: Sent = {"limits": limits, "together": _together(asked.teller, found), "moves": None}
    others = found.others
    if found.possible:
        told |= {"moves": differences(asked.job.school, found.mended.plan.school) if found.mended else None}
        told |= {"students": float(asked.judge.district.students[others].sum())}
    return told | {"words": _words(asked, found, told)}


def _together(teller: Teller, found: WhyNot) -> list[str]:
    if found.struck is not None:
        return [plain_text(struck_words(teller.district, found.struck, teller.t))]
    if found.faults:
        return InputError(list(found.faults)).lines
    if found.case is None:
        return [plain_text(_name(teller.t, name, name)) for name in found.never]
    return [plain_text(limit_told(teller, found.case, one)) for one in found.together]


def limit_told(teller: Teller, case: Case, limit: Limit) -> Text:
    """What a limit asks for."""
    t, rule = teller.t, case.rule(limit)
    name, value = _name(t, limit.name, rule.kind), limit_row(case, limit, True).value
    if isinstance(rule, Travel):
        return t("conflict.travel", limit=name, share=t.figures.percent(value))
    if limit.school < 0:
        return (
            name if value is None or value is True else t("conflict.moved", limit=name, share=t.figures.percent(value))
        )
    share = case.whole.sums[limit.at].whole != -1
    amount = t.figures.percent(value) if share else t.amount(value, "students")
    key = "conflict.most" if limit.kind == "high" else "conflict.least"
    return t(key, limit=name, where=school_name(teller, limit.school), amount=amount)


def _name(t: Words, name: str, kind: str) -> Text:
    """A limit as people call it, by its own name or its rule's, and whom it is about."""
    own, _, whom = name.partition(".")
    known = next((key for key in (f"limit_{name}", f"limit_{own}", f"limit_{kind}") if key in t.texts), None)
    return (own if known is None else t(known)) + (f" ({t.group(whom)})" if whom else "")


def _words(asked: Asked, found: WhyNot, told: Sent) -> list[str]:
    teller, limits = asked.teller, told["limits"]
    names = {"block": asked.judge.district.block_ids[found.block], "school": school_name(teller, found.school)}
    if found.never or found.faults or found.struck:
        return [plain_text(teller.t("table.why_never", **names)), *(limits or told["together"])]
    words = [plain_text(teller.t("table.why_breaks", **names)), *limits] if limits else []
    if found.possible:
        if not len(found.others):
            return [*words, plain_text(teller.t("table.why_fine", **names))]
        count = teller.t.figures.count(len(found.others))
        return [*words, plain_text(teller.t.count("table.why_with", told["students"], blocks=count))]
    key = "table.ask_none" if found.possible is None else "table.why_impossible"
    return [*words, plain_text(teller.t(key)), *told["together"]]
