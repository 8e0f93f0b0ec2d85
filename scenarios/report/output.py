"""The folder that `optimize` leaves: plan, measures, report, and which files they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from optimizer.result import Result
from scenarios.answer.certificate import certificate_text
from scenarios.answer.summary import objective_spec, summarise_run
from scenarios.asking.options import Settings
from scenarios.plans.file import plan_csv, write_plan_layer
from scenarios.reading.records import Summary
from scenarios.report import render, report_data
from scenarios.writing.files import write_json, write_text
from scenarios.writing.records import table
from scenarios.writing.staging import SUMMARY, hashes, record_of, writing


def write_run(out: Path, result: Result, summary: Summary, inputs: Mapping[str, str] | None = None) -> None:
    """All files of a run, in a folder of `writing`, the summary last, which names them. Without a valid plan the
    summary stands alone. inputs: what the certificate knows the district by, None for what it was read with."""
    if summary.valid:
        plan = result.plan
        text = plan_csv(plan)
        certificate = certificate_text(
            result.certificate,
            district=summary.district,
            objective=objective_spec(result.objective),
            limits=table(summary.limits),
            rules=summary.rules,
            inputs=plan.district.original.inputs if inputs is None else inputs,
            plan=text.encode(),
        )
        data = report_data(plan, summary)
        page = render(data)
        write_text(out / "plan.csv", text)
        write_text(out / "certificate.json", certificate)
        if plan.district.geography is not None:
            write_plan_layer(out / "plan.gpkg", plan)
        write_json(out / "report.json", data)
        write_text(out / "report.html", page)
    files = {name: digest for name, digest in hashes(out).items() if name != SUMMARY}
    write_json(out / SUMMARY, replace(summary, files=files))


def write_no_plan(out: Path, command: str, result: Result, settings: Settings, seconds: float) -> None:
    """The answer of a command other than `optimize` where there is no valid plan: summary.json alone, which says so in
    the words of `optimize`, and whose answer it is. result: the nearest plan found."""
    known = record_of(out, "optimize")
    others = None if known is None else {"optimize": known}
    with writing(out, command) as new:
        write_run(new, result, replace(summarise_run(result, settings, seconds), command=command, others=others))
