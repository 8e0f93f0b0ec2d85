"""Grade bands from their folders: solved one after another or together, tied by the rule `feeder`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from optimizer.bands import ABOVE, BELOW, Bands, Feeder, check_blocks, feeders, solve_bands, splits, together, total
from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.result import Progress, Result
from scenarios.asking.near import objective_for
from scenarios.asking.options import Settings
from scenarios.asking.rule_tables import rule_faults
from scenarios.asking.solving import solve_with
from scenarios.reading.values import Table
from scenarios.version import rezone_version

Watch = Callable[[int, int, Objective, float | None], Callable[[Progress], None]]
Seconds = Callable[[int], float | None]  # of the solves that are still to come, the time of the next; None: no limit


@dataclass(frozen=True)
class Tie:
    """How bands are tied. low: at least this share of each school's students go on together. cost: of each further
    school that they are spread over. Neither: not at all. rounds: how often all bands are solved again. downwards: the
    highest band is solved first."""

    low: float | None = None
    cost: float | None = None
    rounds: int = 0
    downwards: bool = True

    def rules(self, district: District) -> tuple[Table, ...]:
        """The rules for the columns that the district carries. The band below ties by the cost alone: the share is of
        those who go on from the band's own schools, not of those who come to them."""
        wanted = ((ABOVE, "low", self.low), (ABOVE, "cost", self.cost), (BELOW, "cost", self.cost))
        return tuple(
            {"kind": "feeder", "column": column, key: value}
            for column, key, value in wanted
            if value is not None and column in district.attributes
        )


@dataclass(frozen=True, eq=False)
class Solved:
    """bands: the plans. settings: by band, those of its result, the rules that tie it included; None where it was not
    solved."""

    bands: Bands
    settings: tuple[Settings | None, ...]


def solve(
    districts: Sequence[District], settings: Sequence[Settings], tie: Tie, *, seconds: Seconds, watch: Watch
) -> Solved:
    """All bands, lowest first. settings: one a band. watch(band, round, objective, seconds) is told of progress.
    Raises InputError as `check` does, and where a rule does not fit its district."""
    objectives = check(districts, settings, tie)
    solves = len(districts) * (1 + tie.rounds)
    used: dict[tuple[int, int], Settings] = {}

    def one(band: int, district: District, turn: int) -> Result:
        given = settings[band]
        options = given.options.model_copy(update={"seed": given.options.seed + turn})
        used[turn, band] = Settings(options, (*given.rules, *tie.rules(district)))
        limit = seconds(solves - len(used) + 1)
        line = watch(band, turn, objectives[band], limit)
        return solve_with(used[turn, band], district, objective=objectives[band], seconds=limit, progress=line)

    bands = solve_bands(
        districts, one, rounds=tie.rounds, downwards=tie.downwards, value=lambda results: tied_value(results, tie)
    )
    return Solved(bands, tuple(used.get((bands.round, band)) for band in range(len(districts))))


def tied_value(results: Sequence[Result], tie: Tie) -> float:
    """The sum of the objective values, and of the cost of every split between neighbouring bands."""
    plans = [result.plan for result in results]
    apart = sum(splits(feeders(one, two)) for one, two in pairwise(plans))
    return total(results) + (tie.cost or 0.0) * apart


def check(districts: Sequence[District], settings: Sequence[Settings], tie: Tie) -> list[Objective]:
    """The objectives of the bands. Raises InputError where a tie, an objective or the blocks do not fit."""
    check_blocks(districts)
    _check_tie(tie)
    return [objective_for(given, d) for d, given in zip(districts, settings, strict=True)]


def _check_tie(tie: Tie) -> None:
    faults: list[Fault] = []
    for key, value in (("low", tie.low), ("cost", tie.cost)):
        if value is not None:
            faults += rule_faults({"kind": "feeder", "column": ABOVE, key: value}, f"--feeder-{key}")
    if tie.low is not None and not tie.downwards:
        problem = "the share who go on together needs the plan of the band above"
        faults.append(Fault("--feeder-low", problem, "Leave --first lowest out, or use --feeder-cost"))
    if faults:
        raise InputError(faults)


