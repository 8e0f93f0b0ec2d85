"""Scorecards made by hand: what a test says of one, and anything for the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scenarios.reading.records import Limits
from scenarios.score.document import BestFound, Entry, Found, Given, NearestSchool

LIMITS = Limits(
    travel_increase=0.5,
    travel_floor=1000.0,
    size_tolerance=0.15,
    max_moved=None,
    contiguity=True,
    strict=False,
    default_minimum="today_or_seats",
)


def entry(**told: Any) -> Entry:
    known = dict.fromkeys(
        ("objective_value", "excess", "students_moved", "students_moved_counted", "travel_broken"), 0.0
    )
    return Entry(**{**known, "valid": True, "measures": {}, "broken_limits": [], **told})


def given(best: BestFound | None = None, bound: float = 0.0, **told: Any) -> Given:
    of_file: dict[str, Any] = {"plan": "", "name": "", "source": "", "school_column": None}
    read: dict[str, Any] = {"unmatched": [], "unmatched_blocks": 0, "gap": None}
    return Given(**vars(entry(**told)), **of_file, **read, best=best, bound=bound)


def best_found(given: int | None = None, **told: Any) -> BestFound:
    return BestFound(**vars(entry(**told)), plan="", is_given_plan=given)


def scorecard(today: Entry | None = None, nearest: Entry | None = None, **told: Any) -> Found:
    """With other limits: by their names."""
    limits = replace(LIMITS, **{key: told.pop(key) for key in vars(LIMITS) if key in told})
    asked: dict[str, Any] = {"district": "", "students": 0.0, "travel_unit": "m", "groups": [], "has_poverty": True}
    run: dict[str, Any] = {"seed": 0, "iterations": None, "stopped": False, "seconds": 0.0, "version": "", "rules": []}
    return Found(
        **{**asked, **run, "objective": "disparity", **told},
        limits=limits,
        status_quo=today or entry(),
        nearest_school=NearestSchool(**vars(nearest or entry()), plan="", baseline=None),
        plans=[],
    )
