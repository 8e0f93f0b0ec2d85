"""Headroom: what is still to be won from a plan when some of its blocks keep their schools, certified."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from optimizer.arrays import Bools
from optimizer.bounds.certificate import Certificate
from optimizer.contradictions import ready
from optimizer.errors import Fault, InputError
from optimizer.objectives import Objective, Spec, objective_of
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from optimizer.rules import DEFAULT_RULES, Breach, Require, Rule, breaches, is_valid, pinned

GAP = 1e-4  # of the value, at which it ends early: what is left to win is small beside that
PROVING = 0.7  # share of the time: the search only has to find a plan to aim at


@dataclass(frozen=True, eq=False)
class Headroom:
    """plan, value: what was asked about, valid or not. broken: the limits that it breaks, inherited ones included.
    pinned: what holds blocks at their schools. result: of the narrowed question, its rules those given and `pinned`;
    None where these contradict each other before any solving, as `faults` say. seconds: of the call."""

    plan: Plan
    value: float
    broken: tuple[Breach, ...]
    pinned: Require
    result: Result | None
    faults: tuple[Fault, ...]
    seconds: float

    @property
    def valid(self) -> bool:
        """Whether the plan that was asked about is."""
        return is_valid(list(self.broken))

    @property
    def impossible(self) -> bool:
        """Whether it is proved that no valid plan keeps the pinned blocks where they are."""
        return self.result is None or self.result.impossible

    @property
    def bound(self) -> float | None:
        """No valid plan with the pinned blocks where they are has a smaller objective, by the certificate; None where
        no such plan is known."""
        return None if self.result is None else self.result.bound

    @property
    def certificate(self) -> Certificate | None:
        return None if self.result is None else self.result.certificate

    @cached_property
    def best(self) -> Plan | None:
        """A valid plan better than the one asked about, or any where that is invalid; None where none was found."""
        found = self.result
        if found is None or not found.valid or (self.valid and not found.objective_value < self.value):
            return None
        return found.plan

    @property
    def left(self) -> float | None:
        """By how much the objective could still fall at the most; None where no bound is known."""
        return None if self.bound is None else max(0.0, self.value - self.bound)


def headroom(
    plan: Plan,
    objective: Objective | Spec = None,
    rules: Sequence[Rule] = DEFAULT_RULES,
    *,
    locked: Bools | None = None,
    area: Bools | None = None,
    time_limit: float | None = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Headroom:
    """What is still to be won where blocks that are locked, or lie outside the area, keep the schools of the plan.

    locked, area: (blocks,); None: no block is locked, all lie in it. The other arguments as of `optimize`; with
    `iterations` the time may be None. Raises InputError where an argument or a rule does not fit, or where the rules
    contradict each other even without the locks.
    """
    began, rules = time.monotonic(), tuple(rules)
    district = ready(plan.district, rules).model.district
    plan = plan.over(district)
    objective = objective_of(objective, district)
    held = np.zeros(district.blocks, bool) if locked is None else locked
    pins = pinned(plan, held if area is None else held | ~area)
    narrowed = (*rules, pins) if pins.pairs else rules
    told = partial(Headroom, plan, objective.value(plan), tuple(breaches(plan, rules)), pins)
    try:
        ready(district, narrowed)
    except InputError as error:
        return told(None, tuple(error.faults), time.monotonic() - began)
    spent = time.monotonic() - began
    result = optimize(
        district,
        objective,
        narrowed,
        time_limit=None if time_limit is None else max(0.0, time_limit - spent),
        iterations=iterations,
        seed=seed,
        threads=threads,
        gap=GAP,
        proving=PROVING,
        progress=progress,
        stop=stop,
        start=plan,
    )
    return told(result, (), time.monotonic() - began)
