"""The public form of a run's report: the same document, with None for what could give a small count away."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimizer.gap import relative_gap
from optimizer.measures.stark import neighbouring_zones, stark_among
from optimizer.plan import Plan
from optimizer.rules import counts_children
from scenarios.answer.record import SIZES
from scenarios.drawing.maps import class_breaks, class_of
from scenarios.exports.runs import Run
from scenarios.paper.words import kind_of
from scenarios.publish.agree import Figures, agreed, agreed_group, agreed_measures, agreed_school, steps_of
from scenarios.publish.suppress import Suppression
from scenarios.reading.pack import pack, unpack

Doc = dict[str, Any]
# What is looked at below, or holds no figure about children. All else is left out: figures of plans that are not in the
# bundle (baselines, the race-neutral twin), set against those that are, could give counts away.
KNOWN = (
    *("format", "name", "fingerprint", "summary", "travel_unit", "travel_from_file", "has_poverty", "groups", "blocks"),
    *("students", "by_group", "by_school", "burden", "moves", "stark", "maps", "map", "public", "uncertainty"),
)
KNOWN_SUMMARY = (
    *("district", "objective", "objective_value", "objective_value_status_quo", "disparity", "disparity_status_quo"),
    *("variance", "variance_status_quo", "exposure", "exposure_status_quo", "racial_exposure"),
    *("racial_exposure_status_quo", "measures", "measures_status_quo", "moved_share", "mean_travel_change", "valid"),
    *("broken_limits", "bound", "bound_relaxes", "solver_bound", "gap", "status", "proof", "limits", "rules"),
    *("attributes_used", "attributes", "seed", "iterations", "stopped", "seconds", "version"),
)


def public_docs(runs: Sequence[Run], found: Suppression, tables: Sequence[Sequence[Figures]]) -> list[Doc]:
    """One document a run. tables: `agree.tables_of` the suppression, whose plans are today's zones and the runs'."""
    docs = [_public(run, [(t[0], t[k + 1]) for t in tables], found) for k, run in enumerate(runs)]
    for doc, run in zip(docs, runs, strict=True):
        doc["name"] = run.name if len(runs) > 1 else None
    return docs


def _public(run: Run, tables: Sequence[tuple[Figures, Figures]], found: Suppression) -> Doc:
    doc: Doc = {key: run.doc[key] for key in KNOWN}
    unit, old = doc["travel_unit"], [t[0] for t in tables]
    new = [t[1] for t in tables]
    both = (("status_quo", old), ("plan", new))
    doc["by_group"] = {
        which: [agreed_group(row, [t.by_group[k] for t in own], unit) for k, row in enumerate(doc["by_group"][which])]
        for which, own in both
    }
    doc["by_school"] = {
        which: [
            _no_seats(agreed_school(row, [t.by_school[k] for t in own]), bool(found.seats_hidden[k]))
            for k, row in enumerate(doc["by_school"][which])
        ]
        for which, own in both
    }
    doc["burden"] = [agreed_group(row, [t.burden[k] for t in new], unit) for k, row in enumerate(doc["burden"])]
    doc["moves"] = _moves(doc["moves"], new)
    everyone = [sum(row["students"] for row in t.by_school) for t in old]
    doc["students"] = agreed(doc["students"], everyone, 1.0)
    doc["summary"] = _summary(doc, both, found.seats_hidden.tolist())
    plans = {"status_quo": Plan.today(run.plan.district), "plan": run.plan}
    doc["stark"] = {which: _stark(plans[which], doc["by_school"][which]) for which, _ in both}
    doc["maps"] = None if doc["maps"] is None else _maps(doc)
    doc["map"] = None if doc["map"] is None else pack(_map(unpack(doc["map"]), doc))
    doc["uncertainty"] = None
    # The planner's is a hash over the counts by block, with which guesses could be tried.
    doc["fingerprint"] = hashlib.sha256("\n".join(("public", *run.plan.district.block_ids)).encode()).hexdigest()[:16]
    doc["public"] = {"threshold": found.threshold, "suppressed": _suppressed(run.doc, doc)}
    return doc


def _no_seats(row: Doc, hidden: bool) -> Doc:
    return row | (dict.fromkeys(("capacity", "min_students", "utilisation")) if hidden else {})


def _moves(rows: Sequence[Mapping[str, Any]], tables: Sequence[Figures]) -> list[Doc]:
    """In the order of schools, since an order by students would tell of them."""
    found = []
    for row in sorted(rows, key=lambda row: (row["from"], row["to"])):
        pair = row["from"], row["to"]
        students = agreed(row["students"], [t.moves.get(pair, 0.0) for t in tables], 1.0)
        found.append({**row, "students": students})
    return found


def _summary(doc: Doc, both: Sequence[tuple[str, Sequence[Figures]]], seats_hidden: Sequence[bool]) -> Doc:
    summary: Doc = {key: doc["summary"][key] for key in KNOWN_SUMMARY if key in doc["summary"]}
    unit, off_by = doc["travel_unit"], {}
    for (_, own), end in zip(both, ("_status_quo", ""), strict=True):
        values, off = agreed_measures(summary[f"measures{end}"], [t.measures for t in own], unit)
        summary[f"measures{end}"], off_by[f"measures{end}"] = values, off
        for name in ("disparity", "variance"):
            summary[f"{name}{end}"] = values[name]
        summary[f"exposure{end}"] = {g: values[f"exposure_to_poverty.{g}"] for g in doc["groups"]} or None
        summary[f"racial_exposure{end}"] = {
            g: {other: values[f"exposure.{g}.{other}"] for other in doc["groups"]} for g in doc["groups"]
        }
        objective = summary["objective"]
        summary[f"objective_value{end}"] = values.get(objective) if isinstance(objective, str) else None
    summary["off_by"] = off_by
    summary["moved_share"] = summary["measures"]["moved_share"]
    before, after = summary["measures_status_quo"]["travel_mean"], summary["measures"]["travel_mean"]
    summary["mean_travel_change"] = None if before is None or after is None else round(after - before, 6)
    return summary | _bounds(summary, unit) | {"broken_limits": _broken(doc, seats_hidden)}


def _bounds(summary: Doc, unit: str) -> Doc:
    """Bounds rounded down, but not below 0, and the gap at its widest: as if the objective were as far up as its
    rounding lets it be."""
    value, objective = summary["objective_value"], summary["objective"]
    found: Doc = {"bound": None, "solver_bound": None, "gap": None}
    if value is None:
        return found  # what is proved is said without figures
    grid = steps_of(objective, unit)[0]
    for name in ("bound", "solver_bound"):
        if summary.get(name) is not None:
            found[name] = round(min(max(math.floor(summary[name] / grid) * grid, 0.0), value), 10)
    if found["bound"] is not None:
        worst = value + (summary["off_by"]["measures"].get(objective) or 0.0)
        found["gap"] = relative_gap(worst, found["bound"])
    return found


def _broken(doc: Doc, seats_hidden: Sequence[bool]) -> list[Doc]:
    """Breaches, with their amounts only where these say nothing of students that the tables do not."""
    told = {
        row["school_id"]
        for row, now, hidden in zip(doc["by_school"]["plan"], doc["by_school"]["status_quo"], seats_hidden, strict=True)
        if not hidden and None not in (row["students"], now["students"], row["other_students"])
    }
    rows = []
    for row in doc["summary"]["broken_limits"]:
        known = not counts_children(kind_of(row)) or (row["limit"] in SIZES and row.get("school") in told)
        hidden = dict.fromkeys(("amount", "limit_value", "status_quo_amount"))
        rows.append(dict(row) if known else {**row, **hidden})
    return rows


def _stark(plan: Plan, schools: Sequence[Doc]) -> list[Doc]:
    """Stark borders as far as the published rates and counts show them: whatever they do not show is not compared."""
    rates = [math.nan if row["poverty_rate"] is None else row["poverty_rate"] for row in schools]
    counts = [[math.nan if n is None else n for n in row["groups"].values()] for row in schools]
    groups = counts if len(counts[0]) > 1 else [[math.nan, math.nan] for _ in schools]
    rows = stark_among(neighbouring_zones(plan), np.array(rates, np.float64), np.array(groups, np.float64))
    return [{key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()} for row in rows]


def _maps(doc: Doc) -> Doc:
    """The drawings for paper, coloured by the rates that are published."""
    maps: Doc = dict(doc["maps"])
    rates = {which: [row["poverty_rate"] for row in rows] for which, rows in doc["by_school"].items()}
    breaks = class_breaks([rate for own in rates.values() for rate in own if rate is not None])
    maps["poverty_breaks"] = breaks
    maps["poverty_class"] = {which: [class_of(rate, breaks) for rate in own] for which, own in rates.items()}
    students = {(row["from"], row["to"]): row["students"] for row in doc["moves"]}
    maps["moved"] = [{**row, "students": students[row["from"], row["to"]]} for row in maps["moved"]]
    return maps


def _map(data: Doc, doc: Doc) -> Doc:
    """The page's map: shapes and schools of each block, and no count of it; zones as the tables have them."""
    nothing = [None] * len(data["blocks"]["id"])
    data["blocks"] = {
        "id": data["blocks"]["id"],
        "students": nothing,
        "counted": nothing,
        "poverty": None if data["blocks"]["poverty"] is None else nothing,
        "groups": [nothing for _ in data["blocks"]["groups"]],
    }
    data["schools"] = [
        {**school, "seats": None if row["capacity"] is None else school["seats"]}
        for school, row in zip(data["schools"], doc["by_school"]["plan"], strict=True)
    ]
    for entry, which in zip(data["plans"], ("status_quo", "plan"), strict=True):
        entry["zones"] = [
            {
                "students": row["students"],
                "poverty": row["poverty_rate"],
                "groups": [_share(row["groups"][group], row["counted"]) for group in doc["groups"]],
            }
            for row in doc["by_school"][which]
        ]
    return data


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None or whole == 0 else round(part / whole, 3)


def _suppressed(full: Mapping[str, Any], doc: Doc) -> int:
    """How many counts of the tables are left out."""

    def missing(row: Mapping[str, Any], public: Mapping[str, Any]) -> int:
        keys = [key for key in ("students", "other_students", "poverty") if key in row]
        lost = sum(row[key] is not None and public[key] is None for key in keys)
        return lost + sum(value is None for value in public.get("groups", {}).values())

    pairs = [
        pair
        for which in doc["by_school"]
        for pair in zip(full["by_school"][which], doc["by_school"][which], strict=True)
    ]
    order = sorted(full["moves"], key=lambda row: (row["from"], row["to"]))
    return sum(missing(*pair) for pair in [*pairs, *zip(order, doc["moves"], strict=True)])
