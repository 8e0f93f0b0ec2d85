"""Cases of a sensitivity analysis: everything as given, then one limit at a time tighter or looser; and a run each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from optimizer.arrays import Floats
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.objectives import Objective
from optimizer.result import Progress, Result
from optimizer.rules import Rule, Size
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.asking.solving import solve_under
from scenarios.paper.plain import share_given

TRAVEL_STEPS = (-0.5, -0.25, 0.25, 0.5)
SEAT_FACTORS = (0.90, 0.95, 1.05, 1.10)
MOVED_STEPS = (-0.10, -0.05, 0.05, 0.10)
MOVED_SHARES = (0.05, 0.10, 0.15, 0.20)  # where there is no limit, which is looser than any of them
NO_LIMIT = 0.25  # where "none" stands on the axis of those
LEAST_FACTORS = (0.95, 0.90)
LIMITS = ("travel_increase", "seats", "max_moved", "contiguity", "min_students")

Place = tuple[float, str]
Change = Literal["base", "tighter", "looser"]


@dataclass(frozen=True, eq=False)
class Case:
    """One question to the optimizer.

    limit: what is changed (one of LIMITS), or `base`. value: the limit's own value, for seats and smallest sizes the
    factor on what is given; None for the base. step: value less the base's, None where that is no number. at: by limit,
    where the case stands on that limit's axis, tight to loose, and what is written there; the base stands on all.
    district: with changed seats or sizes. rules: all of them.
    """

    limit: str
    district: District
    rules: tuple[Rule, ...]
    at: Mapping[str, Place] = field(default_factory=dict)
    change: Change = "base"
    value: float | bool | None = None
    step: float | None = None


def make_cases(district: District, settings: Settings) -> tuple[Case, ...]:
    """The base first, then each of LIMITS from tight to loose, the base's own value left out."""
    options = settings.options
    base = Case("base", district, rules_of(settings))
    moved = options.max_moved
    middle: dict[str, Place] = {
        "travel_increase": (options.travel_increase, _more(options.travel_increase)),
        "seats": (1.0, share_given(1.0)),
        "max_moved": (NO_LIMIT, "none") if moved is None else (moved, share_given(moved)),
        "contiguity": (0.0, "yes") if options.contiguity else (1.0, "no"),
        "min_students": (-1.0, share_given(1.0)),
    }

    def option(limit: str, value: float | bool, at: Place, middle_value: float | bool | None) -> Case:
        changed = replace(settings, options=options.model_copy(update={limit: value}))
        return _case(replace(base, rules=rules_of(changed)), limit, value, at, middle[limit], middle_value)

    near = _steps(options.travel_increase, TRAVEL_STEPS, np.inf)
    shares = MOVED_SHARES if moved is None else _steps(moved, MOVED_STEPS, 1.0)
    other = not options.contiguity
    return (
        replace(base, at=middle),
        *(option("travel_increase", value, (value, _more(value)), options.travel_increase) for value in near),
        *_scaled(base, "seats", SEAT_FACTORS, middle),
        *(option("max_moved", value, (value, share_given(value)), moved) for value in shares),
        option("contiguity", other, (0.0, "yes") if other else (1.0, "no"), options.contiguity),
        *_scaled(base, "min_students", LEAST_FACTORS, middle),
    )


def with_seats(district: District, rules: tuple[Rule, ...], factor: float) -> District:
    """The district with each zone's greatest size times `factor`: its capacity, or where none is given the most that
    the rule of sizes lets it hold, given as a capacity."""
    high = _band(district, rules)[1]
    most = np.where(np.isnan(district.capacity), high + district.other_students, district.capacity)
    return replace(district, capacity=np.where(district.has_zone, factor * most, district.capacity))


def with_least(district: District, rules: tuple[Rule, ...], factor: float) -> District:
    """The district with each zone's smallest size times `factor`, whether given or set by the rule of sizes."""
    low = _band(district, rules)[0]
    return replace(district, min_students=np.where(district.has_zone, factor * low, district.min_students))


def _band(district: District, rules: tuple[Rule, ...]) -> tuple[Floats, Floats]:
    size = next(rule for rule in rules if isinstance(rule, Size))
    low, high = size.band(district)
    # A school without a zone has no limit, and an infinite one times a factor would become a number that is none.
    return np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)


def _scaled(base: Case, limit: str, factors: tuple[float, ...], middle: Mapping[str, Place]) -> Iterator[Case]:
    """Cases with a changed district. Looser is up for seats and down for smallest sizes, and to the right for both."""
    change, sign = (with_seats, 1.0) if limit == "seats" else (with_least, -1.0)
    for factor in factors:
        changed = replace(base, district=change(base.district, base.rules, factor))
        yield _case(changed, limit, factor, (sign * factor, share_given(factor)), middle[limit], 1.0)


def _case(case: Case, limit: str, value: Any, at: Place, middle: Place, middle_value: Any) -> Case:
    number = not isinstance(value, bool) and middle_value is not None
    return replace(
        case,
        limit=limit,
        at={limit: at},
        change="looser" if at[0] > middle[0] else "tighter",
        value=value,
        step=round(value - middle_value, 10) if number else None,
    )


def _steps(middle: float, steps: tuple[float, ...], most: float) -> list[float]:
    """Values around `middle`, each once; those that would lie outside 0 to `most` stop there."""
    values = [round(min(max(middle + step, 0.0), most), 10) for step in steps]
    return sorted({value for value in values if value != middle})


def _more(value: float) -> str:
    return f"+{share_given(value)}"


BASE_WEIGHT = 2.0  # the base's share of the time, where every other case has 1: all rows are held against it

Watch = Callable[[int, float | None], Callable[[Progress], None]]


def run_cases(
    cases: Sequence[Case], objective: Objective, options: Options, seconds: float | None, watch: Watch | None = None
) -> list[Result]:
    """A result a case, in order. It ends early where somebody presses Ctrl-C, or where the base, which is the first,
    has no valid plan: then there is nothing to compare with.

    seconds: for all together; None: no limit. What a run leaves goes to those after it. watch: asked at the start of a
    run, with its place and its seconds, for what is told of its progress.
    """
    deadline = Deadline(seconds)
    weights = [BASE_WEIGHT, *[1.0] * (len(cases) - 1)]
    results: list[Result] = []
    for k, case in enumerate(cases):
        share = deadline.seconds_of(weights[k] / sum(weights[k:]))
        progress = None if watch is None else watch(k, share)
        result = solve_under(case.district, objective, case.rules, options, share, progress=progress)
        results.append(result)
        if result.stopped or (k == 0 and not result.valid):
            break
    return results
