"""What `rezone explain` has found, as JSON and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.district import District
from optimizer.explain import Case, Conflict, Explanation, Inherited, Limit, Reason, WayOut
from optimizer.rules import Moved, Travel
from optimizer.striking import Contradiction
from scenarios.explain.struck import struck_words
from scenarios.explain.words import SHOWN, inherited_words, limit_words, reason_words, school_name, way_words
from scenarios.paper.absence import in_full
from scenarios.paper.words import words
from scenarios.writing.records import inlined, left_out

UNIT = "students"  # of all amounts here, also of a share: how many students too many, or too few, not which fraction
DIGITS = 5  # the solvers' allowance of 1e-6 is no part of an amount


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    """A limit in a conflict. value: what it asks. status_quo_amount: by how much today's zones break it, in `unit`."""

    limit: str
    school: str | None = left_out()
    value: float | bool | None
    status_quo_amount: float | None = left_out()
    unit: str | None = left_out()
    words: str
    proved: bool


@dataclass(frozen=True, kw_only=True)
class ReasonRow:
    """The count that shows a clash."""

    kind: str
    schools: Sequence[str]
    students: float
    room: float
    blocks: Sequence[str]
    words: str


@dataclass(frozen=True, kw_only=True)
class ConflictRow:
    conflict: Sequence[LimitRow] = ()
    minimal: bool = False
    reason: ReasonRow | None = None


@dataclass(frozen=True, kw_only=True)
class Where:
    school: str | None = left_out()
    amount: float | None = left_out()
    block: str | None = left_out()


@dataclass(frozen=True, kw_only=True)
class WayRow:
    """`WayOut`, with names in place of numbers."""

    relax: str
    amount: float | None
    where: Sequence[Where]
    words: str
    sufficient: bool | None
    least: bool
    students: float | None


@dataclass(frozen=True, kw_only=True)
class InheritedRow:
    """A limit that today's zones break: by how much, the least found, and what no plan is below."""

    limit: str
    school: str
    unit: str = UNIT
    status_quo_amount: float
    least_amount: float | None
    at_least: float | None
    proved: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class StruckRow:
    """A pair that a rule requires and no valid plan of the other rules has."""

    block: str
    school: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that `explain` says: `Explanation`, with names in place of numbers. first: what it leads with."""

    district: str
    feasible: bool | None
    proved: bool
    first: ConflictRow = inlined()
    also: Sequence[ConflictRow]
    ways_out: Sequence[WayRow]
    inherited: Sequence[InheritedRow]
    inherited_together: bool | None
    struck: Sequence[StruckRow]
    stopped: bool
    seconds: float
    method: str


def explanation(found: Explanation, seconds: float) -> Found:
    """seconds: of the whole process."""
    case = found.case
    return Found(
        district=case.district.name,
        feasible=found.feasible,
        proved=found.feasible is not None,
        first=ConflictRow() if found.conflict is None else _conflict(case, found.conflict),
        also=[_conflict(case, other) for other in found.also],
        ways_out=[_way(case, way) for way in found.ways],
        inherited=[_inherited(case.district, row) for row in found.relief.rows],
        inherited_together=found.relief.together,
        struck=[_struck(case.district, one) for one in found.struck],
        stopped=found.stopped,
        seconds=round(seconds, 3),
        method=", ".join(found.method) or "today's zones are a valid plan",
    )


def in_words(found: Found, *, strict: bool = False) -> str:
    """A short note for people. strict: whether limits that today's zones break were taken as hard."""
    head = {
        True: "There is a valid plan within these limits.",
        False: in_full("proved"),
        None: in_full("not found"),
    }[found.feasible]
    parts = [f"{found.district}\n{head}", _conflict_words(found), _struck_words(found), _also_words(found)]
    parts += [_ways_words(found.ways_out), _today_words(found, strict=strict)]
    if found.stopped:
        parts.append("Stopped early: this is what was known by then.")
    return "\n\n".join(part for part in parts if part)


def _conflict_words(found: Found) -> str:
    rows, first = found.first.conflict, found.first
    if not rows:
        return ""
    if found.feasible is None:
        head = "The nearest plan found breaks:"
    elif len(rows) == 1:
        head = "One limit cannot be kept, whatever the others:"
    else:
        note = f"; {_others(len(rows))}:" if first.minimal else " (nor, perhaps, fewer of them):"
        head = f"These {len(rows)} limits cannot hold together{note}"
    lines = [head, *(f"  - {row.words}" for row in rows[: 2 * SHOWN])]
    if len(rows) > 2 * SHOWN:
        lines.append(f"  and {len(rows) - 2 * SHOWN} more")
    if first.reason is not None:
        lines.append("Why: " + first.reason.words)
    return "\n".join(lines)


def _struck_words(found: Found) -> str:
    """Required pairs that no valid plan has, whatever the other required ones."""
    rows = [f"  - block {row.block} at {row.school}: {row.words}" for row in found.struck]
    return "\n".join(["Required, and in no valid plan:", *rows]) if rows else ""


