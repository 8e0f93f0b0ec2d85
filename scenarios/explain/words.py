"""The sentences of `rezone explain`: limits, reasons and ways out in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.arrays import Ints
from optimizer.district import District
from optimizer.explain import Case, Inherited, Limit, Reason, WayOut
from optimizer.explain.farther import STEPS
from optimizer.rules import Moved, Rule, Size, Travel
from scenarios.paper.plain import share_given, students_told

SHOWN = 8  # how many schools or blocks a sentence names


def limit_words(case: Case, limit: Limit, value: float | bool | None) -> str:
    """What the limit asks for."""
    district, rule = case.district, case.rule(limit)
    amount = float(value or 0.0)
    if limit.name in ("capacity", "min_students"):
        return _size_words(district, rule, limit, amount)
    if isinstance(rule, Travel):
        return (
            f"travel: no block that changes school goes farther than {_times(rule.increase)} times today's travel"
            + (" (or the floor, if that is farther)")
        )
    if isinstance(rule, Moved):
        whose = "students" if rule.of == "all" else f"students ({rule.of})"
        return f"moves: at most {share_given(rule.share)} of {whose} change school"
    if limit.name == "contiguity":
        return "zones in one piece: nothing is newly cut off from its school, whose own block stays"
    if limit.school < 0:
        return f"the rule '{limit.name}'"
    share = case.whole.sums[limit.at].whole != -1
    asked = share_given(amount) if share else f"{students_told(amount)} students"
    most = "at most" if limit.kind == "high" else "at least"
    return f"the rule '{limit.name}' at {school_name(district, limit.school)}: {most} {asked}"


def _size_words(district: District, rule: Rule, limit: Limit, value: float) -> str:
    j, now = limit.school, float(district.load_now[limit.school])
    given = np.isfinite(district.capacity[j] if limit.name == "capacity" else district.min_students[j])
    seats = isinstance(rule, Size) and limit.name == "min_students" and bool(rule.by_seats(district)[j])
    source = "its seats" if seats else "today's zone"
    where, note = school_name(district, j), "" if given else f" (not given: taken from {source})"
    other = float(district.other_students[j]) if given and limit.name == "capacity" else 0.0
    today = f"today {students_told(now)}" + (f" and {students_told(other)} from elsewhere" if other else "")
    if limit.name == "capacity":
        return f"seats: at most {students_told(value)} students at {where}{note}; {today}"
    return f"minimum size: at least {students_told(value)} students at {where}{note}; {today}"


def reason_words(district: District, reason: Reason) -> str:
    """The count that shows the clash."""
    students, room = students_told(reason.students), students_told(reason.room)
    where, blocks = _schools(district, reason.schools), _blocks(district, reason.blocks)
    these = "it" if len(reason.schools) == 1 else "they"
    if len(reason.schools) == 1 and reason.kind in ("seats", "crossed") and reason.room < 0:
        words = f"{where} has {students_told(-reason.room)} more students from elsewhere than seats."
    elif reason.kind == "crossed":
        words = f"{where} must have at least {students} students and has seats for {room}."
    elif reason.kind == "seats" and len(reason.blocks) == district.blocks:
        words = f"all blocks together have {students} students; all schools that may take them have {room} seats."
    elif reason.kind == "seats":
        words = f"blocks that can only go to {where} have {students} students; {these} can take {room}. "
        words += f"Blocks: {blocks}."
    elif reason.kind == "minimum":
        words = f"only blocks with {students} students can go to {where}; {these} need {room}. Blocks: {blocks}."
    else:
        words = f"{students} students must change school because of {where}; at most {room} may."
    return words


WHAT = {
    "capacity": "more seats",
    "min_students": "smaller minimum sizes",
    "max_moved": "more students moved",
    "max_changed": "more students with another school than in the plan given",
    "travel_increase": f"a wider travel limit, up to {1 + max(STEPS):g} times today's travel",
    "contiguity": "zones that fall apart",
}


def way_words(district: District, way: WayOut) -> str:
    """What is enough, or what is not."""
    what = WHAT.get(way.relax, f"no limit '{way.relax}'")
    if way.sufficient is False:
        return f"enough alone: {what}."
    if way.sufficient is None:
        return f"{what}."
    blocks = f"{_plural(len(way.blocks), 'block')} ({_blocks(district, way.blocks)})"
    fewer = "" if way.least else "; less may do"
    if way.relax == "capacity":
        words = f"{_spread(district, way.where, 'more seat')}{fewer}"
    elif way.relax == "min_students":
        words = f"minimum sizes lower by {_spread(district, way.where, 'student')}{fewer}"
    elif way.relax == "travel_increase" and way.amount is not None:
        words = f"a travel limit of {_times(way.amount)} times today's travel for {blocks}{fewer}"
    elif way.relax == "contiguity":
        words = f"zones that need not hold together: {blocks} cut off, or a school's own block sent elsewhere"
    elif way.amount is not None:
        whose = "" if way.relax in ("max_moved", "max_changed") else f" (limit '{way.relax}')"
        what = "with another school than in the plan given" if way.relax == "max_changed" else "moved"
        words = f"{share_given(way.amount)} of students {what}{whose}{fewer}"
    else:
        words = what
    return f"{words}."


def inherited_words(district: District, row: Inherited) -> str:
    """How near to keeping a limit that today's zones break a plan can come."""
    limit, at_least = row.limit, max(0.0, row.at_least)
    what = {"capacity": "over its seats", "min_students": "under its minimum"}.get(
        limit.name, f"students beyond '{limit.name}'"
    )
    words = f"{school_name(district, limit.school)}: today {students_told(row.today)} {what}; "
    if row.least is None:
        words += "how few a plan could reach was not settled."
    elif row.least == 0:
        words += "a plan can keep this limit."
    elif at_least > 0.05:
        proved = "" if row.proved else f" (not less than {students_told(at_least)})"
        words += f"no plan can keep this limit: the least found is {students_told(row.least)}{proved}."
    else:
        words += f"the least found is {students_told(row.least)}; whether a plan can keep the limit was not settled."
    return words


