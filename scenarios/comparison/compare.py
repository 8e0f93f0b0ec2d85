"""Every plan of a table of results against the status quo and against the others of its district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats, Ints
from optimizer.errors import Fault, InputError, nearest
from scenarios.answer.notable import levels, threshold
from scenarios.answer.study_rows import TODAY
from scenarios.comparison.ranking import SAME, dominated_by, ranks, stability
from scenarios.comparison.results import measures_of, open_to_today
from scenarios.paper.measures import judged_by, sign

STATUS_QUO = "status quo"  # the plan that each district's table begins with, and its `status`
SEED = "option.seed"
ABOUT = ("folder", "district_hash", "travel_unit")  # columns about a district, which its status quo has too
INVALID = ("invalid",)  # outcomes of plans that break limits: they can be dominated, but make no other plan so
NEAR = 1e-6  # relative: figures for one status quo may differ by this much


@dataclass(frozen=True, eq=False)
class Comparison:
    """table: a row a plan, by district, the status quo first; then come `measures`, `change.<measure>` against the
    status quo, `rank.<measure>` (1 is best; measures with a better end alone), `dominated` and `dominated_by`,
    `first_share`, `rank_low`, `rank_high`, and where seeds repeat `seed_rank_low`, `seed_rank_high`.
    without: the rows that have no plan: failed, or without a valid one. criteria: by district, what dominance and
    weightings look at. A district's name stands with that of its folder, "Name (folder)", where several districts of
    one name were met."""

    table: pd.DataFrame
    without: pd.DataFrame
    measures: tuple[str, ...]
    criteria: dict[str, tuple[str, ...]]

    @property
    def districts(self) -> list[str]:
        return list(self.criteria)

    def of(self, district: str) -> pd.DataFrame:
        """The rows of one district, the status quo first."""
        return self.table[self.table["district"] == district]

    def unit(self, district: str) -> str:
        """The unit of its travel, `m` or `min`; "" where the results do not say."""
        known = set(self.of(district)["travel_unit"].dropna()) if "travel_unit" in self.table else set()
        return str(known.pop()) if len(known) == 1 else ""


def compare(results: pd.DataFrame, *, criteria: Sequence[str] | None = None) -> Comparison:
    """Compare the plans in a table of results (`read_results`), each district by itself.

    criteria: measures with a better end; those that are not known for every plan of a district are left out there. A
    plan is dominated where another valid one, or the status quo, is at least as good in all of them and better in one;
    today's zones only where they keep the plan's own limits and rules, so that there is a choice.
    Ranks count from 1; equal plans share the better rank. For `first_share` the criteria, each scaled from the best to
    the worst plan of the district, are weighed in every way in steps of a fifth: the share of weightings under which
    the plan is first, and its best and worst rank. Seed ranks: among the plans of one seed, by the first criterion; the
    best and the worst over the seeds.

    Raises InputError where a criterion cannot be used, there is no plan, or plans of one district were made from
    different data.
    """
    criteria = judged_by() if criteria is None else criteria
    results, measures = _told_apart(results), measures_of(results)
    _check_criteria(criteria, measures)
    there = results["moved_share"].notna() if "moved_share" in results else pd.Series(False, index=results.index)
    plans = results.reset_index(drop=True) if there.all() else results[there].reset_index(drop=True)
    without = results[~there].reset_index(drop=True)
    if plans.empty:
        raise InputError(Fault(_sources(results), _why_none(results), "Run scenarios that have a valid plan"))
    _check_status_quo(plans, measures)
    plans = plans.assign(plan=_labels(plans))
    firsts = _status_quo_rows(plans, measures)
    table = pd.concat([firsts, plans], ignore_index=True)
    # By district, in the order met; within it as read. The rows of the status quo stand first of all.
    code, names = pd.factorize(table["district"])
    order = np.argsort(code, kind="stable")
    table, code = table.iloc[order].reset_index(drop=True), code[order]
    starts = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
    edges = [*starts.tolist(), len(table)]
    parts = list(pairwise(edges))
    added, judged = _judge(table, measures, parts, criteria)
    table = pd.concat([table, _changes(table, measures, code, starts), added], axis=1)
    return Comparison(
        table=_with_seeds(table, judged),
        without=without,
        measures=tuple(measures),
        criteria={str(name): judged[k] for k, name in enumerate(names)},
    )


def best_rows(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The status quo, and the plans that no other dominates first, then by rank; in the order of the table."""
    if len(rows) <= most:
        return rows
    later = rows.iloc[1:].sort_values(["dominated", "first_share", "rank_low"], ascending=[True, False, True])
    return rows[rows.index.isin([rows.index[0], *later.index[: most - 1]])]


def with_folder(district: str, folder: str) -> str:
    """What a district is called where others have its name."""
    return f"{district} ({folder})"


