"""From a Model and a compiled objective to arrays by school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints, frozen
from optimizer.bounds.borders import Borders
from optimizer.bounds.kernel.data import School
from optimizer.bounds.parts import Parts
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Exposures
from optimizer.striking.pairs import Entries


@dataclass(frozen=True, eq=False)
class Problem:
    """A model and an objective, ready to be bounded.

    entries: the candidate pairs, school by school. part: the arrays of each of entries.schools, in its order.
    heads, poor: (blocks,) n_i and P_i. scale: (blocks,) the step of a block's price: its students, and a little for
    a block without any. limit: (budgets,); budget_scale: (budgets,) the step of a budget's price.
    """

    model: Model
    compiled: Compiled
    parts: Parts
    entries: Entries
    borders: Borders
    part: tuple[School, ...]
    heads: Floats
    poor: Floats
    scale: Floats
    limit: Floats
    budget_scale: Floats

    @classmethod
    def of(cls, model: Model, compiled: Compiled) -> Problem:
        parts, district = Parts.of(compiled), model.district
        rated = parts.rated
        heads = district.students if rated is None else rated.heads
        poor = np.zeros(district.blocks) if rated is None else rated.poverty
        entries = Entries.of(model)
        tops = np.ones(district.schools) if rated is None else _tops(model, heads, poor)
        part = tuple(
            _school(model, compiled, parts, entries, at, heads, poor, float(tops[j]))
            for at, j in enumerate(entries.schools)
        )
        mean = float(heads.mean()) if len(heads) else 0.0
        limit = np.array([budget.limit for budget in model.budgets], np.float64)
        scale = frozen(heads + 0.1 * (mean or 1.0))
        budget_scale = _budget_scale(model, float(scale.sum()))
        borders = Borders.of(model, entries, compiled.border_cost)
        return cls(model, compiled, parts, entries, borders, part, heads, poor, scale, limit, budget_scale)

    @property
    def exposures(self) -> Exposures | None:
        return self.parts.exposures

    def loads(self, school: int, block: Ints) -> Floats:
        """(sums, n) what blocks add to each sum at a school."""
        return _loads(self.model, self.parts, school, block)

    def aim(self, direction: Floats) -> None:
        """Lay a direction (groups,) over the curve of every school: that and the costs, see `lay`, change."""
        curve = self.curve(direction)
        for part in self.part:
            part.curve[:] = curve[part.block]

    @property
    def grain(self) -> float:
        """All values of the objective are multiples of it, or above as many times it as they are above a bound: of
        borders alone, of the band alone. 0 where nothing is known."""
        compiled, border = self.compiled, self.compiled.border_cost
        if compiled.pair_cost.any():
            return 0.0
        if border is not None:
            even = len(border) > 0 and bool((border == border[0]).all())
            return float(border[0]) if even and not compiled.curves else 0.0
        alone = self.parts.band is not None and len(compiled.curves) == 1
        return self.parts.fee / max(1, len(self.entries.schools)) if alone else 0.0

    def lay(self, price: Floats) -> None:
        """Lay prices of borders over the costs of every school."""
        if self.compiled.border_cost is not None:
            cost = self.compiled.pair_cost[self.entries.pair] + self.borders.costs(price)
            for at, part in enumerate(self.part):
                part.cost[:] = cost[self.entries.of_school(at)]

    def curve(self, direction: Floats) -> Floats:
        """(blocks,) c_i: what a block adds to the school's C_j, whose product with the zone's rate is its cost."""
        e = self.exposures
        return np.zeros(len(self.heads)) if e is None else e.counts @ _by_head(e, direction)

    def curve_size(self, direction: Floats) -> Floats:
        """(blocks,) the magnitudes of the terms that make up c_i."""
        e = self.exposures
        return np.zeros(len(self.heads)) if e is None else np.abs(e.counts) @ np.abs(_by_head(e, direction))

    def constant(self, direction: Floats) -> float:
        """-a sum_r w_r u'_r aim_r: what the aim, mostly the rate, takes off."""
        e = self.exposures
        return 0.0 if e is None else -float((_by_head(e, direction) * e.total * e.aim).sum())

    def constant_size(self, direction: Floats) -> float:
        """The magnitude of the terms of `constant`."""
        e = self.exposures
        return 0.0 if e is None else float(np.abs(_by_head(e, direction) * e.total * e.aim).sum())


