"""What baselines are called: by what is proved of them, and never as more."""

from __future__ import annotations

import math

from scenarios.paper.absence import in_a_cell
from scenarios.paper.plain import plain_in
from scenarios.reading.records import Proved

OVER = 0.5  # students over seats that are worth a word
NAMES = {"nearest_school": "nearest school within seats", "least_travel": "least travel within the limits"}


def name_of(kind: str, row: Proved) -> str:
    """What a baseline may be called: the plan that its kind asks for only where that is proved."""
    if row.no_plan is not None:
        return f"{NAMES[kind]}: {in_a_cell(row.no_plan)}"
    notes = [off_in_words(row)] if not row.proved else []
    notes += [f"{plain_in('count', row.over_seats)} students over seats"] if (row.over_seats or 0) >= OVER else []
    notes += ["today's zones"] if row.status_quo else []
    return NAMES[kind] + (f" ({'; '.join(notes)})" if notes else "")


def scored_name(row: Proved | None) -> str:
    """What score.json's nearest-school plan may be called."""
    return NAMES["nearest_school"] if row is None else name_of("nearest_school", row)


def off_in_words(row: Proved) -> str:
    """How far a plan that is not proved to be the least may be off."""
    off = off_by(row)
    return "found" if off is None else f"found; at most {plain_in('share', off)} above the least"


def off_by(row: Proved) -> float | None:
    """How far above the least a baseline is at most, as a share of the least, up to the next tenth of a percent; None
    where nothing is proved of it."""
    return None if row.gap is None else math.ceil(1000 * row.gap - 1e-9) / 1000
