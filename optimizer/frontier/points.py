"""What a curve is made of: a plan under each cap, and the caps that have none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.bounds.certificate import Certificate
from optimizer.frontier.axis import Axis, Capped
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.result import NoPlan, Result
from optimizer.rules import Rule


@dataclass(frozen=True, eq=False)
class Point:
    """The best plan found under one cap. cap: of the axis; None where there is none. nested: whether its moved blocks
    all go where the next point's go. bound: no valid plan under the cap has a smaller objective."""

    cap: float | None
    plan: Plan
    value: float
    nested: bool = False
    certificate: Certificate | None = None

    @property
    def bound(self) -> float:
        return 0.0 if self.certificate is None else self.certificate.bound


@dataclass(frozen=True)
class Missing:
    """A cap under which there is no point. why: `proved` that no plan is valid under it; none was found in its share of
    the time; or the curve was stopped before it."""

    cap: float
    why: NoPlan | Literal["stopped"]


@dataclass(frozen=True, eq=False)
class Curve:
    """points: from the tightest cap to the loosest; empty without a valid plan: then `nothing` is the nearest plan
    found, and says why. today: the objective of today's zones. rules: as given. missing: the caps without a point,
    ascending."""

    axis: Axis
    objective: Objective
    rules: tuple[Rule, ...]
    points: tuple[Point, ...]
    today: float
    seconds: float
    stopped: bool
    missing: tuple[Missing, ...] = ()
    nothing: Result | None = None

    @property
    def no_plan(self) -> NoPlan | None:
        """Why there is no valid plan; None where there is a point."""
        return None if self.nothing is None else self.nothing.no_plan

    def rules_at(self, point: Point) -> tuple[Rule, ...]:
        """All rules that the point's plan holds to."""
        return Capped.of(self.axis, self.rules).rules(point.cap)
