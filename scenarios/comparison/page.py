"""compare.html: one page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.measures import Place
from optimizer.plan import Plan
from scenarios.answer.several import Several, Shown
from scenarios.comparison.chart import chart
from scenarios.comparison.compare import INVALID, STATUS_QUO, Comparison, best_rows, first_shares
from scenarios.comparison.differ import COUNTS, Differences
from scenarios.comparison.lines import Line, lines
from scenarios.comparison.maps import zone_maps
from scenarios.comparison.ranking import SAME
from scenarios.comparison.results import MINIMUM
from scenarios.drawing.marks import Drawing
from scenarios.drawing.page import page
from scenarios.paper.measures import DISPARITY, EXCESS, RACE, change, figure, known_of, name_of, tabled
from scenarios.paper.numbers import count, percent
from scenarios.paper.wording import counted
from scenarios.report.map_part import map_part, map_script, map_style

NAMED = 3  # plans that a sentence names, at most
MAPPED = 8  # plans of the map that can be looked at closely
DISTRICTS, ROWS, WIDE = 12, 40, 12  # districts, plans of a table, and plans set side by side, at most


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Which plan comes first under most weightings, with the share of these, and how many no other dominates (free).
    together: those that are as good in all criteria; level: others that come first under as many weightings. Where it
    breaks limits (broken), and others do not (kept), which of these comes first among them."""

    plan: str
    share: str
    free: int
    together: str
    level: str
    broken: str
    kept: bool


