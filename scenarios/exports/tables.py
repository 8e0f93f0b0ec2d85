"""A run's tables, as frames for spreadsheets: what report.json holds, planner's or public."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from optimizer.measures import GroupRow, SchoolRow
from optimizer.plan import Plan
from scenarios.reading.records import Document, Ends
from scenarios.writing.records import table

Row = TypeVar("Row", GroupRow, SchoolRow)

Docs = Mapping[str, Document]
TODAY = "status quo"


def tables_of(docs: Docs, plans: Mapping[str, Plan] | None = None) -> dict[str, pd.DataFrame]:
    """By name: measures, schools, groups, moves, and blocks where plans are given. docs, plans: by the plan's name, all
    of one district. None is an empty cell."""
    found = {
        "measures": measures_frame(docs),
        "schools": _schools(docs),
        "groups": _groups(docs),
        "moves": _moves(docs),
        "broken limits": _broken(docs),
    }
    return found if plans is None else found | {"blocks": blocks_frame(plans)}


def measures_frame(docs: Docs) -> pd.DataFrame:
    """A row a plan and measure, today's zones first; `off_by` where a public report has rounded it."""
    first = next(iter(docs.values()))
    all_of = [(TODAY, first.today, (first.summary.off_by or {}).get("measures_status_quo"))]
    all_of += [(name, doc.measures, (doc.summary.off_by or {}).get("measures")) for name, doc in docs.items()]
    rows = [
        {"plan": name, "measure": measure, "value": value} | ({"off_by": off_by[measure]} if off_by else {})
        for name, measures, off_by in all_of
        for measure, value in measures.items()
    ]
    return pd.DataFrame(rows)


def _each(docs: Docs, rows: Callable[[Document], Ends[Sequence[Row]]]) -> Iterator[tuple[str, Row]]:
    """(plan, row), today's zones first."""
    yield from ((TODAY, row) for row in rows(next(iter(docs.values()))).status_quo)
    yield from ((name, row) for name, doc in docs.items() for row in rows(doc).plan)


def _schools(docs: Docs) -> pd.DataFrame:
    """A row a plan and school."""
    return pd.DataFrame([{"plan": name, **flat(row)} for name, row in _each(docs, lambda doc: doc.by_school)])


def flat(row: SchoolRow) -> dict[str, Any]:
    """A school's row with a column a group."""
    plain = table(row)
    return plain | {f"students_{group}": value for group, value in plain.pop("groups").items()}


def _groups(docs: Docs) -> pd.DataFrame:
    """A row a plan and group: students, moves, travel, exposure, bands; with what the plan changes."""
    burdens = {(name, row.group): table(row) for name, doc in docs.items() for row in doc.burden}
    return pd.DataFrame(
        [
            {"plan": name, **table(row), **burdens.get((name, row.group), {})}
            for name, row in _each(docs, lambda doc: doc.by_group)
        ]
    )


def _moves(docs: Docs) -> pd.DataFrame:
    """A row a plan and pair of schools between which blocks move."""
    rows = []
    for name, doc in docs.items():
        ids = [row.school_id for row in doc.by_school.plan]
        rows += [(name, ids[row.from_], ids[row.to], row.blocks, row.students) for row in doc.moves]
    return pd.DataFrame(rows, columns=["plan", "from", "to", "blocks", "students"])


def _broken(docs: Docs) -> pd.DataFrame:
    columns = ["plan", "limit", "school", "block", "amount", "limit_value", "status_quo_amount", "unit", "inherited"]
    rows = [{"plan": name, **table(row)} for name, doc in docs.items() for row in doc.summary.broken_limits]
    return pd.DataFrame(rows, columns=columns)


def blocks_frame(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """A row a block: its school today and under each plan, and its counts."""
    district = next(iter(plans.values())).district
    ids = district.school_ids
    columns: dict[str, Any] = {"block_id": district.block_ids, "status quo": [ids[j] for j in district.status_quo]}
    columns |= {name: [ids[j] for j in plan.school] for name, plan in plans.items()}
    return pd.DataFrame(columns | {name: district.column(name) for name in district.columns})