def school_name(district: District, school: int) -> str:
    """A school as people know it, with its id."""
    name, key = district.school_names[school], district.school_ids[school]
    return name if name == key else f"{name} ({key})"


def _spread(district: District, where: Sequence[tuple[int, float]], unit: str) -> str:
    """`12 more seats at X`, or the total and then each."""
    total = sum(amount for _, amount in where)
    shown = sorted(where, key=lambda row: (-row[1], row[0]))[:SHOWN]
    if len(where) == 1:
        return f"{_plural(total, unit)} at {school_name(district, where[0][0])}"
    each = ", ".join(f"{students_told(amount)} at {school_name(district, j)}" for j, amount in shown)
    more = f" and at {len(where) - SHOWN} other schools" if len(where) > SHOWN else ""
    return f"{_plural(total, unit)} in all: {each}{more}"


def _schools(district: District, schools: Sequence[int]) -> str:
    names = [school_name(district, j) for j in schools[:SHOWN]]
    more = f" and {len(schools) - SHOWN} other schools" if len(schools) > SHOWN else ""
    return names[0] if len(schools) == 1 else ", ".join(names[:-1]) + (", " if more else " and ") + names[-1] + more


def _blocks(district: District, blocks: Ints) -> str:
    if not len(blocks):
        return "none"
    more = f" and {len(blocks) - SHOWN} more" if len(blocks) > SHOWN else ""
    return ", ".join(district.block_ids[b] for b in blocks[:SHOWN]) + more


def _plural(count: float, unit: str) -> str:
    return f"{students_told(count)} {unit}" + ("" if count == 1 else "s")


def _times(increase: float) -> str:
    return f"{1 + increase:.4f}".rstrip("0").rstrip(".")
