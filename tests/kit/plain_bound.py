"""What a certificate proves, by the formulas of docs/certificate.md in plain loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optimizer.bounds.bound import Bounder
from optimizer.bounds.certificate import Certificate, SchoolProof
from optimizer.deadline import Deadline
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives import Band, Entropy, Objective, Uneven
from optimizer.plan import Plan

TINY = 1e-12


def bounded(
    model: Model, objective: Objective, school: Any, most: float, steps: int = 60
) -> tuple[Bounder, Certificate]:
    """A proof without trees, after one with them: neither may claim more than `most`, the value of the best plan."""
    for trees in (True, False):
        bounder = Bounder(model, objective, school, objective.value(Plan(model.district, school)), trees=trees)
        bounder.run(Deadline(iterations=steps))
        certificate = bounder.finish()
        assert 0 <= certificate.bound <= most + TINY
    return bounder, certificate


def plain_value(model: Model, objective: Objective, certificate: Certificate) -> float:
    """What a certificate proves whose trees part rates alone, by the formulas in plain loops; asserts that it is well
    formed."""
    compiled = objective.compile(model)
    (leaf,) = certificate.leaves
    assert len(leaf.prices) == model.district.blocks
    assert (leaf.budget_prices >= 0).all()
    total = math.fsum(leaf.prices) - math.fsum(
        price * budget.limit for price, budget in zip(leaf.budget_prices, model.budgets, strict=True)
    )
    e, by_head = compiled.exposures, np.zeros(0)
    if e is not None:
        norm = math.sqrt(sum(w * u * u for w, u in zip(e.weight, leaf.direction, strict=True)))
        by_head = e.scale * e.weight * leaf.direction / norm / e.total
        total -= float(by_head @ (e.total * e.aim))
    schools = sorted(set(model.pairs.index.tolist()))
    assert [proof.school for proof in leaf.schools] == schools
    for proof in leaf.schools:
        values = interval_values(model, compiled, certificate, proof, by_head)
        total += min(values)
    return max(0.0, total)


def interval_values(
    model: Model, compiled: Any, certificate: Certificate, proof: SchoolProof, by_head: Any
) -> list[float]:
    (leaf,) = certificate.leaves
    j, district, e = proof.school, model.district, compiled.exposures
    place = {int(model.pairs.rows[p]): p for p in range(len(model.pairs.index)) if model.pairs.index[p] == j}
    blocks = sorted(place)
    rated = e or next((curve for curve in compiled.curves if isinstance(curve, Band)), None)
    poor = {i: float(rated.poverty[i]) if rated is not None else 0.0 for i in blocks}
    heads = {i: float(rated.heads[i]) if rated is not None else 0.0 for i in blocks}
    curve = {i: float(e.counts[i] @ by_head) if e is not None else 0.0 for i in blocks}
    assert (proof.split < 0).all()  # of rates alone
    assert proof.low[0] == 0
    assert (proof.high > proof.low).all()
    assert np.array_equal(proof.low[1:], proof.high[:-1])
    assert all(poor[i] <= proof.high[-1] * heads[i] * (1 + 1e-12) for i in blocks)
    root = -1 if model.contiguity is None else int(model.contiguity.root[j])
    must = [i for i in blocks if i == root or len(model.pairs.row(i)) == 1]
    fee = fee_of(model, compiled) if any(heads[i] > 0 for i in must) else None
    soft = soft_loads(compiled, proof, len(model.sums))
    beside = border_costs(model, compiled, proof, blocks)
    loads = [row.load(district, j, np.arange(district.blocks)) for row in model.sums]
    values = []
    for k in range(len(proof.tilt)):
        g, low, high = proof.tilt[k], proof.low[k], proof.high[k]
        r = {}
        for i in blocks:
            a = curve[i] - g * heads[i]
            r[i] = g * poor[i] + min(low * a, high * a) + compiled.pair_cost[place[i]] - leaf.prices[i]
            r[i] += sum(x * b.cost[place[i]] for x, b in zip(leaf.budget_prices, model.budgets, strict=True))
            r[i] -= sum(proof.size_price[k, s] * loads[s][i] for s in range(len(loads)))
            r[i] += beside[i] - sum(price[k] * load[i] for price, load in soft)
        for at in range(proof.start[k], proof.start[k + 1]):
            cut, y = int(proof.cut[at]), proof.weight[at]
            assert y >= 0
            assert certificate.cuts.school[cut] == j
            t, separator = int(certificate.cuts.block[cut]), certificate.cuts.separator(cut).tolist()
            check_cut(model, set(blocks), j, t, separator)
            r[t] += y
            for c in separator:
                r[c] -= y
        v = fee[0] if fee is not None and (low > fee[2] or high < fee[1]) else 0.0
        for s, row in enumerate(model.sums):
            mu = proof.size_price[k, s]
            if mu != 0:
                v += mu * (row.hard_low[j] - STUDENT_SLACK if mu > 0 else row.hard_high[j] + STUDENT_SLACK)
        for i in blocks:
            v += r[i] if i in must else min(0.0, r[i])
        values.append(v)
    return values


def soft_loads(compiled: Any, proof: SchoolProof, hard: int) -> list[tuple[Any, Any]]:
    """Each soft sum's prices (intervals,), which must be within their limits, and what blocks add to it."""
    found, at = [], hard
    for curve in [one for one in compiled.curves if isinstance(one, Uneven)]:
        for part in curve.part.T:
            assert (np.abs(proof.size_price[:, at]) <= curve.scale).all()
            found.append((proof.size_price[:, at], part))
            at += 1
    for curve in [one for one in compiled.curves if isinstance(one, Entropy)]:
        prices = proof.size_price[:, at:]
        assert ((np.exp(prices / curve.scale) * curve.share).sum(axis=1) <= 1).all()
        found += [(price, -count) for price, count in zip(prices.T, curve.counts.T, strict=True)]
    return found


