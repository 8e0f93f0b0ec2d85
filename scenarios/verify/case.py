"""What is being judged: the district's numbers, the limits, the rules and the objective, as plain arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.district import District
from scenarios.asking.options import DEFAULT_MINIMUM, DefaultMinimum, Options
from scenarios.reading.values import Table
from scenarios.verify.goal import Goal, Spec
from scenarios.verify.ground import Ground
from scenarios.verify.rules import SLACK, BudgetCheck, Changed, Moved, RuleCheck, Sum, new_schools, read_rules

FLOOR = {"m": 1000.0, "min": 5.0}  # FORMAT.md: the default of travel_floor


@dataclass(frozen=True, eq=False)
class Case:
    """options: only the limits among them are looked at. rules: in the order of their budgets, `max_moved` last.
    minimum: the default minimum that is meant. struck: block and school of pairs that are no candidates, since no valid
    plan has them, as a certificate says."""

    ground: Ground
    options: Options
    rules: tuple[RuleCheck, ...]
    goal: Goal
    minimum: DefaultMinimum = DEFAULT_MINIMUM
    struck: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(
        cls,
        district: District,
        options: Options,
        rules: Sequence[Table],
        spec: Spec,
        where: str,
        bases: Sequence[Path] = (),
        minimum: DefaultMinimum = DEFAULT_MINIMUM,
    ) -> Case:
        """bases: folders where files that rules name may lie. Raises InputError, naming `where`, on rules and
        objectives that cannot be verified."""
        known, ground = read_rules(rules, Ground.of(district, new_schools(rules), bases, strict=options.strict), where)
        near = [rule.zone for rule in known if isinstance(rule, Changed)]  # the objective is against the last
        if options.max_moved is not None:
            known = (*known, Moved(options.max_moved))
        return cls(ground, options, known, Goal.of(spec, ground, where, near[-1] if near else None), minimum)

    @cached_property
    def candidates(self) -> list[Candidates]:
        """Which blocks may go to which school."""
        return candidates(self)

    @cached_property
    def sums(self) -> list[Sum]:
        """The size of the zones first; of the rules, those with a limit at some school."""
        further = (found for rule in self.rules for found in rule.sums(self.ground))
        return [self.sizes.hard(self), *(one for one in further if any(map(math.isfinite, (*one.low, *one.high))))]

    @cached_property
    def budgets(self) -> list[BudgetCheck]:
        return [budget for rule in self.rules for budget in rule.budgets(self.ground)]

    @cached_property
    def budget_limits(self) -> list[float]:
        """A hair above the budgets' limits: see BudgetCheck.roomy."""
        return [budget.roomy(self.ground) for budget in self.budgets]

    @cached_property
    def relaxes(self) -> list[str]:
        """What the proof makes no use of, by name."""
        names = [*self.goal.relaxed, *(name for rule in self.rules for name in rule.relaxes)]
        return list(dict.fromkeys(names))

    @cached_property
    def travel_limit(self) -> Floats:
        """(blocks,) the farthest that a block may go if it changes school, without the allowance; -inf where its travel
        today is not known."""
        now, floor = self.ground.travel_current, self.options.travel_floor
        known = np.isfinite(now)
        floor = FLOOR[self.ground.district.travel.unit] if floor is None else floor
        with np.errstate(over="ignore"):
            most = np.maximum((1 + self.options.travel_increase) * np.where(known, now, 0.0), floor)
        return np.where(known, most, -np.inf)

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes.of(self.ground, self.options.size_tolerance, self.minimum)


@dataclass(frozen=True)
class Sizes:
    """By school, infinite where there is no limit: the fewest and most students of the zone; and today's, None where a
    school opens: nothing is inherited there."""

    low: list[float]
    high: list[float]
    now: list[float | None]

    @classmethod
    def of(cls, ground: Ground, tolerance: float, minimum: DefaultMinimum) -> Sizes:
        low, high = [-math.inf] * ground.schools, [math.inf] * ground.schools
        for j in ground.takes:
            seats, least, now = ground.capacity[j], ground.least[j], ground.load[j]
            most = math.inf if j in ground.opened else (1 + tolerance) * now
            high[j] = most if math.isnan(seats) else seats - ground.other[j]
            room = now if math.isnan(seats) or minimum == "today" else min(now, seats - ground.other[j])
            low[j] = max(0.0, 1 - tolerance) * max(0.0, room) if math.isnan(least) else least
        return cls(low, high, [None if j in ground.opened else load for j, load in enumerate(ground.load)])

    def hard(self, case: Case) -> Sum:
        """What no valid plan goes beyond: more than today has, where that breaks a limit; allowances are added."""
        now = [None] * len(self.now) if case.options.strict else self.now
        low = [load if load is not None and least - load > SLACK else least
               for least, load in zip(self.low, now, strict=True)]  # fmt: skip
        high = [load if load is not None and load - most > SLACK else most
                for most, load in zip(self.high, now, strict=True)]  # fmt: skip
        return Sum(case.ground.students, [least - SLACK for least in low], [most + SLACK for most in high])


@dataclass(frozen=True, eq=False)
class Candidates:
    """The blocks that may go to one school. block: ascending. travel: to the school, 0 where it is not known, as may be
    for blocks that are at home there. forced: whether the block may go nowhere else."""

    school: int
    block: Ints
    travel: Floats
    forced: Bools


def candidates(case: Case) -> list[Candidates]:
    """For each school that any block may go to, in ascending order, these blocks. Asked for by `Case.candidates`."""
    ground, found = case.ground, []
    gone: dict[int, list[int]] = {}
    for b, j in case.struck:
        gone.setdefault(j, []).append(b)
    choices, held = np.zeros(ground.blocks, np.int64), np.full(ground.blocks, -1)
    if case.options.contiguity:
        held[list(ground.root.values())] = list(ground.root)
    for j in ground.takes:
        far, reach = ground.far(j), ground.reach(j)
        # Travel that is not known is inf here, and even an infinite limit does not allow it.
        may = ((reach <= case.travel_limit + SLACK) & np.isfinite(reach)) | ground.is_home(j)
        may &= (held < 0) | (held == j)  # a root keeps its school
        for rule in case.rules:
            may = rule.narrow(ground, j, may)
        block = np.setdiff1d(_joined(case, j, may), gone.get(j, [])).astype(np.int32)
        choices[block] += 1
        if len(block):
            found.append((j, block, far[block]))
    return [Candidates(j, block, np.where(np.isfinite(far), far, 0.0), choices[block] == 1) for j, block, far in found]


def _joined(case: Case, j: int, may: Bools) -> Ints:
    """The blocks of `may` in ascending order; with contiguity, without those that cannot be joined to the root of j
    through others, unless they are at home there."""
    root = case.ground.root.get(j)
    if not case.options.contiguity or root is None:
        return np.flatnonzero(may).astype(np.int32)
    inside = may.tolist()
    joined = case.ground.is_home(j) & may
    if inside[root]:
        joined[case.ground.graph.walk(root, lambda block: inside[block])] = True
    return np.flatnonzero(joined).astype(np.int32)
