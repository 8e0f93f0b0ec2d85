"""What a plan does, as the page's panel tells it: measures beside today's and the marked plan's, schools, limits that
break. Measured as `rezone evaluate` measures, worked out wholly each time; every text is the formatter's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from typing import Any

import numpy as np
from markupsafe import Markup

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.measures import Measures, Place, SchoolRow, school_rows, up_to
from optimizer.model import STUDENT_SLACK
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.rules import Rule, Size
from scenarios.answer.record import PlanRecord
from scenarios.paper.measures import EXCESS, change, figure, short, sign
from scenarios.paper.movers import COUNTED, counts_differ
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words
from scenarios.reading.records import Broken
from scenarios.table.sent import Sent
from scenarios.table.sentence import sentence

NONE = "\u2013"
KEPT = 50_000  # texts
# What the panel shows besides: who meets how much poverty, and whom, by group.
SECTIONS = {"exposure_to_poverty": "poverty", "exposure": "race", "isolation": "race"}


@dataclass(frozen=True, eq=False)
class Judged:
    """A plan with all that the panel says of it alone. rows: by school."""

    record: PlanRecord
    measures: Measures
    rows: list[SchoolRow]
    value: float


@dataclass(frozen=True, eq=False)
class Judge:
    """What plans of the table are judged by. district: as the rules have it."""

    district: District
    rules: tuple[Rule, ...]
    objective: Objective

    @cached_property
    def today(self) -> Judged:
        """Today's zones: judged under the rules, and measured as they really are."""
        real = Plan.today(self.district)
        record = PlanRecord.under(Plan.status_quo(self.district), self.rules, real)
        return Judged(record, record.measures, school_rows(real), float(self.objective.value(real)))

    @cached_property
    def band(self) -> tuple[Floats, Floats]:
        """(schools,) the fewest and the most students a zone may hold."""
        return next((rule for rule in self.rules if isinstance(rule, Size)), Size()).band(self.district)

    def of(self, school: Ints) -> Judged:
        """school: (blocks,)."""
        plan = Plan(self.district, school.copy())
        record = PlanRecord.under(plan, self.rules)
        return Judged(record, record.measures, school_rows(plan), float(self.objective.value(plan)))


