"""`rezone bound`: how good any plan could be."""

from __future__ import annotations

import time
from typing import Any

import typer

from scenarios.cli.flags import SEARCH, AsJson, Asked, asks
from scenarios.cli.progress import solves
from scenarios.cli.streams import tell_json

PROVING = 0.75  # share of the time: the search only has to find a plan to aim at
METHOD = "prices of blocks by the volume method, school by school over intervals of poverty rates, with contiguity cuts"


@solves
@asks(*SEARCH, "gap", "solver")
def bound(asked: Asked, *, as_json: AsJson = False) -> None:
    """How good any plan within the limits could be at most: a proved bound, which no valid plan is below.

    `rezone optimize` gives the same with a plan, and with the certificate that `rezone verify` checks. Exit status 1:
    no valid plan was found, so that there is nothing to bound.
    """
    from optimizer.objectives import make_objective
    from scenarios.answer.summary import objective_spec
    from scenarios.cli import STARTED
    from scenarios.cli.job import need_plan, solve

    settings, read = asked.settings(), asked.read()
    objective = make_objective(settings.options.objective, read)
    result = solve(read, settings, objective, proving=PROVING)
    need_plan(result)
    found = {
        "objective": objective_spec(objective),
        "bound": result.bound,
        "bound_relaxes": list(result.bound_relaxes),
        "solver_bound": result.solver_bound,
        "no_plan": result.no_plan,
        "objective_value": result.objective_value if result.valid else None,
        "objective_value_status_quo": result.objective_value_status_quo,
        "gap": result.gap,
        "seconds": round(time.monotonic() - STARTED, 3),
        "method": METHOD,
    }
    if as_json:
        tell_json(found)
    else:
        _tell(found, read.name)
    if not result.valid:
        raise typer.Exit(1)


def _tell(found: dict[str, Any], name: str) -> None:
    from scenarios.answer.absence import NEXT, in_a_clause

    if found["objective_value"] is None:
        typer.echo(f"{name}: {in_a_clause(found['no_plan'])}. {NEXT[found['no_plan']]}")
        return
    typer.echo(
        f"{name}: no valid plan within these limits has a smaller {found['objective']} than {found['bound']:.6g}."
    )
    value, today = found["objective_value"], found["objective_value_status_quo"]
    typer.echo(f"The best plan found has {value:.6g}, today's zones {today:.6g}: a gap of {100 * found['gap']:.2f} %.")
    if found["bound_relaxes"]:
        typer.echo("The bound makes no use of: " + ", ".join(found["bound_relaxes"]) + ".")
