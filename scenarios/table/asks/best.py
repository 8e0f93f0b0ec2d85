"""Best moves: the single blocks whose change of school makes the plan better by most, each valid by itself."""

from __future__ import annotations

import threading

from optimizer.single import best_moves
from scenarios.table.asks.bench import Asked
from scenarios.table.asks.telling import Telling, school_name, shown
from scenarios.table.figures import plain_text
from scenarios.table.sent import Sent

USUAL = 20
FINE = 4  # digits: one block is worth little of a district


def answer(asked: Asked, telling: Telling, stop: threading.Event) -> Sent:
    """One row a move, with its gain."""
    judge, teller, plan = asked.judge, asked.teller, asked.plan
    moves = best_moves(
        plan, judge.objective, judge.rules, count=int(asked.job.keys.get("count", USUAL)), area=asked.area
    )
    rows = [
        {
            "block": move.block,
            "from": int(plan.school[move.block]),
            "to": move.school,
            "gain": move.gain,
            "students": move.students,
            "words": plain_text(
                teller.t.count(
                    "table.best_move", move.students, block=judge.district.block_ids[move.block],
                    before=school_name(teller, int(plan.school[move.block])), after=school_name(teller, move.school),
                    gain=shown(teller, move.gain, FINE),
                )
            ),
        }
        for move in moves
    ]  # fmt: skip
    words = [row["words"] for row in rows] or [plain_text(teller.t("table.best_none"))]
    return {"moves": rows, "words": words}
