"""compare.csv and differences.csv again, from measures and plan files: plain loops, without code of the program."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from checker import Zones
from checker_outputs import Question, Tree


def compared(rows: Mapping[str, Tree], criteria: Sequence[str]) -> Tree:
    """compare.csv of plans of which today's zones, the first, are an alternative to one. rows: measures by plan."""
    names, today = list(rows), next(iter(rows.values()))
    found: dict[str, dict[str, Any]] = {name: dict(row) for name, row in rows.items()}
    for measure in today:
        values = [rows[name].get(measure) for name in names]
        for name, value in zip(names, values, strict=True):
            if value is not None and today[measure] is not None:
                found[name][f"change.{measure}"] = value - today[measure]
        if better(measure):
            for name, place in zip(names, places(levelled(measure, values)), strict=True):
                found[name][f"rank.{measure}"] = place
    level = {m: levelled(m, [rows[name][m] for name in names]) for m in criteria}
    firsts, lows, highs = [0] * len(names), [len(names)] * len(names), [0] * len(names)
    ways = [w for w in product(range(6), repeat=len(criteria)) if sum(w) == 5]
    for way in ways:
        sums = [round(sum(w / 5 * one[k] for w, one in zip(way, map(unit, level.values()), strict=True)), 12)
                for k in range(len(names))]  # fmt: skip
        for k, place in enumerate(places(sums)):
            assert place is not None
            firsts[k] += place == 1
            lows[k], highs[k] = min(lows[k], place), max(highs[k], place)
    for k, name in enumerate(names):
        found[name] |= {"first_share": firsts[k] / len(ways), "rank_low": lows[k], "rank_high": highs[k]}
    return found


def better(measure: str) -> int:
    """1 where less is better, -1 where more is, 0 where neither."""
    family = measure.split(".", maxsplit=1)[0]
    return 0 if family in ("exposure", "exposure_to_poverty", "excess") else -1 if family == "within_band" else 1


def levelled(measure: str, values: Sequence[float | None]) -> list[float | None]:
    """What is about the same is the same: each the least, by the better end, of a level as wide as the threshold."""
    family, sign = measure.split(".", maxsplit=1)[0], better(measure)
    wide = 10.0 if family.startswith("travel") else 0.002
    wide = 0.001 if family in ("disparity", "isolation", "within_band", "moved_share", "moved_counted",
                               "utilisation_max") else wide  # fmt: skip
    whole = family in ("detached_pieces", "cut_edges")
    start, found = -math.inf, {}
    for value in sorted({sign * v for v in values if v is not None}):
        room = 0.0 if whole else 0.001 * abs(start) if family == "variance" else wide
        start = value if not math.isfinite(start) or value - start >= room - 1e-12 else start
        found[value] = start
    return [None if v is None else found[sign * v] for v in values]


def unit(values: Sequence[float | None]) -> list[float]:
    known = [v for v in values if v is not None]
    low, high = min(known), max(known)
    return [(v - low) / (high - low) if high > low else 0.0 for v in known]


def places(values: Sequence[float | None]) -> list[int | None]:
    return [None if v is None else 1 + sum(o is not None and o < v for o in values) for v in values]


def differences(ask: Question, plans: Mapping[str, Zones], measures: Mapping[str, Tree]) -> Tree:
    found, names = {}, list(plans)
    for k, one in enumerate(names):
        for two in names[k + 1 :]:
            apart = [b for b in ask.folder.blocks if plans[one][b] != plans[two][b]]
            students = ask.students(apart)
            more = {m: measures[two][m] - v for m, v in measures[one].items() if v is not None}
            found[f"{one}-{two}"] = {"blocks": len(apart), "students": students,
                                     "students_share": students / ask.total, **more}  # fmt: skip
    return found
