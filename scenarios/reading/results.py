"""The files that this program wrote earlier, read again: each of its form, or an error that names the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow

from optimizer.errors import Fault, InputError
from scenarios.asking.rule_tables import rule_faults
from scenarios.reading.documents import fit, need_known, parse_json, read_json, record
from scenarios.reading.files import need_file, there
from scenarios.reading.map_schemas import Map, Maps
from scenarios.reading.pack import unpack
from scenarios.reading.records import FORMAT, Document, Rules, Summary
from scenarios.reading.schemas import Frontier, Manifest, Transition
from scenarios.reading.tables import plain_table, read_arrow

BASIC = ("disparity", "variance", "within_band", "moved_share", "travel_mean", "travel_max", "travel_p90",
         "utilisation_max", "detached_pieces", "cut_edges")  # fmt: skip
RESULTS = "results.parquet"
NEEDED = ("run", "scenario", "district", "status")
TEXTS = (*NEEDED, "also", "folder", "rules", "outcome", "reason", "version", "district_hash", "travel_unit", "proof")
CELLS = ("string", "empty", "boolean", "integer", "floating", "mixed-integer-float")
LONGEST = 4_000  # characters of a text in a table of results
AGAIN = "Take the file as rezone wrote it, or repeat the command that did"


def read_report(path: Path) -> list[Document]:
    """The documents of a report.json: one, or those of a bundle."""
    read = read_json(path, where=str(path), missing="Run rezone optimize again")
    docs = read if isinstance(read, list) and read else [read]
    for doc in docs:
        need_known(doc, FORMAT, str(path))
    if not all(isinstance(doc, dict) and doc.get("format") == FORMAT for doc in docs):
        raise InputError(Fault(str(path), "was written by another version", "Run rezone optimize again"))
    found = [record(Document, doc, str(path), AGAIN) for doc in docs]
    for doc in found:
        _check_report(doc, str(path))
    return found


def _check_report(doc: Document, where: str) -> None:
    """Raises InputError where parts of a report are of different schools, groups or measures."""
    schools, groups, need = len(doc.by_school.plan), list(doc.groups), _Need(where)
    named = ["all", *groups, *(("poverty", "not_poverty") if doc.has_poverty else ())]
    for rows in (*doc.by_group, doc.burden):
        need.that([row.group for row in rows] == named, "by_group, burden", "must be of the groups")
    for zones in doc.by_school:
        need.same(zones, schools, "by_school")
        need.that(all(list(row.groups) == groups for row in zones), "by_school", "must be of the groups")
    for stark in doc.stark:
        need.below([j for row in stark for j in (row.a, row.b)], schools, "stark")
    need.below([j for row in doc.moves for j in (row.from_, row.to)], schools, "moves")
    _check_measures(need, doc)
    if doc.maps is not None:
        _check_maps(need, doc.maps, schools)
    if doc.map is not None:
        _check_map(need, doc, doc.map, schools)


def _check_measures(need: _Need, doc: Document) -> None:
    """Raises InputError where the measures are not those of the groups, or today's are others than the plan's."""
    summary, groups, now, today = doc.summary, list(doc.groups), doc.measures, doc.today
    need.that(set(now) == set(today), "summary.measures", "must be today's")
    missing = [name for name in _expected(groups) if name not in now]
    need.that(not missing, "summary.measures", f"the key {missing[0] if missing else ''} is missing")
    need.that(all((one["travel_mean"] or 0) >= 0 for one in (now, today)), "summary.measures", "travel")
    for met in (summary.racial_exposure or {}, summary.racial_exposure_status_quo or {}):
        of = [list(met), *map(list, met.values())]
        need.that(all(names == groups for names in of), "summary.racial_exposure", "must be of the groups")
    need.that(summary.bound is None or summary.gap is not None, "summary.gap", "must be known where a bound is")
    check_rules(summary.rules, need.where)
    if summary.status is not None and doc.public is None:
        known = None not in (summary.objective, summary.objective_value, summary.seed)
        need.that(known, "summary.objective, objective_value, seed", "must not be null")
    for values in (summary.off_by or {}).values():
        need.that(set(values) <= set(now), "summary.off_by", "must be of the measures")


def _expected(groups: Sequence[str]) -> list[str]:
    """The measures that reports of all versions have."""
    return [
        *BASIC,
        *(f"dissimilarity.{of}" for of in ("poverty", *(("race",) if groups else ()))),
        *(f"{name}.{g}" for name in ("exposure_to_poverty", "isolation") for g in groups),
        *(f"exposure.{g}.{other}" for g in groups for other in groups),
    ]


def check_rules(rules: Sequence[Mapping[str, Any]], where: str) -> None:
    """Raises InputError where a rule that a result was under cannot be made again. A plugin's are taken as they are,
    and those that name files: the files need not be at hand."""
    from optimizer.rules import RULES  # noqa: PLC0415 - scipy takes a moment to import

    own = [rule for rule in rules if rule["kind"] in RULES and rule["kind"] != "barrier"]
    faults = [fault for rule in own for fault in rule_faults(rule, where)]
    if faults:
        raise InputError(faults)


def _check_maps(need: _Need, maps: Maps, schools: int) -> None:
    for name in ("schools", "colour"):
        need.same(maps[name], schools, f"maps.{name}")
    for which in ("status_quo", "plan"):
        need.that(which in maps["zones"] and which in maps["poverty_class"], "maps", f"has no {which}")
        need.below([row["school"] for row in maps["zones"][which]], schools, f"maps.zones.{which}")
        need.same(maps["poverty_class"][which], schools, f"maps.poverty_class.{which}")
        classes = [one for one in maps["poverty_class"][which] if one is not None]
        need.below(classes, max(len(maps["poverty_breaks"]) - 1, 1), f"maps.poverty_class.{which}")
    need.below([row[key] for row in maps["moved"] for key in ("from", "to")], schools, "maps.moved")


def _check_map(need: _Need, doc: Document, packed: str, schools: int) -> None:
    """Raises InputError where the packed map cannot be unpacked, or is not of the report's blocks and schools."""

    data: Map = unpack(packed)
    fit(Map, data, f"{need.where} (its map)", AGAIN)
    blocks, groups = data["blocks"], list(doc.groups)
    n = len(blocks["id"])
    need.that(n == doc.blocks and len(set(blocks["id"])) == n, "map.blocks", "must be each block once")
    need.that(data["groups"] == groups and len(blocks["groups"]) == len(groups), "map.groups", "must be the groups")
    need.that((blocks["poverty"] is not None) == doc.has_poverty, "map.blocks.poverty", "must be known or not")
    for values in (blocks["students"], blocks["counted"], *blocks["groups"], blocks["poverty"] or blocks["id"]):
        need.same(values, n, "map.blocks")
        need.that(doc.public is not None or None not in values, "map.blocks", "must not be null")
    need.same(data["schools"], schools, "map.schools")
    need.that(
        [row["id"] for row in data["schools"]] == [row.school_id for row in doc.by_school.plan],
        "map.schools",
        "must be those of the tables",
    )
    for plan in data["plans"]:
        need.same(plan["school"], n, "map.plans.school")
        need.same(plan["travel"], n, "map.plans.travel")
        need.same(plan["zones"], schools, "map.plans.zones")
        need.below(plan["school"], schools, "map.plans.school")
        for zone in plan["zones"]:
            need.same(zone["groups"], len(groups), "map.plans.zones.groups")
    _check_arcs(need, data, n)


