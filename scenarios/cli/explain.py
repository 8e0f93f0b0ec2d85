"""`rezone explain`: why there is no valid plan, and what would help."""

from __future__ import annotations

import time

import typer

from scenarios import interrupts
from scenarios.cli.flags import AsJson, Asked, asks
from scenarios.cli.progress import solves
from scenarios.cli.streams import tell_json


@solves
@asks("time_limit", "seed", "threads")
def explain(asked: Asked, *, as_json: AsJson = False) -> None:
    """Why there is no valid plan within the limits: the smallest set of limits in conflict, and the cheapest ways out.

    Limits that today's zones break already are listed apart, with the least by which any plan breaks them. Exit status
    1: there is no valid plan, or none was found in the time given.
    """
    from optimizer.explain import explain as find
    from scenarios.asking.options import rules_of
    from scenarios.cli.job import time_to_search
    from scenarios.cli.started import STARTED
    from scenarios.explain.found import explanation, in_words

    settings, read = asked.settings(), asked.read()
    seconds, options = time_to_search(settings.options, read), settings.options
    result = find(
        read,
        rules_of(settings),
        time_limit=seconds,
        seed=options.seed,
        threads=options.threads,
        stop=interrupts.stop(),
        known=interrupts.hold,
    )
    if result.stopped and result.feasible is None:
        raise KeyboardInterrupt
    found = explanation(result, time.monotonic() - STARTED)
    words = in_words(found, strict=options.strict)
    if as_json:
        tell_json(found)
    else:
        typer.echo(words)
    if not found.feasible:
        raise typer.Exit(1)
