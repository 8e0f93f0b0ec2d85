"""What a scorecard says of a plan, in three sentences, and its broken limits in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from optimizer.gap import NOUGHT
from optimizer.measures import Measures
from scenarios.answer.baseline_words import off_in_words
from scenarios.answer.notable import Way, threshold, way
from scenarios.asking.options import DEFAULT_MINIMUM
from scenarios.paper import numbers
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, figure, unit_told
from scenarios.paper.movers import counts_differ
from scenarios.paper.words import words
from scenarios.reading.records import Broken, Limits
from scenarios.score.document import BestFound, Entry, Found, Given

OBJECTIVES = {DISPARITY: "disparity", TRAVEL: "mean travel"}  # that sentences name
SHOWN = 6  # schools named for one limit
NOBODY = 1e-6  # students: so few are none


def sentences(found: Found, plan: Given) -> list[str]:
    """Three: what the plan does to poverty exposure and beside it to race; who moves and which limits hold; what other
    plans that move no more students reach. plan: one of the scorecard's."""
    return [_evens_out(found, plan), _moves(found, plan), _possible(found, plan)]


def _evens_out(found: Found, plan: Given) -> str:
    before, now = found.status_quo.measures, plan.measures
    race_known = now.get(RACE) is not None
    if now[DISPARITY] is None:
        head = _turn(found, "Mean travel", TRAVEL, before, now)
        lacks = "poverty" if race_known else "poverty or race"
        also = f" {_race(found, before, now)}." if race_known else ""
        return f"{head}.{also} The data say nothing of {lacks}: what the plan does there cannot be scored."
    poverty = _turn(found, "the disparity of exposure to poverty", DISPARITY, before, now)
    goes = _goes(found, DISPARITY, before, now)
    head = EVENS[goes]
    if not race_known:
        return f"{head}: {poverty}. The data do not name racial groups: whether it separates them cannot be scored."
    race = _goes(found, RACE, before, now)
    joined = "and" if goes == race else "but"
    return f"{head} ({poverty}) {joined} {SEPARATES[race]} ({_race(found, before, now)})."


EVENS = {
    "falls": "It evens out poverty",
    "stays": "It leaves poverty about as uneven as it is",
    "rises": "It makes poverty less even",
}
SEPARATES = {
    "falls": "brings racial groups together",
    "stays": "leaves racial separation about as it is",
    "rises": "separates racial groups further",
}


def _race(found: Found, before: Measures, now: Measures) -> str:
    return _turn(found, "dissimilarity by race", RACE, before, now)


def _moves(found: Found, plan: Given) -> str:
    share, students = plan.measures["moved_share"] or 0.0, plan.students_moved
    moved = f"{numbers.percent(share)} of students ({numbers.count(students)}) change school"
    if counts_differ([plan.measures]):
        moved += f", {numbers.percent(plan.measures['moved_counted'])} without those of closed schools"
    head = moved if share > 0 else "No student changes school"
    if found.status_quo.measures[DISPARITY] is not None:
        head += f", {_turn(found, 'mean travel', 'travel_mean', found.status_quo.measures, plan.measures)}"
    new = plan.new
    old = len(plan.broken_limits) - len(new)
    if new:
        places = "one place" if len(new) == 1 else f"{len(new)} places"
        return f"{head}; the plan breaks limits in {places}, as listed below."
    if old:
        return f"{head}; every limit holds but for {old} that today's zones break as much."
    return f"{head}; every limit holds."


def _possible(found: Found, plan: Given) -> str:
    value, best, nearest = _value(found), plan.best, found.nearest_school.objective_value
    last = f"the nearest-school plan{_found(found)} has {value(nearest)}."
    if best is None:
        return f"No valid plan that moves no more students was found, so that there is nothing to set it beside; {last}"
    least = threshold(str(found.objective), found.travel_unit)
    alike = way(plan.objective_value, best.objective_value, least) == "stays"
    if best.is_given_plan is not None and best.objective_value == plan.objective_value:
        head = f"No better plan that moves no more students was found than this one, with {value(plan.objective_value)}"
    elif alike and plan.valid and best.excess >= plan.excess - NOBODY:
        about = "" if value(best.objective_value) == value(plan.objective_value) else "about "
        head = f"The best plan found that moves no more students is {about}as good, with "
        head += f"{value(best.objective_value)}"
    elif best.objective_value < plan.objective_value and not alike:
        head = f"The best plan found that moves no more students reaches {value(best.objective_value)} instead of "
        head += f"{value(plan.objective_value)}"
    else:
        why = "keeps the limits" if not plan.valid else "leaves fewer students beyond limits of size"
        head = f"The best plan found that moves no more students {why} and has {value(best.objective_value)}, this "
        head += f"plan {value(plan.objective_value)}"
    return f"{head}{_proof(found, plan, best)}; {last}"


def _found(found: Found) -> str:
    """How far the nearest-school plan may be off, where it is not proved to be the least."""
    row = found.nearest_school.baseline
    return "" if row is None or row.proved else f" ({off_in_words(row)})"


def _proof(found: Found, plan: Given, best: BestFound) -> str:
    if best.objective_value <= NOUGHT:
        return ", and it is proved that no valid one is better"
    shown = _value(found)(rounded_down(found, plan.bound))
    return f", and it is proved that no valid one gets below {shown}" if plan.bound > 0 else ""


