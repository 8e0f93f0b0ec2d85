"""All routes of the table as one application, behind its gate."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scenarios.table.guard import Access, Guard
from scenarios.table.refusals import RefusedError
from scenarios.table.routes import asks, district, edits, events, exports, plans, proposals
from scenarios.table.routes.call import refusal
from scenarios.table.static import Part, page, parts
from scenarios.table.table import Table

CALLS = (*district.CALLS, *plans.CALLS, *edits.CALLS, *exports.CALLS, *asks.CALLS, *proposals.CALLS)
ROUTES = (*(call.route() for call in CALLS), *events.ROUTES)


def application(table: Table, access: Access) -> ASGIApp:
    """The table's."""
    t = table.teller().t
    index = page(t, table.judge.district.name)
    app = Starlette(
        routes=[*_files(index, parts()), *ROUTES], exception_handlers={HTTPException: not_there}, debug=False
    )
    app.state.table, app.state.language = table, t.language
    return Guard(app, access, t.language)


def unready(index: bytes, access: Access, language: str) -> ASGIApp:
    """Of a district that cannot be used: one page, which says why."""
    app = Starlette(routes=_files(index, parts()), exception_handlers={HTTPException: not_there}, debug=False)
    app.state.language = language
    return Guard(app, access, language)


def _files(index: bytes, known: Mapping[str, Part]) -> list[Route]:
    def root(_: Request) -> Response:
        return Response(index, media_type="text/html; charset=utf-8")

    def static(request: Request) -> Response:
        part = known.get(request.path_params["name"])
        if part is None:
            raise HTTPException(404)
        return Response(part.content, media_type=part.kind)

    return [Route("/", root), Route("/static/{name}", static)]


def not_there(request: Request, error: Exception) -> Response:
    """Whatever is asked that is no route."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return refusal(request, RefusedError(status, "nothing", "no_way" if status == 405 else ""))
