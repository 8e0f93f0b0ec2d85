"""The bundle for the public: reports, plans, zones, tables, what was left out, and a manifest with hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.plan import Plan
from scenarios.exports.layers import Layers, layer_name, write_layers, zone_frame
from scenarios.exports.runs import Run
from scenarios.exports.tables import tables_of
from scenarios.exports.write import scores
from scenarios.folder import write_district
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL
from scenarios.paper.sheets import safe_csv
from scenarios.plans.file import plan_csv
from scenarios.publish.protect import Protected
from scenarios.publish.words import about, readme
from scenarios.reading.records import Document
from scenarios.reading.results import listed_files
from scenarios.report import render
from scenarios.version import rezone_version
from scenarios.writing.files import WRITING, write_json, write_text

MANIFEST = "manifest.json"
Written = dict[str, str]  # what each file is, by its path in the bundle


def write_bundle(out: Path, runs: Sequence[Run], found: Protected, *, twin: Any = None) -> Written:
    """All files, in a folder of `writing`; the manifest last. twin: a District to put beside them. Returns what each
    file is, by its path."""
    docs, plans = found.docs, {run.name: run.plan for run in runs}
    written: Written = {}
    written |= _reports(out, docs)
    written |= _plans(out, plans)
    tables = tables_of(docs)
    written |= _tables(out / "tables", tables)
    layers = _layers(runs, docs)
    for path in write_layers(out, "zones", layers, {"scores": tables["measures"]}, about(docs), ("gpkg", "geojson")):
        written[path.name] = "zones as dissolved outlines, with the figures that may be published"
    if twin is not None:
        (out / "twin").mkdir()
        write_district(twin, out / "twin")
        for path in sorted((out / "twin").iterdir()):
            written[f"twin/{path.name}"] = "synthetic district: counts inside zones are invented"
    written["README.txt"] = "what this is, what was left out and why"
    write_text(out / "README.txt", readme(docs, written, twin=twin is not None))
    write_json(out / MANIFEST, _manifest(out, docs, written))
    return written


def files_of(out: Path) -> set[Path]:
    """The files of a bundle that lies in the folder, by its manifest; none where there is no such."""
    if not (out / MANIFEST).is_file():
        return set()
    listed = listed_files(out / MANIFEST)
    return {path for path in out.rglob("*") if path.relative_to(out).as_posix() in {MANIFEST, *listed}}


def others_in(out: Path) -> list[str]:
    """What else lies in the folder, by its path in it, but for what a command is writing."""
    there = {path for path in out.rglob("*") if path.is_file()} if out.is_dir() else set()
    names = [path.relative_to(out) for path in there - files_of(out)]
    return sorted(str(name) for name in names if not name.parts[0].startswith(WRITING))


def _reports(out: Path, docs: Mapping[str, Document]) -> Written:
    written = {"report.json": "the figures of the report"}
    write_json(out / "report.json", list(docs.values()) if len(docs) > 1 else next(iter(docs.values())))
    if readable(docs):
        write_text(out / "report.html", render(list(docs.values())))
        written["report.html"] = "the report: opens in a browser, without a network"
    return written


def readable(docs: Mapping[str, Document]) -> bool:
    """Whether enough is left for a page: its sentences need the main figures."""
    for doc in docs.values():
        both = [DISPARITY] * doc.has_poverty + [RACE] * (len(doc.groups) > 1)
        main = [doc.summary.moved_share, doc.students, doc.measures[TRAVEL]]
        main += [measures[name] for name in both for measures in (doc.measures, doc.today)]
        if None in main:
            return False
    return True


def _plans(out: Path, plans: Mapping[str, Plan]) -> Written:
    written = {}
    for name, plan in plans.items():
        file = "plan.csv" if len(plans) == 1 else f"plan-{layer_name(name)}.csv"
        write_text(out / file, plan_csv(plan))
        written[file] = f"the plan {name}: the school of each block" if len(plans) > 1 else "the school of each block"
    return written


def _tables(out: Path, tables: Mapping[str, pd.DataFrame]) -> Written:
    out.mkdir()
    for name, table in tables.items():
        write_text(out / f"{name.replace(' ', '_')}.csv", safe_csv(table))
    return {f"tables/{name.replace(' ', '_')}.csv": f"table of {name}" for name in tables}


def _layers(runs: Sequence[Run], docs: Mapping[str, Document]) -> Layers:
    district, first = runs[0].plan.district, docs[runs[0].name]
    if district.geography is None:
        return {}
    now = zone_frame(Plan.today(district), first.by_school.status_quo, scores(first.today))
    return {"status_quo": now} | {
        layer_name(run.name): zone_frame(run.plan, docs[run.name].by_school.plan, scores(docs[run.name].measures))
        for run in runs
    }


def _manifest(out: Path, docs: Mapping[str, Document], written: Written) -> dict[str, Any]:
    first = next(iter(docs.values()))
    data = {name: (out / name).read_bytes() for name in sorted(written)}
    return {
        "format": "rezone-public-bundle",
        "format_version": 1,
        "version": rezone_version(),
        "district": first.summary.district,
        "plans": list(docs),
        "threshold": first.published.threshold,
        "suppressed": {name: doc.published.suppressed for name, doc in docs.items()},
        "files": {
            name: {"sha256": hashlib.sha256(text).hexdigest(), "bytes": len(text), "what": written[name]}
            for name, text in data.items()
        },
    }
