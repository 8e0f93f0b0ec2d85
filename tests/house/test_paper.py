"""Figures and names of measures in one place: no room writes a measure, or says what it is called, by itself."""

from __future__ import annotations

import re

from tree import ROOT

ROOM = ROOT / "scenarios"
NAMED = 8  # modules that may name racial dissimilarity as it stands in results: its constants, its twin, help texts
# A fraction written as points or percent, or an index, by a format of one's own; and where that is no measure.
FORMATTED = re.compile(r"\{100 \* [^{}]*:[^{}]*[fg]\}|\{[^{}]*:\.3f\}")
OTHERS = {
    "asking/settling.py": "shares that somebody asked for",
    "census/census.py": "how much blocks are taken to differ",
    "cli/bound.py": "a gap",
    "cli/progress.py": "how much is done",
    "cli/standing.py": "how much better a search got",
    "cli/travel.py": "how much is done",
    "forecast/futures.py": "ratios, and how far a forecast was off",
    "importing/zones.py": "how much of a block lies in a zone",
    "instances/table.py": "five places, as challengers are told apart by",
    "instances/work.py": "five places, as challengers are told apart by",
}


def test_one_measure_is_named_in_few_modules() -> None:
    naming = [path for path in ROOM.rglob("*.py") if "dissimilarity.race" in path.read_text(encoding="utf-8")]
    assert len(naming) <= NAMED, naming


def test_measures_are_written_by_the_formatter_alone() -> None:
    found = {
        path.relative_to(ROOM).as_posix()
        for path in ROOM.rglob("*.py")
        if FORMATTED.search(path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not name.startswith("paper/")} <= set(OTHERS)