def border_costs(model: Model, compiled: Any, proof: SchoolProof, blocks: list[int]) -> dict[int, float]:
    """What each block costs for its borders; prices must be of neighbours, once each, and within their limits."""
    cost = dict.fromkeys(blocks, 0.0)
    if compiled.border_cost is None:
        return cost
    near, half = {i: model.district.adjacency.row(i).tolist() for i in blocks}, float(compiled.border_cost[0]) / 2
    for i in blocks:
        cost[i] += half * sum(k not in cost for k in near[i])
    pairs = [tuple(sorted(pair)) for pair in proof.border.tolist()]
    assert len(set(pairs)) == len(pairs)
    for (i, k), price in zip(proof.border.tolist(), proof.border_price, strict=True):
        assert abs(price) <= half
        assert k in near[i]
        if k in cost:
            cost[i] += price
            cost[k] -= price
    return cost


def fee_of(model: Model, compiled: Any) -> tuple[float, float, float] | None:
    """What a school outside the band costs, and the band."""
    for curve in compiled.curves:
        if isinstance(curve, Band):
            schools = len(set(model.pairs.index.tolist()))
            return curve.scale / schools, curve.rate - curve.width - 1e-9, curve.rate + curve.width + 1e-9
    return None


def check_cut(model: Model, may: set[int], j: int, t: int, separator: list[int]) -> None:
    """The separator keeps the root from the block, and the block needs the root."""
    assert model.contiguity is not None
    root = int(model.contiguity.root[j])
    assert root >= 0
    assert t != root
    assert not (model.contiguity.detached[t] and model.district.status_quo[t] == j)
    assert root not in separator
    assert t not in separator
    seen, edge = {root}, [root]
    while edge:
        for o in model.district.adjacency.row(edge.pop()).tolist():
            if o in may and o not in seen and o not in separator:
                seen.add(o)
                edge.append(o)
    assert t not in seen
