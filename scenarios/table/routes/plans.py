"""Plans: what there are, one whole, new ones, other names, and no more."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.table.bodies import NewPlan, Rename
from scenarios.table.given import schools_of
from scenarios.table.routes.call import Asked, Call


def plans(asked: Asked) -> Any:
    """All plans, one line each."""
    return {"plans": asked.table.plans()}


def plan(asked: Asked) -> Any:
    """A plan as it stands, with what it does."""
    return asked.table.state(asked.plan, asked.language)


def travel(asked: Asked) -> Any:
    """How far each block is from its school, in the district's unit; null where no way is known."""
    found = asked.table.plan_of(asked.plan).travel
    return {"travel": [round(float(way), 1) if np.isfinite(way) else None for way in found]}


def make(asked: Asked) -> Any:
    """A new plan: today's zones, another plan's, a plan file's or a layer's; and what of a layer did not fit."""
    body: NewPlan = asked.body
    schools, unmatched = schools_of(asked.table, body.origin)
    parent = body.origin if isinstance(body.origin, int) else None
    return {
        "plan": asked.table.create(body.name, schools, parent=parent, window=body.window),
        "unmatched": unmatched,
    }


def rename(asked: Asked) -> Any:
    """Another name for a plan."""
    asked.table.rename(asked.plan, asked.body.name, asked.body.window)
    return {"plan": asked.plan, "name": asked.body.name}


def remove(asked: Asked) -> Any:
    """Take a plan off the list; never the last one."""
    asked.table.remove(asked.plan)
    return {"plan": asked.plan}


CALLS = (
    Call("GET", "/api/plans", plans),
    Call("POST", "/api/plans", make, NewPlan, 201),
    Call("GET", "/api/plans/{plan:int}", plan),
    Call("GET", "/api/plans/{plan:int}/travel", travel),
    Call("POST", "/api/plans/{plan:int}/rename", rename, Rename),
    Call("DELETE", "/api/plans/{plan:int}", remove),
)
