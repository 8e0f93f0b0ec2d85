"""The public form of a run's report: the same document, with None for what could give a small count away."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.gap import relative_gap
from optimizer.measures import Move, SchoolRow, Stark
from optimizer.measures.stark import neighbouring_zones, stark_among
from optimizer.plan import Plan
from optimizer.rules import counts_children
from scenarios.drawing.maps import class_breaks, class_of
from scenarios.exports.runs import Run
from scenarios.paper.measures import TRAVEL
from scenarios.paper.movers import ALL
from scenarios.publish.agree import (
    ByGroup,
    Figures,
    agreed,
    agreed_group,
    agreed_measures,
    agreed_school,
    steps_of,
)
from scenarios.publish.suppress import Suppression
from scenarios.reading.map_schemas import Map, Maps
from scenarios.reading.ordered import OrderedObjective
from scenarios.reading.pack import pack, unpack
from scenarios.reading.records import SIZES, Broken, Document, Ends, Measures, Public, Summary

# Of a summary, what is looked at below, or holds no figure about children. All else is left out: figures of plans that
# are not in the bundle (baselines, the race-neutral twin), set against those that are, could give counts away.
KNOWN = (
    *("district", "objective", "objectives", "objective_value", "objective_value_status_quo"),
    *("disparity", "disparity_status_quo"),
    *("variance", "variance_status_quo", "exposure", "exposure_status_quo", "racial_exposure"),
    *("racial_exposure_status_quo", "measures", "measures_status_quo", "moved_share", "mean_travel_change", "valid"),
    *("broken_limits", "bound", "bound_relaxes", "solver_bound", "gap", "status", "proof", "limits", "rules"),
    *("attributes_used", "attributes", "seed", "iterations", "stopped", "seconds", "version"),
)


def public_docs(runs: Sequence[Run], found: Suppression, tables: Sequence[Sequence[Figures]]) -> list[Document]:
    """One document a run. tables: `agree.tables_of` the suppression, whose plans are today's zones and the runs'."""
    return [
        _public(run, run.name if len(runs) > 1 else None, [(t[0], t[k + 1]) for t in tables], found)
        for k, run in enumerate(runs)
    ]


def _public(run: Run, name: str | None, tables: Sequence[tuple[Figures, Figures]], found: Suppression) -> Document:
    """Field by field, so that nothing is published that nobody has thought of."""
    doc, district = run.doc, run.plan.district
    unit, old, new = doc.travel_unit, [t[0] for t in tables], [t[1] for t in tables]
    schools = Ends(
        status_quo=_schools(doc.by_school.status_quo, old, found), plan=_schools(doc.by_school.plan, new, found)
    )
    moved = _moves(doc.moves, new)
    public = Document(
        name=name,
        # The planner's is a hash over the counts by block, with which guesses could be tried.
        fingerprint=hashlib.sha256("\n".join(("public", *district.block_ids)).encode()).hexdigest()[:16],
        summary=_summary(doc, Ends(status_quo=old, plan=new), schools, found.seats_hidden.tolist()),
        travel_unit=unit,
        travel_from_file=doc.travel_from_file,
        has_poverty=doc.has_poverty,
        groups=doc.groups,
        blocks=doc.blocks,
        students=agreed(doc.students, [sum(row.students or 0.0 for row in t.by_school) for t in old], 1.0),
        by_group=Ends(
            status_quo=_groups(doc.by_group.status_quo, [t.by_group for t in old], unit),
            plan=_groups(doc.by_group.plan, [t.by_group for t in new], unit),
        ),
        by_school=schools,
        burden=_groups(doc.burden, [t.burden for t in new], unit),
        moves=moved,
        stark=Ends(status_quo=_stark(Plan.today(district), schools.status_quo), plan=_stark(run.plan, schools.plan)),
        maps=None if doc.maps is None else _maps(doc.maps, schools, moved),
        map=None if doc.map is None else pack(_map(unpack(doc.map), schools)),
    )
    return replace(public, public=Public(threshold=found.threshold, suppressed=_suppressed(doc, public)))


def _groups(rows: Sequence[ByGroup], tables: Sequence[Sequence[ByGroup]], unit: str) -> list[ByGroup]:
    return [agreed_group(row, [t[k] for t in tables], unit) for k, row in enumerate(rows)]


def _schools(rows: Sequence[SchoolRow], tables: Sequence[Figures], found: Suppression) -> list[SchoolRow]:
    public = [agreed_school(row, [t.by_school[k] for t in tables]) for k, row in enumerate(rows)]
    return [
        replace(row, capacity=None, min_students=None, utilisation=None) if hidden else row
        for row, hidden in zip(public, found.seats_hidden, strict=True)
    ]


def _moves(rows: Sequence[Move], tables: Sequence[Figures]) -> list[Move]:
    """In the order of schools, since an order by students would tell of them."""
    return [
        replace(row, students=agreed(row.students, [t.moves.get((row.from_, row.to), 0.0) for t in tables], 1.0))
        for row in _in_order(rows)
    ]


def _in_order(rows: Sequence[Move]) -> list[Move]:
    return sorted(rows, key=lambda row: (row.from_, row.to))


def _summary(
    doc: Document, tables: Ends[Sequence[Figures]], schools: Ends[list[SchoolRow]], hidden: Sequence[bool]
) -> Summary:
    unit = doc.travel_unit
    summary = Summary(**{key: getattr(doc.summary, key) for key in KNOWN})
    before, off_before = agreed_measures(doc.today, [t.measures for t in tables.status_quo], unit)
    after, off_after = agreed_measures(doc.measures, [t.measures for t in tables.plan], unit)
    changed = [measures.get(TRAVEL) for measures in (before, after)]
    public = replace(
        summary,
        **_measured(before, doc.groups, summary.objective, "_status_quo"),
        **_measured(after, doc.groups, summary.objective, ""),
        off_by={"measures_status_quo": off_before, "measures": off_after},
        moved_share=after[ALL],
        mean_travel_change=None if None in changed else round(changed[1] - changed[0], 6),  # type: ignore[operator]
        objectives=_names(summary.objectives),
        broken_limits=_broken(doc.summary.broken_limits, schools, hidden),
    )
    return _bounded(public, unit)


def _names(objectives: Sequence[OrderedObjective] | None) -> list[OrderedObjective] | None:
    """Which objectives there were in which order, without figures."""
    return None if objectives is None else [OrderedObjective(name=one.name) for one in objectives]


def _measured(values: Measures, groups: Sequence[str], objective: Any, end: str) -> dict[str, Any]:
    """What a summary says of measures, and their parts once more by name."""
    found = {
        "measures": values,
        "disparity": values["disparity"],
        "variance": values["variance"],
        "exposure": {g: values[f"exposure_to_poverty.{g}"] for g in groups} or None,
        "racial_exposure": {g: {other: values[f"exposure.{g}.{other}"] for other in groups} for g in groups},
        "objective_value": values.get(objective) if isinstance(objective, str) else None,
    }
    return {f"{name}{end}": value for name, value in found.items()}


def _bounded(summary: Summary, unit: str) -> Summary:
    """Bounds rounded down, but not below 0, and the gap at its widest: as if the objective were as far up as its
    rounding lets it be."""
    value, objective = summary.objective_value, summary.objective
    if value is None or not isinstance(objective, str):  # what is proved is said without figures
        return replace(summary, bound=None, solver_bound=None, gap=None)
    grid = steps_of(objective, unit)[0]

    def down(bound: float | None) -> float | None:
        return None if bound is None else round(min(max(math.floor(bound / grid) * grid, 0.0), value), 10)

    bound = down(summary.bound)
    worst = value + ((summary.off_by or {})["measures"].get(objective) or 0.0)
    gap = None if bound is None else relative_gap(worst, bound)
    return replace(summary, bound=bound, solver_bound=down(summary.solver_bound), gap=gap)


def _broken(rows: Sequence[Broken], schools: Ends[list[SchoolRow]], hidden: Sequence[bool]) -> list[Broken]:
    """Breaches, with their amounts only where these say nothing of students that the tables do not."""
    told = {
        row.school_id
        for row, now, seats in zip(schools.plan, schools.status_quo, hidden, strict=True)
        if not seats and None not in (row.students, now.students, row.other_students)
    }
    return [
        row
        if not counts_children(row.of_kind) or (row.limit in SIZES and row.school in told)
        else replace(row, amount=None, limit_value=None, status_quo_amount=None)
        for row in rows
    ]


def _stark(plan: Plan, schools: Sequence[SchoolRow]) -> list[Stark]:
    """Stark borders as far as the published rates and counts show them: whatever they do not show is not compared."""
    rates = np.array([row.poverty_rate for row in schools], np.float64)
    counts = np.array([list(row.groups.values()) for row in schools], np.float64)
    groups = counts if counts.shape[1] > 1 else np.full((len(schools), 2), np.nan)
    rows = stark_among(neighbouring_zones(plan), rates, groups)
    return [replace(row, poverty=_rounded(row.poverty), race=_rounded(row.race)) for row in rows]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _maps(maps: Maps, schools: Ends[list[SchoolRow]], moved: Sequence[Move]) -> Maps:
    """The drawings for paper, coloured by the rates that are published."""
    before, after = ([row.poverty_rate for row in rows] for rows in schools)
    breaks = class_breaks([rate for rate in (*before, *after) if rate is not None])
    students = {(row.from_, row.to): row.students for row in moved}
    return maps | {
        "poverty_breaks": breaks,
        "poverty_class": {
            "status_quo": [class_of(rate, breaks) for rate in before],
            "plan": [class_of(rate, breaks) for rate in after],
        },
        "moved": [row | {"students": students[row["from"], row["to"]]} for row in maps["moved"]],
    }


def _map(data: Map, schools: Ends[list[SchoolRow]]) -> Map:
    """The page's map: shapes and schools of each block, and no count of it; zones as the tables have them."""
    blocks = data["blocks"]
    nothing: list[float | None] = [None] * len(blocks["id"])
    blocks |= {
        "students": nothing,
        "counted": nothing,
        "poverty": None if blocks["poverty"] is None else nothing,
        "groups": [nothing for _ in blocks["groups"]],
    }
    for school, row in zip(data["schools"], schools.plan, strict=True):
        school["seats"] = None if row.capacity is None else school["seats"]
    for entry, rows in zip(data["plans"], schools, strict=True):
        entry["zones"] = [
            {
                "students": row.students,
                "poverty": row.poverty_rate,
                "groups": [_rounded(row.share_of(group)) for group in row.groups],
            }
            for row in rows
        ]
    return data


def _suppressed(full: Document, public: Document) -> int:
    """How many counts of the tables are left out."""
    schools = [*zip(full.by_school.status_quo, public.by_school.status_quo, strict=True)]
    schools += zip(full.by_school.plan, public.by_school.plan, strict=True)
    pairs = [
        (getattr(row, key), getattr(told, key))
        for row, told in schools
        for key in ("students", "other_students", "poverty")
    ]
    pairs += [(row.students, told.students) for row, told in zip(_in_order(full.moves), public.moves, strict=True)]
    groups = sum(n is None for _, told in schools for n in told.groups.values())
    return groups + sum(n is not None and told is None for n, told in pairs)
