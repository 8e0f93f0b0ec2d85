"""The limits of a question, one by one, so that each can be left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints, frozen
from optimizer.district import District
from optimizer.explain.narrow import shrink
from optimizer.model import Model, SchoolSum
from optimizer.plan import Plan
from optimizer.rules import Rule, is_valid
from optimizer.solvers.connected import connected

RULE_NAMES = {"travel": "travel_increase"}  # kinds whose limit people know under another name
SIZE_NAMES = {"high": "capacity", "low": "min_students"}


@dataclass(frozen=True, order=True)
class Limit:
    """One limit. kind: `high` or `low` (a school sum at a school), `budget`, or `rule` (a rule that narrows pairs or
    asks for contiguity, as a whole). at: which sum, budget or rule. name: what results call it. school: -1 where it is
    not of one school."""

    kind: Literal["high", "low", "budget", "rule"]
    at: int
    name: str
    school: int = -1


class Case:
    """A district and its rules, as limits.

    Rules that add school sums or budgets stay in every model with the pairs that they narrow; only their sums and
    budgets can be left out. strict: take limits as hard that today's zones break, whatever the rules say.
    """

    def __init__(self, district: District, rules: tuple[Rule, ...], *, strict: bool = False) -> None:
        self.district, self.rules, self._strict = district, rules, strict
        self._rule_of: dict[tuple[str, int], Rule] = {}
        self._loose: list[int] = []
        model = Model.build(district, rules)
        sums = budgets = 0
        for k, rule in enumerate(rules):
            alone = rule.narrow(Model(district, model.pairs))
            if not alone.sums and not alone.budgets:
                self._loose.append(k)
                self._rule_of["rule", k] = rule
            for _ in alone.sums:
                self._rule_of["sum", sums] = rule
                sums += 1
            for _ in alone.budgets:
                self._rule_of["budget", budgets] = rule
                budgets += 1
        self._built: dict[frozenset[int], Model] = {frozenset(self._loose): self._ready(model)}

    @cached_property
    def today(self) -> Ints:
        """(blocks,) the plan in which nobody moves: today's zones, those of a pair as one. Blocks of closed schools are
        where they were: it is no valid plan then."""
        home = self.district.home
        return frozen(np.where(home >= 0, home, self.district.status_quo))

    @property
    def whole(self) -> Model:
        """The model of all limits, without the pairs that contiguity can never allow."""
        return self._built[frozenset(self._loose)]

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """All limits: rules, then budgets, then schools' sums."""
        rules = [Limit("rule", k, RULE_NAMES.get(self.rules[k].kind, self.rules[k].kind)) for k in self._loose]
        budgets = [Limit("budget", k, budget.name) for k, budget in enumerate(self.whole.budgets)]
        sums: list[Limit] = []
        for k, s in enumerate(self.whole.sums):
            for j in range(self.district.schools):
                sums += [Limit("high", k, _name(s, "high"), j)] if np.isfinite(s.hard_high[j]) else []
                sums += [Limit("low", k, _name(s, "low"), j)] if np.isfinite(s.hard_low[j]) else []
        return (*rules, *budgets, *sums)

    def rule(self, limit: Limit) -> Rule:
        """The rule that a limit comes from."""
        return self._rule_of[limit.kind if limit.kind in ("budget", "rule") else "sum", limit.at]

    def model(self, kept: Iterable[Limit]) -> Model:
        """The model of these limits alone. Sums have no soft part in it."""
        kept = frozenset(kept)
        rules = frozenset(limit.at for limit in kept if limit.kind == "rule")
        if rules not in self._built:
            chosen = tuple(rule for k, rule in enumerate(self.rules) if k in rules or k not in self._loose)
            self._built[rules] = self._ready(Model.build(self.district, chosen))
        model = self._built[rules]
        budgets = frozenset(limit.at for limit in kept if limit.kind == "budget")
        return replace(
            model,
            sums=tuple(_of(s, k, kept) for k, s in enumerate(model.sums)),
            budgets=tuple(budget for k, budget in enumerate(model.budgets) if k in budgets),
        )

    def small(self, kept: Iterable[Limit]) -> Model:
        """The same, made smaller for the question whether there is a plan."""
        return shrink(self.model(kept))

    def kept_by(self, plan: Plan) -> frozenset[Limit]:
        """The limits that a plan keeps, by the rules' own check where a rule stands for one limit."""
        kept = set()
        values = [s.value(self.district, plan.school) for s in self.whole.sums]
        wrong = {limit for limit in self.limits if limit.kind in ("rule", "budget") and not self._keeps(limit, plan)}
        for limit in self.limits:
            if limit.kind in ("rule", "budget"):
                fits = limit not in wrong
            else:
                over = self.over(limit, float(values[limit.at][limit.school]))
                fits = over <= self.whole.sums[limit.at].slack
            if fits:
                kept.add(limit)
        return frozenset(kept)

    def over(self, limit: Limit, value: float) -> float:
        """How far a zone's sum lies beyond the limit; negative within."""
        s = self.whole.sums[limit.at]
        return float(value - s.hard_high[limit.school] if limit.kind == "high" else s.hard_low[limit.school] - value)

    def amounts(self, limits: Iterable[Limit], school: Ints) -> Floats:
        """(limits,) how far a plan goes beyond each of these limits of schools; 0 within."""
        values = [s.value(self.district, school) for s in self.whole.sums]
        over = [(self.over(limit, float(values[limit.at][limit.school])), limit.at) for limit in limits]
        return np.array([amount if amount > self.whole.sums[at].slack else 0.0 for amount, at in over], np.float64)

    def row(self, limit: Limit, model: Model) -> tuple[NDArray[np.int64], Floats, float]:
        """A school's limit over the pairs of a model: their places, coefficients and right-hand side, so that the sum
        over the chosen pairs must be <= right-hand side."""
        s, sign = self.whole.sums[limit.at], 1.0 if limit.kind == "high" else -1.0
        pair = np.flatnonzero(model.pairs.index == limit.school)
        blocks = model.pairs.rows[pair]
        value = s.load(self.district, limit.school, blocks)
        return pair, sign * value, -self.over(limit, 0.0)

    def _ready(self, model: Model) -> Model:
        if self._strict:
            sums = tuple(replace(s, hard_low=s.low, hard_high=s.high) for s in model.sums)
            model = replace(model, sums=sums)
        return connected(model)

    def _keeps(self, limit: Limit, plan: Plan) -> bool:
        return is_valid(self.rule(limit).excess(plan))


def _name(s: SchoolSum, side: Literal["high", "low"]) -> str:
    return SIZE_NAMES[side] if s.name == "size" else s.name


def _of(s: SchoolSum, at: int, kept: frozenset[Limit]) -> SchoolSum:
    """The sum with only the limits that are kept."""
    high, low = np.full(len(s.high), np.inf), np.full(len(s.low), -np.inf)
    for limit in kept:
        if limit.at == at and limit.kind == "high":
            high[limit.school] = s.hard_high[limit.school]
        elif limit.at == at and limit.kind == "low":
            low[limit.school] = s.hard_low[limit.school]
    high, low = frozen(high), frozen(low)
    return replace(s, low=low, high=high, hard_low=low, hard_high=high)
