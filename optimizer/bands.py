"""Grade bands: elementary, middle and high districts over the same blocks, tied by who goes on where together.

In sequence, each band's plan becomes a column of the next band's district, which its rules may name; a neighbour that
is not solved yet counts as it is today. Together, the bands are then solved again for some rounds, each with the newest
plans of its neighbours, and the best round stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.district import District
from optimizer.errors import Fault, InputError
from optimizer.plan import Plan
from optimizer.result import Result

BELOW, ABOVE = "feeder_below", "feeder_above"  # columns: the block's school in the band below, and above
HARDLY = 1e-12  # how much less, relative, a round's value must be to count as better than rounding

Solve = Callable[[int, District, int], Result]


@dataclass(frozen=True, eq=False)
class Bands:
    """results: one a band, lowest first; None for those that were not solved, since another had no valid plan. round: 0
    for the sequence. value: what was made small; None without a valid plan of every band."""

    results: tuple[Result | None, ...]
    round: int
    value: float | None

    @property
    def valid(self) -> bool:
        return self.value is not None

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Of the bands that were solved."""
        return tuple(result.plan for result in self.results if result is not None)


def total(results: Sequence[Result]) -> float:
    """The sum of the bands' objective values."""
    return float(sum(result.objective_value for result in results))


def solve_bands(
    districts: Sequence[District],
    solve: Solve,
    *,
    rounds: int = 0,
    downwards: bool = True,
    value: Callable[[Sequence[Result]], float] = total,
) -> Bands:
    """The bands, given lowest first, solved in sequence, then for `rounds` more rounds together.

    solve(band, district, round): a band's result; its district carries the columns BELOW and ABOVE (school ids as
    text), where there is such a neighbour, and the rules that solve puts together may name them. downwards: the highest
    band is solved first, so that each knows the plan above it, and today's zones below it, or the last round's plan;
    else the other way round. value: what is made small over the bands. The answer is never worse than the sequence's.
    A round that finds no valid plan, or that somebody stops, counts for nothing, and nothing follows on a stop. Raises
    InputError where the districts do not have the same blocks.
    """
    check_blocks(districts)
    order = range(len(districts))[:: -1 if downwards else 1]
    today = [Plan.status_quo(district) for district in districts]
    best = _pass(districts, solve, today, 0, order=order, value=value)
    for k in range(1, rounds + 1):
        if best.value is None or _stopped(best):
            break
        found = _pass(districts, solve, best.plans, k, order=order, value=value)
        if _stopped(found):
            break
        if found.value is not None and found.value < best.value - HARDLY * abs(best.value):
            best = found
    return best


def _pass(
    districts: Sequence[District],
    solve: Solve,
    before: Sequence[Plan],
    turn: int,
    *,
    order: Sequence[int],
    value: Callable[[Sequence[Result]], float],
) -> Bands:
    """Every band once, in order. before: the plans of the best round so far, at first today's zones."""
    plans = dict(enumerate(before))
    results: dict[int, Result] = {}
    for band in order:
        there = with_columns(districts[band], plans.get(band - 1), plans.get(band + 1))
        results[band] = solve(band, there, turn)
        plans[band] = results[band].plan
        if not results[band].valid or (turn > 0 and results[band].stopped):
            break
    rows = tuple(results.get(band) for band in range(len(districts)))
    whole = [row for row in rows if row is not None and row.valid]
    return Bands(rows, turn, value(whole) if len(whole) == len(rows) else None)


def _stopped(bands: Bands) -> bool:
    return any(result is not None and result.stopped for result in bands.results)


def with_columns(district: District, below: Plan | None, above: Plan | None) -> District:
    """The district with its neighbours' plans as columns of school ids."""
    columns: dict[str, NDArray[Any]] = {
        name: np.array(plan.district.school_ids, object)[plan.school]
        for name, plan in ((BELOW, below), (ABOVE, above))
        if plan is not None
    }
    return replace(district, attributes={**district.attributes, **columns})


@dataclass(frozen=True)
class Feeder:
    """What becomes of one school's students. school: its index. students: of its zone. to: the school of the band above
    that most of them go on to, together: their share, 0 to 1; both None without students. schools: how many schools of
    the band above they are spread over."""

    school: int
    students: float
    to: int | None
    together: float | None
    schools: int


def feeders(lower: Plan, upper: Plan) -> tuple[Feeder, ...]:
    """One row for each school of `lower`, weighted by the lower band's students. A tie goes to the first school."""
    schools, wide = lower.district.schools, upper.district.schools
    # One school at a time would read all blocks each time; a table of pairs that exist stays small.
    pair, at = np.unique(lower.school.astype(np.int64) * wide + upper.school, return_inverse=True)
    students = np.bincount(at, lower.district.students, len(pair))
    rows = []
    for j in range(schools):
        mine = np.flatnonzero((pair // wide == j) & (students > 0))
        if len(mine) == 0:
            rows.append(Feeder(j, 0.0, None, None, 0))
            continue
        most, whole = mine[np.argmax(students[mine])], float(students[mine].sum())
        rows.append(Feeder(j, whole, int(pair[most] % wide), float(students[most]) / whole, len(mine)))
    return tuple(rows)


def splits(rows: Sequence[Feeder]) -> int:
    """How many further schools the students of all schools are spread over, beyond one for each."""
    return sum(max(row.schools - 1, 0) for row in rows)


def together(rows: Sequence[Feeder]) -> float | None:
    """Share of all students who go on with the most of their school; None without students."""
    students = sum(row.students for row in rows)
    return sum(row.students * (row.together or 0.0) for row in rows) / students if students > 0 else None


def check_blocks(districts: Sequence[District]) -> None:
    """Raise InputError, naming the blocks, where the districts do not all have the same."""
    first = districts[0]
    faults = []
    for other in districts[1:]:
        for one, two in ((first, other), (other, first)):
            missing = tuple(sorted(set(one.block_ids) - set(two.block_ids)))
            if missing:
                problem = f"blocks of {one.name} are missing"
                mend = "Grade bands need the same blocks: give the districts the same block_id column"
                faults.append(Fault(two.name, problem, mend, column="block_id", ids=missing))
    if faults:
        raise InputError(faults)