def _told_apart(results: pd.DataFrame) -> pd.DataFrame:
    """The results with other names for districts that share theirs: of different folders, unless their content is known
    to be the same."""
    done = results[results["status"] == "done"]
    if "folder" not in results or not (done.groupby("district")["folder"].nunique() > 1).any():
        return results
    known = done[done["folder"].fillna("") != ""]
    content = known["district_hash"] if "district_hash" in known else pd.Series(None, known.index, object)
    by = known.assign(content=content.fillna(known["folder"])).groupby("district")
    shared = (by["folder"].nunique() > 1) & (by["content"].nunique() > 1)
    apart = results["district"].isin(list(shared.index[shared])) & (results["folder"].fillna("") != "")
    names = results["district"].to_numpy(object).copy()
    names[apart] = [with_folder(*pair) for pair in results.loc[apart, ["district", "folder"]].itertuples(index=False)]
    return results.assign(district=names)


def _sources(results: pd.DataFrame) -> str:
    """The folders that rows were read from, for an error."""
    return ", ".join(results["source"].unique()) if "source" in results and len(results) else "results"


def _why_none(results: pd.DataFrame) -> str:
    """That there is no plan, with the first reason."""
    reason = next((" ".join(text.split()) for text in results["reason"] if text), "")
    return "holds no plan to compare" + (f" (the first reason: {reason})" if reason else "")


def _check_criteria(criteria: Sequence[str], measures: list[str]) -> None:
    able = [name for name in measures if sign(name)]
    # The usual ones may be unknown in a district; one that somebody asked for may not.
    wrong = [name for name in criteria if name not in able and name not in judged_by()]
    if wrong or not criteria:
        hint = nearest(wrong[0], able) if wrong else ""
        mend = f"Measures with a better end are: {', '.join(able)}"
        raise InputError(Fault("criteria", f"cannot be compared by{hint}", mend, ids=tuple(wrong or ["(none)"])))


def _check_status_quo(plans: pd.DataFrame, measures: list[str]) -> None:
    columns = [TODAY + name for name in measures]
    by = plans.groupby("district", sort=False)[columns]
    low, high = by.min(), by.max()
    apart = (high - low) > NEAR * np.maximum(1.0, np.abs(high))
    if apart.to_numpy().any():
        district = str(apart.index[apart.any(axis=1)][0])
        which = [name for name in columns if apart.loc[district, name]][:5]
        mend = "Compare runs of one and the same district folder; rename the district where the data are other ones"
        problem = f"district '{district}' has more than one status quo"
        raise InputError(Fault(_sources(plans[plans["district"] == district]), problem, mend, ids=tuple(which)))


def _labels(plans: pd.DataFrame) -> list[str]:
    """The scenario's name; where a district has several plans of it, with the options in which they differ."""
    names = plans["scenario"].to_numpy(object).copy()
    repeated = plans.duplicated(["district", "scenario"], keep=False).to_numpy()
    if repeated.any():
        options = [name for name in plans.columns if str(name).startswith("option.")]
        some = plans[["district", "scenario", *options]][repeated]
        groups = some.groupby(["district", "scenario"], sort=False, dropna=False)
        differ = [name for name in options if (groups[name].nunique(dropna=False) > 1).any()]
        words = [_words(name, some[name]) for name in differ]
        names[repeated] = [
            f"{name} ({', '.join(w for w in given if w)})" if any(given) else name
            for name, *given in zip(some["scenario"].tolist(), *words, strict=True)
        ]
    again = pd.Series(names).groupby([plans["district"].to_numpy(), names]).cumcount().to_numpy()
    taken = names == STATUS_QUO
    return [f"{name} [{k + 1 + t}]" if k or t else str(name) for name, k, t in zip(names, again, taken, strict=True)]


