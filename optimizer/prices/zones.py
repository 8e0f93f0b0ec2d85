"""One school after the other: what a certificate proves of it, interval by interval, laid open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Offsets
from optimizer.bounds.certificate import Certificate, SchoolProof
from optimizer.bounds.kernel.data import School
from optimizer.bounds.problem import Problem


@dataclass(frozen=True, eq=False)
class Zone:
    """One school's proof laid open, m candidates and k intervals. pair: (m,) places among the model's. forced: (m,).
    r: (k, m) what each block costs. value: (k,) V."""

    school: int
    proof: SchoolProof
    pair: Offsets
    forced: Bools
    r: Floats
    value: Floats

    @property
    def least(self) -> float:
        return float(self.value.min())


def zones_of(problem: Problem, certificate: Certificate) -> list[Zone]:
    """Of every school that blocks may go to, over the pairs that the certificate is about."""
    leaf = certificate.leaves[0]
    problem.aim(leaf.direction)
    problem.lay(np.zeros(len(problem.borders.one)))
    proofs = {proof.school: proof for proof in leaf.schools}
    zones = []
    for at, j in enumerate(problem.entries.schools.tolist()):
        part, proof = problem.part[at], proofs[j]
        r = costs(part, proof, leaf.prices, leaf.budget_prices) + _cuts(part, proof, certificate, len(leaf.prices))
        r += _borders(part, proof)
        forced = problem.entries.forced(part.kind)
        price = proof.size_price
        limits = np.where(price > 0, np.where(price != 0, part.low, 0.0), np.where(price != 0, part.high, 0.0))
        outside = (proof.low > part.band[1]) | (proof.high < part.band[0])
        value = (price * limits).sum(axis=1) + np.where(forced, r, np.minimum(r, 0.0)).sum(axis=1) + part.fee * outside
        zones.append(Zone(j, proof, problem.entries.pair[problem.entries.of_school(at)], forced, r, value))
    return zones


def costs(part: School, proof: SchoolProof, prices: Floats, budget_prices: Floats) -> Floats:
    """(k, m) r of the candidates in each interval, but for cuts: docs/certificate.md."""
    tilt, low, high = proof.tilt[:, None], proof.low[:, None], proof.high[:, None]
    base = part.cost + budget_prices @ part.budget - prices[part.block]
    a = part.curve - tilt * part.heads
    return np.asarray(base + tilt * part.poor + np.minimum(low * a, high * a) - proof.size_price @ part.load)


def _cuts(part: School, proof: SchoolProof, certificate: Certificate, blocks: int) -> Floats:
    """(k, m) what the cuts of each interval add to r."""
    cuts = certificate.cuts
    names, which = np.unique(proof.cut, return_inverse=True)
    members = [cuts.separator(int(cut)) for cut in names]
    place = np.full(blocks, -1)
    place[part.block] = np.arange(len(part.block))
    row = np.concatenate([np.arange(len(names)), np.repeat(np.arange(len(names)), [len(one) for one in members])])
    column = place[np.concatenate([cuts.block[names], *members]).astype(np.int64)]
    sign = np.concatenate([np.ones(len(names)), -np.ones(len(row) - len(names))])
    here = column >= 0
    effect = csr_array((sign[here], (row[here], column[here])), shape=(len(names), len(part.block)))
    weight = csr_array((proof.weight, which, proof.start), shape=(len(proof.tilt), len(names)))
    return np.asarray((weight @ effect).todense(), np.float64)


def _borders(part: School, proof: SchoolProof) -> Floats:
    """(m,) what the prices of borders add to r."""
    added = np.zeros(len(part.block))
    if proof.border is None or proof.border_price is None or len(part.block) == 0:
        return added
    at = np.minimum(np.searchsorted(part.block, proof.border), len(part.block) - 1)
    here = (part.block[at] == proof.border).all(axis=1)
    np.add.at(added, at[here, 0], proof.border_price[here])
    np.add.at(added, at[here, 1], -proof.border_price[here])
    return added


def proved(problem: Problem, certificate: Certificate, zones: list[Zone]) -> float:
    """What it all adds up to: the bound, but for rounding, and below 0 where the bound is 0."""
    leaf = certificate.leaves[0]
    fixed = float(leaf.prices.sum()) - float(leaf.budget_prices @ problem.limit) + problem.constant(leaf.direction)
    return fixed + sum(zone.least for zone in zones)
