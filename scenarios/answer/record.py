"""A plan as it stands, in a record: what it measures, which limits it breaks, and whether it is valid all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from optimizer.rules import Breach, Rule, breaches, broken_by, is_valid
from scenarios.reading.records import Broken, excess_of


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
    def broken(self) -> list[Broken]:
        """The limits that it breaks, as results list them."""
        return Broken.of(self.breaches)

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
