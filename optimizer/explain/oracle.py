"""Whether limits can hold together: what is known already, then the linear relaxation, then CP-SAT."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optimizer.arrays import Ints
from optimizer.explain.cpsat import any_plan
from optimizer.explain.limits import Case, Limit
from optimizer.explain.relaxed import relax
from optimizer.explain.work import Work
from optimizer.plan import Plan


class Oracle:
    """Remembers every plan found with the limits that it keeps, and every set of limits refuted."""

    def __init__(self, case: Case, work: Work) -> None:
        self.case, self.work = case, work
        self.plans: list[tuple[Plan, frozenset[Limit]]] = []
        self.refuted: list[frozenset[Limit]] = []
        self.know(case.today)

    def know(self, school: Ints) -> Plan:
        """Note a plan."""
        plan = Plan(self.case.district, school)
        self.plans.append((plan, self.case.kept_by(plan)))
        return plan

    def plan(self, limits: Iterable[Limit]) -> Plan | None:
        """A plan known to keep these limits."""
        limits = frozenset(limits)
        return next((plan for plan, kept in reversed(self.plans) if limits <= kept), None)

    def nearest(self, limits: Iterable[Limit]) -> Plan:
        """Of the plans known, the one that breaks the fewest of these limits."""
        limits = frozenset(limits)
        return min(self.plans, key=lambda known: len(limits - known[1]))[0]

    def keeps(self, limits: Iterable[Limit], share: float = 0.2) -> bool | None:
        """Whether some plan keeps all these limits; None where this share of the time left does not tell."""
        limits = frozenset(limits)
        if self.plan(limits) is not None:
            return True
        if any(core <= limits for core in self.refuted):
            return False
        if self.work.over:
            return None
        if limits <= self.case.kept_by(self._spread(limits)):
            return True
        core = self.clash(limits)
        if core is not None:
            self.refuted.append(core)
            return False
        return self._search(limits, share)

    def clash(self, limits: frozenset[Limit]) -> frozenset[Limit] | None:
        """Limits among these that even the linear relaxation cannot keep together; rules are all in it."""
        rules = frozenset(limit for limit in limits if limit.kind == "rule")
        if (np.diff(self.case.model(rules).pairs.start) == 0).any():
            return rules
        if self.work.over:
            return None
        found = relax(self.case, limits, seconds=self.work.seconds_of(0.5))
        self.work.used.add("linear relaxation")
        return rules | frozenset(found.price) if found.price else None

    def _search(self, limits: frozenset[Limit], share: float) -> bool | None:
        found = any_plan(self.case.small(limits), self.nearest(limits).school, self.work, share)
        if found.school is not None:
            self.know(found.school)
            return True
        if found.none:
            self.refuted.append(limits)
            return False
        return None

    def _spread(self, limits: frozenset[Limit]) -> Plan:
        """A quick guess: every block goes to a school of which nothing is asked, where it may."""
        model, district = self.case.model(limits), self.case.district
        asked = np.zeros(district.schools, bool)
        asked[[limit.school for limit in limits if limit.school >= 0]] = True
        school = self.case.today.copy()
        free = np.flatnonzero(~asked[model.pairs.index])
        school[model.pairs.rows[free]] = model.pairs.index[free]
        return self.know(school)
