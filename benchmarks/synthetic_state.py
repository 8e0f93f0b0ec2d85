"""Do the importer's draws hold the truth? Synthetic states whose truth is known, published as agencies do, imported.

    python -m benchmarks.synthetic_state [STATES]

Of each state, under the plan in which every block goes to the nearest school: does the 90 % interval over the draws
hold each school's share in poverty, each group's exposure to poverty, and the disparity? (Under today's zones all are
exact, since each draw adds up to the schools' enrolment.) Sought: of schools 85 to 95 %, of each measure 80 to 97 of
100 states.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.machine import about
from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios.census.census import Census, counts_of, import_census
from scenarios.census.mapping import read_census_mapping
from scenarios.generator.people import GROUPS
from tests.kit.published import State, publish

LEVEL = 0.9
NAMES = (*(f"exposure_to_poverty.{group}" for group in GROUPS), "disparity")


def nearest(truth: District) -> Ints:
    """(blocks,) the plan in which every block goes to the nearest school."""
    away = [truth.travel.to(np.full(truth.blocks, j, np.int32)) for j in range(truth.schools)]
    return np.argmin(away, axis=0).astype(np.int32)


def told(state: State, found: Census, school: Ints, wanted: Sequence[str] = NAMES) -> tuple[dict[str, bool], Floats]:
    """By measure, whether its interval holds the truth; and (schools,) the same of shares in poverty, nan of schools
    without students."""
    truth = state.truth
    at = np.array([found.rows.ids.index(name) for name in state.ids])
    names = [truth.column_index(name) for name in counts_of(found.mapping, *found.draws)]
    rates, measures = [], []
    for d in range(len(found.draws[0])):
        drawn = counts_of(found.mapping, found.draws[0][d], found.draws[1][d])
        counts = truth.counts.copy()
        counts[:, names] = np.column_stack(list(drawn.values()))[at]
        rates.append(_rates(replace(truth, counts=counts), school))
        measures.append(measure(Plan(replace(truth, counts=counts), school)) if wanted else {})
    now = measure(Plan(truth, school))
    holds = {name: _within(np.array([one[name] for one in measures], float), now[name]) for name in wanted}
    drawn_rates, true_rates = np.array(rates), _rates(truth, school)
    low, high = np.nanquantile(drawn_rates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    inside = ((low <= true_rates + 1e-12) & (true_rates <= high + 1e-12)).astype(float)
    return holds, np.where(np.isnan(true_rates), np.nan, inside)


def _within(drawn: Floats, value: float | None) -> bool:
    low, high = np.quantile(drawn[np.isfinite(drawn)], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return value is None or bool(low <= value <= high)


def _rates(district: District, school: Ints) -> Floats:
    load = np.bincount(school, district.exposed, district.schools)
    poor = np.bincount(school, district.poverty, district.schools)
    return np.divide(poor, load, out=np.full(len(load), np.nan), where=load > 0)


def main() -> None:
    states = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(about())
    held, schools, began = dict.fromkeys(NAMES, 0), [], time.perf_counter()
    for seed in range(states):
        with tempfile.TemporaryDirectory() as folder:
            state = publish(Path(folder), seed)
            found = import_census(read_census_mapping(state.mapping))
        holds, inside = told(state, found, nearest(state.truth))
        schools.append(inside)
        for name, one in holds.items():
            held[name] += one
    print(f"{states} states, {time.perf_counter() - began:.0f} s")
    print(f"schools' shares in poverty: {np.nanmean(np.concatenate(schools)):.1%} in their intervals")
    for name, count in held.items():
        print(f"{name}: in {count} of {states}")


if __name__ == "__main__":
    main()
