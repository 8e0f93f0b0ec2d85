"""A request's body, held to what it may be."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from scenarios.table.bodies import Body
from scenarios.table.refusals import RefusedError
from scenarios.table.sent import Sent

B = TypeVar("B", bound=Body)
SHOWN = 5  # of what is wrong


def read_body(kind: type[B], text: bytes) -> B:
    """Raises RefusedError naming what is wrong."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise _refused(error) from None


def checked(kind: type[Body], data: Sent) -> Sent:
    """A part of a body that was read already, as plain values."""
    try:
        return kind.model_validate(data).model_dump(exclude_none=True)
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> RefusedError:
    found = error.errors(include_url=False, include_input=False, include_context=False)[:SHOWN]
    wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the body'}: {one['msg']}" for one in found)
    return RefusedError(422, "body", wrong=wrong)
