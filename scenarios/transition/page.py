"""transition.html: one page that opens without a network."""

from __future__ import annotations

from functools import partial

from scenarios.drawing.page import page
from scenarios.paper import numbers
from scenarios.paper.measures import DISPARITY, RACE, figure, name_of
from scenarios.paper.words import words
from scenarios.transition import chart
from scenarios.transition.records import Found
from scenarios.transition.words import largest, named, names_of

SHOWN = 60  # broken limits named on the page; transition.json has all


def render(found: Found) -> str:
    """The page. Names, ids and groups of the data are text, never markup."""
    broken = [(year, row) for year in found.years for row in year.broken_limits]
    charts = {
        name: chart.measured(found, name, partial(figure, name, unit=""), name_of(name)) for name in (DISPARITY, RACE)
    }
    return page(
        "scenarios.transition",
        "transition.html",
        {
            "found": found,
            "years": found.years,
            "fullness": chart.fullness(found),
            "disparity": charts[DISPARITY],
            "race": charts[RACE],
            "RACE": RACE,
            "shown": lambda name, year: figure(name, year.measures.get(name), found.asked.travel_unit),
            "broken": broken[:SHOWN],
            "more": max(0, len(broken) - SHOWN),
            "f": numbers.ENGLISH,
            "t": words(),
            "named": named,
            "names": names_of(found),
            "largest": largest(found),
        },
    )
