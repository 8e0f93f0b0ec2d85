"""When a plan comes: from the transition.json that `rezone transition` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scenarios.answer.results import need_listed
from scenarios.paper.words import Words
from scenarios.reading.results import read_years


def read_transition(path: Path) -> dict[str, Any]:
    """transition.json, or that of a folder. Raises InputError where it is not one."""
    return read_years(need_listed(path, "transition", "transition.json") if path.is_dir() else path)


def when_in_words(found: dict[str, Any], t: Words) -> str:
    """From what year on the plan holds, and for whom it comes later."""
    years = [year for year in found["years"] if year["year"] >= 1]
    first, last = _named(years[0], t), _named(years[-1], t)
    if first == last:
        return str(t("when_year", first=first))
    phase_in = found.get("options", {}).get("phase_in", "entrants")
    return str(t("when_entrants" if phase_in == "entrants" else "when_kept", first=first, last=last))


def _named(year: dict[str, Any], t: Words) -> str:
    return str(year["school_year"] or t("when_numbered", n=year["year"]))
