"""The best certificates that small districts can have: by a linear program over the multipliers of docs/certificate.md,
with that page's formulas word by word."""

from __future__ import annotations

import copy
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize
from questions import Question

from scenarios import read_district
from scenarios.answer.certificate import sealed
from scenarios.folder.hashes import folder_hashes, sha256_of
from scenarios.verify.case import Case
from scenarios.verify.rules import Sum

Leaf = dict[str, Any]
Cut = dict[str, Any]
Interval = tuple[int, dict[tuple[int, float], int], dict[int, int]]  # variables: tilt, prices of sums, of cuts


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


class OfCase:
    """What `BestLeaf` asks of a question, from what the checker makes of it: any rules, any objective."""

    def __init__(self, case: Case) -> None:
        self.case, self.blocks = case, case.ground.district.block_ids
        self.poor, self.whole = case.goal.rated
        self.may = {may.school: may.block.tolist() for may in case.candidates}
        self.travel = {may.school: dict(zip(may.block.tolist(), may.travel, strict=True)) for may in case.candidates}

    def curved(self) -> bool:
        return self.case.goal.curved

    def unit(self, direction: np.ndarray) -> tuple[np.ndarray, float]:
        """c_i = a sum_k w_k u'_k n_ki / T_k, and the constant a sum_k w_k u'_k aim_k."""
        weight, curve = self.case.goal.bent
        u = direction / np.sqrt((curve.weight * direction**2).sum())
        weighed = weight * curve.scale * curve.weight * u
        return curve.counts @ (weighed / curve.total), float(weighed @ curve.aim)

    def candidates(self) -> dict[int, list[int]]:
        return self.may

    def sums(self) -> list[Any]:
        return self.case.sums

    def soft(self) -> list[tuple[np.ndarray, float]]:
        """What blocks add to each soft sum, and the limit of its price; 0 where it has none of its own."""
        soft = self.case.goal.soft
        return list(zip(soft.load, np.where(np.isfinite(soft.most), soft.most, 0.0), strict=True))

    def budgets(self) -> list[tuple[dict[int, np.ndarray], float]]:
        """By budget, what the blocks cost at each school, and its limit."""
        return [({j: each.cost(j) for j in self.may}, each.limit) for each in self.case.budgets]

    def cost(self, i: int, j: int) -> float:
        """With what borders cost to blocks that may not go to the school; the others have no price here."""
        alone = sum(k not in self.travel[j] for k in self.case.ground.graph.beside[i])
        cost = float(self.case.goal.cost(j, np.array([i]), np.array([self.travel[j][i]]))[0])
        return cost + self.case.goal.half_border * alone

    def bordered(self) -> bool:
        return self.case.goal.half_border > 0


class Asking(OfCase):
    """The same of a `Question`, which knows of no rules but `moved`."""

    def __init__(self, q: Question) -> None:
        self.q, self.blocks, self.poor, self.whole, self.may = q, q.blocks, q.poor, q.whole, q.candidates()
        self.curved, self.unit, self.cost, self.soft = lambda: q.curved() > 0, q.unit, q.cost, list
        self.bordered = bool

    def sums(self) -> list[Any]:
        band = [self.q.sizes(j) if j in self.may else (-np.inf, np.inf) for j in range(len(self.q.schools))]
        return [Sum(self.q.students, [low for low, _ in band], [high for _, high in band])]

    def budgets(self) -> list[tuple[dict[int, np.ndarray], float]]:
        return [
            ({j: np.where(self.q.today == j, 0.0, students) for j in self.may}, limit)
            for students, limit in self.q.budgets()
        ]


