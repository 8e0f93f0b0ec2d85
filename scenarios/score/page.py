"""score.html: one page that a board member can read, and that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.measures import Place
from scenarios.answer.several import Several
from scenarios.drawing.page import page
from scenarios.paper import numbers
from scenarios.paper.measures import EXCESS, RACE, figure, name_of, tabled
from scenarios.paper.words import words
from scenarios.reading.values import Table
from scenarios.score.document import Entry, Found, Given
from scenarios.score.words import broken_in_words, sentences

TODAY = "Today's zones"


def render(found: Found, names: Mapping[str, str], several: Several | None) -> str:
    """The page. names: of schools, by id. Both are text, never markup. several: the plans on redrawn counts."""
    listed = _listed(found)
    values = {
        "found": found,
        "listed": listed,
        "rows": [_line(found, listed, name, entry) for name, entry in found.entries(TODAY)],
        "cards": [_card(found, plan, names) for plan in found.plans],
        "limits": vars(found.limits),
        "words": name_of,
        "race_known": _known(found, RACE),
        "drawn": None if several is None else several.shown(found.travel_unit, TODAY),
        "best": [_best(found, plan) for plan in found.plans],
    }
    return page("scenarios.score", "score.html", values)


def _known(found: Found, name: str) -> bool:
    return found.status_quo.measures.get(name) is not None


def _listed(found: Found) -> list[str]:
    names = tabled(Place.LISTED, [entry.measures for _, entry in found.entries(TODAY)])
    return [name for name in names if _known(found, name)]


def _line(found: Found, listed: Sequence[str], name: str, entry: Entry) -> Table:
    return {
        "name": name if isinstance(entry, Given) else f"{name[:1].upper()}{name[1:]}",
        "cells": [_shown(found, entry, measure) for measure in listed],
        "excess": numbers.count(entry.excess),
        "broken": len(entry.new),
        "given": isinstance(entry, Given),
    }


def _shown(found: Found, entry: Entry | None, name: str) -> str:
    return figure(name, None if entry is None else entry.measures.get(name), found.travel_unit)


def _best(found: Found, plan: Given) -> str:
    """The objective of the best found with as many students moved."""
    name = found.objective
    if plan.best is None:
        return "none found"
    if isinstance(name, str) and name in plan.measures:
        return figure(name, plan.best.objective_value, found.travel_unit)
    return f"{plan.best.objective_value:.5g}"


def _card(found: Found, plan: Given, names: Mapping[str, str]) -> Table:
    columns = [found.status_quo, found.nearest_school, plan, plan.best]

    def table(rows: list[tuple[str, str]]) -> list[Table]:
        known = [(label, name) for label, name in rows if _known(found, name)]
        return [{"name": label, "cells": [_shown(found, one, name) for one in columns]} for label, name in known]

    names_ = tabled(Place.FULL, [one.measures for one in columns if one])
    excess = {"name": name_of(EXCESS), "cells": [numbers.count(one.excess if one else None) for one in columns]}
    groups = [(words().group(group), group) for group in found.groups]
    return {
        "name": plan.name,
        "say": sentences(found, plan),
        "valid": plan.valid,
        "broken": broken_in_words(found, plan, names),
        "unmatched": plan.unmatched,
        "main": [*table([(name_of(name), name) for name in names_]), excess],
        "poverty": table([(label, f"exposure_to_poverty.{group}") for label, group in groups]),
        "own": table([(label, f"isolation.{group}") for label, group in groups]),
    }
