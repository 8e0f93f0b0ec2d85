"""When a plan comes: from the transition.json that `rezone transition` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from optimizer.errors import Fault, InputError
from scenarios.report.words import Words


def read_transition(path: Path) -> dict[str, Any]:
    """transition.json, or that of a folder. Raises InputError where it is not one."""
    file = path / "transition.json" if path.is_dir() else path
    mend = "Name a folder that rezone transition wrote"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(Fault(str(file), f"cannot be read ({error})", mend)) from None
    if not isinstance(found, dict) or not found.get("years"):
        raise InputError(Fault(str(file), "holds no years", mend))
    return found


def when_in_words(found: dict[str, Any], t: Words) -> str:
    """From what year to what year the plan comes."""
    years = [year for year in found["years"] if year["year"] >= 1]
    first, last = _named(years[0], t), _named(years[-1], t)
    return str(t("when_year", first=first) if first == last else t("when_years", first=first, last=last))


def _named(year: dict[str, Any], t: Words) -> str:
    return str(year["school_year"] or t("when_numbered", n=year["year"]))
