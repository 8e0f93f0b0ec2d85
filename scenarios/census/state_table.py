"""A state's own table of schools by race or by poverty, through the columns that the mapping names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import ConfigDict, Field

from optimizer.errors import Fault, InputError, listed, nearest
from scenarios.census.enrolments import GROUPS, Enrolments, Measure
from scenarios.census.listed import enrolments_of
from scenarios.census.spread import spread, tallied
from scenarios.importing.blocks import LOST
from scenarios.importing.mapping import Count, LeaveOut, Part
from scenarios.importing.sources import Source, read_source


class Crosswalk(Part):
    """A table from the state's ids of schools to NCESSCH. only: column to the values that count, since a number may
    be its division's own."""

    model_config = ConfigDict(populate_by_name=True)

    file: str
    source: str = Field(alias="from")
    to: str
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class StateTable(Part):
    """Which column is which. only: column to the values that count: a year, a district.

    Long, a row a school and race: `by` has the race, groups: value to one of GROUPS; or a row a school and status:
    `poverty` has it, `poor` the values that count for `measure`; `count` has the children. Wide, a row a school:
    groups: its column by group; poverty, total: columns of children. suppressed: what a cell such as `<` is, unknown
    unless given. outside: what becomes of schools that the crosswalk does not have."""

    id: str
    name: str | None = None
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    by: str | None = None
    count: str | None = None
    groups: dict[str, str] = Field(default_factory=dict)
    poverty: str | None = None
    poor: tuple[str, ...] = ()
    measure: Measure = "disadvantaged"
    total: str | None = None
    year: str = ""
    suppressed: Count | None = None
    crosswalk: Crosswalk | None = None
    outside: LeaveOut | None = None


def state_enrolments(source: Source, table: StateTable, *, base: Path = Path()) -> Enrolments:
    """The record of one table; those of race and of poverty become one by `joined`. base: the folder that the
    crosswalk's path is from. Raises InputError."""
    rows = source.only(table.only)
    ids = rows.column(table.id, "id").str.strip()
    notes: list[str] = []
    frame = _long(rows, ids, table) if table.count else _wide(rows, ids, table)
    if table.suppressed is not None:
        notes += _put_in(source.where, frame, table.suppressed)
    if table.name:
        names = rows.column(table.name, "name").str.strip()
        frame["name"] = frame["id"].map(dict(zip(ids, names, strict=True)))
    if table.crosswalk:
        frame, told = _to_nces(source.where, frame, table, _crosswalk(table.crosswalk, base))
        notes += told
    return enrolments_of(source.where, frame, table.year, notes)


def _long(rows: Source, ids: pd.Series, table: StateTable) -> pd.DataFrame:
    """A row a school. A group that a school has no row of has no child there: so such tables are published."""
    assert table.count is not None
    column = table.by or table.poverty
    if column is None:
        mend = 'Name its column: by = "Race", or poverty = "Disadvantaged"'
        raise InputError(Fault(rows.where, "nothing says of whom `count` is", mend))
    value = _plain(rows.column(column, "by" if table.by else "poverty"))
    means = {_one(key): group for key, group in table.groups.items()} if table.by else _poor(rows, value, table)
    strange = sorted(set(value) - set(means))
    if strange:
        mend = 'Name a group for each: groups = {"Asian" = "asian"}'
        raise InputError(Fault(rows.where, "values that no group is named for", mend, column, tuple(strange)))
    _need_groups(rows.where, list(means.values()) if table.by else ())
    again = pd.DataFrame({"id": ids, "value": value}).duplicated()
    if again.any():
        mend = 'Say which rows count: only = {"School Year" = ["2024-2025"]}'
        raise InputError(Fault(rows.where, "schools have several rows of one value", mend, column, tuple(ids[again])))
    long = pd.DataFrame({"id": ids, "field": value.map(means), "count": rows.column(table.count, "count")})
    frame = spread([tallied(pd.concat([long, long.assign(field="total")]))]).drop(columns="rest", errors="ignore")
    return frame.assign(**{name: frame[name].replace("", "0") for name in frame.columns.drop(["id", "total"])})


