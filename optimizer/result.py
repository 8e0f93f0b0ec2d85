"""What a run of the optimizer gives back, and what it says on the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from optimizer.bounds.certificate import Certificate
from optimizer.district import District
from optimizer.gap import NOUGHT, keep_from_below_nought, relative_gap
from optimizer.measures import disparity
from optimizer.measures.zones import number
from optimizer.objectives import Objective
from optimizer.order import OrderStep
from optimizer.plan import Plan
from optimizer.rules import Breach, Rule, breaches, is_valid
from optimizer.solvers.moves import Moves

Status = Literal["optimal", "feasible", "infeasible"]
NoPlan = Literal["proved", "not found"]  # why there is no plan: there is none, or none was found
NEAR = 0.001  # a plan within this of a bound, relative, is called optimal (FORMAT.md)


@dataclass(frozen=True)
class Progress:
    """Where a run stands. objective: the best value so far. seconds: since its start. share: of the effort, 0 to 1.
    bound: what no valid plan is below, as far as computed so far; None while it is not sought yet. plan: the best so
    far. name: of the objective that is made small."""

    objective: float
    objective_status_quo: float
    moved_share: float
    seconds: float
    share: float
    bound: float | None = None
    plan: Plan | None = None
    name: str = ""


@dataclass(frozen=True, eq=False)
class Result:
    """A plan, the question that it answers, and what is known about it.

    objective_value: the plan's, recomputed from the plan; 0 within 1e-12. certificate: the proof of `bound`; None where
    there is none. solver_bound: what a solver claims without a certificate, of all valid plans. least_excess_bound: the
    same of those that break limits by no more in all than this one, where it breaks any: today's breaches are
    inherited, and a plan may be better that keeps more of them. stopped: whether somebody ended the run early. seconds:
    of the run. impossible: it is proved that there is no valid plan. time_limit, asked_iterations: what
    effort was asked for, as `optimize` takes it. moves: what the search tried and accepted, by kinds of moves. order:
    of an ordered list of objectives, each step; the rest is then the last one's, and `rules` hold the limits of those
    before it.
    """

    plan: Plan
    objective: Objective
    rules: tuple[Rule, ...]
    seed: int
    iterations: int
    seconds: float
    stopped: bool = False
    certificate: Certificate | None = None
    solver_bound: float | None = None
    least_excess_bound: float | None = None
    impossible: bool = False
    time_limit: float | None = None
    asked_iterations: int | None = None
    moves: tuple[Moves, ...] = ()
    order: tuple[OrderStep, ...] = ()

    def __post_init__(self) -> None:
        keep_from_below_nought(self, "solver_bound")
        keep_from_below_nought(self, "least_excess_bound")

    def __repr__(self) -> str:
        if not self.valid:
            what = "has no valid plan, which is proved" if self.impossible else "no valid plan was found"
            return f"<Result: {self.plan.district.name!r}: {what}; {self.seconds:.1f} s>"
        values = f"{self.objective_value:.6g}, today {self.objective_value_status_quo:.6g}, bound {self.bound:.6g}"
        return f"<Result: {self.objective.name} {values}; {self.status}, {self.seconds:.1f} s; {self.plan!r}>"

    @property
    def district(self) -> District:
        """As it was asked about: before a rule closes, opens, pairs or seats a school."""
        return self.plan.district.original

    @cached_property
    def objective_value(self) -> float:
        value = self.objective.value(self.plan)
        return 0.0 if abs(value) <= NOUGHT else value

    @cached_property
    def objective_value_status_quo(self) -> float:
        return self.objective.value(Plan.today(self.plan.district))

    @property
    def disparity(self) -> float | None:
        return number(disparity(self.plan))

    @cached_property
    def broken(self) -> tuple[Breach, ...]:
        """Every limit that the plan breaks, inherited breaches included."""
        return tuple(breaches(self.plan, self.rules))

    @property
    def valid(self) -> bool:
        return is_valid(list(self.broken))

    @property
    def no_plan(self) -> NoPlan | None:
        """Why there is no valid plan; None where there is one."""
        return None if self.valid else "proved" if self.impossible else "not found"

    @property
    def bound(self) -> float | None:
        """No valid plan under these rules has a smaller objective, by the certificate. 0, which needs no proof, without
        one. None where there is no valid plan."""
        if not self.valid:
            return None
        return 0.0 if self.certificate is None else self.certificate.bound

    @property
    def bound_relaxes(self) -> tuple[str, ...]:
        """The rules that the certificate makes no use of."""
        return () if self.certificate is None else self.certificate.relaxes

    @property
    def gap(self) -> float | None:
        """(objective value - bound) / objective value, certified only; 0 where the value is 0."""
        return None if self.bound is None else relative_gap(self.objective_value, self.bound)

    @property
    def proof(self) -> Literal["certificate", "solver"] | None:
        """What proves the plan optimal, if anything does."""
        if self._reaches(self.bound):
            return "certificate"
        return "solver" if self._reaches(self.solver_bound) else None

    @property
    def status(self) -> Status:
        if not self.valid:
            return "infeasible"
        return "optimal" if self.proof else "feasible"

    def _reaches(self, bound: float | None) -> bool:
        return self.valid and bound is not None and relative_gap(self.objective_value, bound) <= NEAR
