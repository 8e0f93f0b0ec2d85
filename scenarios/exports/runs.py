"""Finished runs read again: plans on the district that their folders carry, or on the one that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from optimizer.rules import under
from scenarios.answer.results import PLAN, REPORT, need_listed, plan_of
from scenarios.asking.options import rules_of
from scenarios.exports.layers import layer_name
from scenarios.folder.carried import AGAIN, CARRIED, read_carried
from scenarios.plans.file import listing, read_plan, under_tables
from scenarios.reading.records import Document
from scenarios.reading.results import read_report
from scenarios.report.data import fingerprint
from scenarios.report.given import Ask, given_data
from scenarios.report.sources import of_run
from scenarios.writing.staging import SUMMARY


@dataclass(frozen=True, eq=False)
class Run:
    """name: unlike those of the runs beside it. file: its plan. doc: report.json. plan: on its district as its rules
    have the schools; of a run's own, travel is known to its schools and today's alone."""

    name: str
    file: Path
    doc: Document
    plan: Plan


def read_runs(
    sources: Sequence[Path], district: District | None = None, ask: Ask | None = None, scenarios: Sequence[str] = ()
) -> list[Run]:
    """The runs of one district: folders that `optimize` left, plan files, or folders that `run` left. district: as its
    folder has it; None takes what the runs themselves hold. ask: what plan files are held to. scenarios: those that are
    meant of folders of `run`; empty for all that have a plan.

    Raises InputError where a folder is no finished run with a plan, a plan file or a folder of `run` comes without a
    district, or the runs are of different districts."""
    entries = [entry for source in sources for entry in _entries(source, district, ask, scenarios)]
    docs = [doc for _, _, doc in entries]
    if len({doc.fingerprint for doc in docs}) > 1:
        raise InputError(Fault(", ".join(map(str, sources)), "are runs of different districts", "Name runs of one"))
    if district is not None:
        district = listing(district, docs[0].summary.rules)
        if fingerprint(district) != docs[0].fingerprint:
            mend = "Name the folder that the run was made from, as it was then"
            raise InputError(Fault("--district", f"'{district.name}' is not the district of the run", mend))
    return [
        Run(name, file, doc, _plan(file, doc, district))
        for name, (_, file, doc) in zip(_names([name for name, _, _ in entries]), entries, strict=True)
    ]


def _plan(file: Path, doc: Document, district: District | None) -> Plan:
    whole = _carried(file.parent, doc) if district is None else district
    return under_tables(read_plan(file, whole), doc.summary.rules, as_read=district is not None)


def _carried(folder: Path, doc: Document) -> District:
    """The district that a run carries. Raises InputError where it is that of another, or there is none."""
    path = need_listed(folder, "optimize", CARRIED)
    if not path.is_file():
        problem = "holds no district: an older version wrote it, or the district has no shapes"
        raise InputError(Fault(str(folder), problem, AGAIN))
    district = read_carried(path)
    if fingerprint(district) != doc.fingerprint:
        raise InputError(Fault(str(path), "is not the district of report.json", AGAIN))
    return district


def _entries(
    source: Path, district: District | None, ask: Ask | None, scenarios: Sequence[str]
) -> list[tuple[str, Path, Document]]:
    """Name, plan file and document of each plan that a source stands for."""
    if (source / "results.parquet").exists():
        if district is None or ask is None:
            problem = "is a folder of many runs, which does not hold its district"
            raise InputError(Fault(str(source), problem, "Name the district's folder with --district"))
        found = of_run(source, district, ask, scenarios)
        return [(doc.name or "plan", Path(path), doc) for doc, path in zip(found.docs, found.paths, strict=True)]
    file = source / "plan.csv" if source.is_dir() else source
    return [(source.resolve().stem or "plan", file, _document(source, district, ask))]


def _document(folder: Path, district: District | None, ask: Ask | None) -> Document:
    if not folder.is_dir() and folder.suffix.lower() == ".csv":
        if district is None or ask is None:
            problem = "is a plan file, which says nothing of the district"
            raise InputError(Fault(str(folder), problem, "Name the district's folder with --district"))
        return given_data(read_plan(folder, under(district, rules_of(ask.settings))), folder.stem, ask)
    path = folder / REPORT
    if not path.is_file() or not (folder / PLAN).is_file():
        mend = "Name a folder that rezone optimize or rezone run wrote a plan to, or a plan file"
        raise InputError(Fault(str(folder), "is not a finished run with a plan (report.json and plan.csv)", mend))
    if (folder / SUMMARY).is_file():
        plan_of(folder)
    (doc, *more) = read_report(path)
    if doc.public is None and not more:
        return doc
    mend = "Name a run's own folder, made by this version of rezone optimize"
    raise InputError(Fault(str(path), "is a public one, without the counts", mend))


def _names(given: Sequence[str]) -> list[str]:
    """The names, with a number where layers and files of two would be called the same."""
    names: list[str] = []
    for base in given:
        k, taken = 1, {layer_name(name) for name in names}
        while layer_name(name := base if k == 1 else f"{base}-{k}") in taken:
            k += 1
        names.append(name)
    return names
