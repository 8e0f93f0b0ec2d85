"""Where there is no plan: whether that is proved, or none was found in the time. One wording for every command."""

from __future__ import annotations

from optimizer.result import NoPlan

WHOLE = {
    "proved": "There is no valid plan within these limits. That is proved.",
    "not found": "No valid plan was found within these limits in the time given. That there is none is not proved.",
}
CELL = {"proved": "there is none: proved", "not found": "none found in the time"}
CLAUSE = {
    "proved": "there is no valid plan, which is proved",
    "not found": "no valid plan was found in the time given",
}
NEXT = {
    "proved": "rezone explain, with the same limits, says why, and what would help.",
    "not found": "A longer search may find one; rezone explain, with the same limits, looks for what would help.",
}


def in_full(no_plan: NoPlan) -> str:
    """As sentences."""
    return WHOLE[no_plan]


def in_a_cell(no_plan: NoPlan) -> str:
    """In place of a figure."""
    return CELL[no_plan]


def in_a_clause(no_plan: NoPlan) -> str:
    """Within a sentence."""
    return CLAUSE[no_plan]