class BestLeaf:
    """The leaf with the largest bound for one direction, given edges, cuts and box of rates: `leaf`, and its `bound`,
    which may be negative."""

    def __init__(
        self,
        q: Question | OfCase,
        direction: np.ndarray,
        edges: list[float],
        cuts: list[Cut],
        rates: dict[int, tuple[float, float]] | None = None,
    ) -> None:
        q = Asking(q) if isinstance(q, Question) else q
        self.q, self.cuts, self.lp = q, cuts, Program()
        self.curve, constant = q.unit(direction) if q.curved() else (np.zeros(len(q.blocks)), 0.0)
        self.may, self.budgets, self.sums, self.soft = q.candidates(), q.budgets(), q.sums(), q.soft()
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
            "schools": [
                _school(j, mine, intervals, x, len(self.sums) + len(self.soft))
                | ({"borders": []} if q.bordered() else {})
                for j, mine, intervals in schools
            ],
        }

    def _interval(self, j: int, value: int, low: float, high: float) -> Interval:
        """V of one interval is at least V of the school: tilt, both signs of each sum's price, cuts' prices."""
        q, lp = self.q, self.lp
        tilt = lp.add()
        ys = {k: lp.add(low=0.0) for k, cut in enumerate(self.cuts) if cut["school"] == j}
        total, prices = {value: 1.0}, {}
        for s, each in enumerate(self.sums):
            for sign, limit in ((1.0, each.low[j]), (-1.0, each.high[j])):
                if np.isfinite(limit):  # no price on a limit that is none
                    prices[s, sign] = lp.add(low=0.0)
                    total[prices[s, sign]] = -sign * limit
        prices |= self._soft_prices()
        for i in self.may[j]:
            line, r = lp.add(), lp.add()
            total[r] = -1.0
            for rate in (low, high):
                lp.at_most({line: 1.0, tilt: rate * q.whole[i]}, rate * self.curve[i])
            row = {r: 1.0, tilt: -q.poor[i], line: -1.0, self.prices[i]: 1.0}
            for (s, sign), price in prices.items():
                row[price] = sign * self._load(s, i, j)
            for k, y in ys.items():
                row[y] = float(i in self.cuts[k]["separator"]) - float(i == self.cuts[k]["block"])
            for price, (cost, _) in zip(self.budget_prices, self.budgets, strict=True):
                row[price] = -cost[j][i]
            lp.at_most(row, q.cost(i, j))
            if sum(i in blocks for blocks in self.may.values()) > 1:
                lp.at_most({r: 1.0}, 0.0)
        lp.at_most(total, 0.0)
        return tilt, prices, ys

    def _soft_prices(self) -> dict[tuple[int, float], int]:
        """Of each soft sum, as of the others, none beyond its limit."""
        prices = {}
        for s, (_, most) in enumerate(self.soft, len(self.sums)):
            for sign in (1.0, -1.0):
                prices[s, sign] = self.lp.add(low=0.0)
                self.lp.at_most({prices[s, sign]: 1.0}, most)
        return prices

    def _load(self, s: int, i: int, j: int) -> float:
        """What a block adds to a sum at a school."""
        if s < len(self.sums):
            return float(self.sums[s].load(j, np.array([i]))[0])
        return float(self.soft[s - len(self.sums)][0][i])


def _school(j: int, edges: list[float], intervals: list[Interval], x: list[float], sums: int) -> Leaf:
    return {
        "school": j,
        "edges": edges,
        "tilt": [x[tilt] for tilt, _, _ in intervals],
        "sum_prices": [
            [math.fsum(sign * x[v] for (s, sign), v in prices.items() if s == row) for _, prices, _ in intervals]
            for row in range(sums)
        ],
        "cuts": [[part for k, y in ys.items() for part in (k, max(0.0, x[y]))] for _, _, ys in intervals],
    }


def cut_to(edges: list[float], low: float, high: float) -> list[float]:
    """The edges within a range, and its ends."""
    return sorted({low, high, *(edge for edge in edges if low < edge < high)})


def random_cuts(q: Question, random: np.random.Generator, count: int) -> list[Cut]:
    """Cuts that hold: a block and a set around which the walk from the root misses it, as small as chance makes it."""
    cuts = []
    if not q.limits["contiguity"]:
        return []
    away = q.raw.adrift()
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
        "format": "rezone-certificate", "format_version": 5, "version": "1.0", "district": name,
        "objective": q.objective, "limits": q.limits | {"default_minimum": "today_or_seats"},
        "rules": [{"kind": "moved", **rule} for rule in q.rules],
        "inputs": folder_hashes(q.folder), "plan": sha256_of(plan), "bound": bound, "relaxes": [], "struck": [],
        "cuts": cuts, "leaves": leaves,
    }  # fmt: skip


def aged(content: dict[str, Any], form: int) -> dict[str, Any]:
    """The same certificate in an earlier format, without the default minimum that it means, and struck pairs."""
    limits = {name: value for name, value in content["limits"].items() if name != "default_minimum"}
    known = {key: value for key, value in content.items() if key != "struck"}
    return copy.deepcopy(known) | {"format_version": form, "limits": limits}


def write(content: dict[str, Any], path: Path) -> Path:
    """With a seal that fits, as whoever changes a certificate on purpose would give it."""
    path.write_text(sealed(json.dumps(content, separators=(",", ":"))), encoding="utf-8")
    return path
