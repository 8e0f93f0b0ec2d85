"""From which school to which: the blocks and students that a plan moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.measures.record import Count
from optimizer.plan import Plan


@dataclass(frozen=True)
class Move:
    """from_, to: schools' numbers; in files the first is called `from`."""

    from_: int = field(metadata={"key": "from"})
    to: int
    blocks: int
    students: Count


def moves(plan: Plan) -> list[Move]:
    """By pair of schools, the blocks and students that go from one to the other; most students first."""
    blocks = np.flatnonzero(plan.moved)
    pairs = np.column_stack([plan.district.status_quo[blocks], plan.school[blocks]])
    kinds, of = np.unique(pairs, axis=0, return_inverse=True)
    count = np.bincount(of.ravel(), minlength=len(kinds))
    students = np.bincount(of.ravel(), plan.district.students[blocks], len(kinds))
    rows = [Move(a, b, int(n), float(s)) for (a, b), n, s in zip(kinds.tolist(), count, students, strict=True)]
    return sorted(rows, key=lambda row: -(row.students or 0.0))
