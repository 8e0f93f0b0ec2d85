"""Plan files: reading, checking and writing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optimizer.district import District
from optimizer.errors import Fault, InputError, nearest
from optimizer.plan import Plan
from optimizer.rules import Rule, under
from optimizer.rules.shared.amend import table_of
from scenarios.asking.options import Settings
from scenarios.asking.rule_tables import make_rule
from scenarios.folder.links import places
from scenarios.folder.tables import Faults
from scenarios.reading.plans import COLUMNS
from scenarios.reading.records import Start
from scenarios.reading.tables import read_csv
from scenarios.reading.values import Table
from scenarios.writing.files import LAYERS, replacing, write_text

if TYPE_CHECKING:
    import pandas as pd

ABOUT_SCHOOLS = ("close", "open", "seats", "pair")  # kinds of rules that say which schools there are, and their seats
UNSAFE = ('"', ",", "\n", "\r")


def read_plan(path: str | Path, district: District) -> Plan:
    """A plan file. Raises InputError naming all blocks that are missing, repeated or unknown, and unknown schools."""
    path = Path(path)
    faults = Faults()
    _need_table(path)
    table = read_csv(path, missing="Name a plan file: a CSV with block_id,school_id")
    _need_columns(path.name, table, district)
    if len(table) == 0:
        raise InputError(Fault(path.name, "holds no rows", "Give every block of the district exactly once"))
    block = places(faults, path.name, table["block_id"], "block_id", district.block_ids)
    school = places(faults, path.name, table["school_id"], "school_id", district.school_ids)
    times = np.bincount(block[block >= 0], minlength=district.blocks)
    missing = (times == 0) & bool(times.any())  # where no id is known, that alone is the fault
    for mask, problem in ((missing, "blocks are missing"), (times > 1, "blocks stand more than once")):
        ids = [district.block_ids[i] for i in np.flatnonzero(mask)]
        if ids:
            faults.add(path.name, problem, "Give every block of the district exactly once", "block_id", ids)
    faults.stop()
    zone = np.full(district.blocks, -1, np.int32)
    zone[block] = school
    return Plan(district, zone)


def _need_columns(where: str, table: pd.DataFrame, district: District) -> None:
    """Raises InputError on a table without the columns of a plan, such as those that other programs write."""
    columns = [str(name) for name in table.columns]
    if set(COLUMNS) <= set(columns):
        return
    mend = f"A plan file has the columns {' and '.join(COLUMNS)}, named so in its first line"
    if len(columns) == len(COLUMNS) and not set(COLUMNS) & set(columns):
        known = columns[0] in district.block_ids or columns[1] in district.school_ids
        problem = "has no header" if known else f"its columns are called {' and '.join(columns)}"
        raise InputError(Fault(where, problem, mend))
    missing = [name for name in COLUMNS if name not in columns]
    raise InputError(
        Fault(where, f"the column is missing{nearest(name, columns)}", f"{mend}. It has: {', '.join(columns)}", name)
        for name in missing
    )


def _need_table(path: Path) -> None:
    """Raises InputError on what people take for a plan file: a layer, or a folder that holds one."""
    need_file(path)
    if path.suffix.lower() in LAYERS:
        mend = "Give a plan file here, a CSV with block_id,school_id; rezone score takes layers too"
        raise InputError(Fault(path.name, "is a layer for GIS", mend))


def need_file(path: Path) -> None:
    """Raises InputError on a folder, naming the plan in it where there is one."""
    if path.is_dir():
        plan = path / "plan.csv"
        mend = f"Name its plan.csv: {plan}" if plan.is_file() else "Name the plan file in it"
        raise InputError(Fault(str(path), "is a folder", mend))


def start_of(settings: Settings, district: District) -> Plan | None:
    """The plan that the search begins at, None for today's zones. Raises InputError where it cannot be read."""
    path = settings.options.start
    return None if path is None else read_plan(path, with_opened(district, settings.rules))


def begun_at(settings: Settings, start: Plan | None) -> Start | None:
    """The same as a summary says it."""
    path = settings.options.start
    return None if path is None or start is None else Start(file=Path(path).name, sha256=plan_hash(start))


def plan_under(plan: Plan, rules: Sequence[Rule]) -> Plan:
    """The plan on its district as the rules have it: a school that a rule opens changes the places of the others.
    Raises InputError where the rules do not fit the district."""
    district = under(plan.district, rules)
    if district.school_ids == plan.district.school_ids:
        return Plan(district, plan.school)
    place = np.array([district.school_ids.index(name) for name in plan.district.school_ids], np.int32)
    return Plan(district, place[plan.school])


