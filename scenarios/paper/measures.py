"""Measures as people read them, from their records (`optimizer.measures`): the one place where a name, a figure or a
change of a measure becomes text: `figure` and `change` for pages, `plain` for terminals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from optimizer.measures import Place, Unit, record_of, up_to
from optimizer.objectives import unit_of
from scenarios.paper import numbers
from scenarios.paper.movers import COUNTED, Measures, with_counted
from scenarios.paper.numbers import Figures, Text
from scenarios.paper.plain import plain_in
from scenarios.paper.words import Words, words

EXCESS = "excess"  # students beyond limits of size: a count that stands among measures
DISPARITY, RACE, TRAVEL = "disparity", "dissimilarity.race", "travel_mean"  # of which sentences speak


def unit_told(name: str) -> Unit | None:
    """What a measure, an objective or a count is told in; None for what no record names."""
    if name == EXCESS:
        return "count"
    record = record_of(name)
    return unit_of(name) if record is None else record.unit


def sign(measure: str) -> int:
    """1 where less is better, -1 where more is, 0 where neither."""
    record = record_of(measure)
    return 0 if record is None else {"less": 1, "more": -1, None: 0}[record.better]


def judged_by() -> tuple[str, ...]:
    """What dominated plans, weightings and yardsticks are about. Race stands beside poverty wherever it is known."""
    return tabled(Place.JUDGED)


def tabled(place: Place, measured: Iterable[Measures | None] = ()) -> tuple[str, ...]:
    """The measures that a table of this place shows; the second count of movers where these plans make it another."""
    return with_counted([name for name in up_to(place) if name != COUNTED], measured)


def name_of(measure: str, t: Words | None = None) -> str:
    """A measure's name: the catalogue's, else what its record says, else the name itself."""
    t = t or words()
    family, *of = measure.split(".")
    keys = [t.key(one) for one in of]
    named = dict(zip(("group", "other"), keys, strict=False))
    text = t.texts.get(f"measure.{family}.of" if of else f"measure.{family}")
    if text is not None:
        filled = text[0].format(**named)
        return filled[:1].upper() + filled[1:]
    record = record_of(measure)
    return ": ".join([family if record is None or not record.text else record.text, *keys])


def short(measure: str, prefix: str, t: Words | None = None) -> str:
    """A measure's name where there is little room: `head` of a column, `line` of a terminal, `card_` of a page; its
    whole name where the catalogue has none."""
    t = t or words()
    key = f"card_{measure.replace('.', '_')}" if prefix == "card" else f"{prefix}.{measure}"
    return t.texts[key][0] if key in t.texts else name_of(measure, t)


def figure(measure: str, value: float | None, unit: str, f: Figures = numbers.ENGLISH, *, points: int = 2) -> Text:
    """One value on a page. unit: of travel, `m`, `min`, or "" where it is not known: then it is a bare number. points:
    digits of what is told in percentage points."""
    if value is None or math.isnan(value):
        return f.unknown
    match unit_told(measure):
        case "points":
            return f.points(value, points)
        case "share":
            return f.percent(value)
        case "travel":
            return f.travel(value, unit) if unit else f.bare(value)
        case "count":
            return f.count(value)
        case _:
            return f.index(value)


HALVES = {"points": 0.00005, "share": 0.0005, "count": 0.5}  # of the last digit that `figure` tells


def rounded_down(measure: str, bound: float, unit: str) -> float:
    """A bound, of 0 or more, so that `figure` tells it no higher than it is."""
    told = unit_told(measure)
    half = (0.5 if unit == "m" else 0.05) if told == "travel" else HALVES.get(told or "", 0.0005)
    return max(0.0, bound - half)


def change(measure: str, value: float | None, unit: str, f: Figures = numbers.ENGLISH) -> Text:
    """A difference, with its sign; of percentages, in points."""
    if value is None or math.isnan(value):
        return f.unknown
    if unit_told(measure) == "share":
        return f.change(0.0, value, f.points)
    return f.change(0.0, value, lambda x: figure(measure, x, unit, f))


def plain(measure: str, value: float | None, unit: str) -> str:
    """One value on a terminal."""
    return plain_in(unit_told(measure), value, unit)


def ticked(measure: str, value: float, unit: str = "") -> str:
    """A round value along the axis of a file's drawing."""
    told = unit_told(measure)
    if told in ("points", "share"):
        return f"{100 * value:g}{' %' if told == 'share' else ''}"
    return f"{value:.4g}" if told is None else plain(measure, value, unit)


def shortened(name: str, most: int) -> str:
    """A name of so many letters at most. Names differ at their ends: of a longer one the middle is left out."""
    head = (most - 1) // 2
    return name if len(name) <= most else f"{name[:head]}…{name[head + 1 - most :]}"


def known_of(measures: Sequence[str], *measured: Measures) -> list[str]:
    """Those that any of these plans have a value of."""
    return [name for name in measures if any(one.get(name) is not None for one in measured)]
