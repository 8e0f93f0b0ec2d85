"""Where plans differ: pair by pair in measures, blocks and students, and block by block."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from scenarios.answer.results import need_plan
from scenarios.comparison.compare import STATUS_QUO, Comparison, best_rows
from scenarios.plans.file import read_plan, with_opened
from scenarios.reading.plans import COLUMNS
from scenarios.reading.tables import read_csv
from scenarios.reading.values import Table

PAIRS = 20_000  # rows of the table of pairs at most
COUNTS = ("plan", "other", "blocks", "students", "students_share")  # columns of the table of pairs
PLANS = 60  # plans of a district that are set against each other, at most


@dataclass(frozen=True, eq=False)
class Differences:
    """pairs: a row a pair of plans: `district`, `plan`, `other`, `blocks` and `students` that go to different schools
    (NaN where not known), `students_share`, and each measure of the other less that of the plan. blocks: a row a block
    that the plans do not all send to one school, a column a plan. left_out: by district, how many plans were left out
    of the pairs. assigned: by district and plan, (blocks,) the schools, where the district's folder was given."""

    pairs: pd.DataFrame
    blocks: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)
    assigned: Mapping[str, Mapping[str, Plan]] = field(default_factory=dict)


def differences(compared: Comparison, districts: Sequence[District] = ()) -> Differences:
    """Every plan against every other of its district, the status quo included.

    districts: those whose folders are at hand: for them students are counted, and the status quo's blocks are known.
    Where there are very many plans, those that no plan dominates come first, then by rank; how many are left out is
    said. Raises InputError where a plan file cannot be read or does not fit.
    """
    known = {district.name: district for district in districts}
    for name in known.keys() - set(compared.districts):
        mend = f"The results are of: {', '.join(compared.districts[:5])}"
        raise InputError(Fault("--district", f"no plan is of district '{name}'", mend))
    most = _most(compared)
    pairs, blocks, left, assigned = [], [], {}, {}
    for name in compared.districts:
        rows = compared.of(name)
        chosen = best_rows(rows, most)
        left[name] = len(rows) - len(chosen)
        if name in known:
            known[name] = with_opened(known[name], _rules(chosen))
        one = _assigned(chosen, known.get(name))
        pairs.append(_pairs(name, chosen, compared.measures, one))
        blocks.append(_blocks(name, one))
        if name in known:
            plans = {plan: Plan(known[name], school) for plan, school in one.school.items()}
            assigned[name] = plans
    tables = [table for table in blocks if len(table)]
    head = pd.DataFrame(columns=["district", "block_id"])
    every = pd.concat(tables, ignore_index=True) if tables else head
    left = {name: count for name, count in left.items() if count}
    return Differences(pd.concat(pairs, ignore_index=True), every, left, assigned)


@dataclass(frozen=True, eq=False)
class _Assigned:
    """The plans of one district as codes of schools. students: (blocks,) or None."""

    block_ids: Sequence[str]
    schools: Sequence[str]
    school: Mapping[str, Ints]
    students: Floats | None = None


def _most(compared: Comparison) -> int:
    """How many plans of each district are paired."""
    sizes = compared.table.groupby("district").size().to_numpy()
    most = PLANS
    while most > 2 and (np.minimum(sizes, most) * (np.minimum(sizes, most) - 1) / 2).sum() > PAIRS:
        most -= 1
    return most


def _rules(rows: pd.DataFrame) -> Iterator[Table]:
    """Every rule that any of the plans was under."""
    texts = rows.get("rules", ())
    for text in dict.fromkeys(text for text in texts if isinstance(text, str) and text):
        yield from json.loads(text)


def _assigned(rows: pd.DataFrame, district: District | None) -> _Assigned:
    known = rows["plan_sha256"] if "plan_sha256" in rows else [None] * len(rows)
    named = zip(rows["plan"], rows["plan_file"], known, strict=True)
    files = {
        plan: need_plan(Path(file), digest if isinstance(digest, str) else None) for plan, file, digest in named if file
    }
    if district is not None:
        plans = {plan: read_plan(file, district).school for plan, file in files.items()}
        school = {STATUS_QUO: district.status_quo, **plans}
        return _Assigned(district.block_ids, district.school_ids, school, district.students)
    read = {plan: _read(file) for plan, file in files.items()}
    if not read:
        return _Assigned((), (), {})
    ids = next(iter(read.values())).index
    for plan, one in read.items():
        if not one.index.equals(ids):
            problem = f"the blocks of plan '{plan}' are not those of '{next(iter(read))}'"
            mend = "Compare plans of one and the same district folder"
            raise InputError(Fault(files[plan].name, problem, mend, column="block_id"))
    names = sorted({str(school) for one in read.values() for school in one.unique()})
    place = {name: k for k, name in enumerate(names)}
    return _Assigned(list(ids), names, {plan: np.asarray(one.map(place), np.int32) for plan, one in read.items()})


def _read(path: Path) -> pd.Series[str]:
    """A plan file by itself: block -> school, by block."""
    table = read_csv(path)
    if list(table.columns) != list(COLUMNS) or table["block_id"].duplicated().any():
        mend = "A plan file has the columns block_id and school_id, and each block once"
        raise InputError(Fault(path.name, "is not a plan file", mend))
    return table.set_index("block_id")["school_id"].sort_index()


def _pairs(name: str, rows: pd.DataFrame, measures: Sequence[str], one: _Assigned) -> pd.DataFrame:
    first, second = np.triu_indices(len(rows), 1)
    plans = rows["plan"].to_numpy(object)
    values = rows[list(measures)].to_numpy(np.float64)
    counts = {pair: _count(one, *pair) for pair in combinations(plans, 2)}
    blocks, students, share = np.array([counts[pair] for pair in combinations(plans, 2)] or np.zeros((0, 3))).T
    table = pd.DataFrame({"district": name, "plan": plans[first], "other": plans[second], "blocks": blocks})
    table["students"], table["students_share"] = students, share
    more = pd.DataFrame(values[second] - values[first], columns=list(measures))
    return pd.concat([table, more], axis=1)


def _count(one: _Assigned, plan: str, other: str) -> tuple[float, float, float]:
    """(blocks, students, share of students) that two plans send to different schools, NaN where not known."""
    if plan not in one.school or other not in one.school:
        return (np.nan, np.nan, np.nan)
    apart = one.school[plan] != one.school[other]
    if one.students is None:
        return (float(apart.sum()), np.nan, np.nan)
    students, total = float(one.students[apart].sum()), float(one.students.sum())
    return (float(apart.sum()), students, students / total if total > 0 else 0.0)


def _blocks(name: str, one: _Assigned) -> pd.DataFrame:
    if len(one.school) < 2:
        return pd.DataFrame()
    table = np.column_stack(list(one.school.values()))
    apart = np.flatnonzero((table != table[:, :1]).any(axis=1))
    schools = np.array(one.schools, object)
    columns: dict[str, object] = {"district": name, "block_id": [one.block_ids[i] for i in apart.tolist()]}
    if one.students is not None:
        columns["students"] = one.students[apart]
    return pd.DataFrame(columns | {f"plan: {plan}": schools[school[apart]] for plan, school in one.school.items()})
