"""How sure the measures are: counts redrawn, measures computed again, of all plans on the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from optimizer.arrays import Floats
from optimizer.gap import NOUGHT
from optimizer.measures.drawn import Drawn, measure_drawn
from optimizer.plan import Plan
from scenarios.answer.redraws import Redraws
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, sign
from scenarios.reading.uncertainty import Interval, Uncertainty

LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Plans of one district, and today's real zones, measured on the same draws."""

    redraws: Redraws
    today: Drawn
    plans: tuple[Drawn, ...]

    @classmethod
    def of(cls, plans: Sequence[Plan], redraws: Redraws) -> Self:
        """plans: at least one; rules may have changed the schools of each, not the blocks."""
        every = [Plan.today(plans[0].district), *plans]
        parts = [measure_drawn(every, counts) for counts in redraws.parts(plans[0].district)]
        today, *found = (_joined([part[k] for part in parts]) for k in range(len(every)))
        return cls(redraws, today, tuple(found))

    @property
    def headline(self) -> tuple[str, ...]:
        """What plans are told apart by: disparity, or travel where poverty is not known, and race beside it."""
        known = [name for name in (DISPARITY, RACE) if np.isfinite(self.today.get(name, np.nan)).any()]
        return tuple(known) if DISPARITY in known else (TRAVEL, *known)

    def uncertainty(self, k: int) -> Uncertainty:
        """Of one plan. A measure that a draw leaves undefined counts without that draw; one undefined in all is left
        out."""
        now, before, given = self.plans[k], self.today, self.redraws.given
        change = {name: now[name] - before[name] for name in now}
        below = {name: values[np.isfinite(values)] < 0 for name, values in change.items()}
        return Uncertainty(
            intervals=_intervals(now),
            intervals_status_quo=_intervals(before),
            intervals_change=_intervals(change),
            below_status_quo={name: float(less.mean()) for name, less in below.items() if len(less)},
            draws=self.redraws.number,
            draws_model=self.redraws.model,
            draws_sha256=None if given is None else given.sha256,
        )

    def better(self, k: int, other: int | None = None) -> dict[str, float]:
        """By headline measure, the share of the draws in which a plan is better than another, None for today's zones,
        of those in which both are known."""
        beside, found = self.today if other is None else self.plans[other], {}
        for name in self.headline:
            apart = sign(name) * (self.plans[k][name] - beside[name])
            known = apart[np.isfinite(apart)]
            if len(known):
                found[name] = float((known < -NOUGHT).mean())
        return found


def with_intervals(plan: Plan, redraws: Redraws) -> Uncertainty:
    """Of one plan alone."""
    return Redrawn.of([plan], redraws).uncertainty(0)


def _joined(parts: Sequence[Drawn]) -> Drawn:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _intervals(values: Mapping[str, Floats]) -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for name, drawn in values.items():
        known = drawn[np.isfinite(drawn)]
        if len(known):
            low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            found[name] = Interval(low=float(low), high=float(high), level=LEVEL)
    return found
