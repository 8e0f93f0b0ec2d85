"""A plan as it stands, in a record: what it measures, which limits it breaks, and whether it is valid all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from optimizer.rules import Breach, Rule, breaches, broken_by, is_valid

SIZES = ("capacity", "min_students")  # the limits of size, whose amounts are students


@dataclass(frozen=True, eq=False)
class PlanRecord:
    """plan: on the district as it was judged. breaches: of limits and rules, inherited ones included. measured: the
    plan whose measures are told: today's zones are judged under the rules, and measured without them."""

    plan: Plan
    breaches: tuple[Breach, ...]
    measured: Plan

    @classmethod
    def under(cls, plan: Plan, rules: Iterable[Rule], measured: Plan | None = None) -> PlanRecord:
        """Judged under all rules, that of reach among them. Raises InputError with all that the rules name and the
        district has not."""
        return cls(plan, tuple(breaches(plan, tuple(rules))), plan if measured is None else measured)

    @classmethod
    def under_these(cls, plan: Plan, rules: Iterable[Rule]) -> PlanRecord:
        """Judged under these rules alone."""
        return cls(plan, tuple(broken_by(plan, rules)), plan)

    @cached_property
    def measures(self) -> Measures:
        """All, by name."""
        return measure(self.measured)

    @cached_property
    def broken(self) -> list[dict[str, Any]]:
        """The limits that it breaks, as results list them."""
        return broken_limits(self.breaches)

    @property
    def valid(self) -> bool:
        """Whether it breaks nothing but what today's zones break as much."""
        return is_valid(list(self.breaches))

    @property
    def excess(self) -> float:
        """Students over seats and under smallest sizes."""
        return excess_of(self.broken)

    @property
    def moved(self) -> float:
        """Students who change school."""
        return float(self.plan.district.students[self.plan.moved].sum())

    @property
    def counted(self) -> float:
        """Of these, those whom limits on moves count: without the students of closed schools."""
        return float(self.plan.district.students[self.plan.counted_moved].sum())


def broken_limits(rows: Sequence[Breach]) -> list[dict[str, Any]]:
    """Breaches as results list them: each names its school or block, where it has one; `rule` is the place among the
    rules of a rule that was given."""
    return [
        {
            "limit": row.limit,
            **({} if row.school is None else {"school": row.school}),
            **({} if row.block is None else {"block": row.block}),
            "amount": row.amount,
            "limit_value": row.limit_value,
            "status_quo_amount": row.status_quo_amount,
            "inherited": row.inherited,
            "kind": row.kind,
            "unit": row.unit,
            **({} if row.rule is None else {"rule": row.rule}),
        }
        for row in rows
    ]


def excess_of(rows: Iterable[Mapping[str, Any]]) -> float:
    """Students over seats and under smallest sizes, over all schools, those of today's zones included. rows: as
    `broken_limits` lists them."""
    return float(sum(row["amount"] for row in rows if row["limit"] in SIZES))
