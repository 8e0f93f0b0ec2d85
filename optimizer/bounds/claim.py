"""From the multipliers of a run to a Certificate: rounded as they will be written, and proved from what is written."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets, frozen
from optimizer.bounds.certificate import Certificate, Cuts, Leaf, SchoolProof
from optimizer.bounds.kernel.claim import Proof
from optimizer.bounds.kernel.data import Work
from optimizer.bounds.problem import Problem
from optimizer.bounds.proofs import Tree, proof_of, rounded

# What is claimed is this much below what was proved, relative, and relative to the magnitudes summed: a checker may
# round otherwise, and norm the direction a little lower.
NEARLY = 2e-6  # a bound that is above a multiple by so little is not taken to the next one
SHORT, SHORT_OF_TERMS = 1e-9, 1e-11


def certify(
    problem: Problem,
    works: list[Work],
    direction: Floats,
    prices: Floats,
    budget_prices: Floats,
    border_prices: Floats | None = None,
    *,
    slack: float = 0.0,
) -> Certificate:
    """The certificate of a proof that is not split. direction: (groups,). prices: (blocks,), budget_prices: (budgets,)
    >= 0, border_prices: (borders,), None: 0, all as the run had them. slack: what a smaller file may cost, in the
    objective's unit."""
    direction, prices, budget_prices = rounded(direction), rounded(prices), rounded(budget_prices)
    border_prices = np.zeros(len(problem.borders.one)) if border_prices is None else rounded(border_prices)
    problem.lay(border_prices)
    curve, size = problem.curve(direction), problem.curve_size(direction)
    cuts = _CutList(problem, prices, budget_prices, curve)
    proofs, least = [], []
    for at, work in enumerate(works):
        block = problem.part[at].block
        school = replace(problem.part[at], curve=curve[block])
        tree, proof, value = proof_of(school, size[block], work, prices, budget_prices, slack / len(works))
        proofs.append(_bordered(problem, at, cuts.take(at, tree, proof), border_prices))
        least.append(value)
    terms = [*prices, *(-budget_prices * problem.limit), *least, problem.constant(direction)]
    total = math.fsum(terms)
    wide = math.fsum(np.abs(terms)) + problem.constant_size(direction)
    bound = coarse(max(0.0, total - SHORT * abs(total) - SHORT_OF_TERMS * wide), problem.grain)
    leaf = Leaf(frozen(direction), frozen(prices), frozen(budget_prices), tuple(proofs))
    found = Certificate(bound, relaxed(problem), cuts.done(), (leaf,), priced(problem))
    return found if problem.model.struck is None else replace(found, struck=problem.model.struck)


def coarse(bound: float, grain: float) -> float:
    """The next multiple of the grain where there is one, but for rounding."""
    return max(bound, math.ceil(bound / grain - NEARLY) * grain) if grain > 0 else bound


def _bordered(problem: Problem, at: int, proof: SchoolProof, prices: Floats) -> SchoolProof:
    """With the prices of its borders."""
    if problem.compiled.border_cost is None:
        return proof
    entries = problem.entries
    border, price = problem.borders.written(entries.of_school(at), entries.block, prices)
    return replace(proof, border=frozen(border), border_price=frozen(rounded(price)))


def relaxed(problem: Problem) -> tuple[str, ...]:
    """The rules and parts of the objective that the proof makes no use of, by name."""
    model = problem.model
    names = [row.name for row in model.largest]
    names += [row.name for row in model.borders if row.limit < np.inf]
    names += [row.name for row in model.compact if row.low > 0]
    names += [ceiling.name for ceiling in model.ceilings]
    together = ("keep_together",) if model.together is not None else ()
    return tuple(dict.fromkeys((*problem.parts.beyond, *together, *names)))


def priced(problem: Problem) -> tuple[int, ...]:
    """The sums that a proof can make use of, by their places: those with a hard limit somewhere, then soft ones."""
    sums = problem.model.sums
    hard = [s for s, row in enumerate(sums) if np.isfinite(row.hard_low).any() or np.isfinite(row.hard_high).any()]
    return (*hard, *range(len(sums), len(sums) + len(problem.parts.most)))


