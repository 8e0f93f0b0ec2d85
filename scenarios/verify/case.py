"""What is being judged: the district's numbers, the limits, the rules and the objective, as plain arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from scenarios.options import Options
from scenarios.verify.counts import column, zone_sums
from scenarios.verify.graph import Graph
from scenarios.verify.objective import Goal, Spec
from scenarios.verify.rules import Budget, Moved, RuleCheck, read_rules

SLACK = 1e-6  # FORMAT.md: students, metres, minutes
FLOOR = {"m": 1000.0, "min": 5.0}  # FORMAT.md: the default of travel_floor


@dataclass(frozen=True, eq=False)
class Case:
    """options: only the limits among them are looked at. rules: in the order of their budgets, `max_moved` last."""

    district: District
    options: Options
    rules: tuple[RuleCheck, ...]
    goal: Goal

    @classmethod
    def of(
        cls, district: District, options: Options, rules: Sequence[Mapping[str, Any]], spec: Spec, where: str
    ) -> Case:
        """Raises InputError, naming `where`, on rules and objectives that cannot be verified."""
        known = read_rules(rules, district, where)
        if options.max_moved is not None:
            known = (*known, Moved(options.max_moved))
        return cls(district, options, known, Goal.of(spec, district, where))

    @property
    def today(self) -> Ints:
        return self.district.status_quo

    @cached_property
    def students(self) -> Floats:
        """(blocks,) S_i."""
        return column(self.district, "students")

    @cached_property
    def zoned(self) -> list[int]:
        """The schools that have a zone today, in ascending order."""
        return sorted(set(self.today.tolist()))

    @cached_property
    def budgets(self) -> list[Budget]:
        return [budget for rule in self.rules for budget in rule.budgets(self.district)]

    @cached_property
    def graph(self) -> Graph:
        return Graph.of(self.district.adjacency, self.district.blocks)

    @cached_property
    def roots(self) -> dict[int, int]:
        """School -> its root block, for schools that have one."""
        return {j: block for j, block in enumerate(self.district.root.tolist()) if block >= 0}

    @cached_property
    def detached(self) -> Bools:
        """(blocks,) whether the block is cut off from its zone's root today."""
        return ~self.graph.joined(self.today, self.roots)

    @cached_property
    def travel_limit(self) -> Floats:
        """(blocks,) the farthest that a block may go if it changes school, without the allowance; -inf where its travel
        today is not known."""
        now = np.asarray(self.district.travel.to(self.today))
        known, floor = np.isfinite(now), self.options.travel_floor
        floor = FLOOR[self.district.travel.unit] if floor is None else floor
        with np.errstate(over="ignore"):
            most = np.maximum((1 + self.options.travel_increase) * np.where(known, now, 0.0), floor)
        return np.where(known, most, -np.inf)

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes.of(self)


@dataclass(frozen=True)
class Sizes:
    """By school, infinite where there is no limit: the fewest and most students of the zone, and today's."""

    low: list[float]
    high: list[float]
    now: list[float]

    @classmethod
    def of(cls, case: Case) -> Sizes:
        district, tolerance = case.district, case.options.size_tolerance
        now = zone_sums(case.students, case.today, district.schools)
        low, high = [-math.inf] * district.schools, [math.inf] * district.schools
        for j in case.zoned:
            seats, least = float(district.capacity[j]), float(district.min_students[j])
            high[j] = (1 + tolerance) * now[j] if math.isnan(seats) else seats - float(district.other_students[j])
            low[j] = (1 - tolerance) * now[j] if math.isnan(least) else least
        return cls(low, high, now)

    def hard(self, j: int, *, strict: bool) -> tuple[float, float]:
        """What no valid plan goes beyond at school j: today's breaches may not grow; allowances are added."""
        low = self.low[j] if strict else min(self.low[j], self.now[j])
        high = self.high[j] if strict else max(self.high[j], self.now[j])
        return low - SLACK, high + SLACK
