"""What a plan does in one sentence: whom it lets meet how much poverty at school, and how many change school for it."""

from __future__ import annotations

from html import unescape

from markupsafe import Markup

from optimizer.district import District
from optimizer.measures import Measures
from scenarios.paper.measures import DISPARITY, TRAVEL
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words

NAMED = 2  # groups that the sentence speaks of: those that meet most and least poverty today


def sentence(now: Measures, today: Measures, district: District, t: Words) -> str:
    """As plain text."""
    parts = [_exposure(group, now, today, t) for group in _groups(today, district)]
    if not parts and now.get(DISPARITY) is not None and today.get(DISPARITY) is not None:
        shown = t.figures.points(now[DISPARITY], 2)
        parts = [t("table.said_poor", now=shown, change=_points(now[DISPARITY], today[DISPARITY], t))]
    if not parts:
        parts = [_travel(now, today, district, t)]
    share = now.get("moved_share") or 0.0
    moved = t("table.said_moved", share=t.figures.percent(share)) if share else t("table.said_nobody")
    joined: Text = parts[0]
    for part in (*parts[1:], moved):
        joined = t("table.said_and", one=joined, two=part)
    return unescape(str(t("table.said", text=joined)))


def _groups(today: Measures, district: District) -> list[str]:
    """The group that meets most poverty today, and the one that meets least."""
    known = {group: today.get(f"exposure_to_poverty.{group}") for group in district.groups}
    order = sorted((value, group) for group, value in known.items() if value is not None)
    return [order[-1][1], order[0][1]][: min(NAMED, len(order))] if order else []


def _exposure(group: str, now: Measures, today: Measures, t: Words) -> Markup:
    name = f"exposure_to_poverty.{group}"
    met = t.figures.percent(now[name])
    return t("table.said_meets", group=t.group(group), now=met, change=_points(now[name], today[name], t))


def _travel(now: Measures, today: Measures, district: District, t: Words) -> Markup:
    unit, after, before = district.travel.unit, now.get(TRAVEL), today.get(TRAVEL)
    shown = t.figures.travel(after, unit)
    if after is None or before is None:
        return t("table.said_travel", now=shown, change=t("table.said_same"))
    by = t.figures.travel(abs(after - before), unit)
    return t("table.said_travel", now=shown, change=_way(after, before, by, t, "travel"))


def _points(after: float | None, before: float | None, t: Words) -> Markup:
    if after is None or before is None:
        return t("table.said_same")
    return _way(after, before, t.figures.points(abs(after - before), 1), t, "points")


def _way(after: float, before: float, by: Text, t: Words, kind: str) -> Markup:
    if not any(digit in str(by) for digit in "123456789"):
        return t("table.said_same")
    return t(f"table.said_{'less' if after < before else 'more'}_{kind}", by=by)
