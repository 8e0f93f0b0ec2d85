"""From a transition to what transition.json holds: the years, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.measures import school_rows
from optimizer.plan import Plan
from optimizer.rules import Breach, Rule, under
from optimizer.transition import Grades, Policy, Year, grades_of, transition
from scenarios.answer.asked import Asked
from scenarios.answer.record import PlanRecord
from scenarios.asking.options import Settings, rules_of
from scenarios.transition.records import Found, Options, SchoolYear, YearRow
from scenarios.transition.words import assumptions, reached_in_words, school_year

YEARLY = ("size", "share", "utilisation")  # rules about a school's sums, which each year can be held to
SHAPE = ("cut_edges", "detached_pieces")  # a year has no zones of its own


@dataclass(frozen=True)
class Ask:
    """What is asked of one transition. grades: names, None for those that have columns. start_year: the calendar year
    in which year 1 begins. plan_name: the plan's file, as results call it."""

    policy: Policy
    grades: tuple[str, ...] | None = None
    start_year: int | None = None
    plan_name: str = "plan"


def document(plan: Plan, ask: Ask, settings: Settings) -> Found:
    """Raises InputError where grades or the policy do not fit the district."""
    rules = rules_of(settings)
    district = under(plan.district, rules)
    plan, grades = Plan(district, plan.school), grades_of(district, ask.grades)
    record = PlanRecord.under(plan, rules)
    yearly = tuple(rule for rule in rules if rule.kind in YEARLY)
    years = [_year(year, ask, yearly) for year in transition(plan, grades, ask.policy)]
    return Found(
        summary=reached_in_words(years),
        asked=Asked.of(district, settings),
        plan=ask.plan_name,
        groups=district.groups,
        options=_options(ask, grades),
        reached_in=years[-1].year,
        reached_in_school_year=years[-1].school_year,
        plan_valid=record.valid,
        plan_broken_limits=record.broken,
        assumptions=assumptions(grades, ask.policy, district),
        years=years,
    )


def _options(ask: Ask, grades: Grades) -> Options:
    policy = ask.policy
    return Options(
        phase_in=policy.phase_in,
        grandfather=policy.grandfather,
        siblings=policy.siblings,
        sibling_rate=policy.sibling_rate,
        start_year=ask.start_year,
        grades=grades.names,
        grades_from="even split" if grades.assumed else "columns",
    )


def _year(year: Year, ask: Ask, rules: tuple[Rule, ...]) -> YearRow:
    there = year.attendance()
    district, record = there.district, PlanRecord.under_these(there, rules)
    total, moving = float(district.students.sum()), float(year.plan.district.students[year.plan.moved].sum())
    moved = float(year.moved.sum())
    return YearRow(
        year=year.index,
        school_year=school_year(ask.start_year, year.index),
        students=total,
        at_plan_school=1.0 - (moving - moved) / total if total > 0 else None,
        moving_at_plan_school=moved / moving if moving > 0 else None,
        moved_students=moved,
        changed_school=float(year.changed.sum()),
        measures={name: value for name, value in record.measures.items() if name not in SHAPE},
        valid=record.valid,
        broken_limits=record.broken,
        schools=_schools(year, there, record.breaches),
    )


def _schools(year: Year, there: Plan, broken: Sequence[Breach]) -> list[SchoolYear]:
    came, left = year.moves(year.moved)
    changed_in, changed_out = year.moves(year.changed)
    return [
        SchoolYear(
            **{key: value for key, value in vars(row).items() if key != "blocks"},
            moved_in=float(came[j]),
            moved_out=float(left[j]),
            changed_in=float(changed_in[j]),
            changed_out=float(changed_out[j]),
            over_capacity=_amount(broken, "capacity", row.school_id),
            under_minimum=_amount(broken, "min_students", row.school_id),
            inherited=all(b.inherited for b in broken if b.school == row.school_id),
        )
        for j, row in enumerate(school_rows(there))
    ]


def _amount(broken: Sequence[Breach], limit: str, school: str) -> float:
    return sum((row.amount for row in broken if row.limit == limit and row.school == school), 0.0)
