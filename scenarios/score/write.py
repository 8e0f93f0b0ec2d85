"""The files of a scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.answer.baseline_words import scored_name
from scenarios.paper.sheets import safe_csv, write_workbook
from scenarios.plans.file import write_plan
from scenarios.plans.layers import unmatched_frame
from scenarios.score.document import Scored, plan_files
from scenarios.score.page import render
from scenarios.score.words import broken_in_words
from scenarios.writing.files import write_json, write_text

FIRST = (
    *("plan", "what", "valid", "objective_value", "bound", "gap", "students_moved", "students_moved_counted"),
    *("excess", "file"),
)


def write_score(out: Path, found: Mapping[str, Any], scored: Scored) -> None:
    """score.csv, score.xlsx, score.html, the plans, and last score.json, in the folder `out`, which is there; each
    whole or not at all. found: `document` of the same."""
    district = scored.nearest.nearest.district
    names = {school: name or school for school, name in zip(district.school_ids, district.school_names, strict=True)}
    table, unmatched = score_frame(found), unmatched_frame(scored.given)
    page = render(found, names)
    sheets = {"score": table, "broken limits": _broken(found, names)}
    if len(unmatched):
        sheets["not matched"] = unmatched
    write_workbook(out / "score.xlsx", sheets, about=_about(found))
    write_text(out / "score.csv", safe_csv(table))
    if len(unmatched):
        write_text(out / "not_matched.csv", safe_csv(unmatched))
    write_text(out / "score.html", page)
    (out / "plans").mkdir()
    write_plan(out / "plans" / "nearest_school.csv", scored.nearest.nearest)
    for k, (one, best) in enumerate(zip(scored.given.values(), scored.best, strict=True)):
        own, other = plan_files(k)
        write_plan(out / own, one.plan)
        if best.plan is not None:
            write_plan(out / other, best.plan)
    write_json(out / "score.json", found)


def score_frame(found: Mapping[str, Any]) -> pd.DataFrame:
    """A row for the status quo, the nearest-school plan, each plan, and the best found with as many students moved."""
    rows = [
        _row("status quo", "status quo", found["status_quo"]),
        _row(scored_name(found["nearest_school"].get("baseline")), "nearest school", found["nearest_school"]),
    ]
    for plan in found["plans"]:
        rows.append(_row(plan["name"], "plan", plan))
        if plan["best"] is not None:
            best = plan["best"] | {"bound": plan["bound"], "gap": plan["gap"]}
            rows.append(_row(plan["name"], "best found with as many students moved", best))
    return pd.DataFrame(rows)


def _row(name: str, what: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    own = {"plan": name, "what": what, "file": entry.get("plan", "")}
    # A bound is about all plans that move no more students: it stands beside the best of them.
    about = {"bound": None, "gap": None} if what == "plan" else {key: entry.get(key) for key in ("bound", "gap")}
    return {key: own.get(key, about.get(key, entry.get(key))) for key in FIRST} | entry["measures"]


def _broken(found: Mapping[str, Any], names: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        {"plan": name, "broken": line}
        for name, entry in _entries(found)
        for line in broken_in_words(found, entry, names)
    ]
    return pd.DataFrame(rows, columns=["plan", "broken"])


def _entries(found: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    near = found["nearest_school"]
    first = [("status quo", found["status_quo"]), (scored_name(near.get("baseline")), near)]
    return first + [(plan["name"], plan) for plan in found["plans"]]


def _about(found: Mapping[str, Any]) -> dict[str, str]:
    return {
        "district": found["district"],
        "objective": str(found["objective"]),
        "limits": ", ".join(f"{key} {value}" for key, value in found["limits"].items()),
        "nearest school": "each block at its nearest school, within seats; such zones need not hold together",
        "best found": "the best valid plan found that moves no larger share of students than the plan",
        "bound": "no valid plan that moves no larger share of students has a smaller objective: proved",
        "shares": "disparity and shares are fractions: 0.082 is 8.2 percentage points",
        "seed": str(found["seed"]),
        "seconds": str(found["seconds"]),
    }