def _words(option: str, column: pd.Series[Any]) -> list[str]:
    name = option.removeprefix("option.")
    values = column.astype(object).where(column.notna(), None)
    words = {value: "" if value is None else f"{name} {_short(value)}" for value in values.unique()}
    return [words[value] for value in values]


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _status_quo_rows(plans: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    columns = [TODAY + name for name in measures]
    about = [name for name in ABOUT if name in plans]
    today = plans.groupby("district", sort=False)[[*columns, *about]].first().reset_index()
    today.columns = pd.Index(["district", *measures, *about])
    # Nothing moves under the status quo, whatever an older table says.
    texts = {"plan": STATUS_QUO, "scenario": STATUS_QUO, "status": STATUS_QUO, "run": "", "outcome": "", "reason": ""}
    return today.assign(**texts, plan_file="")


def _changes(table: pd.DataFrame, measures: list[str], code: Any, starts: Any) -> pd.DataFrame:
    values = table[measures].to_numpy(np.float64)
    return pd.DataFrame(values - values[starts][code], columns=[f"change.{name}" for name in measures])


def _judge(
    table: pd.DataFrame, measures: list[str], parts: list[tuple[int, int]], criteria: Sequence[str]
) -> tuple[pd.DataFrame, list[tuple[str, ...]]]:
    """Dominance, ranks and their stability, and by district the criteria."""
    judged, values = [], _levelled(table, measures, parts)
    at = {name: k for k, name in enumerate(measures)}
    counted = ~table["outcome"].isin(INVALID).to_numpy(bool)
    today = (table["plan"] == STATUS_QUO).to_numpy(bool) | (table["moved_share"] == 0).to_numpy(bool)
    may = np.array(open_to_today(table), bool)
    by = np.full(len(table), -1, np.int64)
    first, low, high = np.full(len(table), np.nan), np.ones(len(table), np.int64), np.ones(len(table), np.int64)
    for start, end in parts:
        part = values[start:end]
        known = [name for name in criteria if name in at and np.isfinite(part[:, at[name]]).all()]
        judged.append(tuple(known))
        if known:
            chosen = part[:, [at[name] for name in known]] * [sign(name) for name in known]
            row = slice(start, end)
            found = _dominators(chosen, counted[row], today[row], may[row])
            by[row] = np.where(found >= 0, found + start, -1)
            # Today's zones that are an alternative to no plan are no choice under any weighting.
            here = np.flatnonzero(~today[row] | may[row][~today[row]].any() | today[row].all()) + start
            first[here], low[here], high[here] = stability(chosen[here - start])
    names = table["plan"].to_numpy(object)
    added = {
        "dominated": by >= 0,
        "dominated_by": np.where(by >= 0, names[np.maximum(by, 0)], ""),
        "first_share": first,
        "rank_low": low,
        "rank_high": high,
    }
    return pd.concat([pd.DataFrame(added), _ranks(values, measures, parts)], axis=1), judged


def _levelled(table: pd.DataFrame, measures: list[str], parts: list[tuple[int, int]]) -> Floats:
    """(plans, measures) the figures, those that are about the same as one: a small change makes no plan first."""
    values = table[measures].to_numpy(np.float64).copy()
    units = table["travel_unit"].tolist() if "travel_unit" in table else [None] * len(table)
    for start, end in parts:
        unit = next((str(one) for one in units[start:end] if isinstance(one, str)), "")
        for k, name in enumerate(measures):
            if way := sign(name):
                least = threshold(name, unit)
                values[start:end, k] = way * levels(way * values[start:end, k], least)
    return values


def first_shares(rows: pd.DataFrame, criteria: Sequence[str]) -> Floats:
    """(rows,) of plans of one district, under what share of all weightings each is first among them."""
    values = _levelled(rows, list(criteria), [(0, len(rows))])
    return stability(values * [sign(name) for name in criteria])[0]


def _dominators(values: Floats, counted: Bools, today: Bools, may: Bools) -> Ints:
    """`dominated_by`, where today's zones dominate only the plans that `may` be set beside them."""
    found = dominated_by(values, counted & ~today)
    by_today = dominated_by(values, counted & today)
    return np.where((found < 0) & (by_today >= 0) & may, by_today, found)


def _ranks(values: Floats, measures: list[str], parts: list[tuple[int, int]]) -> pd.DataFrame:
    """Within each district, the rank under each measure that has a better end; NaN where the measure is not known."""
    ranked = [(k, sign(name)) for k, name in enumerate(measures) if sign(name)]
    signed = np.array([way * np.round(values[:, k], SAME) for k, way in ranked]).reshape(len(ranked), len(values))
    found = np.hstack([ranks(signed[:, start:end]) for start, end in parts]).astype(np.float64)
    found[np.isnan(signed)] = np.nan
    return pd.DataFrame(found.T, columns=[f"rank.{measures[k]}" for k, _ in ranked])


def _with_seeds(table: pd.DataFrame, judged: list[tuple[str, ...]]) -> pd.DataFrame:
    """The table with the best and the worst rank of a setting over the seeds, where any setting has several."""
    if SEED not in table.columns or not any(judged):
        return table
    main = next(known[0] for known in judged if known)
    options = [str(n) for n in table.columns if str(n).startswith("option.") and n != SEED]
    looked = table[["district", "scenario", SEED, main, f"rank.{main}", *options]]
    given = looked[(table["status"] != STATUS_QUO) & table[SEED].notna() & table[main].notna()]
    varied = [name for name in options if given[name].astype(object).nunique(dropna=False) > 1]
    setting = ["district", "scenario", *varied]
    times = given.groupby(setting, dropna=False)[SEED].nunique()
    if times.empty or times.max() < 2:
        return table
    place = given[f"rank.{main}"].groupby([given["district"], given[SEED]]).rank(method="min")
    by = place.groupby([given[name] for name in setting], dropna=False)
    seeds = pd.DataFrame({"seed_rank_low": by.transform("min"), "seed_rank_high": by.transform("max")})
    return table.join(seeds)
