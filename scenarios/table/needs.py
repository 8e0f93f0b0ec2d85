"""What an edit needs before it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from optimizer.district import District
from scenarios.table.journal import Entry, TakenError
from scenarios.table.refusals import RefusedError
from scenarios.table.state import PlanState


def stale(state: PlanState, seq: int, since: Sequence[Entry], blocks: Sequence[int]) -> RefusedError:
    """What a window is told that does not know the last edits: which they are, and which of its own edit's blocks they
    concerned. seq: the last one that it knows. since: those after it."""
    touched = set(state.touched_since(seq).tolist())
    told = {
        "seq": state.seq,
        "edits": [vars(entry) for entry in since],
        "overlap": [i for i in blocks if i in touched],
        "free": [i for i in blocks if i not in touched],
    }
    return RefusedError(409, "stale", more={"stale": told})


def need_blocks(state: PlanState, district: District, kind: str, data: Mapping[str, Any]) -> None:
    """Raises RefusedError where the edit is about blocks or schools that are not there, or moves locked blocks."""
    blocks = data.get("blocks", [])
    if any(i >= district.blocks for i in blocks) or len(set(blocks)) < len(blocks):
        raise RefusedError(422, "blocks")
    if kind != "assign":
        return
    schools = data["schools"]
    if len(schools) != len(blocks) or any(j >= district.schools for j in schools):
        raise RefusedError(422, "schools")
    locked = int((state.locked[blocks] & (state.school[blocks] != schools)).sum()) if blocks else 0
    if locked:
        raise RefusedError(409, "locked", more={"locked": locked}, n=locked)


def changes(state: PlanState, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether the plan is another one after the edit."""
    if kind == "wish":
        return True
    held = state.school if kind == "assign" else state.locked
    wanted = data["schools"] if kind == "assign" else data["on"]
    return bool(data["blocks"]) and bool(np.any(held[data["blocks"]] != wanted))


@contextmanager
def named_once(name: str) -> Iterator[None]:
    """Raises RefusedError where the body finds that another plan has the name, or it is none."""
    if not name.strip():
        raise RefusedError(422, "name", "nameless")
    try:
        yield
    except TakenError:
        raise RefusedError(409, "name", name=name) from None
