"""The panel's figures on counts that were drawn anew."""

from __future__ import annotations

from dataclasses import replace

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.rules import under
from scenarios.table.figures import Judge, Teller
from scenarios.table.sent import Sent


def figures_on(counts: Floats, teller: Teller, read: District, school: Ints) -> Sent:
    """Of a plan, today's zones measured on the same draw. read: as the folder has it."""
    district = under(replace(read, counts=counts), teller.judge.rules)
    judge = Judge(district, teller.judge.rules, teller.judge.objective)
    return Teller(judge, teller.t).figures(judge.of(school), judge.today)
