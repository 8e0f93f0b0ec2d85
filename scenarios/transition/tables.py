"""transition.csv and years.csv: what transition.json holds, as flat rows."""

from __future__ import annotations

import pandas as pd

from scenarios.paper.measures import DISPARITY, RACE
from scenarios.transition.records import Found

KEPT = ("school_id", "name", "students", "other_students", "capacity", "utilisation")
LIMITS = ("over_capacity", "under_minimum", "inherited", "counted", "poverty", "poverty_rate")
MOVES = ("moved_in", "moved_out", "changed_in", "changed_out")
YEAR = ("year", "school_year")
COUNTS = ("students", "at_plan_school", "moving_at_plan_school", "moved_students", "changed_school", "valid")
FIRST = (DISPARITY, "dissimilarity.poverty", RACE)  # poverty and race side by side


def schools_table(found: Found) -> pd.DataFrame:
    """One row a year and school."""
    rows = []
    for year in found.years:
        for school in year.schools:
            groups = {f"students_{group}": count for group, count in school.groups.items()}
            rows.append(
                {name: getattr(year, name) for name in YEAR}
                | {name: getattr(school, name) for name in (*KEPT, *LIMITS)}
                | groups
                | {name: getattr(school, name) for name in MOVES}
            )
    return pd.DataFrame(rows)


def years_table(found: Found) -> pd.DataFrame:
    """One row a year: how far the plan is reached, who changed school, exposure to poverty and by race."""
    rows = []
    for year in found.years:
        measures = year.measures
        over = sum(school.over_capacity > 0 for school in year.schools)
        exposures = {
            name: measures[name] for name in measures if name.startswith(("exposure_to_poverty.", "exposure."))
        }
        rows.append(
            {name: getattr(year, name) for name in (*YEAR, *COUNTS)}
            | {"schools_over_capacity": over, "utilisation_max": measures["utilisation_max"]}
            | {name: measures.get(name) for name in FIRST}
            | exposures
            | {"travel_mean": measures["travel_mean"]}
        )
    return pd.DataFrame(rows)
