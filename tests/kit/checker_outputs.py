"""The figures of `evaluate`, `frontier`, `sensitivity`, `score` and `run` again, from the raw folder and plan files
alone: plain loops, straight from FORMAT.md, sharing no code with the program. `checker_report.faults` holds the two
together."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import checker
import pandas as pd
from checker import Folder, Zones
from checker_report import Side
from checker_schools import Changed, least_by_default
from checker_summary import amounts

Tree = Mapping[str, Any]
SIZES = ("capacity", "min_students")
TODAY = "status quo"


def zones_of(path: Path) -> Zones:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["block_id"]: row["school_id"] for row in csv.DictReader(file)}


def keyed_rows(frame: pd.DataFrame, *keys: str) -> Tree:
    """By what names a row, every number of it; empty cells and truth values are none."""
    found: dict[str, dict[str, float]] = {}
    for row in frame.to_dict("records"):
        name = "-".join("" if pd.isna(row[key]) else str(row[key]) for key in keys)
        numbers = {str(k): v for k, v in row.items() if k not in keys and not isinstance(v, str | bool)}
        assert name not in found, f"two rows are called {name}"
        found[name] = {k: float(v) for k, v in numbers.items() if pd.notna(v)}
    return found


class Question:
    """A folder with the rules about schools and the limits that a command was given."""

    def __init__(self, path: Path, rules: Sequence[Tree] = (), **limits: object) -> None:
        self.folder, self.rules = Folder(path), rules
        self.ruled, self.bare = Changed(self.folder, rules), Changed(self.folder, [])
        self.limits = {**checker.DEFAULTS, "travel_floor": self.folder.floor, **limits}
        self.names = sorted(self.ruled.capacity)
        self.today = Side(self.folder, self.folder.zone, self.bare, self.ruled, self.names)
        self.total = sum(self.folder.students.values())

    def side(self, zones: Zones) -> Side:
        return Side(self.folder, zones, self.ruled, self.ruled, self.names)

    def broken(self, zones: Zones, it: Changed | None = None, **limits: object) -> list[Tree]:
        return list(amounts(it or self.ruled, zones, {**self.limits, **limits}))

    def excess(self, zones: Zones, it: Changed | None = None, **limits: object) -> float:
        return sum(row["amount"] for row in self.broken(zones, it, **limits) if row["limit"] in SIZES)

    def moved(self, side: Side, *, counted: bool = False) -> list[str]:
        goes = side.it.counts_as_moved if counted else side.folder.counts_as_moved
        return [b for b in self.folder.blocks if goes(b, side.plan[b])]

    def travel_change(self, side: Side) -> float | None:
        return side.mean({b: side.far[b] - side.now[b] for b in self.folder.blocks}, self.folder.students)

    def students(self, blocks: Iterable[str]) -> float:
        return sum(self.folder.students[b] for b in blocks)


def gap(value: float, bound: float | None) -> float | None:
    return None if bound is None else (value - bound) / value if value > 1e-12 else 0.0


def evaluate(ask: Question, zones: Zones) -> Tree:
    return {
        "measures": ask.side(zones).measures,
        "measures_status_quo": ask.today.measures,
        "broken_limits": ask.broken(zones),
    }


def frontier(ask: Question, out: Path, given: Tree) -> Tree:
    """frontier.json, with the disparity as its objective."""
    now = ask.today.measures["disparity"]
    assert now is not None
    points = []
    for row in given["points"]:
        measures = ask.side(zones_of(out / row["plan"])).measures
        value = measures["disparity"]
        assert value is not None
        more = {"objective_value": value, "gap": gap(value, row["bound"]), "gain": now - value}
        points.append({"point": row["point"], "measures": measures, **more})
    moves = []
    for row in given["moves"]:
        there = {**ask.folder.zone, **dict.fromkeys(row["blocks"], row["to"])}
        value, students = ask.side(there).measures["disparity"], ask.students(row["blocks"])
        assert value is not None
        moves.append({"students": students, "gain": now - value, "gain_per_student": (now - value) / students})
    return {"objective_value_status_quo": now, "measures_status_quo": ask.today.measures, "points": points,
            "moves": dict(enumerate(moves))}  # fmt: skip


def sensitivity(ask: Question, out: Path, given: Tree) -> Tree:
    """The rows of sensitivity.csv and .json that have a plan."""
    found = []
    for row in given["rows"]:
        if row["plan"] is None:
            found.append({"row": row["row"]})
            continue
        zones = zones_of(out / row["plan"])
        side, (it, limits) = ask.side(zones), scaled(ask, row)
        names = ("disparity", "dissimilarity.race", "moved_share", "moved_counted")
        value = side.measures["disparity"]
        assert value is not None
        found.append(
            {name: side.measures[name] for name in names}
            | {"row": row["row"], "objective_value": value, "gap": gap(value, row["bound"])}
            | {"mean_travel_change": ask.travel_change(side), "excess": ask.excess(zones, it, **limits)}
            | {"broken_limits": ask.broken(zones, it, **limits)}
        )
    today = ask.today.measures
    head = {f"{name}_status_quo": today[name] for name in ("disparity", "dissimilarity.race", "travel_mean")}
    return {"rows": found, "objective_value_status_quo": today["disparity"], **head}


def scaled(ask: Question, row: Tree) -> tuple[Changed, Tree]:
    """The seats, or smallest sizes, times the row's factor, or its option in place of the one given."""
    it, limit = Changed(ask.folder, ask.rules), row["limit"]
    if limit not in ("seats", "min_students"):
        return it, {} if limit == "base" else {limit: row["value"]}
    now, tolerance = it.load(it.home), ask.limits["size_tolerance"]
    for s in it.open:
        seats = (1 + tolerance) * now[s] + it.other[s] if it.capacity[s] is None else it.capacity[s]
        room = None if it.capacity[s] is None else it.capacity[s] - it.other[s]
        given = it.least[s]
        low = least_by_default(now[s], room, tolerance) if given is None else given
        if limit == "seats":
            it.capacity[s] = row["value"] * seats
        else:
            it.least[s] = row["value"] * low
    return it, {}


