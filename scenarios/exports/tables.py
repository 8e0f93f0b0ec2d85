"""A run's tables, as frames for spreadsheets: what report.json holds, planner's or public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.plan import Plan

Doc = Mapping[str, Any]
TODAY = "status quo"
CLOSE = 1e-9


def tables_of(docs: Mapping[str, Doc], plans: Mapping[str, Plan] | None = None) -> dict[str, pd.DataFrame]:
    """By name: measures, schools, groups, moves, and blocks where plans are given. docs, plans: by the plan's name, all
    of one district. None is an empty cell."""
    found = {
        "measures": measures_frame(docs),
        "schools": schools_frame(docs),
        "groups": groups_frame(docs),
        "moves": moves_frame(docs),
        "broken limits": _broken(docs),
    }
    return found if plans is None else found | {"blocks": blocks_frame(plans)}


def _each(docs: Mapping[str, Doc], key: str) -> Iterable[tuple[str, Sequence[Mapping[str, Any]]]]:
    """(plan, its rows), today's zones first."""
    yield TODAY, next(iter(docs.values()))[key]["status_quo"]
    for name, doc in docs.items():
        yield name, doc[key]["plan"]


def measures_frame(docs: Mapping[str, Doc]) -> pd.DataFrame:
    """A row a plan and measure; `off_by` where a public report has rounded it."""
    first = next(iter(docs.values()))["summary"]
    all_of = [(TODAY, first, "measures_status_quo")] + [
        (name, doc["summary"], "measures") for name, doc in docs.items()
    ]
    rows = [
        {"plan": name, "measure": measure, "value": value}
        | ({"off_by": summary["off_by"][key][measure]} if "off_by" in summary else {})
        for name, summary, key in all_of
        for measure, value in summary[key].items()
    ]
    return pd.DataFrame(rows)


def schools_frame(docs: Mapping[str, Doc]) -> pd.DataFrame:
    """A row a plan and school, today's zones first."""
    return pd.DataFrame([{"plan": name, **flat(row)} for name, rows in _each(docs, "by_school") for row in rows])


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A school's row with a column a group."""
    plain = {key: value for key, value in row.items() if key != "groups"}
    return plain | {f"students_{group}": value for group, value in row["groups"].items()}


def groups_frame(docs: Mapping[str, Doc]) -> pd.DataFrame:
    """A row a plan and group: students, moves, travel, exposure, bands; with what the plan changes."""
    burdens = {name: {row["group"]: row for row in doc["burden"]} for name, doc in docs.items()}
    rows = [
        {"plan": name, **row, **(burdens[name].get(row["group"], {}) if name in burdens else {})}
        for name, own in _each(docs, "by_group")
        for row in own
    ]
    return pd.DataFrame(rows)


def moves_frame(docs: Mapping[str, Doc]) -> pd.DataFrame:
    """A row a plan and pair of schools between which blocks move."""
    rows = []
    for name, doc in docs.items():
        schools = [row["school_id"] for row in doc["by_school"]["plan"]]
        rows += [{"plan": name, **row, "from": schools[row["from"]], "to": schools[row["to"]]} for row in doc["moves"]]
    return pd.DataFrame(rows, columns=["plan", "from", "to", "blocks", "students"])


def _broken(docs: Mapping[str, Doc]) -> pd.DataFrame:
    columns = ["plan", "limit", "school", "block", "amount", "limit_value", "status_quo_amount", "unit", "inherited"]
    rows = [{"plan": name, **row} for name, doc in docs.items() for row in doc["summary"]["broken_limits"]]
    return pd.DataFrame(rows, columns=columns)


def blocks_frame(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """A row a block: its school today and under each plan, and its counts."""
    district = next(iter(plans.values())).district
    ids = district.school_ids
    columns: dict[str, Any] = {"block_id": district.block_ids, "status quo": [ids[j] for j in district.status_quo]}
    columns |= {name: [ids[j] for j in plan.school] for name, plan in plans.items()}
    return pd.DataFrame(columns | {name: district.column(name) for name in district.columns})