@dataclass(frozen=True)
class Row:
    """A line of a table: what stands at its head, and its cells of two parts each."""

    name: str
    cells: Sequence[tuple[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class PlanRow(Row):
    """A plan's, with each figure's change; the rest as `Line` has it."""

    also: str
    today: bool
    invalid: bool
    first: str
    ranks: str
    seeds: str
    dominated_by: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A district's. plans, left_out: how many there are, and are in the files alone. columns: of the table of plans.
    seeds: whether ranks over seeds are known. few: plans that are set side by side. measures: the value and the rank of
    each of them. apart: the blocks and the students that each sends elsewhere than each. map, maps: "" and none where
    the district's folder is not at hand."""

    name: str
    plans: str
    left_out: str
    criteria: Sequence[str]
    lead: Lead | None
    columns: Sequence[str]
    race_known: bool
    poverty_known: bool
    seeds: bool
    rows: Sequence[PlanRow]
    chart: Drawing | None
    few: Sequence[str]
    drawn: Shown | None
    measures: Sequence[Row]
    apart: Sequence[Row]
    map: str
    maps: Sequence[tuple[Drawing, str, str]]


def render(compared: Comparison, found: Differences, drawn: Mapping[str, Several]) -> str:
    """The page. Names of districts, scenarios and groups are text, never markup. drawn: see `write_comparison`."""
    shown = compared.districts[:DISTRICTS]
    rest = len(compared.districts) - len(shown)
    told = ["district", "scenario", "status", "outcome", "reason"]
    values = {
        "districts": [_section(compared, found, name, drawn.get(name)) for name in shown],
        "older": older_words(compared),
        "more": counted(rest, "further district") if rest else "",
        "without": compared.without.head(ROWS)[told].astype(str).to_dict("records"),
        "without_more": max(0, len(compared.without) - ROWS),
    }
    live = {"style": map_style(), "script": map_script()} if found.assigned else {}
    return page("scenarios.comparison", "compare.html", values, **live)


def _section(compared: Comparison, found: Differences, name: str, drawn: Several | None) -> Section:
    every, plans = compared.of(name), found.assigned.get(name, {})
    some, few = lines(compared, best_rows(every, ROWS)), lines(compared, best_rows(every, WIDE))
    unit = next(iter(plans.values())).district.travel.unit if plans else compared.unit(name)
    measured = [line.measures for line in some]
    wanted = [measure for measure in tabled(Place.COMPARED, measured) if measure in compared.measures]
    columns = known_of([*wanted, EXCESS], *measured)
    left_out, side = len(every) - len(some), [line.plan for line in few]
    return Section(
        name=name,
        plans=counted(len(every) - 1, "plan"),
        left_out=counted(left_out, "further plan") if left_out else "",
        criteria=[name_of(measure) for measure in compared.criteria[name]],
        lead=_lead(every, compared.criteria[name]),
        columns=[name_of(measure) for measure in columns],
        race_known=RACE in columns,
        poverty_known=DISPARITY in columns,
        seeds=any(line.seeds for line in some),
        rows=[_row(line, columns, unit) for line in some],
        chart=chart(some, unit),
        few=side,
        drawn=None if drawn is None else drawn.shown(unit),
        measures=_measures(compared, few, unit),
        apart=_apart(found, name, side),
        map=_map(plans, side, f"map{compared.districts.index(name)}"),
        maps=zone_maps(plans, side, f"zones{compared.districts.index(name)}"),
    )


def older_words(compared: Comparison) -> str:
    """Which plans come from results that were judged under the older default minimum, and what that means; "" where
    there are none."""
    table = compared.table
    older = table["plan"][table[MINIMUM] == "today"].tolist() if MINIMUM in table else []
    if not older:
        return ""
    more = f" and {len(older) - NAMED} more" if len(older) > NAMED else ""
    return (
        f"Judged under the older default minimum: {', '.join(map(str, older[:NAMED]))}{more}. A school that gives no "
        "min_students could not shrink below (1 - size_tolerance) of today's students there, however few seats it has: "
        "whether these plans keep their limits, and their students under smallest sizes, are as they were judged then."
    )


def _map(plans: Mapping[str, Plan], names: Sequence[str], key: str) -> str:
    """The map of the plans shown, to look at closely; "" where the district's folder is not at hand."""
    shown = [(name, plans[name]) for name in names if name in plans and name != STATUS_QUO]
    return map_part(shown[0][1].district, shown[:MAPPED], key=key) if shown else ""


def _lead(every: pd.DataFrame, criteria: Sequence[str]) -> Lead | None:
    rows = every[every["first_share"].notna()]
    if rows.empty:
        return None
    shares, kept = rows["first_share"].to_numpy(np.float64), ~rows["outcome"].isin(INVALID).to_numpy(bool)
    broken = "" if kept[np.argmax(shares)] else str(rows["plan"].iloc[np.argmax(shares)])
    if broken and kept.any():
        rows = rows[kept]
        shares = first_shares(rows, criteria)
    top = int(np.argmax(shares))
    values = rows[[f"rank.{name}" for name in criteria]].to_numpy(np.float64)
    alike = (values == values[top]).all(axis=1)
    often = np.round(shares, SAME) == np.round(shares[top], SAME)
    others = np.arange(len(rows)) != top
    return Lead(
        plan=rows["plan"].iloc[top],
        share=percent(shares[top], 0),
        free=int((~every["dominated"].iloc[1:]).sum()),
        together=_named(rows["plan"][alike & others].tolist()),
        level=_named(rows["plan"][often & ~alike].tolist()),
        broken=broken,
        kept=bool(kept.any()),
    )


def _named(plans: Sequence[str]) -> str:
    """Some plans by name, the others by number."""
    shown = [f"“{plan}”" for plan in plans[:NAMED]]
    more = [f"{len(plans) - NAMED} more"] if len(plans) > NAMED else []
    *first, last = [*shown, *more] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _row(line: Line, columns: Sequence[str], unit: str) -> PlanRow:
    changes = {name: change(name, value, unit) for name, value in line.changes.items()}
    return PlanRow(
        name=line.plan,
        cells=[(figure(name, line.measures[name], unit), changes.get(name)) for name in columns],
        also=line.also,
        today=line.today,
        invalid=line.invalid,
        first="" if line.first is None else percent(line.first, 0),
        ranks=line.ranked(" to "),
        seeds="" if line.seeds is None else line.seeds.told(" to "),
        dominated_by=line.dominated_by,
    )


def _measures(compared: Comparison, few: Sequence[Line], unit: str) -> list[Row]:
    """Every measure that is known: its value for each plan, and its rank where it has a better end."""
    return [
        Row(name_of(name), [(figure(name, line.measures[name], unit), _place(line.places.get(name))) for line in few])
        for name in known_of([*compared.measures, EXCESS], *(line.measures for line in few))
    ]


def _place(rank: float | None) -> str:
    return "" if rank is None else f"{rank:.0f}"


def _apart(found: Differences, district: str, plans: Sequence[str]) -> list[Row]:
    """For each plan, how many blocks and students it sends elsewhere than each other one; [] where not known."""
    pairs = found.pairs.loc[found.pairs["district"] == district, list(COUNTS)]
    pairs = pairs[pairs["blocks"].notna()]
    if pairs.empty:
        return []
    said = {}
    for plan, other, blocks, students, share in pairs.itertuples(index=False):
        told = "" if np.isnan(share) else f"{count(students)} students, {percent(share)}"
        said[plan, other] = said[other, plan] = (f"{count(blocks)} blocks", told)
    return [Row(one, [said.get((one, other), ("", "")) for other in plans]) for one in plans]
