"""Random districts small enough to enumerate, for bounds, and every zone that one school may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from enumeration import candidates
from small import SIDE, placed

from optimizer.arrays import Csr
from optimizer.district import District
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives import Disparity, Mixture, Objective, StudentsMoved, TravelMean
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Rule, Size, Travel


def odd_district(random: np.random.Generator) -> District:
    """6 to 9 blocks of a 3 x 3 grid, 2 or 3 schools, zones partly by chance (often in pieces), odd counts."""
    n = int(random.integers(6, 10))
    m = 2 if n > 7 else int(random.integers(2, 4))
    cell = np.sort(random.permutation(9)[:n])
    place = np.column_stack([SIDE * (cell % 3), SIDE * (cell // 3)])
    one, two = np.nonzero(np.abs(place[:, None] - place).sum(axis=2) == SIDE)
    root = random.permutation(n)[:m]
    zone = np.argmin(np.abs(place[:, None] - place[root]).sum(axis=2), axis=1)
    zone = np.where(random.random(n) < 0.25, random.integers(0, m, n), zone)
    zone[root] = np.arange(m)
    students, groups, poverty = _counts(random, n)
    load = np.bincount(zone, students, m)
    capacity = np.where(random.random(m) < 0.5, np.nan, np.round(load * random.uniform(0.9, 1.4, m)))
    least = np.where(random.random(m) < 0.6, np.nan, np.round(load * random.uniform(0.5, 1.05, m)))
    return placed(
        place,
        zone,
        root,
        groups,
        students=students,
        poverty=poverty,
        adjacency=Csr.of_pairs(one, two, n),
        capacity=capacity,
        min_students=least,
        off=random.uniform(-60, 60, (m, 2)),
        other=np.where(random.random(m) < 0.3, 2.0, 0.0),
    )


def crowded(district: District, random: np.random.Generator) -> District:
    """With seats for a half to all of today's students, most minima not given, and pupils from elsewhere. One school
    has room for all, or nobody could be relieved."""
    m = district.schools
    capacity = np.round(district.load_now * random.uniform(0.5, 1.0, m))
    capacity[random.integers(m)] = 2 * district.students.sum()
    least = np.where(random.random(m) < 0.8, np.nan, district.min_students)
    others = random.integers(0, 3, m).astype(float)
    return replace(district, capacity=capacity, min_students=least, other_students=others)


def _counts(random: np.random.Generator, n: int) -> tuple[Any, dict[str, Any], Any]:
    """No group to three groups, one of them at times without students; `students` at times not the groups' sum."""
    names = ("white", "black", "asian")[: int(random.integers(0, 4))]
    mix = random.dirichlet(np.full(max(len(names), 1), 0.7), n) * random.integers(0, 40, n)[:, None]
    if random.random() < 0.6:
        mix = np.round(mix)
    if len(names) == 3 and random.random() < 0.3:
        mix[:, 2] = 0.0
    whole = mix.sum(axis=1)
    poor = whole * random.beta(0.6, 0.8, n)
    poor = np.minimum(np.round(poor) if random.random() < 0.5 else poor, whole)
    off = random.uniform(-0.01, 0.01, n) * whole if names and random.random() < 0.5 else np.zeros(n)
    return whole + off, dict(zip(names, mix.T, strict=False)), poor


def random_rules(random: np.random.Generator) -> tuple[Rule, ...]:
    rules: list[Rule] = [
        Travel(increase=float(random.choice([0.5, 2.0])), floor=float(random.choice([600.0, 1100.0, 5000.0]))),
        Size(tolerance=float(random.choice([0.15, 0.3, 0.6])), strict=bool(random.random() < 0.25)),
    ]
    if random.random() < 0.75:
        rules.append(Contiguity())
    if random.random() < 0.4:
        rules.append(Moved(float(random.choice([0.05, 0.2, 0.4])), of=str(random.choice(["all", "poverty"]))))
    return tuple(rules)


def random_objective(random: np.random.Generator, district: District) -> Objective:
    kind = random.random()
    # A mixture divides by today's value: none where that is 0 but for rounding.
    if kind < 0.6 or Disparity().value(Plan.status_quo(district)) < 1e-9:
        return Disparity()
    if kind < 0.7:
        return TravelMean()
    if kind < 0.75:
        return StudentsMoved()
    return Mixture(((1.0, Disparity()), (0.3, TravelMean()), (0.05, StudentsMoved())))


def zones_of(model: Model, school: int) -> Iterator[list[int]]:
    """Every zone of one school that holds what it must and keeps the limits, looked at alone."""
    rows = candidates(model)
    may = [i for i, row in enumerate(rows) if school in row]
    root = -1 if model.contiguity is None else int(model.contiguity.root[school])
    must = {i for i in may if len(rows[i]) == 1 or i == root}
    for chosen in product(*([True] if i in must else [False, True] for i in may)):
        zone = [i for i, inside in zip(may, chosen, strict=True) if inside]
        if _sized(model, school, zone) and (root < 0 or _whole(model, school, zone, root)):
            yield zone


def _sized(model: Model, school: int, zone: list[int]) -> bool:
    for row in model.sums:
        value = sum(model.district.counts[i, row.part] for i in zone)
        if not row.hard_low[school] - STUDENT_SLACK <= value <= row.hard_high[school] + STUDENT_SLACK:
            return False
    return True


def _whole(model: Model, school: int, zone: list[int], root: int) -> bool:
    """Whether each piece holds the root or lies within what was detached."""
    assert model.contiguity is not None
    district, left = model.district, set(zone)
    while left:
        piece, edge = set(), [left.pop()]
        while edge:
            i = edge.pop()
            piece.add(i)
            near = {o for o in district.adjacency.row(i).tolist() if o in left}
            left -= near
            edge += near
        if root not in piece and not all(
            model.contiguity.detached[i] and district.status_quo[i] == school for i in piece
        ):
            return False
    return True
