"""Objectives in their order, as they are asked: lists in files, words parted by commas as flags and in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer.errors import Fault, InputError
from scenarios.reading.values import Table

if TYPE_CHECKING:
    from optimizer.objectives.order import SlackSpec
    from scenarios.asking.options import Options

ABSOLUTE = "absolute="  # before a slack in the objective's own unit, as a flag


def check_order(options: Options) -> None:
    """Raises InputError where slack and objectives do not fit each other."""
    from optimizer.objectives.order import checked_slack  # noqa: PLC0415 - takes a moment to import

    if isinstance(options.objective, list):
        try:
            checked_slack(options.objective, options.slack or [])
        except InputError as error:
            raise InputError([replace(fault, where=f"--{fault.where}") for fault in error.faults]) from None
    elif options.slack is not None:
        mend = "Give the objectives in their order, as --objective travel_mean,disparity; or leave slack out"
        raise InputError(Fault("--slack", "goes with an ordered list of objectives, and there is none", mend))


def laid_over(below: Table, above: Table) -> dict[str, Any]:
    """Options of two sources, the second of which beats the first: a single objective leaves no slack of a list."""
    merged = {**below, **above}
    single = above.get("objective") is not None and not isinstance(above["objective"], list)
    if single and "slack" not in above:
        merged.pop("slack", None)
    return merged


def slack_of(text: str) -> list[float | dict[str, float]]:
    """From `0.02,absolute=0.05`. Raises InputError on what is no number."""
    found: list[float | dict[str, float]] = []
    for part in text.split(","):
        number = part.strip().removeprefix(ABSOLUTE)
        try:
            amount = float(number)
        except ValueError:
            mend = "Write --slack 0.02, a share of the best found, or --slack absolute=0.05, in the objective's unit"
            raise InputError(Fault("--slack", f"'{part}' is no slack", mend)) from None
        found.append({"absolute": amount} if part.strip().startswith(ABSOLUTE) else amount)
    return found


def slack_text(slack: Sequence[SlackSpec] | None) -> str | None:
    """As --slack takes it."""
    if slack is None:
        return None
    return ",".join(f"{ABSOLUTE}{one['absolute']:.12g}" if isinstance(one, Mapping) else f"{one:.12g}" for one in slack)
