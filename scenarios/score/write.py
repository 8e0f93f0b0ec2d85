"""The files of a scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from scenarios.paper.sheets import safe_csv, write_workbook
from scenarios.plans.file import write_plan
from scenarios.plans.layers import unmatched_frame
from scenarios.score.document import Entry, Found, Given, Scored, Written, plan_files
from scenarios.score.page import render
from scenarios.score.words import broken_in_words
from scenarios.writing.files import write_json, write_text

TODAY = "status quo"
Row = Mapping[str, object]


def write_score(out: Path, found: Found, scored: Scored) -> None:
    """score.csv, score.xlsx, score.html, the plans, and last score.json, in the folder `out`, which is there; each
    whole or not at all. found: `document` of the same."""
    district = scored.nearest.nearest.district
    names = {school: name or school for school, name in zip(district.school_ids, district.school_names, strict=True)}
    table, unmatched = score_frame(found), unmatched_frame(scored.given)
    page = render(found, names, scored.several)
    sheets = {"score": table, "broken limits": _broken(found, names)}
    if scored.several is not None:
        for name, rows in scored.several.frames().items():
            sheets[name] = rows
            write_text(out / f"{name}.csv", safe_csv(rows))
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


def score_frame(found: Found) -> pd.DataFrame:
    """A row for the status quo, the nearest-school plan, each plan, and the best found with as many students moved."""
    (today, now), (name, near), *_ = found.entries(TODAY)
    rows = [_row(today, TODAY, now), _row(name, "nearest school", near)]
    for plan in found.plans:
        rows.append(_row(plan.name, "plan", plan))
        if plan.best is not None:
            rows.append(_row(plan.name, "best found with as many students moved", plan.best, plan))
    return pd.DataFrame(rows)


def _row(name: str, what: str, entry: Entry, of: Given | None = None) -> Row:
    """of: the plan whose best it is: a bound is about all plans that move no more students than that one."""
    return {
        "plan": name,
        "what": what,
        "valid": entry.valid,
        "objective_value": entry.objective_value,
        "bound": None if of is None else of.bound,
        "gap": None if of is None else of.gap,
        "students_moved": entry.students_moved,
        "students_moved_counted": entry.students_moved_counted,
        "excess": entry.excess,
        "file": entry.plan if isinstance(entry, Written) else "",
        **entry.measures,
    }


def _broken(found: Found, names: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        {"plan": name, "broken": line}
        for name, entry in found.entries(TODAY)
        for line in broken_in_words(found, entry, names)
    ]
    return pd.DataFrame(rows, columns=["plan", "broken"])


def _about(found: Found) -> dict[str, str]:
    return {
        "district": found.district,
        "objective": str(found.objective),
        "limits": ", ".join(f"{key} {value}" for key, value in vars(found.limits).items()),
        "nearest school": "each block at its nearest school, within seats; such zones need not hold together",
        "best found": "the best valid plan found that moves no larger share of students than the plan",
        "bound": "no valid plan that moves no larger share of students has a smaller objective: proved",
        "shares": "disparity and shares are fractions: 0.082 is 8.2 percentage points",
        "seed": str(found.seed),
        "seconds": str(found.seconds),
    }
