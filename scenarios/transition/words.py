"""What a transition rests on and comes to, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.district import District
from optimizer.transition import Grades, Policy
from scenarios.paper.plain import plain_in, share_given
from scenarios.transition.records import Found, YearRow


def school_year(start: int | None, year: int) -> str | None:
    """`2026-27` for the first year of a plan that starts in 2026; None where no start is given."""
    if start is None:
        return None
    return f"{start + year - 1}-{(start + year) % 100:02d}"


def named(year: YearRow) -> str:
    """A year as people call it: `year 3 (2028-29)`."""
    return f"year {year.year}" + (f" ({year.school_year})" if year.school_year else "")


def reached_in_words(years: Sequence[YearRow]) -> str:
    """When the plan is reached, and which years go beyond a limit on the way."""
    if years[-1].year == 0:
        return "The plan moves no students: it is today's zones."
    first = f"The plan is reached in {named(years[-1])}: from then on all students attend its schools."
    changed = max(year.changed_school for year in years)
    moves = (
        "No child has to leave a school on the way."
        if changed < 0.5
        else f"At most {plain_in('count', changed)} children leave their school in one year."
    )
    beyond = [str(year.year) for year in years[1:] if not year.valid]
    if not beyond:
        return f"{first} {moves} No year breaks a limit of size or share more than today's zones do."
    return f"{first} {moves} A limit of size or share is broken more than today in {_years(beyond)}."


def _years(numbers: Sequence[str]) -> str:
    return f"year {numbers[0]}" if len(numbers) == 1 else f"years {', '.join(numbers)}"


def assumptions(grades: Grades, policy: Policy, district: District) -> list[str]:
    """Every assumption behind the figures, a sentence each."""
    names = ", ".join(grades.names)
    rows = [
        "Enrolment stays as it is today in every block and grade; each year every cohort moves up a grade.",
        f"Students are split evenly over the grades {names}: an assumption, for lack of columns students_grade_<g>."
        if grades.assumed
        else f"Students by grade ({names}) are taken from the blocks' columns.",
        "Within a block, groups and poverty are spread over the grades as all its students are.",
        _phase_in(policy, grades),
    ]
    if policy.grandfather:
        kept = ", ".join(policy.grandfather)
        rows.append(
            f"Students of grades {kept} in year 1 stay at today's school for their remaining years."
            if policy.phase_in == "all-at-once"
            else f"Grandfathering grades {kept} adds nothing: with new entrants first, all enrolled students stay."
        )
    if policy.siblings > 0:
        rows.append(
            f"{share_given(policy.sibling_rate, 3)} of entrants have an older sibling in the school's grades, as "
            "likely in one grade as in another (an assumption, --sibling-rate). "
            f"{share_given(policy.siblings, 3)} of the students whose older sibling stays at today's school in his or "
            "her own right attend it too, and keep that place to the top grade; nobody follows a follower."
        )
    if district.amended_from is not None:
        ruled = (
            "Seats, and what schools there are, are as the rules have them from year 1 on; year 0 is today as it is."
        )
        rows.append(ruled)
    closed = [district.school_ids[j] for j in np.flatnonzero(district.has_zone & ~district.open)]
    if closed:
        names = ", ".join(called(school, district.school_names[district.school_ids.index(school)]) for school in closed)
        rows.append(f"Schools closed or joined to another keep nobody: all students of {names} leave in year 1.")
    return rows


def called(school_id: str, name: str) -> str:
    """A school by its name, with its id where that is another."""
    return name if name == school_id else f"{name} ({school_id})"


def names_of(found: Found) -> dict[str, str]:
    """By id, what the schools are called."""
    return {school.school_id: called(school.school_id, school.name) for school in found.years[-1].schools}


def largest(found: Found) -> str:
    """What a school is over where it is too large: its seats, unless no school gives any."""
    given = any(school.capacity is not None for year in found.years for school in year.schools)
    return "seats" if given else "largest size"


def _phase_in(policy: Policy, grades: Grades) -> str:
    if policy.phase_in == "entrants":
        return (
            f"New entrants first: from year 1 on, children who enter grade {grades.names[0]} go to the plan's school; "
            "all who are enrolled before stay at today's school to the top grade."
        )
    return "All at once: in year 1 all students go to the plan's school, but for those named below."
