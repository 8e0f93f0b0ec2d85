"""What a public bundle publishes, against the true figures: each within its rounding, which is stated (`off_by`) or
that of its column; a figure that is left out is no fault here. Shares no code with the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checker import Folder, Zones
from checker_report import ELSEWHERE, expected, faults, keyed, leaves, opened_up
from checker_schools import Changed

Tree = Mapping[str, Any]
COUNT, RATE, SHARE = 0.5, 0.0005, 0.03
METRES, MINUTES = (100.0, 500.0), (0.5, 2.0)  # the most that changes of travel, and travel, may be off
OTHER = {
    r"public\..*": "what was asked, and how much is left out",
    r"summary\.off_by\..*": "held to the figures that it is of",
    r"summary\.gap": "of published figures: below",
    r"maps\.poverty_class\..*": "of published rates, between breaks of a drawing",
    r"map\.plans\..*\.zones\..*|stark\..*\.race": "of published counts: below",
}


def wrong(
    doc: Tree, folder: Folder, plan: Zones, *, rules: Sequence[Tree] = (), limits: Tree | None = None
) -> list[str]:
    """What is farther from the truth than it says, or does not follow from what is published beside it."""
    found = opened_up(doc)
    true = expected(folder, plan, Changed(folder, rules), doc, limits)
    kept = dict(leaves(keyed(found)))
    meant = {place: value for place, value in leaves(keyed(true)) if place in kept}
    lines = faults(kept, meant, [*ELSEWHERE, *OTHER], rounding(doc))
    return lines + _gap(doc) + _shares(found) + _stark(doc)


def rounding(doc: Tree) -> Callable[[str], float]:
    """How far the figure at a place may be off."""
    change, travel = METRES if doc["travel_unit"] == "m" else MINUTES
    whole = "blocks|capacity|min_students|limit_value|school|from|to|a|b|rule"
    table = {
        r"summary\.(limits|broken_limits)\..*": 0.0,
        r"summary\.mean_travel_change": sum(_off(doc, "travel_mean", end) for end in ("", "_status_quo")),
        r"burden\..*\.moved_travel_change": change,
        r"by_group\..*\.travel_mean": travel,
        r"(by_group|burden)\..*\.(?!students)\w+": SHARE,
        r".*\.(utilisation|poverty_rate)": RATE * 1.001,
        r"stark\..*\.poverty": 3 * RATE,
        r"map\..*": COUNT,
        rf"(.*\.)?({whole})": 0.0,
    }

    def allow(place: str) -> float:
        name, end = _measure(place, doc["summary"]["objective"])
        if name:
            return _off(doc, name, end) + 1e-7
        return next((off for pattern, off in table.items() if re.fullmatch(pattern, place)), COUNT + 1e-4) + 1e-6

    return allow


def _measure(place: str, objective: str) -> tuple[str, str]:
    """The measure that stands at a place of the summary, and `_status_quo` where it is today's; "" for none."""
    hit = re.fullmatch(r"summary\.([a-z]+(?:_[a-z]+)??)(_status_quo)?(?:\.(.+))?", place)
    kind, end, rest = hit.groups("") if hit else ("", "", "")
    if kind in ("measures", "exposure", "racial_exposure") and rest:
        before = {"measures": "", "exposure": "exposure_to_poverty.", "racial_exposure": "exposure."}
        return before[kind] + rest, end
    if kind == "objective_value":
        return objective, end
    return (kind, end) if kind in ("disparity", "variance", "moved_share") else ("", "")


def _off(doc: Tree, measure: str, end: str) -> float:
    return float(doc["summary"]["off_by"][f"measures{end}"].get(measure) or 0.0)


def _gap(doc: Tree) -> list[str]:
    """The gap is of the figures that are published, at its widest."""
    summary, name = doc["summary"], doc["summary"]["objective"]
    if summary["gap"] is None:
        return []
    worst = summary["objective_value"] + (summary["off_by"]["measures"][name] or 0.0)
    meant = (worst - summary["bound"]) / worst if worst > 1e-12 else 0.0
    return [] if abs(summary["gap"] - meant) <= 1e-9 else [f"summary.gap is {summary['gap']}, it should be {meant}"]


def _shares(doc: Tree) -> list[str]:
    """The map's zones are those of the tables."""
    lines = []
    for entry, which in zip(doc["map"]["plans"], ("status_quo", "plan"), strict=True):
        for zone, row in zip(entry["zones"], doc["by_school"][which], strict=True):
            whole = row["counted"]
            parts = [None if n is None or not whole else round(n / whole, 3) for n in row["groups"].values()]
            if zone != {"students": row["students"], "poverty": row["poverty_rate"], "groups": parts}:
                lines.append(f"the map's zone {row['school_id']} is {zone}")
    return lines


def _stark(doc: Tree) -> list[str]:
    """Racial differences across borders are those of the published counts."""
    lines = []
    for which, rows in doc["stark"].items():
        counts = [list(row["groups"].values()) for row in doc["by_school"][which]]
        for row in rows:
            one, two = counts[row["a"]], counts[row["b"]]
            meant = None
            if None not in (*one, *two) and sum(one) and sum(two):
                meant = sum(abs(a / sum(one) - b / sum(two)) for a, b in zip(one, two, strict=True)) / 2
            if (meant is None) != (row["race"] is None) or abs((meant or 0.0) - (row["race"] or 0.0)) > RATE + 1e-9:
                lines.append(f"stark.{which}.{row['a']}-{row['b']}.race is {row['race']}, it should be {meant}")
    return lines