def with_opened(district: District, rules: Iterable[Table]) -> District:
    """The district with every school that one of these [[rules]] tables opens, so that plans that use it can be read.
    Where several open the same school, the first says where."""
    opened = {str(rule.get("school")): rule for rule in reversed(list(rules)) if rule.get("kind") == "open"}
    return under(district, [make_rule(rule) for rule in opened.values()])


def listing(district: District, rules: Iterable[Table]) -> District:
    """The district as it is today, with every school that one of these [[rules]] tables opens in its list, without a
    zone: so plans under different rules have one list."""
    return replace(with_opened(district, rules).today, amended_from=None)


def under_tables(plan: Plan, rules: Iterable[Table], *, as_read: bool) -> Plan:
    """A plan of a `listing` on its district as these [[rules]] tables have the schools, and travel: those that were
    read before, with a run. What else the rules ask is left to them. as_read: the district is that of its folder, whose
    travel knows no barrier yet; a report's does.

    Raises InputError where the file of a barrier that costs travel is not there any more."""
    known = [rule for rule in rules if rule.get("kind") in ABOUT_SCHOOLS or (as_read and _costs_travel(rule))]
    if table_of(plan.district.travel) is not None:
        # A report holds travel to the schools of its plans alone: one that opens and has no block is not known there.
        used = {plan.district.school_ids[j] for j in np.unique(plan.school)}
        known = [rule for rule in known if rule["kind"] != "open" or rule["school"] in used]
    return Plan(under(plan.district, [make_rule(rule) for rule in known]), plan.school)


def _costs_travel(rule: Table) -> bool:
    return rule.get("kind") == "barrier" and rule.get("travel") is not None


def plan_csv(plan: Plan) -> str:
    """The plan as text, sorted by block_id."""
    schools = plan.district.school_ids
    return _rows_csv(plan.district.block_ids, [schools[j] for j in plan.school])


def plan_hash(plan: Plan) -> str:
    """What identifies a plan: the SHA-256 of the file that `write_plan` makes of it."""
    return hashlib.sha256(plan_csv(plan).encode()).hexdigest()


def rows_hash(path: Path) -> str:
    """The same of a plan file, by its rows: however its cells are quoted, its lines end and its rows are ordered.
    Raises InputError where it is no table of a plan."""
    table = read_csv(path, missing="Name a plan file: a CSV with block_id,school_id")
    if not set(COLUMNS) <= set(table.columns):
        mend = f"A plan file has the columns {' and '.join(COLUMNS)}, named so in its first line"
        raise InputError(Fault(path.name, "is no table of a plan", mend))
    return hash_of_rows(table["block_id"], table["school_id"])


def hash_of_rows(blocks: Iterable[str], schools: Iterable[str]) -> str:
    """The same of the rows of a plan, in any order."""
    rows = sorted(zip(blocks, schools, strict=True))
    text = _rows_csv([block for block, _ in rows], [school for _, school in rows])
    return hashlib.sha256(text.encode()).hexdigest()


def _rows_csv(blocks: Collection[str], schools: Collection[str]) -> str:
    cells = {name: _cell(name) for name in set(schools)}
    rows = [f"{_cell(block)},{cells[school]}" for block, school in zip(blocks, schools, strict=True)]
    return "\n".join([",".join(COLUMNS), *rows, ""])


def _cell(text: str) -> str:
    # Ids are written exactly as they are, so that they can be read back: no guard against spreadsheets' formulas here.
    quoted = any(mark in text for mark in UNSAFE) or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if quoted else text


def write_plan(path: str | Path, plan: Plan) -> None:
    """plan.csv."""
    write_text(Path(path), plan_csv(plan))


def write_plan_layer(path: Path, plan: Plan) -> None:
    """plan.gpkg: a layer `blocks` for GIS with today's school, the plan's, and whether the block moves."""
    import geopandas as gpd  # noqa: PLC0415 - takes a second to import

    district = plan.district
    if district.geography is None:
        raise ValueError("a district without shapes has no layer")
    names = np.array(district.school_ids, object)
    frame = gpd.GeoDataFrame(
        {
            "block_id": district.block_ids,
            "school_id": names[plan.school],
            "status_quo_school_id": names[district.status_quo],
            "moved": plan.moved,
            "students": district.students,
        },
        geometry=district.geography.polygon,
        crs=district.geography.crs,
    )
    with replacing(path) as new:
        new.unlink()  # the driver wants to make the file itself
        frame.to_file(new, driver="GPKG", layer="blocks")
