"""`rezone bound`: how good any plan could be."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from scenarios.cli.flags import SEARCH, AsJson, Asked, asks
from scenarios.cli.progress import solves
from scenarios.cli.streams import tell_json

if TYPE_CHECKING:
    from optimizer.result import NoPlan

PROVING = 0.75  # share of the time: the search only has to find a plan to aim at
METHOD = "prices of blocks by the volume method, school by school over intervals of poverty rates, with contiguity cuts"


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """What is proved of all valid plans, and how near to it the best one found is."""

    objective: str | Mapping[str, float]
    bound: float | None
    bound_relaxes: Sequence[str]
    solver_bound: float | None
    least_excess_bound: float | None
    no_plan: NoPlan | None
    objective_value: float | None
    objective_value_status_quo: float
    gap: float | None
    seconds: float
    method: str = METHOD


@solves
@asks(*SEARCH, "gap", "solver")
def bound(asked: Asked, *, as_json: AsJson = False) -> None:
    """How good any plan within the limits could be at most: a proved bound, which no valid plan is below.

    `rezone optimize` gives the same with a plan, and with the certificate that `rezone verify` checks. Exit status 1:
    no valid plan was found, so that there is nothing to bound.
    """
    from scenarios.answer.summary import objective_spec
    from scenarios.asking.near import objective_for
    from scenarios.cli.job import need_plan, solve
    from scenarios.cli.started import STARTED

    settings, read = asked.settings(), asked.read()
    objective = objective_for(settings, read)
    result = solve(read, settings, objective, proving=PROVING)
    need_plan(result)
    found = Bounded(
        objective=objective_spec(objective),
        bound=result.bound,
        bound_relaxes=result.bound_relaxes,
        solver_bound=result.solver_bound,
        least_excess_bound=result.least_excess_bound,
        no_plan=result.no_plan,
        objective_value=result.objective_value if result.valid else None,
        objective_value_status_quo=result.objective_value_status_quo,
        gap=result.gap,
        seconds=round(time.monotonic() - STARTED, 3),
    )
    if as_json:
        tell_json(found)
    else:
        _tell(found, read.name)
    if not result.valid:
        raise typer.Exit(1)


def _tell(found: Bounded, name: str) -> None:
    from scenarios.paper.absence import NEXT, in_a_clause

    if found.no_plan is not None:
        typer.echo(f"{name}: {in_a_clause(found.no_plan)}. {NEXT[found.no_plan]}")
        return
    value, today = found.objective_value, found.objective_value_status_quo
    typer.echo(f"{name}: no valid plan within these limits has a smaller {found.objective} than {found.bound:.6g}.")
    typer.echo(
        f"The best plan found has {value:.6g}, today's zones {today:.6g}: a gap of {100 * (found.gap or 0):.2f} %."
    )
    if found.solver_bound is not None:
        typer.echo(f"The exact solver claims, without a certificate, that none is below {found.solver_bound:.6g}.")
    if found.least_excess_bound is not None:
        least = f"{found.least_excess_bound:.6g}"
        typer.echo(f"Of those that break limits by no more in all than the plan found, it claims that of {least}.")
    if found.bound_relaxes:
        typer.echo("The bound makes no use of: " + ", ".join(found.bound_relaxes) + ".")