def direction_of(problem: Problem, school: Ints) -> Floats:
    """(groups,) the direction in which a plan's exposures lie from the rate, of norm 1; empty without exposures."""
    e, schools = problem.exposures, problem.model.district.schools
    if e is None:
        return np.zeros(0)
    zones = np.column_stack([np.bincount(school, column, schools) for column in e.counts.T])
    rate = rates_of(problem, school)
    met = (zones * rate[:, None]).sum(axis=0) / e.total
    away = np.where(e.weight > 0, met - e.aim, 0.0)
    norm = float(np.sqrt((e.weight * away**2).sum()))
    return away / norm if norm > 1e-12 else np.where(e.weight > 0, 1.0, 0.0)


def rates_of(problem: Problem, school: Ints) -> Floats:
    """(schools,) the poverty rate of each zone of a plan, 0 where it has no students."""
    schools = problem.model.district.schools
    poor, heads = np.bincount(school, problem.poor, schools), np.bincount(school, problem.heads, schools)
    return np.divide(poor, heads, out=np.zeros(schools), where=heads > 0)


def _by_head(e: Exposures, direction: Floats) -> Floats:
    """(groups,) what a student of each group adds to C_j."""
    # A little above the norm, so that rounding never makes that of the quotient pass 1.
    norm = float(np.sqrt((e.weight * direction**2).sum())) * (1 + 1e-12) + 1e-300
    return np.asarray(e.scale * e.weight * direction / norm / e.total)


def _tops(model: Model, heads: Floats, poor: Floats) -> Floats:
    """(schools,) a rate that no zone's is above: the greatest of any candidate."""
    rates = np.divide(poor, heads, out=np.zeros(len(poor)), where=heads > 0)
    top = np.zeros(model.district.schools)
    np.maximum.at(top, model.pairs.index, rates[model.pairs.rows])
    # The step up covers the division's rounding; the floor keeps the interval's ends apart.
    return np.clip(top * (1 + 1e-9), 1e-6, 1.0)


def _budget_scale(model: Model, students: float) -> Floats:
    """(budgets,) so that a budget overdrawn by its whole limit weighs in a step about as much as all blocks do."""
    scales = []
    for budget in model.budgets:
        most = np.zeros(model.district.blocks)
        np.maximum.at(most, model.pairs.rows, budget.cost)
        total = float(most.sum()) or 1.0
        scales.append(students / (total * max(budget.limit, 1e-3 * total)))
    return np.array(scales, np.float64)


def _loads(model: Model, parts: Parts, school: int, block: Ints) -> Floats:
    """(sums, n) those of the model, then soft ones."""
    hard = np.array([s.load(model.district, school, block) for s in model.sums], np.float64)
    soft = parts.load[:, block] if len(parts.most) else np.zeros((0, len(block)))
    return np.concatenate([hard.reshape(len(model.sums), len(block)), soft])


def _school(
    model: Model, compiled: Compiled, parts: Parts, entries: Entries, at: int, heads: Floats, poor: Floats, top: float
) -> School:
    j, here = int(entries.schools[at]), entries.of_school(at)
    pair, block = entries.pair[here], entries.block[here]
    kind, root = entries.kind[here], int(entries.root[at])
    start = entries.start[here.start : here.stop + 1]
    sums, soft = model.sums, len(parts.most)
    load, forced = _loads(model, parts, j, block), entries.forced(kind)
    share = np.zeros(0) if parts.entropy is None else parts.entropy.share
    shares = len(load) - len(share)
    # A zone without students lies in no band, and outside none.
    fee = parts.fee / len(entries.schools) if (forced & (heads[block] > 0)).any() else 0.0
    return School(
        block=block,
        poor=poor[block],
        heads=heads[block],
        curve=np.zeros(len(block)),
        cost=compiled.pair_cost[pair],
        budget=np.array([b.cost[pair] for b in model.budgets]).reshape(len(model.budgets), len(block)),
        load=load,
        low=np.array([*(s.hard_low[j] - STUDENT_SLACK for s in sums), *np.zeros(soft)]),
        high=np.array([*(s.hard_high[j] + STUDENT_SLACK for s in sums), *np.zeros(soft)]),
        most=np.array([*np.full(len(sums), np.inf), *parts.most]),
        shares=shares,
        share=share,
        unit=0.0 if parts.entropy is None else parts.entropy.scale,
        heads_shared=load[shares:].sum(axis=0),
        fee=fee,
        band=parts.within,
        kind=kind,
        start=start - start[0],
        index=(entries.index[start[0] : start[-1]] - here.start).astype(np.int32),
        rates=_by_rate(heads[block], poor[block]),
        root=root,
        top=top,
        curved=parts.rated is not None,
    )


def _by_rate(heads: Floats, poor: Floats) -> Ints:
    """The blocks with students, by their rate."""
    rate = np.divide(poor, heads, out=np.full(len(poor), np.inf), where=heads > 0)
    return np.argsort(rate, kind="stable")[: int((heads > 0).sum())].astype(np.int32)
