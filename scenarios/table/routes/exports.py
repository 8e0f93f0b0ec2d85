"""Plans taken along, each as a file that the browser keeps."""

from __future__ import annotations

from starlette.responses import Response

from scenarios.table.refusals import unknown
from scenarios.table.routes.call import Asked, Call
from scenarios.table.taken import FILES


def export(asked: Asked) -> Response:
    """A plan as plan.csv, plan.gpkg, scenario.toml or report.html."""
    name = asked.path["file"]
    if name not in FILES:
        raise unknown("file")
    live, t = asked.table.plan(asked.plan), asked.table.teller(asked.language).t
    content = FILES[name].make(asked.table, live, t)
    return Response(
        content, media_type=FILES[name].kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


CALLS = (Call("GET", "/api/plans/{plan:int}/export/{file}", export),)
