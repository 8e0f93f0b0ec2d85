"""sensitivity.json and sensitivity.csv: the rows as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.district import District
from optimizer.measures import Measures, measure
from optimizer.measures.change import travel_change
from optimizer.plan import Plan
from scenarios.answer.summary import attributes_used, objective_spec
from scenarios.asking.options import Settings, limits_in_force
from scenarios.paper.measures import RACE
from scenarios.reading.records import Broken, excess_of
from scenarios.sensitivity.carry import Row
from scenarios.version import rezone_version

# Of sensitivity.csv, in order. Seconds stand in the JSON alone, so that runs with --iterations repeat to the byte.
COLUMNS = (
    *("row", "limit", "change", "step", "value", "objective_value", "bound", "gap", "disparity", RACE),
    *(
        "moved_share",
        "moved_counted",
        "mean_travel_change",
        "excess",
        "valid",
        "no_plan",
        "plan",
        "plan_from",
        "bound_from",
    ),
)


def document(rows: Sequence[Row], settings: Settings, seconds: float) -> dict[str, Any]:
    """What sensitivity.json holds. rows: the base first, which has run. seconds: of the whole process."""
    base, options = rows[0], settings.options
    result = base.own
    assert result is not None
    district = result.plan.district
    today = measure(Plan.today(district))
    return {
        "district": base.case.district.name,
        "objective": objective_spec(result.objective),
        "objective_value_status_quo": result.objective_value_status_quo,
        "disparity_status_quo": today["disparity"],
        f"{RACE}_status_quo": today.get(RACE),
        "travel_mean_status_quo": today["travel_mean"],
        "travel_unit": base.case.district.travel.unit,
        "limits": limits_in_force(options, base.case.district.travel.unit),
        "rules": [dict(rule) for rule in settings.rules],
        "attributes_used": attributes_used(result),
        "seed": options.seed,
        "iterations": options.iterations,
        "stopped": any(row.own is not None and row.own.stopped for row in rows),
        "seconds": round(seconds, 3),
        "version": rezone_version(),
        "rows": [_row(k, row, district) for k, row in enumerate(rows)],
    }


def _row(k: int, row: Row, district: District) -> dict[str, Any]:
    case, own = row.case, row.own
    # Measured in the district as it is: seats that are only supposed belong to the limits, not to the plan.
    plan = None if row.plan is None else Plan(district, row.plan.school)
    now: Measures = {} if plan is None else measure(plan)
    broken = row.broken if own is None or plan is not None else own.broken
    return {
        "row": k,
        "limit": case.limit,
        "change": case.change,
        "step": case.step,
        "value": case.value,
        "objective_value": row.value,
        "bound": row.bound,
        "gap": row.gap,
        "disparity": now.get("disparity"),
        RACE: now.get(RACE),
        "moved_share": now.get("moved_share"),
        "moved_counted": now.get("moved_counted"),
        "mean_travel_change": None if plan is None else travel_change(plan, district.students),
        "excess": None if plan is None else excess_of(Broken.of(row.broken)),
        "valid": plan is not None,
        "no_plan": row.no_plan,
        "plan": None if plan is None else plan_name(k),
        "plan_from": row.plan_from,
        "bound_from": row.bound_from,
        "at": {limit: list(place) for limit, place in case.at.items()},
        "broken_limits": Broken.of(broken),
        "own": None
        if own is None
        else {
            "objective_value": own.objective_value if own.valid else None,
            "bound": own.bound,
            "iterations": own.iterations,
            "seconds": round(own.seconds, 3),
        },
    }


def plan_name(row: int) -> str:
    """The file of a row's plan, within the folder."""
    return f"plans/{row:02d}.csv"


def table_csv(found: Mapping[str, Any]) -> str:
    """The rows as CSV with LF. What is not known or does not apply is an empty cell; numbers read back unchanged."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(_cell(row[name]) for name in COLUMNS) for row in found["rows"]]
    return "\n".join([*lines, ""])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
