"""How a route is declared: what it takes, what it does, and that every fault of it is told in words."""

from __future__ import annotations

import os
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from optimizer.errors import InputError
from scenarios.table.bodies import Body
from scenarios.table.checked import read_body
from scenarios.table.refusals import RefusedError, words_for
from scenarios.table.table import Table
from scenarios.writing.files import OutputError

TRACEBACK = "REZONE_TRACEBACK"


@dataclass(frozen=True)
class Asked:
    """path: the parts of the address. body: None where the route takes none."""

    table: Table
    path: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None

    @property
    def plan(self) -> int:
        return int(self.path["plan"])

    @property
    def language(self) -> str | None:
        """In which the window wants its words; None where it does not say."""
        return self.query.get("language")


@dataclass(frozen=True)
class Call:
    """One route. do: in a thread of its own, with its first line of documentation as what it is for; plain values it
    gives are sent as JSON. body: what it takes. status: where it is done."""

    method: str
    path: str
    do: Callable[[Asked], Any]
    body: type[Body] | None = None
    status: int = 200

    def route(self) -> Route:
        return Route(self.path, self._answer, methods=[self.method])

    async def _answer(self, request: Request) -> Response:
        async def ask() -> Response:
            body = None if self.body is None else read_body(self.body, await request.body())
            asked = Asked(request.app.state.table, request.path_params, request.query_params, request.headers, body)
            found = await run_in_threadpool(self.do, asked)
            return found if isinstance(found, Response) else JSONResponse(found, self.status)

        return await in_words(request, ask)


async def in_words(request: Request, ask: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, or what is wrong, never how it came to that."""
    try:
        return await ask()
    except RefusedError as error:
        return refusal(request, error)
    except InputError as error:
        told = RefusedError(422, "input", lines=" ".join(error.lines))
    except OutputError as error:
        fault = error.fault
        told = RefusedError(507, "disk", where=fault.where, problem=fault.problem, hint=fault.mend)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        told = RefusedError(500, "fault", kind=type(error).__name__)
    return refusal(request, told)


def refusal(request: Request, error: RefusedError) -> Response:
    """In the language of who asks."""
    t = words_for(request.query_params.get("language"), request.app.state.language)
    return JSONResponse(error.answer(t), error.status)
