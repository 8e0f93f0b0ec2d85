"""compare.html: one page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.measures import Place
from optimizer.plan import Plan
from scenarios.answer.several import Several
from scenarios.comparison.chart import chart
from scenarios.comparison.compare import INVALID, STATUS_QUO, Comparison, best_rows, first_shares
from scenarios.comparison.differ import Differences
from scenarios.comparison.maps import zone_maps
from scenarios.comparison.ranking import SAME
from scenarios.comparison.results import MINIMUM
from scenarios.drawing.page import page
from scenarios.paper.measures import DISPARITY, RACE, change, figure, name_of, sign, tabled
from scenarios.paper.numbers import count, percent
from scenarios.paper.wording import counted
from scenarios.report.map_part import map_part, map_script, map_style

NAMED = 3  # plans that a sentence names, at most
MAPPED = 8  # plans of the map that can be looked at closely
DISTRICTS, ROWS, WIDE = 12, 40, 12  # districts, plans of a table, and plans set side by side, at most


def render(compared: Comparison, found: Differences, drawn: Mapping[str, Several]) -> str:
    """The page. Names of districts, scenarios and groups are text, never markup. drawn: see `write_comparison`."""
    shown = compared.districts[:DISTRICTS]
    rest = len(compared.districts) - len(shown)
    told = ["district", "scenario", "status", "outcome", "reason"]
    values = {
        "districts": [_district(compared, found, name, drawn.get(name)) for name in shown],
        "older": older_words(compared),
        "more": counted(rest, "further district") if rest else "",
        "without": compared.without.head(ROWS)[told].astype(str).to_dict("records"),
        "without_more": max(0, len(compared.without) - ROWS),
    }
    live = {"style": map_style(), "script": map_script()} if found.assigned else {}
    return page("scenarios.comparison", "compare.html", values, **live)


def _district(compared: Comparison, found: Differences, name: str, drawn: Several | None) -> dict[str, Any]:
    every = compared.of(name)
    rows = best_rows(every, ROWS)
    plans = found.assigned.get(name, {})
    unit = next(iter(plans.values())).district.travel.unit if plans else compared.unit(name)
    wanted = tabled(Place.COMPARED, rows.to_dict("records"))
    columns = [measure for measure in wanted if measure in compared.measures and rows[measure].notna().any()]
    columns += _beyond(rows)
    few = best_rows(every, WIDE)
    left_out = len(every) - len(rows)
    return {
        "name": name,
        "plans": counted(len(every) - 1, "plan"),
        "left_out": counted(left_out, "further plan") if left_out else "",
        "criteria": [name_of(measure) for measure in compared.criteria[name]],
        "lead": _lead(every, compared.criteria[name]),
        "columns": [name_of(measure) for measure in columns],
        "race_known": RACE in columns,
        "poverty_known": DISPARITY in columns,
        "seeds": "seed_rank_low" in rows and bool(rows["seed_rank_low"].notna().any()),
        "rows": [_row(row, columns, unit) for row in rows.to_dict("records")],
        "chart": chart(rows, unit),
        "few": few["plan"].tolist(),
        "drawn": None if drawn is None else drawn.shown(unit),
        "measures": _measures(compared, few, unit),
        "apart": _apart(found, name, few["plan"].tolist()),
        "map": _map(plans, few["plan"].tolist(), f"map{compared.districts.index(name)}"),
        "maps": zone_maps(plans, few["plan"].tolist(), f"zones{compared.districts.index(name)}"),
    }


def older_words(compared: Comparison) -> str:
    """Which plans come from results that were judged under the older default minimum, and what that means; "" where
    there are none."""
    table = compared.table
    older = table["plan"][table[MINIMUM] == "today"].tolist() if MINIMUM in table else []
    if not older:
        return ""
    more = f" and {len(older) - NAMED} more" if len(older) > NAMED else ""
    return (
        f"Judged under the older default minimum: {', '.join(map(str, older[:NAMED]))}{more}. A school that gives no "
        "min_students could not shrink below (1 - size_tolerance) of today's students there, however few seats it has: "
        "whether these plans keep their limits, and their students under smallest sizes, are as they were judged then."
    )


def _beyond(rows: pd.DataFrame) -> list[str]:
    """The column of students beyond limits of size, where it is known: no measure, since it hangs on the limits."""
    return ["excess"] if "excess" in rows and rows["excess"].notna().any() else []


def _map(plans: Mapping[str, Plan], names: Sequence[str], key: str) -> str:
    """The map of the plans shown, to look at closely; "" where the district's folder is not at hand."""
    shown = [(name, plans[name]) for name in names if name in plans and name != STATUS_QUO]
    return map_part(shown[0][1].district, shown[:MAPPED], key=key) if shown else ""


