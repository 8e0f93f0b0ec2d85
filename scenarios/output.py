"""The folder that `optimize` leaves: plan, measures, report, each file whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.plan import Plan
from scenarios.files import write_json, write_text
from scenarios.plans import write_plan, write_plan_layer
from scenarios.report import render, report_data


def write_run(out: Path, plan: Plan, summary: dict[str, Any]) -> None:
    """All files of a run, the summary last, so that a folder with a summary is a finished one. Without a valid plan the
    summary stands alone."""
    if summary["valid"]:
        data = report_data(plan, summary)
        page = render(data)
        write_plan(out / "plan.csv", plan)
        if plan.district.geography is not None:
            write_plan_layer(out / "plan.gpkg", plan)
        write_json(out / "report.json", data)
        write_text(out / "report.html", page)
    write_json(out / "summary.json", summary)
