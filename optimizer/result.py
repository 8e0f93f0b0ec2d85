"""What a run of the optimizer gives back, and what it says on the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from optimizer.measures import disparity
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.rules import Breach, Rule, breaches, is_valid

Status = Literal["optimal", "feasible", "infeasible"]
NEAR = 0.001  # a plan within this of a bound, relative, is called optimal (FORMAT.md)


@dataclass(frozen=True)
class Progress:
    """Where a run stands. objective: the best value so far. seconds: since its start. share: of the budget, 0 to 1."""

    objective: float
    objective_status_quo: float
    moved_share: float
    seconds: float
    share: float


@dataclass(frozen=True, eq=False)
class Result:
    """A plan and what is known about it.

    objective_value: the plan's, recomputed from the plan. bound: proved by a certificate, None until there is one.
    solver_bound: what a solver claims without a certificate. conflict: where there is no valid plan, the limits in
    conflict as far as known. stopped: whether somebody ended the run early. seconds: of the run.
    """

    plan: Plan
    objective: Objective
    rules: tuple[Rule, ...]
    seed: int
    iterations: int
    seconds: float
    stopped: bool = False
    bound: float | None = None
    bound_relaxes: tuple[str, ...] = ()
    solver_bound: float | None = None
    conflict: tuple[str, ...] = ()

    @cached_property
    def objective_value(self) -> float:
        return self.objective.value(self.plan)

    @cached_property
    def objective_value_status_quo(self) -> float:
        return self.objective.value(Plan.status_quo(self.plan.district))

    @property
    def disparity(self) -> float | None:
        return disparity(self.plan)

    @cached_property
    def broken(self) -> tuple[Breach, ...]:
        """Every limit that the plan breaks, inherited breaches included."""
        return tuple(breaches(self.plan, self.rules))

    @property
    def valid(self) -> bool:
        return is_valid(list(self.broken))

    @property
    def gap(self) -> float | None:
        """(objective value - bound) / objective value, certified only; 0 where the value is 0."""
        return None if self.bound is None else self._gap_to(self.bound)

    @property
    def proof(self) -> Literal["certificate", "solver"] | None:
        """What proves the plan optimal, if anything does."""
        if self.valid and self.bound is not None and self._gap_to(self.bound) <= NEAR:
            return "certificate"
        if self.valid and self.solver_bound is not None and self._gap_to(self.solver_bound) <= NEAR:
            return "solver"
        return None

    @property
    def status(self) -> Status:
        if not self.valid:
            return "infeasible"
        return "optimal" if self.proof else "feasible"

    def _gap_to(self, bound: float) -> float:
        value = self.objective_value
        return (value - bound) / value if value > 0 else 0.0
