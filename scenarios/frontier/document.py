"""frontier.json and its tables: every point with its measures and bound, and the single moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from optimizer.frontier import Curve, Point, Step
from optimizer.gap import relative_gap
from optimizer.measures import Place, counts_children, measure, up_to
from optimizer.plan import Plan
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force
from scenarios.paper.sheets import safe_csv
from scenarios.version import rezone_version


def document(curve: Curve, moves: Sequence[Step], settings: Settings, seconds: float) -> dict[str, Any]:
    """All that frontier.json holds. The curve has a point at least. seconds: of the whole process."""
    district = curve.points[0].plan.district
    today = measure(Plan.today(district))
    return {
        "district": district.name,
        "objective": objective_spec(curve.objective),
        "against": curve.axis,
        "travel_unit": district.travel.unit,
        "groups": list(district.groups),
        "objective_value_status_quo": curve.today,
        "measures_status_quo": today,
        "points": [_point(k, point, curve) for k, point in enumerate(curve.points)],
        "missing": [{"cap": one.cap, "why": one.why} for one in curve.missing],
        "moves": [_move(step, curve) for step in moves],
        "limits": limits_in_force(settings.options, district.travel.unit),
        "rules": [dict(rule) for rule in settings.rules],
        "seed": settings.options.seed,
        "stopped": curve.stopped,
        "seconds": round(seconds, 3),
        "version": rezone_version(),
    }


def _point(k: int, point: Point, curve: Curve) -> dict[str, Any]:
    measures, value, bound = measure(point.plan), point.value, point.bound
    return {
        "point": k,
        "plan": f"plans/{k:02d}.csv",
        "cap": point.cap,
        "nested": point.nested,
        "objective_value": value,
        "bound": bound,
        "bound_relaxes": [] if point.certificate is None else list(point.certificate.relaxes),
        "gap": relative_gap(value, bound),
        "gain": curve.today - value,
        "measures": measures,
    }


def _move(step: Step, curve: Curve) -> dict[str, Any]:
    district = curve.points[0].plan.district
    return {
        "blocks": [district.block_ids[b] for b in step.blocks],
        "from": district.school_ids[district.status_quo[step.blocks[0]]],
        "to": district.school_ids[step.school],
        "students": step.students,
        "gain": step.gain,
        "gain_per_student": step.each,
    }


def table_csv(found: dict[str, Any]) -> str:
    """frontier.csv: a row a point, and a row a cap without one, whose `missing` says why; by caps, ascending."""
    keys = ("point", "plan", "cap", "nested", "objective_value", "bound", "gap", "gain")
    exposures = [
        name for name in found["measures_status_quo"] if name.startswith(("exposure_to_poverty.", "isolation."))
    ]
    # Poverty and race beside each other.
    names = [*(name for name in up_to(Place.FULL) if counts_children(name)), *exposures]
    rows = [{key: row[key] for key in keys} | {n: row["measures"].get(n) for n in names} for row in found["points"]]
    rows += [{"cap": one["cap"], "missing": one["why"]} for one in found["missing"]]
    frame = pd.DataFrame(rows, columns=[*keys, *names, "missing"]).astype({"point": "Int64"})
    return safe_csv(frame.sort_values("cap", kind="stable", na_position="last"))


def moves_csv(found: dict[str, Any]) -> str:
    """moves.csv: single areas by gain for each student moved, the greatest first."""
    rows = [{**row, "blocks": " ".join(row["blocks"])} for row in found["moves"]]
    columns = ["from", "to", "students", "gain", "gain_per_student", "blocks"]
    return safe_csv(pd.DataFrame(rows, columns=columns))
