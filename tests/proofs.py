"""The best certificates that small districts can have: by a linear program over the multipliers of docs/certificate.md,
with that page's formulas word by word."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize
from questions import Question

from scenarios import read_district
from scenarios.certificate import sealed
from scenarios.folder.hashes import folder_hashes, sha256_of

Leaf = dict[str, Any]
Cut = dict[str, Any]


class Program:
    """A linear program, a variable and a row at a time: the largest gain. Variables lie between -BOX and BOX."""

    BOX = 1000.0

    def __init__(self) -> None:
        self.gain, self.bounds, self.rows, self.sides = [], [], [], []

    def add(self, gain: float = 0.0, low: float = -BOX) -> int:
        self.gain.append(gain)
        self.bounds.append((low, self.BOX))
        return len(self.gain) - 1

    def at_most(self, row: dict[int, float], side: float) -> None:
        self.rows.append(row)
        self.sides.append(side)

    def solve(self) -> tuple[list[float], float]:
        where = [(r, v, x) for r, row in enumerate(self.rows) for v, x in row.items()]
        r, v, x = zip(*where, strict=True)
        table = scipy.sparse.csr_matrix((x, (r, v)), (len(self.rows), len(self.gain)))
        found = scipy.optimize.linprog(-np.array(self.gain), table, self.sides, bounds=self.bounds, method="highs")
        assert found.status == 0, found.message
        return found.x.tolist(), -float(found.fun)


class BestLeaf:
    """The leaf with the largest bound for one direction, given edges, cuts and box of rates: `leaf`, and its `bound`,
    which may be negative."""

    def __init__(
        self,
        q: Question,
        direction: np.ndarray,
        edges: list[float],
        cuts: list[Cut],
        rates: dict[int, tuple[float, float]] | None = None,
    ) -> None:
        self.q, self.cuts, self.lp = q, cuts, Program()
        self.curve, constant = q.unit(direction) if q.curved() else (np.zeros(len(q.blocks)), 0.0)
        self.may, self.budgets = q.candidates(), q.budgets()
        self.prices = [self.lp.add(1.0) for _ in q.blocks]
        self.budget_prices = [self.lp.add(-limit, low=0.0) for _, limit in self.budgets]
        rates = rates or {}
        schools = []
        for j in self.may:
            mine, value = cut_to(edges, *rates.get(j, (0.0, 1.0))), self.lp.add(1.0)
            schools.append((j, mine, [self._interval(j, value, low, high) for low, high in itertools.pairwise(mine)]))
        x, bound = self.lp.solve()
        self.bound = bound - constant
        self.leaf: Leaf = {
            "rates": {str(j): list(box) for j, box in rates.items()},
            "direction": direction.tolist() if q.curved() else [],
            "prices": [x[v] for v in self.prices],
            "budget_prices": [max(0.0, x[v]) for v in self.budget_prices],
            "schools": [_school(j, mine, intervals, x) for j, mine, intervals in schools],
        }

    def _interval(self, j: int, value: int, low: float, high: float) -> tuple[int, int, int, dict[int, int]]:
        """V of one interval is at least V of the school: tilt, both signs of the size price, cuts' prices."""
        q, lp = self.q, self.lp
        tilt, up, down = lp.add(), lp.add(low=0.0), lp.add(low=0.0)
        ys = {k: lp.add(low=0.0) for k, cut in enumerate(self.cuts) if cut["school"] == j}
        least, most = q.sizes(j)
        total = {value: 1.0, up: -least, down: most}
        for i in self.may[j]:
            line, r = lp.add(), lp.add()
            total[r] = -1.0
            for rate in (low, high):
                lp.at_most({line: 1.0, tilt: rate * q.whole[i]}, rate * self.curve[i])
            row = {r: 1.0, tilt: -q.poor[i], line: -1.0, up: q.students[i], down: -q.students[i], self.prices[i]: 1.0}
            for k, y in ys.items():
                row[y] = float(i in self.cuts[k]["separator"]) - float(i == self.cuts[k]["block"])
            for price, (students, _) in zip(self.budget_prices, self.budgets, strict=True):
                row[price] = -students[i] * (q.today[i] != j)
            lp.at_most(row, q.cost(i, j))
            if sum(i in blocks for blocks in self.may.values()) > 1:
                lp.at_most({r: 1.0}, 0.0)
        lp.at_most(total, 0.0)
        return tilt, up, down, ys


def _school(j: int, edges: list[float], intervals: list[tuple[int, int, int, dict[int, int]]], x: list[float]) -> Leaf:
    return {
        "school": j,
        "edges": edges,
        "tilt": [x[tilt] for tilt, _, _, _ in intervals],
        "size_price": [x[up] - x[down] for _, up, down, _ in intervals],
        "cuts": [[part for k, y in ys.items() for part in (k, max(0.0, x[y]))] for _, _, _, ys in intervals],
    }


def cut_to(edges: list[float], low: float, high: float) -> list[float]:
    """The edges within a range, and its ends."""
    return sorted({low, high, *(edge for edge in edges if low < edge < high)})


def random_cuts(q: Question, random: np.random.Generator, count: int) -> list[Cut]:
    """Cuts that hold: a block and a set around which the walk from the root misses it, as small as chance makes it."""
    cuts = []
    if not q.limits["contiguity"]:
        return []
    away = {b for piece in q.raw.detached(q.raw.zone) for b in piece}
    index = {b: i for i, b in enumerate(q.blocks)}
    for _ in range(count):
        j = int(random.choice(sorted(set(q.today.tolist()))))
        root, t = index[q.raw.root[q.schools[j]]], int(random.integers(len(q.blocks)))
        if t == root or (q.blocks[t] in away and q.today[t] == j):
            continue
        around = {i for i in range(len(q.blocks)) if i not in (root, t)}
        if t in q.reach(j, around):
            continue
        for i in random.permutation(sorted(around)).tolist():
            if t not in q.reach(j, around - {i}):
                around.discard(i)
        cuts.append({"school": j, "block": t, "separator": sorted(around)})
    return cuts


def certificate(q: Question, leaves: list[Leaf], cuts: list[Cut], bound: float, plan: Path) -> dict[str, Any]:
    """What certificate.json holds but for its seal."""
    name = read_district(q.folder).name
    return {
        "format": "rezone-certificate", "format_version": 1, "version": "1.0", "district": name,
        "objective": q.objective, "limits": q.limits, "rules": [{"kind": "moved", **rule} for rule in q.rules],
        "inputs": folder_hashes(q.folder), "plan": sha256_of(plan), "bound": bound, "relaxes": [], "cuts": cuts,
        "leaves": leaves,
    }  # fmt: skip


def write(content: dict[str, Any], path: Path) -> Path:
    """With a seal that fits, as whoever changes a certificate on purpose would give it."""
    path.write_text(sealed(json.dumps(content, separators=(",", ":"))), encoding="utf-8")
    return path
