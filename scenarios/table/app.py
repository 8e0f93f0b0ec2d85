"""All routes of the table as one application, behind its gate."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scenarios.table.guard import Access, Guard
from scenarios.table.refusals import RefusedError
from scenarios.table.routes import asks, district, edits, events, exports, plans, proposals
from scenarios.table.static import Part, page, parts
from scenarios.table.table import Table

CALLS = (*district.CALLS, *plans.CALLS, *edits.CALLS, *exports.CALLS, *asks.CALLS, *proposals.CALLS)
ROUTES = (*(call.route() for call in CALLS), *events.ROUTES)


def application(table: Table, access: Access) -> ASGIApp:
    """The table's."""
    index = page(table.teller().t, table.judge.district.name)
    app = Starlette(
        routes=[*_files(index, parts()), *ROUTES], exception_handlers={HTTPException: not_there}, debug=False
    )
    app.state.table = table
    return Guard(app, access)


def unready(index: bytes, access: Access) -> ASGIApp:
    """Of a district that cannot be used: one page, which says why."""
    app = Starlette(routes=_files(index, parts()), exception_handlers={HTTPException: not_there}, debug=False)
    return Guard(app, access)


def _files(index: bytes, known: Mapping[str, Part]) -> list[Route]:
    def root(_: Request) -> Response:
        return Response(index, media_type="text/html; charset=utf-8")

    def static(request: Request) -> Response:
        part = known.get(request.path_params["name"])
        if part is None:
            raise HTTPException(404)
        return Response(part.content, media_type=part.kind)

    return [Route("/", root), Route("/static/{name}", static)]


def not_there(_: Request, error: Exception) -> Response:
    """Whatever is asked that is no route."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    what = "This cannot be done there" if status == 405 else "There is nothing here"
    return JSONResponse(RefusedError(status, "nothing", what).answer, status)
