"""What transition.json holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.measures import Measures
from scenarios.answer.asked import Asked
from scenarios.reading.records import Broken
from scenarios.writing.records import inlined


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """A school in one year. moved_in, moved_out: students who are there because of the plan, and who would be without
    it; changed_in, changed_out: those who changed school this year. over_capacity, under_minimum: students beyond."""

    school_id: str
    name: str
    students: float
    other_students: float
    capacity: float | None
    min_students: float | None
    utilisation: float | None
    counted: float
    poverty: float | None
    poverty_rate: float | None
    groups: Mapping[str, float | None]
    band: str | None
    moved_in: float
    moved_out: float
    changed_in: float
    changed_out: float
    over_capacity: float
    under_minimum: float
    inherited: bool


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """A year, 0 for today. at_plan_school: the share of all students who attend the school that the plan gives them;
    moving_at_plan_school: of those whom the plan moves."""

    year: int
    school_year: str | None
    students: float
    at_plan_school: float | None
    moving_at_plan_school: float | None
    moved_students: float
    changed_school: float
    measures: Measures
    valid: bool
    broken_limits: Sequence[Broken]
    schools: Sequence[SchoolYear]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The policy that was asked for, and the grades it is about."""

    phase_in: str
    grandfather: Sequence[str]
    siblings: float
    sibling_rate: float
    start_year: int | None
    grades: Sequence[str]
    grades_from: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that transition.json holds."""

    summary: str
    asked: Asked = inlined()
    plan: str
    groups: Sequence[str]
    options: Options
    reached_in: int
    reached_in_school_year: str | None
    plan_valid: bool
    plan_broken_limits: Sequence[Broken]
    assumptions: Sequence[str]
    years: Sequence[YearRow]