def _check_arcs(need: _Need, data: Map, blocks: int) -> None:
    arcs = data["arcs"]
    need.same(data["rings"], blocks, "map.rings")
    need.same(arcs["xy"], 2 * sum(arcs["n"]), "map.arcs.xy")
    need.that(all(n >= 2 for n in arcs["n"]), "map.arcs.n", "must be 2 or more")
    used = [ref if ref >= 0 else ~ref for rings in data["rings"] for ring in rings for ref in ring]
    need.below(used, len(arcs["n"]), "map.rings")
    lengths = (
        sum(arcs["n"][ref if ref >= 0 else ~ref] - 1 for ref in ring) for rings in data["rings"] for ring in rings
    )
    need.that(all(length >= 3 for length in lengths), "map.rings", "must have three corners each")


class _Need:
    """What parts of a file must be to each other. where: the file."""

    def __init__(self, where: str) -> None:
        self.where = where

    def that(self, holds: bool, path: str, problem: str) -> None:
        if not holds:
            raise InputError(Fault(self.where, problem, AGAIN, path))

    def same(self, values: Sequence[Any], number: int, path: str) -> None:
        self.that(len(values) == number, path, f"has {len(values):,} entries, where there must be {number:,}")

    def below(self, values: Sequence[int], number: int, path: str) -> None:
        self.that(all(value < number for value in values), path, f"must be numbers below {number:,}")


def read_summary(path: Path) -> Summary:
    """What a summary.json holds."""
    found = read_json(path, where=str(path))
    need_known(found, FORMAT, str(path))
    return record(Summary, found, str(path), "Name a folder that rezone optimize wrote")


def read_years(path: Path) -> Transition:
    """What a transition.json holds."""
    mend = "Name a folder that rezone transition wrote"
    found = record(Transition, read_json(path, where=str(path), missing=mend), str(path), mend)
    if not found.after:
        raise InputError(Fault(str(path), "holds no years", mend))
    return found


def read_frontier(folder: Path) -> Frontier | None:
    """What a frontier.json holds; None where the folder has no such file."""
    path = folder / "frontier.json"
    if not there(path):
        return None
    return record(Frontier, read_json(path, where=str(path)), str(path), "Run rezone frontier again")


def listed_files(path: Path) -> Mapping[str, Any]:
    """The files that a manifest.json names; none where there is no such manifest."""
    try:
        return record(Manifest, read_json(path), path.name, AGAIN).files
    except InputError:
        return {}


def read_runs_table(folder: Path) -> pd.DataFrame:
    """results.parquet, a file or a folder of parts, with a row a run. Raises InputError where it is no such table."""
    path = folder / RESULTS
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    try:
        tables = [plain_table(read_arrow(need_file(part, "table"), str(path)), str(path)) for part in parts]
        table = pyarrow.concat_tables(tables, promote_options="permissive") if tables else pyarrow.table({})
    except pyarrow.ArrowException:
        raise InputError(Fault(str(path), "has parts that do not fit each other", AGAIN)) from None
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise InputError(Fault(str(path), f"has no column {', '.join(missing)}", "Name a folder that rezone run wrote"))
    for name in frame.columns:
        _check_column(str(path), str(name), frame[name])
    return frame


def _check_column(where: str, name: str, values: pd.Series[Any]) -> None:
    """Raises InputError where a column of results holds what is none of theirs: texts, numbers and yes or no."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    allowed = ("string", "empty") if name in TEXTS else CELLS
    if kind not in allowed or (name in NEEDED and values.isna().any()):
        what = "text" if name in TEXTS else "text, numbers or true and false"
        raise InputError(Fault(where, f"must hold {what}", AGAIN, name))
    if kind == "string":
        for one in set(values.dropna()):
            if name == "rules":
                rules = record(Rules, parse_json(one.encode(), f"{where}, column 'rules'"), where, AGAIN)
                check_rules(rules, f"{where}, column 'rules'")
            elif len(one) > LONGEST:
                raise InputError(Fault(where, "holds a text that is too long", AGAIN, name, (one,)))
