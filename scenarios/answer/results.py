"""Reading what a command has left in a folder, and refusing what does not belong together.

A folder of this version says which files are of one answer. In one without a record the parts are held against each
other: plan.csv by its rows, report.json by the plan and the figures in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from optimizer.errors import Fault, InputError
from scenarios.plans.file import hash_of_rows, rows_hash
from scenarios.reading.pack import unpack
from scenarios.reading.records import Document, Summary
from scenarios.reading.results import read_report, read_summary
from scenarios.writing.staging import SUMMARY, being_placed, record_of, sha256_of

AGAIN = "Run the command that wrote the folder again, or read its files one by one"
REPORT, PLAN = "report.json", "plan.csv"


@dataclass(frozen=True, eq=False)
class RunFolder:
    """What `optimize` left. summary: summary.json. doc: report.json, and plan: plan.csv, each None where it is not
    there."""

    summary: Summary
    doc: Document | None
    plan: Path | None


def read_run(folder: Path) -> RunFolder:
    """The parts of one run. Raises InputError where the folder is no finished run, or holds parts of several."""
    need_whole(folder)
    summary = read_summary(folder / SUMMARY)
    there = {name: folder / name for name in (REPORT, PLAN) if (folder / name).is_file()}
    if not summary.valid:
        if there:
            problem = f"{SUMMARY} says that no valid plan was found: {' and '.join(there)} are of another run"
            raise InputError(Fault(str(folder), problem, AGAIN))
        return RunFolder(summary, None, None)
    for name in there:
        need_listed(folder, "optimize", name)
    doc = read_report(there[REPORT])[0] if REPORT in there else None
    plan = there.get(PLAN)
    if doc is not None and record_of(folder, "optimize") is None:
        _need_agreement(folder, summary, doc, plan)
    return RunFolder(summary, doc, plan)


def plan_of(folder: Path) -> Path:
    """The plan file of a folder. Raises InputError where it holds a run that has none, or parts of several."""
    if not (folder / SUMMARY).is_file():
        return folder / PLAN
    found = read_run(folder)
    if found.plan is None:
        why = "its plan.csv is gone" if found.summary.valid else "no valid plan was found"
        raise InputError(Fault(str(folder), f"holds no plan: {why}", "Name a run with a plan, or run it again"))
    return found.plan


def need_whole(folder: Path) -> None:
    """Raises InputError where files are taking their places in the folder, or a command was killed meanwhile."""
    if being_placed(folder):
        problem = "is being written, or the command that wrote it was killed in between"
        raise InputError(Fault(str(folder), problem, "Run that command again, and read the folder then"))


def need_listed(folder: Path, command: str, name: str) -> Path:
    """A file of the command's answer in the folder. Raises InputError where the answer's record does not name it, or
    names another of that name."""
    need_whole(folder)
    record, path = record_of(folder, command), folder / name
    if record is not None and path.is_file() and record.get(name) != _digest(path):
        raise InputError(Fault(str(path), f"is not the file that rezone {command} wrote there with the others", AGAIN))
    return path


def need_plan(path: Path, digest: str | None) -> Path:
    """A plan file of a study. digest: of its rows, as the table has it; None where it has none. Raises InputError where
    it is another plan."""
    if digest and rows_hash(path) != digest:
        raise InputError(Fault(str(path), "is not the plan of its run", "Delete it, and repeat rezone run"))
    return path


def _digest(path: Path) -> str:
    """A plan by its rows, whoever saved it again; any other file by its bytes."""
    return rows_hash(path) if path.name == PLAN or path.parent.name == "plans" else sha256_of(path)


def _need_agreement(folder: Path, summary: Summary, doc: Document, plan: Path | None) -> None:
    """Raises InputError where the report of a folder without a record has another summary in it, or another plan."""
    if replace(summary, files=None) != replace(doc.summary, files=None):
        raise InputError(Fault(str(folder), f"{SUMMARY} and {REPORT} are of different runs", AGAIN))
    if plan is not None and doc.map is not None:
        drawn = unpack(doc.map)
        schools = [drawn["schools"][j]["id"] for j in drawn["plans"][-1]["school"]]
        if hash_of_rows(drawn["blocks"]["id"], schools) != rows_hash(plan):
            raise InputError(Fault(str(folder), f"{PLAN} and {REPORT} are of different runs", AGAIN))
