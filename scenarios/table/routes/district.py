"""The district: all that the page needs to know of it, once."""

from __future__ import annotations

from starlette.responses import Response

from scenarios.table.refusals import unknown
from scenarios.table.routes.call import Asked, Call


def district(asked: Asked) -> Response:
    """Blocks, schools, shapes, limits and words."""
    return asked.table.about(asked.language).result().answer(asked.headers, "application/json")


def addresses(asked: Asked) -> Response:
    """Addresses, and the block of each, by place in both lists."""
    found = asked.table.addresses
    if found is None:
        raise unknown("address")
    return found.answer(asked.headers, "application/json")


CALLS = (Call("GET", "/api/district", district), Call("GET", "/api/addresses", addresses))
