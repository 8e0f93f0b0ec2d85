"""The report of a plan that was found from Python: the page that `rezone optimize` writes by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from optimizer.errors import Fault, InputError
from optimizer.result import Result
from scenarios.answer.baselines import baselines
from scenarios.answer.summary import summarise_run
from scenarios.asking.question import settings_of
from scenarios.report import render, report_data
from scenarios.writing.files import output_file, write_text


def write_report(result: Result, path: str | Path, *, language: str = "en") -> None:
    """Write the report of a result, one page that opens without a network; it holds small counts of children.

    language: en, es or zh-Hant. What the plan is held against besides today's zones is worked out first. Raises
    InputError where there is no valid plan, where results cannot state the rules (Travel and Size, Contiguity or not,
    and then rules of `[[rules]]`), or on an unknown language.
    """
    if not result.valid:
        mend = "Relax a limit: rezone explain says which"
        raise InputError(Fault("result", "holds no valid plan, so there is nothing to report", mend))
    settings = settings_of(result)
    page = output_file(Path(path), flag="path")
    beside = baselines(result.district, settings)
    summary = replace(summarise_run(result, settings, result.seconds), baselines=beside)
    write_text(page, render(report_data(result.plan, summary), language=language))
