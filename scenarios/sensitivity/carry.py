"""What one case's run says about the others: a plan that is valid elsewhere too, a bound that holds for less too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from optimizer.arrays import Offsets
from optimizer.gap import relative_gap
from optimizer.model import STUDENT_SLACK, Budget, Model, SchoolSum
from optimizer.plan import Plan
from optimizer.result import NoPlan, Result
from optimizer.rules import Breach, under
from scenarios.answer.record import PlanRecord
from scenarios.sensitivity.cases import Case


@dataclass(frozen=True, eq=False)
class Row:
    """What is known about one case.

    own: its run's result, None where it was not run. plan: the best valid plan known, None where there is none; value
    and broken go with it. bound: no valid plan has a smaller objective; None without a valid plan. plan_from,
    bound_from: the place of the case they were found for. impossible: it is proved that there is no valid plan, of this
    case or of one that allows at least as much.
    """

    case: Case
    own: Result | None
    plan: Plan | None = None
    value: float | None = None
    broken: tuple[Breach, ...] = ()
    bound: float | None = None
    plan_from: int | None = None
    bound_from: int | None = None
    impossible: bool = False

    @property
    def no_plan(self) -> NoPlan | None:
        """Why there is no plan; None where there is one, or the case was not run and nothing is proved."""
        if self.plan is not None or (self.own is None and not self.impossible):
            return None
        return "proved" if self.impossible else "not found"

    @property
    def gap(self) -> float | None:
        """(value - bound) / value; 0 where the value is 0."""
        return None if self.value is None or self.bound is None else relative_gap(self.value, self.bound)


def carry(cases: Sequence[Case], results: Sequence[Result]) -> tuple[Row, ...]:
    """A row a case, of all results together. results: of the first cases, or of all.

    Each row takes the best of all plans that its own rules find valid, of those with the fewest students over seats,
    and the greatest bound of the cases whose model allows at least as much as its own. So a looser limit is never worse
    than a tighter one.
    """
    plans = sorted((result.objective_value, k) for k, result in enumerate(results) if result.valid)
    bounds = sorted((-(result.bound or 0.0), k) for k, result in enumerate(results) if result.valid)
    model = cache(lambda k: Model.build(under(cases[k].district, cases[k].rules), cases[k].rules))
    rows = []
    for k, case in enumerate(cases):
        row = Row(case, results[k] if k < len(results) else None)
        row = _with_plan(row, k, results, plans)
        if row.plan is not None:
            row = _with_bound(row, k, bounds, model)
        else:
            ruled_out = [other for other, result in enumerate(results) if result.impossible]
            none = any(other == k or within(model(k), model(other)) for other in ruled_out)
            row = replace(row, impossible=none)
        rows.append(row)
    return tuple(rows)


def _with_plan(row: Row, k: int, results: Sequence[Result], plans: Sequence[tuple[float, int]]) -> Row:
    """Students over seats come before the objective, as in the search. A tie is the row's own."""
    least, district = math.inf, under(row.case.district, row.case.rules)
    for value, other in sorted(plans, key=lambda pair: (pair[0], pair[1] != k)):
        plan = Plan(district, results[other].plan.school)
        record = PlanRecord.under(plan, row.case.rules)
        if record.valid and record.excess < least - STUDENT_SLACK:
            least = record.excess
            row = replace(row, plan=plan, value=value, broken=record.breaches, plan_from=other)
        if least <= STUDENT_SLACK:
            break
    return row


def _with_bound(row: Row, k: int, bounds: Sequence[tuple[float, int]], model: Callable[[int], Model]) -> Row:
    for value, other in sorted(bounds, key=lambda pair: (pair[0], pair[1] != k)):
        if other == k or within(model(k), model(other)):
            return replace(row, bound=-value, bound_from=other)
    return replace(row, bound=0.0, bound_from=k)  # no objective is ever below 0


def within(tight: Model, loose: Model) -> bool:
    """Whether each thing that `loose` asks of a plan is asked by `tight` too, as strictly: then every plan valid under
    `tight` is valid under `loose`, and a bound of `loose` holds for `tight`. A no is no proof of the contrary."""
    at = _places(tight, loose)
    return (
        bool((at >= 0).all())
        and all(any(_sum_within(own, asked) for own in tight.sums) for asked in loose.sums)
        and all(any(_budget_within(own, asked, at) for own in tight.budgets) for asked in loose.budgets)
        and (loose.contiguity is None or tight.contiguity is not None)
    )


def _places(tight: Model, loose: Model) -> Offsets:
    """(pairs of tight,) where each of them stands in loose, -1 where it does not."""
    width = tight.district.schools
    own, asked = (model.pairs.rows.astype(np.int64) * width + model.pairs.index for model in (tight, loose))
    at = np.minimum(np.searchsorted(asked, own), max(len(asked) - 1, 0))
    return np.where(asked[at] == own, at, -1) if len(asked) else np.full(len(own), -1)


def _sum_within(own: SchoolSum, asked: SchoolSum) -> bool:
    same = (own.part, own.whole) == (asked.part, asked.whole) and bool((own.factor == asked.factor).all())
    return same and bool((own.hard_low >= asked.hard_low).all() and (own.hard_high <= asked.hard_high).all())


def _budget_within(own: Budget, asked: Budget, at: Offsets) -> bool:
    return own.limit <= asked.limit and bool((own.cost >= asked.cost[at]).all())