def _lead(every: pd.DataFrame, criteria: Sequence[str]) -> dict[str, Any] | None:
    """Which plan comes first under most weightings, and how many no other dominates. together: those that are as good
    in all criteria; level: others that come first under as many weightings. Where it breaks limits (broken), and others
    do not, which of these comes first among them."""
    rows = every[every["first_share"].notna()]
    if rows.empty:
        return None
    shares, kept = rows["first_share"].to_numpy(np.float64), ~rows["outcome"].isin(INVALID).to_numpy(bool)
    broken = "" if kept[np.argmax(shares)] else str(rows["plan"].iloc[np.argmax(shares)])
    if broken and kept.any():
        rows = rows[kept]
        shares = first_shares(rows, criteria)
    top = int(np.argmax(shares))
    values = rows[[f"rank.{name}" for name in criteria]].to_numpy(np.float64)
    alike = (values == values[top]).all(axis=1)
    often = np.round(shares, SAME) == np.round(shares[top], SAME)
    others = np.arange(len(rows)) != top
    return {
        "plan": rows["plan"].iloc[top],
        "share": percent(shares[top], 0),
        "free": int((~every["dominated"].iloc[1:]).sum()),
        "together": _named(rows["plan"][alike & others].tolist()),
        "level": _named(rows["plan"][often & ~alike].tolist()),
        "broken": broken,
        "kept": bool(kept.any()),
    }


def _named(plans: Sequence[str]) -> str:
    """Some plans by name, the others by number."""
    shown = [f"“{plan}”" for plan in plans[:NAMED]]
    more = [f"{len(plans) - NAMED} more"] if len(plans) > NAMED else []
    *first, last = [*shown, *more] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _row(row: dict[Any, Any], columns: Sequence[str], unit: str) -> dict[str, Any]:
    today = row["plan"] == STATUS_QUO
    shown = () if today else row  # what has a change to show
    return {
        "plan": row["plan"],
        "today": today,
        "also": row["also"] if isinstance(row.get("also"), str) else "",
        "invalid": row["outcome"] in INVALID,
        "cells": [
            (
                figure(name, row[name], unit),
                change(name, row[key], unit) if (key := f"change.{name}") in shown else None,
            )
            for name in columns
        ],
        "dominated_by": row["dominated_by"],
        "first": "" if np.isnan(row["first_share"]) else percent(row["first_share"], 0),
        "ranks": "" if np.isnan(row["first_share"]) else _span(row["rank_low"], row["rank_high"]),
        "seeds": _span(row.get("seed_rank_low", np.nan), row.get("seed_rank_high", np.nan)),
    }


def _span(low: float, high: float) -> str:
    if np.isnan(low):
        return ""
    return f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"


def _measures(compared: Comparison, rows: pd.DataFrame, unit: str) -> list[dict[str, Any]]:
    """Every measure that is known: its value for each plan, and its rank where it has a better end."""
    return [
        {
            "name": name_of(name),
            "cells": [
                (figure(name, value, unit), "" if np.isnan(place) else f"{place:.0f}")
                for value, place in zip(rows[name], _places(rows, name), strict=True)
            ],
        }
        for name in [*compared.measures, *_beyond(rows)]
        if rows[name].notna().any()
    ]


def _places(rows: pd.DataFrame, name: str) -> pd.Series[float]:
    return rows[f"rank.{name}"] if sign(name) else pd.Series(np.nan, index=rows.index)


def _apart(found: Differences, district: str, plans: Sequence[str]) -> list[dict[str, Any]]:
    """For each plan, how many blocks and students it sends elsewhere than each other one; [] where not known."""
    pairs = found.pairs[found.pairs["district"] == district]
    pairs = pairs[pairs["blocks"].notna()]
    if pairs.empty:
        return []
    said = {}
    for row in pairs.to_dict("records"):
        share = row["students_share"]
        students = "" if np.isnan(share) else f"{count(row['students'])} students, {percent(share)}"
        pair = row["plan"], row["other"]
        said[pair] = said[pair[::-1]] = (f"{count(row['blocks'])} blocks", students)
    return [{"plan": one, "cells": [said.get((one, other), ("", "")) for other in plans]} for one in plans]
