"""The way from today's zones to a plan, year by year: who attends which school while the plan is phased in."""

from optimizer.transition.grades import DEFAULT_GRADES, Grades, grades_of, parse_grades
from optimizer.transition.policy import SIBLING_RATE, PhaseIn, Policy
from optimizer.transition.years import Year, transition

__all__ = [
    "DEFAULT_GRADES",
    "SIBLING_RATE",
    "Grades",
    "PhaseIn",
    "Policy",
    "Year",
    "grades_of",
    "parse_grades",
    "transition",
]
