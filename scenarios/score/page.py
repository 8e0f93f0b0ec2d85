"""score.html: one page that a board member can read, and that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.measures import Place
from scenarios.answer.baseline_words import scored_name
from scenarios.drawing.page import page
from scenarios.paper import numbers
from scenarios.paper.measures import EXCESS, RACE, figure, name_of, tabled
from scenarios.paper.words import words
from scenarios.score.words import broken_in_words, sentences


def render(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The page. found: what score.json holds; names: of schools, by id. Both are text, never markup."""
    values = {
        "found": found,
        "listed": _listed(found),
        "rows": [_line(found, entry) for entry in _entries(found)],
        "cards": [_card(found, plan, names) for plan in found["plans"]],
        "words": name_of,
        "race_known": _known(found, RACE),
        "best": [_best(found, plan) for plan in found["plans"]],
    }
    return page("scenarios.score", "score.html", values)


def _known(found: Mapping[str, Any], name: str) -> bool:
    return found["status_quo"]["measures"].get(name) is not None


def _listed(found: Mapping[str, Any]) -> list[str]:
    names = tabled(Place.LISTED, [entry["measures"] for entry in _entries(found)])
    return [name for name in names if _known(found, name)]


def _entries(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        found["status_quo"] | {"name": "Today's zones"},
        found["nearest_school"] | {"name": scored_name(found["nearest_school"].get("baseline")).capitalize()},
        *found["plans"],
    ]


def _line(found: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    new = sum(not row.inherited for row in entry["broken_limits"])
    return {
        "name": entry["name"],
        "cells": [_shown(found, entry, name) for name in _listed(found)],
        "excess": numbers.count(entry["excess"]),
        "broken": new,
        "given": "bound" in entry,
    }


def _shown(found: Mapping[str, Any], entry: Mapping[str, Any] | None, name: str) -> Any:
    return figure(name, None if entry is None else entry["measures"].get(name), found["travel_unit"])


def _best(found: Mapping[str, Any], plan: Mapping[str, Any]) -> Any:
    """The objective of the best found with as many students moved."""
    name = found["objective"]
    if plan["best"] is None:
        return "none found"
    if isinstance(name, str) and name in plan["measures"]:
        return figure(name, plan["best"]["objective_value"], found["travel_unit"])
    return f"{plan['best']['objective_value']:.5g}"


def _card(found: Mapping[str, Any], plan: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    columns = [found["status_quo"], found["nearest_school"], plan, plan["best"]]

    def table(rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
        known = [(label, name) for label, name in rows if _known(found, name)]
        return [{"name": label, "cells": [_shown(found, one, name) for one in columns]} for label, name in known]

    names_ = tabled(Place.FULL, [one["measures"] for one in columns if one])
    excess = {"name": name_of(EXCESS), "cells": [numbers.count(one["excess"] if one else None) for one in columns]}
    groups = [(words().group(group), group) for group in found["groups"]]
    return {
        "name": plan["name"],
        "say": sentences(found, plan),
        "valid": plan["valid"],
        "broken": broken_in_words(found, plan, names),
        "unmatched": plan["unmatched"],
        "main": [*table([(name_of(name), name) for name in names_]), excess],
        "poverty": table([(label, f"exposure_to_poverty.{group}") for label, group in groups]),
        "own": table([(label, f"isolation.{group}") for label, group in groups]),
    }