def _turn(found: Found, what: str, name: str, before: Measures, now: Measures) -> str:
    """Which way a measure goes, with both figures."""
    old, new = (_told(found, name, measures[name]) for measures in (before, now))
    if old == new:
        return f"{what} stays at {new}"
    goes = _goes(found, name, before, now)
    if goes == "stays":
        return f"{what} stays about the same, {old} today and {new} under the plan"
    return f"{what} {goes} from {old} to {new}"


def _goes(found: Found, name: str, before: Measures, now: Measures) -> Way:
    return way(before[name] or 0.0, now[name] or 0.0, threshold(name, found.travel_unit))


def _told(found: Found, name: str, value: float | None) -> str:
    """A figure in a sentence, with its unit."""
    return f"{figure(name, value, found.travel_unit)}{' points' if unit_told(name) == 'points' else ''}"


def _value(found: Found) -> Callable[[float], str]:
    """How the objective is written, and what it is called where that is not plain."""
    name = str(found.objective)
    if name in OBJECTIVES:
        return lambda value: f"{_told(found, name, value)} of {OBJECTIVES[name]}"
    return lambda value: f"{value:.5g} in the objective"


def rounded_down(found: Found, bound: float) -> float:
    """A bound as it is shown, never above what is proved."""
    if found.objective == TRAVEL:
        step = 0.1 if found.travel_unit == "min" else 1.0 if bound < 1000 else 10.0
    else:
        step = 1e-4 if found.objective == DISPARITY else 10.0 ** (math.floor(math.log10(max(bound, 1e-12))) - 4)
    return math.floor(bound / step) * step


THEIRS = "These are the limits of rezone's options as they were asked; whoever drew the plan may have had others."


def broken_in_words(found: Found, plan: Entry, names: Mapping[str, str]) -> list[str]:
    """The limits that a plan breaks and today's zones do not, or not as much; then those that they break as much. Moves
    that are too far, and zones that fall apart, are counted. names: of schools, by id."""
    new = plan.new
    old = [row for row in plan.broken_limits if row.inherited]
    lines = []
    for limit, how in (("capacity", "over its largest size"), ("min_students", "under its smallest size")):
        lines += _sizes([row for row in new if row.limit == limit], how, names)
    far = [row for row in new if row.limit == "travel_increase"]
    if far:
        worst = max(far, key=lambda row: row.by)
        to = names.get(worst.school or "", worst.school)
        lines.append(
            f"{len(far):,} blocks with {plan.travel_broken:,.0f} students go farther than allowed; the farthest, "
            f"{worst.block} to {to}, by {figure(TRAVEL, worst.by, found.travel_unit)}."
        )
    apart = [row for row in new if row.limit == "contiguity"]
    if apart:
        schools = list(dict.fromkeys(names.get(row.school or "", str(row.school)) for row in apart))
        lines.append(f"Zones newly fall apart, or leave their school outside: {_some(schools)}.")
    reach = [row for row in new if row.limit == "reach"]
    if reach:
        blocks = [str(row.block) for row in reach]
        lines.append(f"Blocks go where travel is not known, or to a school without a zone: {_some(blocks)}.")
    known = ("capacity", "min_students", "travel_increase", "contiguity", "reach")
    lines += [_other(row, names) for row in new if row.limit not in known]
    for limit, how in (("capacity", "over its largest size"), ("min_students", "under its smallest size")):
        lines += [f"As today or less: {line}" for line in _sizes([r for r in old if r.limit == limit], how, names)]
    lines += [f"As today or less: {_other(row, names)}" for row in old if row.limit not in known]
    if any(row.limit == "capacity" for row in plan.broken_limits):
        share = 1 + found.limits.size_tolerance
        largest = f"{numbers.percent(share, 0)} of today's students"
        lines.append(f"A largest size is the seats, or where none are given {largest}.")
    if any(row.limit == "min_students" for row in plan.broken_limits):
        lines.append(_smallest(found.limits))
    return [*lines, THEIRS] if new else lines


def _smallest(limits: Limits) -> str:
    share = f"{numbers.percent(max(0.0, 1 - limits.size_tolerance), 0)} of"
    seats = ", or of the seats where that is less" if limits.minimum == DEFAULT_MINIMUM else ""
    return f"A smallest size is the given minimum, or where none is given {share} today's students{seats}."


def _sizes(rows: Sequence[Broken], words: str, names: Mapping[str, str]) -> list[str]:
    ordered = sorted(rows, key=lambda row: -row.by)
    lines = [
        f"{names.get(row.school or '', row.school)} is {_students(row.by)} {words} ({row.limit_value or 0.0:,.0f}"
        + (f"; today {row.status_quo_amount:,.0f}" if (row.status_quo_amount or 0.0) > 0 else "")
        + ")."
        for row in ordered[:SHOWN]
    ]
    more = ordered[SHOWN:]
    total = sum(row.by for row in more)
    return lines + ([f"And {len(more)} more schools, by {_students(total)} together."] if more else [])


def _students(amount: float) -> str:
    shown = f"{amount:,.0f}" if amount >= 1 else f"{amount:.2g}"
    return f"{shown} student{'' if shown == '1' else 's'}"


def _other(row: Broken, names: Mapping[str, str]) -> str:
    place = "" if row.school is None else f" at {names.get(row.school, row.school)}"
    block = "" if row.block is None else f", block {row.block}"
    t = words()
    return f"Limit {t.limit(row)}{place}{block}: passed by {t.excess(row.amount, row.unit)}."


def _some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + ("" if len(texts) <= SHOWN else f" and {len(texts) - SHOWN} more")