def feeder_table(plans: Sequence[Plan]) -> pd.DataFrame:
    """feeders.csv: a row for each school of every band but the highest: where its students go on, today and then."""
    rows = []
    for lower, upper in pairwise(plans):
        today = feeders(Plan.today(lower.district), Plan.today(upper.district))
        for before, after in zip(today, feeders(lower, upper), strict=True):
            row = {"band": lower.district.name, "next_band": upper.district.name}
            row |= {"school_id": lower.district.school_ids[after.school]}
            row |= {"name": lower.district.school_names[after.school]}
            rows.append(row | _side(before, upper, "before") | _side(after, upper, "after"))
    return pd.DataFrame(rows)


def _side(row: Feeder, upper: Plan, when: str) -> dict[str, object]:
    to = None if row.to is None else upper.district.school_ids[row.to]
    values = {"students": row.students, "together": row.together, "goes_to": to, "schools": row.schools}
    return {f"{name}_{when}": value for name, value in values.items()}


def column_table(result: Result) -> pd.DataFrame | None:
    """feeder_columns.csv: the columns that tie a band, by block, so that its rules can be checked again. None where the
    band has none."""
    district = result.plan.district
    columns = {name: district.attributes[name] for name in (BELOW, ABOVE) if name in district.attributes}
    return pd.DataFrame({"block_id": np.array(district.block_ids, object), **columns}) if columns else None


@dataclass(frozen=True, kw_only=True)
class BandRow:
    """What came of one band; None throughout where it was not solved, since another has no valid plan."""

    district: str
    folder: str
    objective: str | None = None
    objective_value: float | None = None
    objective_value_status_quo: float | None = None
    moved_share: float | None = None
    moved_counted: float | None = None
    valid: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FeederRow:
    """Between two bands: the share of students who go on with the most of their school, and how often schools split."""

    band: str
    next_band: str
    together_status_quo: float | None
    together: float | None
    splits_status_quo: int
    splits: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that bands.json holds. round: that which is kept. feeders: None without a valid plan of every band."""

    bands: Sequence[BandRow]
    value: float | None
    round: int | None
    rounds: int
    feeder_low: float | None
    feeder_cost: float | None
    first: Literal["highest", "lowest"]
    feeders: Sequence[FeederRow] | None
    valid: bool
    stopped: bool
    version: str


def document(solved: Solved, districts: Sequence[District], tie: Tie) -> Found:
    """What cannot be given is None."""
    bands = solved.bands
    return Found(
        bands=[_band(k, *one) for k, one in enumerate(zip(districts, bands.results, strict=True))],
        value=bands.value,
        round=bands.round if bands.valid else None,
        rounds=tie.rounds,
        feeder_low=tie.low,
        feeder_cost=tie.cost,
        first="highest" if tie.downwards else "lowest",
        feeders=[_kept(*pair) for pair in pairwise(bands.plans)] if bands.valid else None,
        valid=bands.valid,
        stopped=any(result is not None and result.stopped for result in bands.results),
        version=rezone_version(),
    )


def _band(k: int, district: District, result: Result | None) -> BandRow:
    row = BandRow(district=district.name, folder=folder_name(k))
    if result is None:
        return row
    row = replace(
        row,
        objective=result.objective.name,
        objective_value_status_quo=result.objective_value_status_quo,
        valid=result.valid,
    )
    if not result.valid:
        return row
    plan, value = result.plan, result.objective_value
    return replace(row, objective_value=value, moved_share=plan.moved_share, moved_counted=plan.moved_counted)


def _kept(lower: Plan, upper: Plan) -> FeederRow:
    before = feeders(Plan.today(lower.district), Plan.today(upper.district))
    after = feeders(lower, upper)
    return FeederRow(
        band=lower.district.name,
        next_band=upper.district.name,
        together_status_quo=together(before),
        together=together(after),
        splits_status_quo=splits(before),
        splits=splits(after),
    )


def folder_name(band: int) -> str:
    """A band's folder within the output: never a name from the data."""
    return f"band_{band + 1}"