def score(ask: Question, out: Path, given: Tree) -> Tree:
    def entry(zones: Zones, side: Side) -> dict[str, Any]:
        broken = ask.broken(zones)
        far = {row["block"] for row in broken if row["limit"] == "travel_increase"}
        return {
            "objective_value": side.measures["disparity"],
            "excess": sum(row["amount"] for row in broken if row["limit"] in SIZES),
            "students_moved": ask.students(ask.moved(side)),
            "students_moved_counted": ask.students(ask.moved(side, counted=True)),
            "measures": side.measures,
            "broken_limits": broken,
            "travel_broken": ask.students(far),
        }

    def of(file: str) -> dict[str, Any]:
        zones = zones_of(out / file)
        return entry(zones, ask.side(zones))

    plans = []
    for row in given["plans"]:
        best = None if row["best"] is None else of(row["best"]["plan"])
        least = {"gap": None if best is None else gap(best["objective_value"], row["bound"])}
        plans.append({**of(row["plan"]), **least, "best": best})
    near = of(given["nearest_school"]["plan"])
    return {"students": ask.total, "status_quo": entry(ask.folder.zone, ask.today), "nearest_school": near,
            "plans": plans}  # fmt: skip


def score_rows(found: Tree, given: Tree) -> Tree:
    """score.csv. found: `score`."""
    columns = ("objective_value", "students_moved", "students_moved_counted", "excess")

    def row(entry: Tree) -> Tree:
        return {name: entry[name] for name in columns} | entry["measures"]

    rows = {"status quo-status quo": row(found["status_quo"])}
    rows[given["nearest"]] = row(found["nearest_school"])
    for name, plan in zip(given["plans"], found["plans"], strict=True):
        rows[f"{name}-plan"] = row(plan)
        if plan["best"]:
            rows[f"{name}-best found with as many students moved"] = row(plan["best"]) | {"gap": plan["gap"]}
    return rows


def run_row(ask: Question, zones: Zones, bound: float | None) -> Tree:
    """A row of results.parquet."""
    side = ask.side(zones)
    value = side.measures["disparity"]
    assert value is not None
    return {
        **side.measures,
        **{f"status_quo.{name}": figure for name, figure in ask.today.measures.items()},
        "objective_value": value,
        "objective_value_status_quo": ask.today.measures["disparity"],
        "gap": gap(value, bound),
        "excess": ask.excess(zones),
    }


def bands(lower: Question, upper: Question, plans: Sequence[Zones], cost: float) -> tuple[Tree, Tree]:
    """bands.json and feeders.csv of two bands, solved for the disparity. cost: of a further school to go on to."""
    asks, kept, rows, sides = (
        (lower, upper),
        {},
        {},
        {"before": [q.folder.zone for q in (lower, upper)], "after": plans},
    )
    for when, (below, above) in sides.items():
        together, splits = 0.0, 0
        for s in lower.names:
            to: dict[str, float] = {}
            for b in lower.folder.blocks:
                if below[b] == s and lower.folder.students[b] > 0:
                    to[above[b]] = to.get(above[b], 0.0) + lower.folder.students[b]
            whole, most = sum(to.values()), max(to.values(), default=0.0)
            together, splits = together + most, splits + max(len(to) - 1, 0)
            share = {f"students_{when}": whole, f"together_{when}": most / whole if to else None}
            rows.setdefault(s, {}).update(share | {f"schools_{when}": len(to)})
        end = "_status_quo" if when == "before" else ""
        kept |= {f"together{end}": together / lower.total, f"splits{end}": splits}
    found = []
    for ask, plan in zip(asks, plans, strict=True):
        measures = ask.side(plan).measures
        values = {
            "objective_value": measures["disparity"],
            "objective_value_status_quo": ask.today.measures["disparity"],
        }
        found.append(values | {name: measures[name] for name in ("moved_share", "moved_counted")})
    value = sum(row["objective_value"] or 0.0 for row in found) + cost * kept["splits"]
    return {"bands": found, "feeders": [kept], "value": value}, rows