class Teller:
    """What plans do, in one language."""

    def __init__(self, judge: Judge, t: Words) -> None:
        self.judge, self.t, self.district, self.today = judge, t, judge.district, judge.today
        # Most figures of schools, and most breaches, are what they were before an edit: they are worded once.
        self.text = lru_cache(KEPT)(self._text)
        self.breach = lru_cache(KEPT)(self._breach)
        self.schools = [(row, self._told_of(j, row)) for j, row in enumerate(self.today.rows)]

    def figures(self, now: Judged, mark: Judged) -> Sent:
        """The panel. mark: the plan that changes are told against besides today's."""
        return {
            "sentence": sentence(now.measures, self.today.measures, self.district, self.t),
            "valid": now.record.valid,
            "value": now.value,
            "measures": now.measures,
            "rows": [self._row(name, now, mark) for name in self._told(now)],
            "schools": [self._school(j, row) for j, row in enumerate(now.rows)],
            "moved": self._moved(now),
            "travel": self._travel(now, mark),
            "breaches": [self.breach(row) for row in now.record.broken],
        }

    def _told(self, now: Judged) -> list[str]:
        """The measures of the panel that the data know: poverty by group, beside it race by group, then the card's."""
        groups = self.district.groups
        names = [f"exposure_to_poverty.{group}" for group in groups]
        names += [f"isolation.{group}" for group in groups]
        names += [f"exposure.{one}.{other}" for one in groups for other in groups if one != other]
        both = counts_differ([now.measures])
        names += [name for name in up_to(Place.FULL) if name not in names and (name != COUNTED or both)]
        return [name for name in names if _any(name, (now.measures, self.today.measures))]

    def _row(self, name: str, now: Judged, mark: Judged) -> Sent:
        old, new, marked = (one.measures.get(name) for one in (self.today, now, mark))
        since, further = _less(new, old), _less(new, marked)
        return {
            "id": name,
            "section": SECTIONS.get(name.partition(".")[0], "card"),
            "words": plain_text(short(name, "card", self.t)),
            "today": old,
            "now": new,
            "mark": marked,
            "change": since,
            "change_mark": further,
            "better": _better(name, since),
            "shown": {
                "today": self._figure(name, old),
                "now": self._figure(name, new),
                "mark": self._figure(name, marked),
                "change": self._change(name, since),
                "change_mark": self._change(name, further),
            },
        }

    def _figure(self, name: str, value: float | None) -> str:
        return NONE if value is None else self.text(figure, name, value)

    def _change(self, name: str, value: float | None) -> str:
        return NONE if value is None else self.text(change, name, value)

    def _text(self, style: Callable[..., Text], name: str, value: float) -> str:
        return plain_text(style(name, value, self.district.travel.unit, self.t.figures))

    def _school(self, j: int, row: SchoolRow) -> Sent:
        """Of most schools, what was told before an edit is told after it."""
        if self.schools[j][0] != row:
            self.schools[j] = row, self._told_of(j, row)
        return self.schools[j][1]

    def _told_of(self, j: int, row: SchoolRow) -> Sent:
        low, high = self.judge.band
        return {
            "j": j,
            "students": row.students,
            "blocks": row.blocks,
            "other": row.other_students,
            "seats": row.capacity,
            "low": _finite(low[j]),
            "high": _finite(high[j]),
            "used": row.utilisation,
            "poverty": row.poverty_rate,
            "groups": [row.share_of(group) for group in self.district.groups],
            "over": bool((row.students or 0.0) > high[j] + STUDENT_SLACK),
            "under": bool((row.students or 0.0) < low[j] - STUDENT_SLACK),
            "shown": {
                "students": self._figure(EXCESS, row.students),
                "today": self._figure(EXCESS, self.today.rows[j].students),
                "seats": self._figure(EXCESS, row.capacity),
                "used": self._figure("utilisation_max", row.utilisation),
                "poverty": self._figure("exposure_to_poverty", row.poverty_rate),
            },
        }

    def _moved(self, now: Judged) -> Sent:
        plan, f = now.record.plan, self.t.figures
        students, share = now.record.moved, plan.moved_share
        return {
            "students": students,
            "blocks": int(plan.moved.sum()),
            "share": share,
            "shown": plain_text(self.t.count("table.moved", students, share=f.percent(share))),
        }

    def _travel(self, now: Judged, mark: Judged) -> Sent:
        return {row["id"]: row for row in (self._row(name, now, mark) for name in ("travel_mean", "travel_max"))}

    def _breach(self, row: Broken) -> Sent:
        district, t = self.district, self.t
        school = None if row.school is None else district.school_ids.index(row.school)
        block = None if row.block is None else district.block_ids.index(row.block)
        where = t("whole_district") if school is None else district.school_names[school] or row.school
        place = where if row.block is None else t("block_named", block=row.block)
        key = "table.breach_inherited" if row.inherited else "table.breach"
        words = t(
            key,
            limit=t.limit(row),
            where=place,
            amount=t.excess(row.amount, row.unit),
            limit_value=t.amount(row.limit_value, row.unit),
            today=t.excess(row.status_quo_amount, row.unit),
        )
        return {
            "limit": row.limit,
            "kind": row.of_kind,
            "name": plain_text(t.limit(row)),
            "unit": row.unit,
            "school": school,
            "block": block,
            "words": plain_text(words),
            "inherited": row.inherited,
            "amount": row.amount,
        }


def plain_text(text: Text) -> str:
    """As the page sets it in: text, never markup."""
    return unescape(str(text)) if isinstance(text, Markup) else text


def _any(name: str, measured: Iterable[Mapping[str, Any]]) -> bool:
    return any(one.get(name) is not None for one in measured)


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _better(name: str, difference: float | None) -> bool | None:
    """Whether the change is one to the better; None where it is none that shows, or neither end is the better one."""
    way = sign(name)
    if difference is None or way == 0 or abs(difference) < 1e-9:
        return None
    return difference * way < 0


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
