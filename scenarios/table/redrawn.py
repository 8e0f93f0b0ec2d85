"""The panel's figures on counts that were drawn anew."""

from __future__ import annotations

from dataclasses import replace

from optimizer.arrays import Floats, Ints
from optimizer.rules import under
from scenarios.table.asks.bench import Ground
from scenarios.table.asks.draws import redraws
from scenarios.table.figures import Judge, Teller
from scenarios.table.sent import Sent


def figures_on_draw(teller: Teller, ground: Ground, school: Ints, number: int) -> Sent:
    """Of a plan, today's zones measured on the same draw. Draw by draw the same as an ask for draws has them."""
    counts = draw(ground, number)
    rules = teller.judge.rules
    district = under(replace(ground.read, counts=counts), rules)
    judge = Judge(district, rules, teller.judge.objective)
    return {"draw": number, "figures": Teller(judge, teller.t).figures(judge.of(school), judge.today)}


def draw(ground: Ground, number: int) -> Floats:
    """(blocks, columns) the counts of one draw, from 0. Raises InputError where there are not so many."""
    first = 0
    for some in redraws(ground, number + 1).parts(ground.read):
        if number < first + len(some):
            counts: Floats = some[number - first]
            return counts
        first += len(some)
    raise AssertionError
