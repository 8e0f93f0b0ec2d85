"""transition.html: one page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from scenarios.paper import numbers
from scenarios.paper.templating import templates_of
from scenarios.paper.words import words
from scenarios.transition import chart
from scenarios.transition.words import named

SHOWN = 60  # broken limits named on the page; transition.json has all


def render(found: Mapping[str, Any]) -> str:
    """The page. Names, ids and groups of the data are text, never markup."""
    environment = templates_of("scenarios.transition")
    environment.filters |= {
        "points": partial(numbers.points, digits=2),
        "percent": numbers.percent,
        "count": numbers.count,
        "index": numbers.index,
        "travel": partial(numbers.travel, unit=found["travel_unit"]),
        "label": lambda group: group.replace("_", " ").capitalize(),
        "named": named,
        "excess": words().excess,
        "limit": words().limit,
    }
    broken = [(year, row) for year in found["years"] for row in year["broken_limits"]]
    return environment.get_template("transition.html").render(
        found=found,
        years=found["years"],
        fullness=chart.fullness(found),
        disparity=chart.measures(found, "disparity", lambda value: str(numbers.points(value, digits=2))),
        race=chart.measures(found, "dissimilarity.race", lambda value: str(numbers.index(value))),
        broken=broken[:SHOWN],
        more=max(0, len(broken) - SHOWN),
        left=chart.LEFT,
        right=chart.RIGHT,
        width=chart.WIDTH,
    )
