"""sensitivity.json and sensitivity.csv: the rows as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.district import District
from optimizer.measures import Measures, measure
from optimizer.measures.change import travel_change
from optimizer.plan import Plan
from optimizer.result import NoPlan
from scenarios.answer.asked import Asked
from scenarios.answer.summary import attributes_used, objective_spec
from scenarios.asking.options import Settings
from scenarios.paper.measures import RACE
from scenarios.reading.records import Broken, excess_of
from scenarios.sensitivity.carry import Row
from scenarios.sensitivity.cases import Change, Place
from scenarios.writing.records import inlined, named, table

# Of sensitivity.csv, in order. Seconds stand in the JSON alone, so that runs with --iterations repeat to the byte.
COLUMNS = (
    *("row", "limit", "change", "step", "value", "objective_value", "bound", "gap", "disparity", RACE, "moved_share"),
    *("moved_counted", "mean_travel_change", "excess", "valid", "no_plan", "plan", "plan_from", "bound_from"),
)


@dataclass(frozen=True, kw_only=True)
class Own:
    """What the row's own run came to."""

    objective_value: float | None
    bound: float | None
    iterations: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row: `Case` and what is known of it (`Row`). excess: students over seats and under smallest sizes."""

    row: int
    limit: str
    change: Change
    step: float | None
    value: float | bool | None
    objective_value: float | None
    bound: float | None
    gap: float | None
    disparity: float | None
    race: float | None = named(RACE)
    moved_share: float | None
    moved_counted: float | None
    mean_travel_change: float | None
    excess: float | None
    valid: bool
    no_plan: NoPlan | None
    plan: str | None
    plan_from: int | None
    bound_from: int | None
    at: Mapping[str, Place]
    broken_limits: Sequence[Broken]
    own: Own | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that sensitivity.json holds. seconds: of the whole process."""

    asked: Asked = inlined()
    objective: str | Mapping[str, float]
    objective_value_status_quo: float
    disparity_status_quo: float | None
    race_status_quo: float | None = named(f"{RACE}_status_quo")
    travel_mean_status_quo: float | None
    attributes_used: Sequence[str]
    seed: int
    iterations: int | None
    stopped: bool
    seconds: float
    rows: Sequence[Shown]


def document(rows: Sequence[Row], settings: Settings, seconds: float) -> Found:
    """rows: the base first, which has run."""
    base, options = rows[0], settings.options
    result = base.own
    assert result is not None
    district = result.plan.district
    today = measure(Plan.today(district))
    return Found(
        asked=Asked.of(base.case.district, settings),
        objective=objective_spec(result.objective),
        objective_value_status_quo=result.objective_value_status_quo,
        disparity_status_quo=today["disparity"],
        race_status_quo=today.get(RACE),
        travel_mean_status_quo=today["travel_mean"],
        attributes_used=attributes_used(result),
        seed=options.seed,
        iterations=options.iterations,
        stopped=any(row.own is not None and row.own.stopped for row in rows),
        seconds=round(seconds, 3),
        rows=[_row(k, row, district) for k, row in enumerate(rows)],
    )


def _row(k: int, row: Row, district: District) -> Shown:
    case, own = row.case, row.own
    # Measured in the district as it is: seats that are only supposed belong to the limits, not to the plan.
    plan = None if row.plan is None else Plan(district, row.plan.school)
    now: Measures = {} if plan is None else measure(plan)
    broken = row.broken if own is None or plan is not None else own.broken
    return Shown(
        row=k,
        limit=case.limit,
        change=case.change,
        step=case.step,
        value=case.value,
        objective_value=row.value,
        bound=row.bound,
        gap=row.gap,
        disparity=now.get("disparity"),
        race=now.get(RACE),
        moved_share=now.get("moved_share"),
        moved_counted=now.get("moved_counted"),
        mean_travel_change=None if plan is None else travel_change(plan, district.students),
        excess=None if plan is None else excess_of(Broken.of(row.broken)),
        valid=plan is not None,
        no_plan=row.no_plan,
        plan=None if plan is None else f"plans/{k:02d}.csv",
        plan_from=row.plan_from,
        bound_from=row.bound_from,
        at=case.at,
        broken_limits=Broken.of(broken),
        own=None
        if own is None
        else Own(
            objective_value=own.objective_value if own.valid else None,
            bound=own.bound,
            iterations=own.iterations,
            seconds=round(own.seconds, 3),
        ),
    )


def table_csv(found: Found) -> str:
    """The rows as CSV with LF. What is not known or does not apply is an empty cell; numbers read back unchanged."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(_cell(table(row)[name]) for name in COLUMNS) for row in found.rows]
    return "\n".join([*lines, ""])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
