"""An answer: a result and all that is said of it, as one page, or as the folder that `optimize` leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from optimizer.errors import Fault, InputError
from optimizer.result import Result
from scenarios.answer.baselines import baselines
from scenarios.answer.certificate import certificate_text
from scenarios.answer.summary import objective_spec, summarise_run
from scenarios.asking.options import Settings
from scenarios.asking.question import order_limits, settings_of
from scenarios.folder.carried import CARRIED, write_carried
from scenarios.plans.file import plan_csv, write_plan_layer
from scenarios.reading.records import Document, Summary
from scenarios.reading.uncertainty import Uncertainty
from scenarios.report.data import report_data
from scenarios.report.page import render
from scenarios.writing.files import output_file, write_json, write_text
from scenarios.writing.records import table
from scenarios.writing.staging import SUMMARY, hashes, record_of, writing


@dataclass(frozen=True, eq=False)
class Answer:
    """summary: what is said of the result: the question, its measures beside today's, what it is held against, what it
    breaks and what is proved. drawn: what redrawn counts say of it, where that was asked; the summary has it too."""

    result: Result
    summary: Summary
    drawn: Uncertainty | None = None

    @classmethod
    def of(cls, result: Result) -> Self:
        """The answer to the question that the result carries, beside baselines, which are worked out first. Raises
        InputError where results cannot state the rules (Travel and Size, Contiguity or not, and then rules of
        `[[rules]]`)."""
        settings = settings_of(result)
        beside = baselines(result.district, settings)
        return cls(result, replace(summarise_run(result, settings, result.seconds), baselines=beside))

    @cached_property
    def document(self) -> Document:
        """What the report shows. Raises InputError where there is no valid plan."""
        if not self.summary.valid:
            mend = "Relax a limit: rezone explain says which"
            raise InputError(Fault("result", "holds no valid plan, so there is nothing to report", mend))
        return replace(report_data(self.result.plan, self.summary), uncertainty=self.drawn)

    def write(self, out: Path, inputs: Mapping[str, str] | None = None) -> None:
        """All files of a run, in a folder of `writing`, the summary last, which names them. Without a valid plan the
        summary stands alone. inputs: what the certificate knows the district by, None for what it was read with."""
        if self.summary.valid:
            plan, text = self.result.plan, plan_csv(self.result.plan)
            certificate = certificate_text(
                self.result.certificate,
                district=self.summary.district,
                objective=objective_spec(self.result.objective),
                limits=table(self.summary.limits),
                rules=[*self.summary.rules, *order_limits(self.result)],
                inputs=plan.district.original.inputs if inputs is None else inputs,
                plan=text.encode(),
            )
            page = render(self.document)
            write_text(out / "plan.csv", text)
            write_text(out / "certificate.json", certificate)
            if plan.district.geography is not None:
                write_plan_layer(out / "plan.gpkg", plan)
                write_carried(out / CARRIED, plan)
            write_json(out / "report.json", self.document)
            write_text(out / "report.html", page)
        files = {name: digest for name, digest in hashes(out).items() if name != SUMMARY}
        write_json(out / SUMMARY, replace(self.summary, files=files))


def write_report(answer: Answer, path: str | Path, *, language: str = "en") -> None:
    """Write the report of an answer, the page that `rezone optimize` writes, which opens without a network; it holds
    small counts of children. language: en, es or zh-Hant. Raises InputError where there is no valid plan, or on an
    unknown language."""
    text = render(answer.document, language=language)
    write_text(output_file(Path(path), flag="path"), text)


def write_no_plan(out: Path, command: str, result: Result, settings: Settings, seconds: float) -> None:
    """The answer of a command other than `optimize` where there is no valid plan: summary.json alone, which says so in
    the words of `optimize`, and whose answer it is. result: the nearest plan found."""
    known = record_of(out, "optimize")
    others = None if known is None else {"optimize": known}
    with writing(out, command) as new:
        Answer(result, replace(summarise_run(result, settings, seconds), command=command, others=others)).write(new)
