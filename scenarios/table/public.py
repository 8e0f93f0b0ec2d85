"""`rezone serve --read-only`: the table for a public meeting. An application of its own: the report of the published
bundle, in which small counts are suppressed, with its look-up of addresses, and wishes that wait for a planner. No
working route exists in it, and no working data."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from scenarios.asking.options import Settings
from scenarios.exports.runs import Run
from scenarios.paper.words import words
from scenarios.publish import protect, write_bundle
from scenarios.reading.records import Document
from scenarios.reading.results import read_report
from scenarios.report.given import Ask, given_data
from scenarios.report.page import Further, render
from scenarios.report.sources import MOST
from scenarios.table.app import not_there
from scenarios.table.bodies import Body
from scenarios.table.checked import read_body
from scenarios.table.guard import Access, Guard
from scenarios.table.journal import FILE, Journal
from scenarios.table.judging import judge_of
from scenarios.table.opened import need_same
from scenarios.table.proposals import Proposals
from scenarios.table.refusals import RefusedError
from scenarios.table.routes.call import in_words
from scenarios.table.state import PlanState
from scenarios.table.static import page, part
from scenarios.writing.staging import writing

BUNDLE = "public"  # folder of the bundle, in that of the plans
COOKIE = "rezone-public"
WISHES, HOUR = 10, 3600.0  # of one client, in so many seconds
KINDS = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}


class Left(Body):
    """A wish that somebody leaves: text, and nothing else."""

    text: Annotated[str, Field(max_length=2_000, pattern=r"\S")]
    who: Annotated[str, Field(max_length=200)] = ""


def published(folder: Path, read: District, settings: Settings) -> list[Document]:
    """The documents of the bundle in the folder of the plans; made of all plans there are, where there is none yet.
    What was published once stays: two bundles could be set against each other. Raises InputError."""
    out = folder / BUNDLE
    if not (out / "report.json").is_file():
        runs = _runs(folder, read, settings)
        found = protect(runs)
        out.mkdir(exist_ok=True)
        with writing(out, "publish") as new:
            write_bundle(new, runs, found)
    return read_report(out / "report.json")


def _runs(folder: Path, read: District, settings: Settings) -> list[Run]:
    """One for each plan that is not today's zones; today's, where there is no other."""
    if not (folder / FILE).is_file():
        mend = "Run rezone serve without --read-only first: the public sees the plans that are made there"
        raise InputError(Fault("--out", f"'{folder}' holds no plans yet", mend))
    district = judge_of(read, settings).district
    journal = Journal(folder / FILE)
    try:
        need_same(journal, district)
        plans = {row.name: PlanState.of(journal.entries(row.id)).school for row in journal.plans()}
    finally:
        journal.close()
    drawn = {name: school for name, school in plans.items() if (school != district.status_quo).any()}
    shown = list((drawn or plans).items())[-MOST:]
    found = {name: Plan(district, school) for name, school in shown}
    return [Run(name, Path(name), given_data(plan, name, Ask(settings)), plan) for name, plan in found.items()]


def with_addresses(docs: Sequence[Document], addresses: Path | None) -> Further:
    """What the report's map can look up. Raises InputError where it has no shapes, or the file is no addresses."""
    from scenarios.drawing.map_data import frame_of, shapes_of  # noqa: PLC0415 - slow to import
    from scenarios.reading.pack import unpack  # noqa: PLC0415
    from scenarios.report.addresses import read_addresses  # noqa: PLC0415

    further = Further()
    if addresses is None:
        return further
    if docs[0].map is None:
        raise InputError(Fault("--addresses", "the district has no shapes", "Leave them out"))
    data = unpack(docs[0].map)
    frame, crs = frame_of(data)
    found = read_addresses(addresses, crs, frame.metres_of(shapes_of(data).polygons()))
    return replace(further, extras=replace(further.extras, addresses=found))


@dataclass(frozen=True)
class Shown:
    """What the public gets, by name: one page, its style, its scripts. Nothing else is there."""

    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, docs: Sequence[Document], language: str, further: Further) -> Shown:
        """The report, with style and script in files of their own, as the server's content security policy wants it."""
        t = words(language)
        links = [("leave", t("table.public_wishes"))]
        text = render(docs, language=language, further=replace(further, links=links))
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n', "", text, count=1)
        text, style = _out(text, "style", '<link rel="stylesheet" href="/static/public.css">')
        text, script = _out(text, "script", '<script src="/static/report.js"></script>')
        text = text.replace("</head>", '<link rel="icon" href="data:,">\n</head>', 1)
        text, own = _styled(text)
        form = page(t, docs[0].summary.district, "public.html").decode()
        text = text.replace("</main>", f"{form}</main>", 1)
        parts = {
            "public.css": style + own + part("public.css").decode(),
            "report.js": script,
            "public.js": part("public.js").decode(),
            "": text,
        }
        return cls({name: content.encode() for name, content in parts.items()})


def _out(text: str, tag: str, instead: str) -> tuple[str, str]:
    """A page without the content of a tag, and that content."""
    found = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    if found is None:
        return text.replace("</body>", f"{instead}</body>", 1) if tag == "style" else text, ""
    return text[: found.start()] + instead + text[found.end() :], found.group(1)


def _styled(text: str) -> tuple[str, str]:
    """A page without style attributes, and the rules that stand for them. Text from files has no bare quotes."""
    known: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        return f' data-style="{known.setdefault(found.group(1), len(known))}"'

    text = re.sub(r' style="([^"]*)"', named, text)
    return text, "".join(f'\n[data-style="{k}"] {{ {style} }}' for style, k in known.items())


@dataclass
class Quota:
    """How many wishes a client has left lately."""

    left: dict[str, list[float]] = field(default_factory=dict)

    def take(self, client: str) -> bool:
        """Whether it may leave one more now."""
        now = time.monotonic()
        recent = [at for at in self.left.pop(client, []) if at > now - HOUR]
        self.left[client] = [*recent, now][-WISHES - 1 :]
        while len(self.left) > 10_000:
            del self.left[next(iter(self.left))]
        return len(recent) < WISHES


def public_application(shown: Shown, proposals: Proposals, access: Access, language: str = "en") -> ASGIApp:
    """The public's. language: of what is refused."""
    quota = Quota()

    def static(request: Request) -> Response:
        name = request.path_params.get("name", "")
        if name not in shown.parts:
            raise HTTPException(404)
        return Response(shown.parts[name], media_type=KINDS[name.rpartition(".")[2] or "html"])

    async def leave(request: Request) -> Response:
        async def ask() -> Response:
            body = read_body(Left, await request.body())
            if not quota.take((request.scope.get("client") or ("",))[0]):
                raise RefusedError(429, "rate", "wishes", n=WISHES)
            await run_in_threadpool(proposals.leave, body.text.strip(), body.who.strip())
            return JSONResponse({"left": True}, 201)

        return await in_words(request, ask)

    routes = [Route("/", static), Route("/static/{name}", static), Route("/wishes", leave, methods=["POST"])]
    app = Starlette(routes=routes, exception_handlers={HTTPException: not_there}, debug=False)
    app.state.language = language
    return Guard(app, access, language)