class _CutList:
    """Gathers the cuts of all schools under the district's own numbers of blocks."""

    def __init__(self, problem: Problem, prices: Floats, budget_prices: Floats, curve: Floats) -> None:
        self.problem, self.prices, self.budget_prices, self.curve = problem, prices, budget_prices, curve
        self.parts: list[tuple[Ints, Ints, Offsets, Ints]] = []  # school, block, length, members
        self.count = 0
        apart = problem.entries.apart
        self.apart_school = problem.model.pairs.index[apart]
        self.apart_block = problem.model.pairs.rows[apart]

    def take(self, at: int, tree: Tree, proof: Proof) -> SchoolProof:
        """The proof under the file's numbers, with a cut for each block that cannot be joined to the root."""
        school, block = int(self.problem.entries.schools[at]), self.problem.part[at].block
        first = self._add(school, block[proof.cut_block], np.diff(proof.member_start), block[proof.member])
        leaf = np.repeat(np.arange(len(proof.tilt)), np.diff(proof.start))
        apart = np.flatnonzero(self.apart_school == school)
        r, wide = self._apart_values(apart, at, tree, proof)
        where, which = np.nonzero(r < wide)
        ruled, which = np.unique(which, return_inverse=True)
        nothing = np.zeros(len(ruled), np.int64)
        empty = self._add(school, self.apart_block[apart[ruled]], nothing, np.zeros(0, np.int32))
        # Twice what is needed: nothing is taken from a separator without blocks.
        weight = rounded(2 * (np.abs(r) + wide)[where, ruled[which]])
        leaf = np.concatenate([leaf, where])
        order = np.argsort(leaf, kind="stable")
        counts = np.bincount(leaf, minlength=len(proof.tilt))
        return SchoolProof(
            school=school,
            split=frozen(np.where(tree.split >= 0, block[np.maximum(tree.split, 0)], tree.split)),
            middle=frozen(tree.middle),
            low=frozen(tree.low),
            high=frozen(tree.high),
            tilt=frozen(proof.tilt),
            size_price=frozen(proof.price),
            start=frozen(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)),
            cut=frozen(np.concatenate([first + proof.cut, empty + which])[order].astype(np.int32)),
            weight=frozen(np.concatenate([proof.weight, weight])[order]),
        )

    def _add(self, school: int, block: Ints, length: Offsets, member: Ints) -> int:
        """The place of the first of these cuts."""
        first = self.count
        self.parts.append((np.full(len(block), school, np.int32), block, length, member))
        self.count += len(block)
        return first

    def _apart_values(self, apart: Offsets, at: int, tree: Tree, proof: Proof) -> tuple[Floats, Floats]:
        """(leaves, apart) r of the blocks that cannot be joined to the school's root, and far more than its
        rounding error."""
        problem, block = self.problem, self.apart_block[apart]
        school, pair = int(problem.entries.schools[at]), problem.entries.apart[apart]
        tilt, low, high = proof.tilt[:, None], tree.low[:, None], tree.high[:, None]
        around = problem.borders.around[block]
        base = problem.compiled.pair_cost[pair] - self.prices[block] - around
        wide = np.abs(problem.compiled.pair_cost[pair]) + np.abs(self.prices[block]) + around
        for price, budget in zip(self.budget_prices, problem.model.budgets, strict=True):
            base = base + price * budget.cost[pair]
            wide = wide + price * np.abs(budget.cost[pair])
        a = self.curve[block] - tilt * problem.heads[block]
        r = base + tilt * problem.poor[block] + np.minimum(low * a, high * a)
        wide = wide + np.abs(tilt) * problem.poor[block] + np.abs(a) + np.abs(tilt) * problem.heads[block]
        for s, row in enumerate(problem.loads(school, block)):
            load = proof.price[:, s, None] * row
            r, wide = r - load, wide + np.abs(load)
        return r, 1e-12 * wide

    def done(self) -> Cuts:
        none = np.zeros(0, np.int64)
        school, block, length, member = (np.concatenate([none, *parts]) for parts in zip(*self.parts, strict=True))
        start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        whole = [frozen(part.astype(np.int32)) for part in (school, block, member)]
        return Cuts(whole[0], whole[1], frozen(start), whole[2])