def _struck(district: District, one: Contradiction) -> StruckRow:
    where = school_name(district, one.school)
    said = str(struck_words(district, one, words()))
    return StruckRow(block=district.block_ids[one.block], school=where, words=said)


def _others(count: int) -> str:
    """That a conflict is the smallest: it speaks of its own limits alone, not of all that were asked for."""
    return "each of them alone can be kept" if count == 2 else "any of them left out, the rest of these can"


def _also_words(found: Found) -> str:
    """Further conflicts, one sentence each where a count shows them."""
    lines = []
    for other in found.also:
        words = "; ".join(row.words for row in other.conflict[:SHOWN])
        lines.append("  - " + (other.reason.words if other.reason else words))
    return "\n".join(["Apart from these, there are further conflicts:", *lines]) if lines else ""


def _ways_words(ways: Sequence[WayRow]) -> str:
    if not ways:
        return ""
    enough = [way.words for way in ways if way.sufficient]
    kept = "while all other limits are kept"
    lines = (
        [f"Ways out, each enough by itself {kept}:"]
        if enough
        else [f"No way out was found that is enough by itself {kept}."]
    )
    lines += [f"  - {words}" for words in enough]
    lines += [f"Not {way.words}" for way in ways if way.sufficient is False]
    lines += [f"Not settled in the time given: {way.words}" for way in ways if way.sufficient is None]
    return "\n".join(lines)


def _today_words(found: Found, *, strict: bool) -> str:
    rows = found.inherited
    if not rows:
        return ""
    together = {
        True: "One plan can keep all of these limits at once, and all others with them.",
        False: "No plan can keep all of these limits at once and all others with them.",
        None: "Whether one plan can keep all of these limits at once was not settled in the time given.",
    }[found.inherited_together]
    note = "" if strict else " (a plan may break them as much, unless --strict)"
    head = f"Limits that today's zones break already{note}:"
    return "\n".join([head, *(f"  - {row.words}" for row in rows), together])


def _conflict(case: Case, conflict: Conflict) -> ConflictRow:
    return ConflictRow(
        conflict=[limit_row(case, limit, conflict.proved) for limit in conflict.limits],
        minimal=conflict.minimal,
        reason=None if conflict.reason is None else _reason(case.district, conflict.reason),
    )


def limit_row(case: Case, limit: Limit, proved: bool) -> LimitRow:
    """A limit of a conflict, in words."""
    value = _value(case, limit)
    row = LimitRow(limit=limit.name, value=value, words=limit_words(case, limit, value), proved=proved)
    if limit.school < 0:
        return row
    today = round(float(case.amounts([limit], case.today)[0]), DIGITS)
    return replace(row, school=case.district.school_ids[limit.school], status_quo_amount=today, unit=UNIT)


def _value(case: Case, limit: Limit) -> float | bool | None:
    rule = case.rule(limit)
    if limit.school >= 0:
        s, district = case.whole.sums[limit.at], case.district
        if s.whole != -1:  # a share: the factor is the limit, with its allowance
            return float(round(s.factor[limit.school], 8))
        given = limit.name == "capacity" and np.isfinite(district.capacity[limit.school])
        high = s.hard_high[limit.school] + (district.other_students[limit.school] if given else 0.0)
        return float(high if limit.kind == "high" else s.hard_low[limit.school])
    if isinstance(rule, Travel):
        return rule.increase
    if isinstance(rule, Moved):
        return rule.share
    return True if rule.kind == "contiguity" else None


def _reason(district: District, reason: Reason) -> ReasonRow:
    return ReasonRow(
        kind=reason.kind,
        schools=[district.school_ids[j] for j in reason.schools],
        students=reason.students,
        room=reason.room,
        blocks=[district.block_ids[b] for b in reason.blocks],
        words=reason_words(district, reason),
    )


def _way(case: Case, way: WayOut) -> WayRow:
    district = case.district
    schools = [Where(school=district.school_ids[j], amount=amount) for j, amount in way.where]
    return WayRow(
        relax=way.relax,
        amount=way.amount,
        where=schools or [Where(block=district.block_ids[b]) for b in way.blocks],
        words=way_words(district, way),
        sufficient=way.sufficient,
        least=way.least,
        students=way.students if np.isfinite(way.students) else None,
    )


def _inherited(district: District, row: Inherited) -> InheritedRow:
    return InheritedRow(
        limit=row.limit.name,
        school=district.school_ids[row.limit.school],
        status_quo_amount=round(row.today, DIGITS),
        least_amount=None if row.least is None else round(row.least, DIGITS),
        at_least=max(0.0, row.at_least) if np.isfinite(row.at_least) else None,  # no plan at all keeps the others
        proved=row.proved,
        words=inherited_words(district, row),
    )
