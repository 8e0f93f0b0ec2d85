"""Why not: what forbids a block to go to a school, and the fewest further changes with which it may."""

from __future__ import annotations

import threading
from typing import Any

from optimizer.errors import InputError
from optimizer.plan import Plan
from optimizer.repair import repair
from optimizer.rules import Breach, Require, breaches
from scenarios.reading.records import Broken
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, differences, school_name
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """What breaks by itself; and whether other moves beside it make the plan valid. together: limits that forbid it
    whatever else changes."""
    block, school, teller = int(asked.job.keys["block"]), int(asked.job.keys["school"]), asked.teller
    wanted = asked.job.school.copy()
    wanted[block] = school
    drawn = Plan(asked.judge.district, wanted)
    limits = [teller.breach(row)["words"] for row in Broken.of(_new(asked, drawn))]
    names = {"block": asked.judge.district.block_ids[block], "school": school_name(teller, school)}
    told: Sent = {"limits": limits, "together": [], "moves": None}
    if not limits:
        return told | {"words": [plain_text(teller.t("table.why_fine", **names))]}
    words = [plain_text(teller.t("table.why_breaks", **names)), *limits]
    options = asked.bench.ground.settings.options
    goes = Require(((names["block"], asked.judge.district.school_ids[school]),))
    try:
        found = repair(
            drawn, (*_held(asked, block), goes), time_limit=asked.seconds, seed=options.seed, threads=options.threads,
            progress=telling.progress, stop=stop,
        )  # fmt: skip
    except InputError as error:
        never = plain_text(teller.t("table.why_never", **names))
        return told | {"together": error.lines, "words": [*words, never, *error.lines]}
    if not found.valid:
        key = "table.why_impossible" if found.impossible else "table.ask_none"
        return told | {"words": [*words, plain_text(teller.t(key))]}
    moves = differences(asked.job.school, found.plan.school)
    others = [i for i in moves["blocks"] if i != block]
    students = float(asked.judge.district.students[others].sum())
    count = teller.t.figures.count(len(others))
    with_them = plain_text(teller.t.count("table.why_with", students, blocks=count))
    return told | {"moves": moves, "students": students, "words": [*words, with_them]}


def _held(asked: Asked, block: int) -> tuple[Any, ...]:
    """The rules, with all that may not change held where it is, but for the block that is asked about."""
    *rules, last = asked.rules
    if not isinstance(last, Require) or last in asked.judge.rules:
        return asked.rules
    name = asked.judge.district.block_ids[block]
    pairs = tuple(pair for pair in last.pairs if pair[0] != name)
    return (*rules, Require(pairs)) if pairs else tuple(rules)


def _new(asked: Asked, drawn: Plan) -> list[Breach]:
    """What the move breaks that is not broken as much already."""
    before = {_place(row): row.amount for row in breaches(asked.plan, asked.judge.rules)}
    return [
        row
        for row in breaches(drawn, asked.judge.rules)
        if not row.inherited and row.amount > before.get(_place(row), 0.0) + 1e-9
    ]


def _place(row: Breach) -> tuple[str, str | None, str | None]:
    return row.limit, row.school, row.block
