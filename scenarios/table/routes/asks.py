"""What the engine is asked, how it stands, and what a wish becomes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from optimizer.arrays import Ints
from optimizer.plan import Plan
from scenarios.answer.record import PlanRecord
from scenarios.table import wishes
from scenarios.table.asks.bench import Job
from scenarios.table.bodies import Body, Index, Indices, Place, Seq, Window
from scenarios.table.figures import Judge
from scenarios.table.pieces import told
from scenarios.table.redrawn import figures_on
from scenarios.table.refusals import RefusedError, unknown
from scenarios.table.routes.call import Asked, Call
from scenarios.table.state import PlanState

MOST_DRAWS = 1_000
BACK = 50  # edits within which a repair looks for the last valid plan
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]
NEEDS = {"why": ("block", "school"), "wish": ("wish",)}  # what an ask cannot do without


class Ask(Body):
    """seq: the last edit that the window knows of. area: blocks that may change; all of them where it is left out."""

    what: Literal["improve", "repair", "headroom", "why", "best", "frontier", "wish", "draws", "prices"]
    seq: Seq
    window: Window = ""
    area: Indices | None = None
    seconds: Seconds | None = None
    block: Index | None = None
    school: Index | None = None
    count: Annotated[int, Field(ge=1, le=1_000)] | None = None
    points: Annotated[int, Field(ge=2, le=20)] | None = None
    wish: Annotated[str, Field(max_length=64)] | None = None


class AsRule(Body):
    """What a wish asks for. line: in units of the page's map."""

    asks: Literal["together", "school", "line"]
    blocks: Indices = Field(default_factory=list)
    school: Index | None = None
    line: Annotated[list[Place], Field(max_length=1_000)] | None = None


class Nothing(Body):
    """No keys."""


def ask(asked: Asked) -> Any:
    """Ask the engine: its answer comes as events, and can be fetched."""
    table, body = asked.table, asked.body
    state = table.snapshot(asked.plan, body.seq)
    lacking = [key for key in NEEDS.get(body.what, ()) if getattr(body, key) is None]
    if lacking:
        raise RefusedError(422, "body", "lacking", what=body.what, keys=", ".join(lacking))
    _need_there(table.judge.district, body)
    if body.wish is not None and body.wish not in wishes.rules_of(state.wishes):
        raise unknown("wish")
    keys = body.model_dump(exclude={"what", "seq", "window"}, exclude_none=True)
    if body.what == "repair":
        keys["known"] = valid_before(table.judge, state)

    language = table.teller(asked.language).t.language

    def job(number: int) -> Job:
        return Job(
            number, body.what, state.school.copy(), state.locked.copy(), wishes.rules_of(state.wishes), keys, language
        )

    return {"job": table.jobs.ask(job, asked.plan, state.seq)}


def valid_before(judge: Judge, state: PlanState) -> list[Ints]:
    """The last valid plan that the plan was drawn from, where it is not far back."""
    school = state.school.copy()
    for step in reversed(state.undo[-BACK:]):
        if step.kind == "assign":
            school[step.blocks] = step.before
            if PlanRecord.under(Plan(judge.district, school.copy()), judge.rules).valid:
                return [school]
    return []


def _need_there(district: Any, body: Ask) -> None:
    blocks = [*(body.area or ()), *(() if body.block is None else (body.block,))]
    if any(i >= district.blocks for i in blocks) or (body.school is not None and body.school >= district.schools):
        raise RefusedError(422, "blocks", "elsewhere")


def job(asked: Asked) -> Any:
    """How a job stands, and its answer."""
    return asked.table.jobs.job(int(asked.path["job"]))


def stop(asked: Asked) -> Any:
    """End a job with what it has."""
    return asked.table.jobs.stop(int(asked.path["job"]))


def as_rule(asked: Asked) -> Any:
    """The rule that a wish becomes, as scenario files have it."""
    district, body = asked.table.judge.district, asked.body
    if any(i >= district.blocks for i in body.blocks) or (body.school is not None and body.school >= district.schools):
        raise RefusedError(422, "blocks", "elsewhere")
    if body.asks == "line":
        if body.line is None or len(body.line) < 2:
            raise RefusedError(422, "body", "line")
        rule = wishes.not_across(body.line, district)
    elif not body.blocks or (body.asks == "school" and body.school is None):
        raise RefusedError(422, "body", "wish")
    elif body.asks == "together":
        rule = wishes.together(body.blocks, district)
    else:
        rule = wishes.at_school(body.blocks, body.school, district)
    wishes.need_rule(rule)
    return {"rule": rule}


def kept(asked: Asked) -> Any:
    """Of each wish that is a rule, whether the plan keeps it."""
    table, state = asked.table, asked.table.snapshot(asked.plan)
    return {"wishes": wishes.states(state.wishes, state.school, table.judge, table.teller(asked.language).t)}


def against(asked: Asked) -> Any:
    """The pieces in which another plan differs from this one, each with what it changes alone, and last of all."""
    table = asked.table
    return told(table.teller(asked.language), table.plan_of(asked.plan), table.plan_of(int(asked.path["other"])))


def drawn(asked: Asked) -> Any:
    """What a plan does on one redraw of the counts."""
    table, number, plan = asked.table, int(asked.path["draw"]), asked.query.get("plan", "")
    if not plan.isdecimal():
        raise RefusedError(422, "plan", "plan_named")
    if number >= MOST_DRAWS:
        raise RefusedError(404, "unknown", "draws", n=MOST_DRAWS)
    teller, read, school = table.teller(asked.language), table.jobs.engine.ground.read, table.plan_of(int(plan)).school
    return {"draw": number, "figures": figures_on(table.redraws.counts(number), teller, read, school)}


CALLS = (
    Call("GET", "/api/plans/{plan:int}/against/{other:int}", against),
    Call("GET", "/api/draws/{draw:int}", drawn),
    Call("POST", "/api/plans/{plan:int}/ask", ask, Ask, 202),
    Call("GET", "/api/jobs/{job:int}", job),
    Call("POST", "/api/jobs/{job:int}/stop", stop, Nothing),
    Call("POST", "/api/rules", as_rule, AsRule),
    Call("GET", "/api/plans/{plan:int}/wishes", kept),
)
