"""Which counts are left out, until no small one can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats
from scenarios.publish.audit import Search, explore, problem_of
from scenarios.publish.cells import STUDENTS, WHOLE, Cells
from scenarios.publish.facts import known_facts
from scenarios.publish.gentle import gentle_tables
from scenarios.reading.records import Limits

THRESHOLD = 10.0


@dataclass(frozen=True, eq=False)
class Suppression:
    """told: (sets, columns) the counts that are published. seats_hidden: (schools,) whose seats and least size must not
    be published, since they alone hold a small count. tables: each (atoms, columns), the true one first: no reader of
    all that is published can tell which of them is true, and every small count is at least `threshold` apart in two of
    them."""

    cells: Cells
    threshold: float
    told: Bools
    seats_hidden: Bools
    tables: tuple[Floats, ...]


def suppress(cells: Cells, limits: Sequence[Limits | None], threshold: float = THRESHOLD) -> Suppression:
    """limits: in force for each plan after today's, None where none is published.

    Raises InputError where not even leaving everything out protects the small counts."""
    facts = known_facts(cells, limits)
    small = cells.small(threshold)
    told, kept = cells.told & (cells.totals >= threshold), np.ones(len(facts), bool)
    loss = cells.cost[:, None] * np.log2(2.0 + cells.totals)
    loss[:, STUDENTS] *= WHOLE
    search, flat = Search(cells.value.ravel(), small, threshold), told.reshape(-1)
    school, hidden = np.array([fact.school for fact in facts], int), np.zeros(cells.district.schools, bool)
    explore(problem_of(cells, told, facts, kept), search)
    while len(search.weak):
        rows, given = search.freed(problem_of(cells, told, facts, kept), loss.ravel())
        flat[rows], kept[given] = False, False
        hidden[school[given][school[given] >= 0]] = True
        kept[(school >= 0) & hidden[school]] = False
        explore(problem_of(cells, told, facts, kept), search)
    found = gentle_tables(cells, told, problem_of(cells, told, facts, kept), search)
    tables = tuple(table.reshape(cells.value.shape) for table in found)
    return Suppression(cells, threshold, told, hidden, tables)
