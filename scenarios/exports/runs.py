"""Finished runs read again: from the folder that `optimize` left, and from the district's own where that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Csr, Floats
from optimizer.district import District, Geography
from optimizer.errors import Fault, InputError
from optimizer.parts import rook
from optimizer.plan import Plan
from optimizer.rules import under
from optimizer.travel import TravelTable, Unit
from scenarios.answer.results import PLAN, REPORT, plan_of
from scenarios.asking.options import rules_of
from scenarios.drawing.frame import Frame
from scenarios.drawing.map_data import frame_of, shapes_of
from scenarios.exports.layers import layer_name
from scenarios.plans.file import listing, read_plan, under_tables
from scenarios.reading.map_schemas import Map, MapBlocks, MapSchool
from scenarios.reading.pack import unpack
from scenarios.reading.records import Document
from scenarios.reading.results import read_report
from scenarios.report.data import fingerprint
from scenarios.report.given import Ask, given_data
from scenarios.report.sources import of_run
from scenarios.writing.staging import SUMMARY


@dataclass(frozen=True, eq=False)
class Run:
    """name: unlike those of the runs beside it. file: its plan. doc: report.json. plan: on its district as its rules
    have the schools. exact: whether the district comes
    from its own folder; else its counts are rounded to tenths, and shapes and travel to a few metres.
    """

    name: str
    file: Path
    doc: Document
    plan: Plan
    exact: bool


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
    marks = {doc.fingerprint for doc in docs}
    if len(marks) > 1:
        raise InputError(Fault(", ".join(map(str, sources)), "are runs of different districts", "Name runs of one"))
    if district is not None:
        district = listing(district, docs[0].summary.rules)
    if district is not None and fingerprint(district) not in marks:
        mend = "Name the folder that the run was made from, as it was then"
        raise InputError(Fault("--district", f"'{district.name}' is not the district of the run", mend))
    whole = district if district is not None else district_of(docs, sources[0])
    names, exact = _names([name for name, _, _ in entries]), district is not None
    return [
        Run(name, file, doc, under_tables(read_plan(file, whole), doc.summary.rules, as_read=exact), exact)
        for name, (_, file, doc) in zip(names, entries, strict=True)
    ]


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


def district_of(docs: Sequence[Document], where: Path) -> District:
    """The district as its reports hold it: counts to a tenth, shapes as drawn, and travel to the schools of today and
    of the plans alone. Raises InputError where the reports have no map."""
    if docs[0].map is None:
        mend = "Name the district's folder with --district"
        raise InputError(Fault(str(where), "its report holds no blocks, since the district has no shapes", mend))
    maps: list[Map] = [unpack(doc.map or "") for doc in docs]
    first = maps[0]
    blocks, schools, doc = first["blocks"], first["schools"], docs[0]
    frame, crs = frame_of(first)
    polygon = shapely.make_valid(frame.metres_of(shapes_of(first).polygons()))
    plan = maps[0]["plans"][0]
    rows = doc.by_school.status_quo
    columns, counts = _counts(blocks, doc)
    return District(
        name=doc.summary.district,
        block_ids=tuple(blocks["id"]),
        school_ids=tuple(row["id"] for row in schools),
        school_names=tuple(row["name"] for row in schools),
        groups=tuple(doc.groups),
        columns=columns,
        counts=counts,
        status_quo=np.array(plan["school"], np.int32),
        adjacency=rook(polygon),
        travel=_travel(maps, len(schools), doc.travel_unit),
        root=np.full(len(schools), -1, np.int32),
        capacity=_given([row.capacity for row in rows]),
        min_students=_given([row.min_students for row in rows]),
        other_students=np.nan_to_num(_given([row.other_students for row in rows])),
        geography=Geography(crs, polygon, _places(schools, frame)),
    )


def _counts(blocks: MapBlocks, doc: Document) -> tuple[tuple[str, ...], Floats]:
    names = ["students", *(f"students_{group}" for group in doc.groups)]
    parts = [np.array(part, np.float64) for part in (blocks["students"], *blocks["groups"])]
    if doc.has_poverty:
        names.append("students_poverty")
        # Rounding to tenths must not leave more students in poverty than there are.
        most = np.sum(parts[1:], axis=0) if doc.groups else parts[0]
        parts.append(np.minimum(np.array(blocks["poverty"], np.float64), most))
    return tuple(names), np.column_stack(parts)


def _given(values: Sequence[float | None]) -> Floats:
    return np.array(values, np.float64)


def _places(schools: Sequence[MapSchool], frame: Frame) -> Floats:
    return np.array([[s["x"], s["y"]] for s in schools]) * [frame.metres, -frame.metres] + [frame.left, frame.top]


def _travel(maps: Sequence[Map], schools: int, unit: Unit) -> TravelTable:
    """Travel to the schools that any plan has, as far as it is known."""
    entries = [entry for data in maps for entry in data["plans"]]
    pairs = pd.DataFrame(
        {
            "block": np.tile(np.arange(len(entries[0]["school"])), len(entries)),
            "school": np.concatenate([entry["school"] for entry in entries]),
            "travel": np.array([value for entry in entries for value in entry["travel"]], np.float64),
        }
    )
    pairs = pairs.dropna().drop_duplicates(["block", "school"]).sort_values(["block", "school"])
    block, school = pairs["block"].to_numpy(), pairs["school"].to_numpy()
    return TravelTable(Csr.of_pairs(block, school, len(entries[0]["school"])), pairs["travel"].to_numpy(), unit)
