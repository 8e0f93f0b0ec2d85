"""The checker's part about the summary in report.json: what the plan comes to, and by how much it breaks limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import checker
from checker_schools import Changed, least_by_default

if TYPE_CHECKING:
    from checker import Zones
    from checker_report import Side

Tree = Mapping[str, Any]
OBJECTIVES = {"disparity": "disparity", "travel_mean": "travel_mean", "moved": "moved_share"}


def summary(today: Side, then: Side, given: Tree, limits: Tree) -> Tree:
    """Of the keys that there are: a given plan has fewer than a run. limits: with the travel floor of the unit."""
    folder, asked = then.folder, {**checker.DEFAULTS, **limits}
    change = {b: then.far[b] - then.now[b] for b in folder.blocks if math.isfinite(then.now[b])}
    found: dict[str, Any] = {
        "moved_share": then.measures["moved_share"],
        "mean_travel_change": then.mean(change, folder.students),
        "limits": {name: value for name, value in asked.items() if not isinstance(value, bool)},
        "broken_limits": list(amounts(then.it, then.plan, asked)),
    }
    for end, side in (("_status_quo", today), ("", then)):
        measured = side.measures
        found[f"measures{end}"] = measured
        found |= {f"{name}{end}": measured[name] for name in ("disparity", "variance")}
        found[f"exposure{end}"] = {g: measured[f"exposure_to_poverty.{g}"] for g in folder.groups}
        found[f"racial_exposure{end}"] = {
            g: {h: measured[f"exposure.{g}.{h}"] for h in folder.groups} for g in folder.groups
        }
        if given.get("objective") is not None:
            found[f"objective_value{end}"] = measured[OBJECTIVES[given["objective"]]]
    if given.get("bound") is not None:
        value = found["objective_value"]
        found["gap"] = (value - given["bound"]) / value if value > 1e-12 else 0.0
    return {key: value for key, value in found.items() if key in given}


def amounts(it: Changed, plan: Zones, asked: Tree) -> Iterator[Tree]:
    """Every limit that the plan breaks, with by how much, the limit, and by how much today's zones break it."""
    folder = it.folder
    total = sum(folder.students.values())
    moved = sum(folder.students[b] for b in folder.blocks if it.counts_as_moved(b, plan[b]))
    most = asked["max_moved"]
    if most is not None and total and moved / total > most + 1e-9:
        # An option's own rule is named as if it came after those given.
        yield _row("max_moved", moved / total - most, most)
    yield from _blocks(it, plan, asked)
    yield from _sizes(it, plan, asked["size_tolerance"])
    roots = it.root_part
    allowed = {(part, s) for s, piece in it.pieces(it.home) if roots.get(s) not in piece for part in piece}
    for s, root in it.root.items():
        if plan[root] != s:
            yield _row("contiguity", 1.0, 0.0, school=s, block=root)
    for s, piece in it.pieces(plan):
        new = sorted({part[0] for part in piece if (part, s) not in allowed})
        if roots.get(s) not in piece and new:
            yield _row("contiguity", len(new), 0.0, school=s, block=new[0])


def _blocks(it: Changed, plan: Zones, asked: Tree) -> Iterator[Tree]:
    for b, s in plan.items():
        if s in it.shut or s in it.first:
            kind = "close" if s in it.shut else "pair"
            place = next(k for k, rule in enumerate(it.rules) if rule["kind"] == kind and s in rule["schools"])
            was = 1.0 if it.home[b] is None else 0.0
            yield {**_row(kind, 1.0, 0.0, was, school=s, block=b), "rule": place}
        elif s != it.home[b]:
            far, now = it.travel(b, s), it.now(b)
            most = max((1 + asked["travel_increase"]) * now, asked["travel_floor"])
            if s not in it.open or not math.isfinite(far) or not math.isfinite(now):
                yield _row("reach", 1.0, 0.0, school=s, block=b)
            elif far > most + 1e-6:
                yield _row("travel_increase", far - most, most, school=s, block=b)


def _sizes(it: Changed, plan: Zones, tolerance: float) -> Iterator[Tree]:
    load, now = it.load(plan), it.load(it.home)
    for s in it.open:
        seats, least = it.capacity[s], it.least[s]
        high = (math.inf if s in it.new else (1 + tolerance) * now[s]) if seats is None else seats - it.other[s]
        room = None if seats is None else high
        low = least_by_default(now[s], room, tolerance) if least is None else least
        for name, over, before, value in (
            ("capacity", load[s] - high, now[s] - high, high if seats is None else seats),
            ("min_students", low - load[s], low - now[s], low),
        ):
            if over > 1e-6:
                was = before if before > 1e-6 and s not in it.new else 0.0
                yield _row(name, over, value, school=s, was=was)


def _row(limit: str, amount: float, value: float, was: float = 0.0, **place: str) -> Tree:
    return {"limit": limit, **place, "amount": amount, "limit_value": value, "status_quo_amount": was}


def maps(drawn: Tree | None, sides: Mapping[str, Side]) -> Tree | None:
    """What the drawings for paper tell: whose zones there are, who moves, and the class of each zone's poverty rate
    between the breaks that the drawing chose."""
    if drawn is None:
        return None
    breaks, today = drawn["poverty_breaks"], sides["status_quo"]

    def place(rate: float | None) -> int | None:
        known = rate is not None and breaks
        return min(max(sum(edge <= rate + 1e-9 for edge in breaks) - 1, 0), len(breaks) - 2) if known else None

    return {
        "zones": {
            which: [{"school": k} for k, s in enumerate(today.names) if side.by[s]] for which, side in sides.items()
        },
        "moved": sides["plan"].moves(),
        "poverty_class": {which: [place(side.rate(s)) for s in today.names] for which, side in sides.items()},
    }