def _poor(rows: Source, value: pd.Series, table: StateTable) -> dict[str, str]:
    if not set(value) & set(table.poor):
        mend = f"Name those that mean poverty: poor = [...]; there are {', '.join(sorted(set(value))[:8])}"
        raise InputError(Fault(rows.where, "no row has a value of `poor`", mend, table.poverty))
    return {one: table.measure if one in table.poor else "rest" for one in value}


def _wide(rows: Source, ids: pd.Series, table: StateTable) -> pd.DataFrame:
    _need_groups(rows.where, list(table.groups))
    columns = dict(table.groups)
    columns |= {table.measure: table.poverty} if table.poverty is not None else {}
    columns |= {"total": table.total} if table.total is not None else {}
    if not columns:
        raise InputError(Fault(rows.where, "no column of children is named", 'Name it: groups = {"asian" = "Asian"}'))
    cells = {field: rows.column(column, f"groups.{field}").str.strip() for field, column in columns.items()}
    return pd.DataFrame({"id": ids, **cells})


def _need_groups(where: str, groups: Sequence[str]) -> None:
    for group in groups:
        if group not in GROUPS:
            raise InputError(Fault(where, f"'{group}' is no group{nearest(group, GROUPS)}", f"Use {', '.join(GROUPS)}"))


def _put_in(where: str, frame: pd.DataFrame, value: float) -> list[str]:
    """Put a number in for suppressed cells, where the mapping gives one, and say how many."""
    told = []
    for name in frame.columns.drop("id"):
        text = frame[name].str.replace(",", "")
        hidden = (pd.to_numeric(text, errors="coerce").isna() & (text != "")).to_numpy(bool)
        if name != "total" and hidden.any():
            frame[name] = frame[name].mask(hidden, f"{value:g}")
            told.append(f"{where}, {name}: {hidden.sum():,} suppressed cells stand for {value:g}")
    return told


def _to_nces(
    where: str, frame: pd.DataFrame, table: StateTable, known: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Ids of NCES in place of the state's. Raises InputError where too many children are of schools without one."""
    found = [known.get(one, known.get(_number(one), "")) for one in frame["id"]]
    lost = np.array([not one for one in found], bool)
    told = []
    if lost.any():
        counts = frame[[name for name in ("total", *table.groups.values(), *table.groups) if name in frame]]
        number = counts.apply(lambda cells: pd.to_numeric(cells.str.replace(",", ""), errors="coerce")).max(axis=1)
        share = number[lost].sum() / max(number.sum(), 1)
        ids = list(frame["id"][lost])
        what = f"schools with {share:.1%} of the children are not in the crosswalk"
        if share > LOST and table.outside is None:
            mend = 'Add them there, or leave them out: outside = "leave out"'
            raise InputError(Fault(where, what, mend, table.id, tuple(ids)))
        told.append(f"{where}: {what} and left out: {listed(ids)}")
    return frame.assign(id=found)[~lost], told


def _crosswalk(asked: Crosswalk, base: Path) -> Mapping[str, str]:
    """From a state's id, as it is written and as a number, to NCES's. Raises InputError where one means two."""
    source = read_source(base / asked.file).only(asked.only)
    old, new = (source.column(name, key).str.strip() for name, key in ((asked.source, "from"), (asked.to, "to")))
    known: dict[str, str] = {}
    for form in (_number, str):
        for one, other in zip(map(form, old), new, strict=True):
            if known.setdefault(one, other) != other:
                mend = 'Say which rows count: only = {"division" = ["2"]}'
                raise InputError(Fault(source.where, f"'{one}' stands for two schools", mend, asked.source, (other,)))
    return {one: other for one, other in known.items() if one and other}


def _number(text: str) -> str:
    """0160, 160 and 160.0 are one number."""
    whole = text.strip().removesuffix(".0")
    return str(int(whole)) if whole.isdecimal() else whole


def _plain(cells: pd.Series) -> pd.Series:
    return cells.map(_one)


def _one(text: str) -> str:
    return " ".join(text.split())
