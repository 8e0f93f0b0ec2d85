"""What `rezone report` is given: folders of districts, optimize, run and frontier, and plan files; their documents."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from optimizer.measures import measure
from optimizer.plan import Plan
from optimizer.rules import under
from scenarios.answer.results import REPORT, need_listed, need_plan, read_run
from scenarios.asking.options import (
    DEFAULT_MINIMUM,
    MINIMUM_KEY,
    Settings,
    minimum_meant,
    rules_of,
)
from scenarios.asking.order import slack_of
from scenarios.asking.rule_tables import make_rule
from scenarios.asking.settling import settle
from scenarios.paper.measures import DISPARITY
from scenarios.plans.file import read_plan
from scenarios.reading.files import there
from scenarios.reading.ordered import OrderedObjective
from scenarios.reading.records import Document
from scenarios.reading.results import read_frontier, read_report, read_runs_table
from scenarios.report.charts import Point
from scenarios.report.data import fingerprint
from scenarios.report.given import Ask, given_data
from scenarios.writing.staging import SUMMARY, record_of

MOST = 8  # plans of one report


@dataclass(frozen=True)
class Gathered:
    """What the sources hold. docs: one a plan. paths: the plan files as a repeat names them. curve: of a frontier;
    missing: its caps without one, and why."""

    docs: tuple[Document, ...] = ()
    paths: tuple[str, ...] = ()
    curve: tuple[Point, ...] = ()
    missing: tuple[tuple[float, str], ...] = ()


def read_sources(sources: Sequence[Path], district: District | None, ask: Ask) -> Gathered:
    """Documents of all sources, in order. district: needed for plan files and for folders of run and frontier.

    Raises InputError where a source is none of these, or they are of different districts.
    """
    if ask.limited and all(source.is_dir() and not is_district(source) for source in sources):
        mend = "Name a plan file, and the district with --district; or leave out limits, --rule and --config"
        raise InputError(Fault("limits", "are for plan files: the page of a finished run is as it was made", mend))
    if ask.redraws is not None and all((source / "report.json").is_file() for source in sources):
        mend = f"Name the plan file, {sources[0] / 'plan.csv'}, and the district with --district"
        raise InputError(Fault("--draws", "is for plan files: the page of a finished run is as it was made", mend))
    parts = [_read(source, district, ask, alone=len(sources) == 1) for source in sources]
    keys = ("docs", "paths", "curve", "missing")
    found = Gathered(*(tuple(item for part in parts for item in getattr(part, key)) for key in keys))
    if len(found.docs) > MOST:
        mend = f"Name up to {MOST} of their plan files, with --district"
        raise InputError(Fault("RUN", f"{len(found.docs)} plans are too many to read side by side", mend))
    _one_district(found, sources, district)
    return found


def is_district(source: Path) -> bool:
    """Whether today's zones are meant: the source is a district's folder."""
    return there(source / "district.toml")


def _read(source: Path, district: District | None, ask: Ask, *, alone: bool) -> Gathered:
    if (source / SUMMARY).is_file() or (source / REPORT).is_file():
        return _of_optimize(source, alone)
    if is_district(source):
        today = Plan.status_quo(under(_needed(district, source), rules_of(ask.settings)))
        return Gathered((given_data(today, "no change", ask),), (str(source),))
    if not source.is_dir():
        return _of_plan(source, _needed(district, source), ask)
    if (source / "frontier.csv").is_file():
        return _of_frontier(source, _needed(district, source), ask)
    if (source / "results.parquet").exists():
        return of_run(source, _needed(district, source), ask)
    mend = "Name a folder that optimize, run or frontier wrote, a plan file, or a district's folder for today's zones"
    raise InputError(Fault(str(source), "holds no report.json, results.parquet or frontier.csv", mend))


def _needed(district: District | None, source: Path) -> District:
    if district is None:
        mend = "Name the folder of its district with --district"
        raise InputError(Fault(str(source), "does not hold its district", mend))
    return district


def _of_optimize(source: Path, alone: bool) -> Gathered:
    """A folder of optimize, or a published bundle, which may hold several plans."""
    docs = [_doc_of(source)] if (source / SUMMARY).is_file() else read_report(need_listed(source, "publish", REPORT))
    if len(docs) > 1:
        return Gathered(tuple(docs), (str(source),) * len(docs))
    (doc,) = docs
    name = doc.name if alone or doc.name else source.resolve().name
    return Gathered((replace(doc, name=name),), (str(source / "plan.csv"),))


def _doc_of(source: Path) -> Document:
    """The report of a run. Raises InputError where it has none."""
    doc = read_run(source).doc
    if doc is None:
        mend = "Name a folder with a plan; rezone explain says why there is none"
        raise InputError(Fault(str(source), "holds no report: no valid plan was found", mend))
    return doc


def _of_plan(source: Path, district: District, ask: Ask) -> Gathered:
    plan = read_plan(source, under(district, rules_of(ask.settings)))
    return Gathered((given_data(plan, source.stem, ask),), (str(source),))


def _of_frontier(source: Path, district: District, ask: Ask) -> Gathered:
    """All plans as the curve; those in its middle and at its end as documents."""
    record = record_of(source, "frontier")
    known = sorted((source / "plans").glob("*.csv")) if record is None else [source / name for name in sorted(record)]
    files = [need_listed(source, "frontier", f"plans/{path.name}") for path in known if path.parent.name == "plans"]
    if not files:
        raise InputError(Fault(str(source / "plans"), "holds no plans", "Run rezone frontier again"))
    made = read_frontier(source)
    # Where its folder does not hold frontier.json, today's default minimum is meant.
    meant = DEFAULT_MINIMUM if made is None else made.limits.default_minimum or "today"
    ask = replace(ask, settings=replace(ask.settings, default_minimum=meant))
    changed = under(district, rules_of(ask.settings))
    plans = [read_plan(file, changed) for file in files]
    curve = tuple(Point(file.stem, measure(plan)) for file, plan in zip(files, plans, strict=True))
    shown = sorted({(len(files) - 1) // 2, len(files) - 1})
    docs = tuple(given_data(plans[k], files[k].stem, ask) for k in shown)
    missing = tuple((one.cap, one.why) for one in made.missing) if made and made.against == "moved" else ()
    return Gathered(docs, tuple(str(files[k]) for k in shown), curve, missing)


def of_run(source: Path, district: District, ask: Ask, wanted: Sequence[str] = ()) -> Gathered:
    """Every plan of the district in a folder that `run` wrote, under the limits of its run. wanted: the scenarios that
    are meant; empty for all."""
    table = read_runs_table(source)
    own = table[(table["district"] == district.name) & (table["status"] == "done")]
    there = sorted(set(own["scenario"]))
    unknown = [name for name in wanted if name not in there]
    if unknown:
        mend = f"Scenarios of the folder are: {', '.join(there)}"
        raise InputError(Fault("--scenario", f"'{unknown[0]}' is not there{nearest(unknown[0], there)}", mend))
    if wanted:
        own = own[own["scenario"].isin(list(wanted))]
    docs, paths = [], []
    for cells in own.to_dict("records"):
        row = {str(key): value for key, value in cells.items()}
        file = source / "plans" / f"{row['run']}.csv"
        if file.is_file():
            settings = _settings_of(row, ask.settings)
            plan = read_plan(need_plan(file, _plain(row.get("plan_sha256"))), under(district, rules_of(settings)))
            name = (
                row["scenario"]
                if (own["scenario"] == row["scenario"]).sum() == 1
                else f"{row['scenario']} {row['run'][:8]}"
            )
            docs.append(given_data(plan, name, replace(ask, settings=settings, run=_run_of(row))))
            paths.append(str(file))
    if not docs:
        known = ", ".join(sorted(set(table["district"].dropna())))
        mend = f"Districts of the folder are: {known}"
        raise InputError(Fault(str(source), f"holds no plan of '{district.name}'", mend))
    return Gathered(tuple(docs), tuple(paths))


def _settings_of(row: Mapping[str, Any], otherwise: Settings) -> Settings:
    """The limits and rules that the run was under."""
    names = ("travel_increase", "travel_floor", "size_tolerance", "max_moved", "contiguity", "strict")
    given = {name: _plain(row.get(f"option.{name}")) for name in names}
    rules = json.loads(row["rules"]) if isinstance(row.get("rules"), str) else otherwise.rules
    for rule in rules:
        make_rule(rule)
    meant = minimum_meant({key: _plain(value) for key, value in row.items()}, f"option.{MINIMUM_KEY}")
    return replace(settle(given, None, {}), rules=tuple(rules), default_minimum=meant)


def _run_of(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("objective_value", "bound", "gap", "seed", "iterations")
    known = {name: _plain(row.get(name, row.get(f"option.{name}"))) for name in names}
    if known["bound"] is None:
        return {}
    objective = _plain(row.get("option.objective")) or DISPARITY
    standing = {"status": row["outcome"], "proof": _plain(row.get("proof"))}
    found = {**known, "seed": known["seed"] or 0, "objective": objective, **standing}
    slack = _plain(row.get("option.slack"))
    return found if slack is None else found | _ordered(objective, str(slack))


def _ordered(text: str, slack: str) -> dict[str, Any]:
    """Of a row with several objectives in their order, as far as it says."""
    names, given = text.split(","), [*slack_of(slack), None]
    steps = [OrderedObjective(name=name, slack=one) for name, one in zip(names, given, strict=True)]
    return {"objective": names[-1], "objectives": steps}


def _plain(value: Any) -> Any:
    """A cell of a table as a plain value, None where it is empty."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _one_district(found: Gathered, sources: Sequence[Path], district: District | None) -> None:
    marks = [doc.fingerprint for doc in found.docs]
    known = [doc.name or "the plan" for doc in found.docs]
    other = [name for name, mark in zip(known, marks, strict=True) if mark != marks[0]]
    if other:
        problem = "blocks, schools, counts or today's zones are others than those of the first"
        raise InputError(Fault("RUN", problem, "Make one report a district", ids=tuple(other)))
    # A plan file is read with the district; a rule may have changed what a folder's plan was made from.
    folders = not any(source.is_file() for source in sources) and not found.docs[0].summary.rules
    if district is not None and folders and marks[0] != fingerprint(district):
        mend = "Name the folder that it was made from"
        raise InputError(Fault("--district", "is not the district of the plan", mend))
