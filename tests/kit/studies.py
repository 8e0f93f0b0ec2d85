"""Results of studies made by hand: plans, their rows, and the folder that `rezone run` leaves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from optimizer import Plan, measure
from scenarios.plans.file import write_plan


def plan_of(town, *moves: tuple[str, str]) -> Plan:
    school = town.status_quo.copy()
    for block, to in moves:
        school[town.block_ids.index(block)] = town.school_ids.index(to)
    return Plan(town, school)


def row_of(town, scenario: str, plan: Plan | None, **more) -> dict[str, object]:
    """A row as `rezone run` leaves it."""
    today = measure(Plan.status_quo(town))
    now = dict.fromkeys(today) if plan is None else measure(plan)
    return {
        "run": f"{scenario}{more.get('option.seed', '')}".encode().hex(),
        "scenario": scenario,
        "district": town.name,
        "option.max_moved": 0.5,
        "option.seed": 1,
        "status": "done",
        "outcome": "feasible",
        "reason": None,
        **now,
        **{f"status_quo.{name}": value for name, value in today.items()},
        **{"bound": 0.0, "gap": 1.0, "seconds": 1.0},
        **more,
    }


def run_folder(folder: Path, rows: list[dict[str, object]], plans: dict[str, Plan]) -> Path:
    (folder / "plans").mkdir(parents=True)
    pd.DataFrame(rows).to_parquet(folder / "results.parquet")
    for row in rows:
        if row["scenario"] in plans:
            write_plan(folder / "plans" / f"{row['run']}.csv", plans[row["scenario"]])
    return folder
