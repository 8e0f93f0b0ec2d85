"""A question with one of its limits a step looser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.rules import Moved, Rule, Seats, Size, Travel

What = Literal["seat", "moved", "travel"]

SEAT = 1.0  # a step of a school's seats
POINT = 0.01  # a step of the share of students who may move
FARTHER = {"m": 100.0, "min": 1.0}  # a step of the allowance of travel


@dataclass(frozen=True, kw_only=True)
class Farther(Travel):
    """The limit of travel, with so much more for every block."""

    more: float = 0.0

    def limit(self, district: District) -> Floats:
        return super().limit(district) + self.more


def looser(district: District, rules: tuple[Rule, ...], what: What, school: int = -1) -> tuple[Rule, ...] | None:
    """The rules with a seat more at the school, a percentage point more of students moved, or FARTHER more allowance of
    travel; None where there is no such limit. district: as the rules have it."""
    if what == "seat":
        return _seated(district, rules, school)
    old: Rule | None = capped(rules) if what == "moved" else travel_of(rules)
    new: Rule | None = None
    if isinstance(old, Moved):
        new = replace(old, share=min(1.0, old.share + POINT))
    elif isinstance(old, Travel):
        new = Farther(increase=old.increase, floor=old.floor, more=FARTHER[district.travel.unit])
    return None if new is None else tuple(new if rule is old else rule for rule in rules)


def capped(rules: Sequence[Rule]) -> Moved | None:
    """The limit on all students moved."""
    return next((rule for rule in rules if isinstance(rule, Moved) and rule.of == "all" and not rule.by_school), None)


def travel_of(rules: Sequence[Rule]) -> Travel | None:
    return next((rule for rule in rules if isinstance(rule, Travel)), None)


def _seated(district: District, rules: tuple[Rule, ...], school: int) -> tuple[Rule, ...] | None:
    size = next((rule for rule in rules if isinstance(rule, Size)), None)
    if size is None:
        return None
    name = district.school_ids[school]
    given: Any = next((r for r in rules if getattr(r, "school", None) == name and r.kind in ("seats", "open")), None)
    if given is not None and given.capacity is not None:
        more = replace(given, capacity=given.capacity + SEAT)
        return tuple(more if rule is given else rule for rule in rules)
    high = float(size.band(district)[1][school] + district.other_students[school])
    if not np.isfinite(high):
        return None
    if isinstance(given, Seats):
        return tuple(replace(given, capacity=high + SEAT) if rule is given else rule for rule in rules)
    return (*rules, Seats(name, high + SEAT))
