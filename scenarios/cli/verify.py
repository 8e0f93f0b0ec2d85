"""`rezone verify`: what is proved about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.flags import AsJson, DistrictFolder
from scenarios.cli.streams import tell_json
from scenarios.paper.wording import counted

if TYPE_CHECKING:
    from scenarios.verify.words import Verdict


def verify(
    district: DistrictFolder,
    plan: Annotated[Path, typer.Option(help="The plan file.")],
    certificate: Annotated[Path | None, typer.Option(help="The certificate.json that came with the plan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a plan and its certificate anew from the district's folder, by plain arithmetic and without any solver.

    The limits are those of the certificate; without one, the district's own or the defaults, and nothing is proved
    about other plans. Exit status 1: the files can be read, but the plan is not valid or the claim is not proved.
    """
    from scenarios.verify import verify as judge

    found = judge(district, plan, certificate)
    if as_json:
        tell_json(found)
    else:
        _tell(found)
    if not found.verified:
        raise typer.Exit(1)


def _tell(found: Verdict) -> None:
    from scenarios.cli.tables import broken_in_words
    from scenarios.reading.records import Broken
    from scenarios.writing.records import table

    typer.echo(found.sentence)
    for line in found.beside:
        typer.echo(line)
    for note in found.notes:
        typer.echo(f"\n{note}")
    if found.reasons:
        typer.echo("\nWhy it is not proved:")
        for reason in found.reasons:
            typer.echo(f"  {reason}")
    if found.broken_limits:
        inherited = "\nLimits that today's zones break, and the plan no more than they:"
        typer.echo(inherited if found.valid else "\nLimits that the plan breaks:")
        typer.echo(broken_in_words([Broken(**table(row)) for row in found.broken_limits]))
    limits = ", ".join(f"{name} {'none' if value is None else value}" for name, value in found.limits.items())
    typer.echo(f"\nLimits: {limits}.")
    for rule in found.rules:
        typer.echo("Rule: " + ", ".join(f"{key} {_shown(value)}" for key, value in rule.items()))


def _shown(value: object) -> str:
    return counted(len(value), "block") if isinstance(value, Mapping) else str(value)
