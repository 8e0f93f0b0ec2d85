"""What the public has left: who sits at the table takes it as a wish, or turns it down."""

from __future__ import annotations

from typing import Any, Literal

from scenarios.table.bodies import Body
from scenarios.table.proposals import Proposals
from scenarios.table.routes.call import Asked, Call


class Settled(Body):
    state: Literal["accepted", "rejected"]


def waiting(asked: Asked) -> Any:
    """Wishes that the public has left and nobody has settled."""
    return {"proposals": _of(asked).waiting()}


def settle(asked: Asked) -> Any:
    """Take one, or turn it down. Taking it makes no wish by itself: that is an edit, as every other wish."""
    number = int(asked.path["proposal"])
    _of(asked).settle(number, asked.body.state)
    asked.table.publish("proposals", {"proposal": number, "state": asked.body.state})
    return {"proposal": number, "state": asked.body.state}


def _of(asked: Asked) -> Proposals:
    return asked.table.proposals


CALLS = (
    Call("GET", "/api/proposals", waiting),
    Call("POST", "/api/proposals/{proposal:int}", settle, Settled),
)
