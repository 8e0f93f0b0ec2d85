"""What changes a plan, and what is remembered of it."""

from __future__ import annotations

from typing import Any

from scenarios.table.bodies import Edit, Step
from scenarios.table.routes.call import Asked, Call


def edit(asked: Asked) -> Any:
    """Blocks to schools, locks, wishes: what it changed, and what the plan now does."""
    return asked.table.edit(asked.plan, asked.body, asked.language)


def undo(asked: Asked) -> Any:
    """Take back the last edit, whoever's."""
    return asked.table.undo(asked.plan, asked.body, asked.language)


def redo(asked: Asked) -> Any:
    """Do again what was taken back."""
    return asked.table.redo(asked.plan, asked.body, asked.language)


def mark(asked: Asked) -> Any:
    """Tell changes against the plan as it stands from now on."""
    return asked.table.mark(asked.plan, asked.body, asked.language)


CALLS = (
    Call("POST", "/api/plans/{plan:int}/edits", edit, Edit),
    Call("POST", "/api/plans/{plan:int}/undo", undo, Step),
    Call("POST", "/api/plans/{plan:int}/redo", redo, Step),
    Call("POST", "/api/plans/{plan:int}/mark", mark, Step),
)
