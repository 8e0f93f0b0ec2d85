"""When a plan comes: from the transition.json that `rezone transition` writes."""

from __future__ import annotations

from pathlib import Path

from scenarios.answer.results import need_listed
from scenarios.paper.words import Words
from scenarios.reading.results import read_years
from scenarios.reading.schemas import Transition, Year


def read_transition(path: Path) -> Transition:
    """transition.json, or that of a folder. Raises InputError where it is not one."""
    return read_years(need_listed(path, "transition", "transition.json") if path.is_dir() else path)


def when_in_words(found: Transition, t: Words) -> str:
    """From what year on the plan holds, and for whom it comes later."""
    first, last = _named(found.after[0], t), _named(found.after[-1], t)
    if first == last:
        return str(t("when_year", first=first))
    return str(t("when_entrants" if found.options.phase_in == "entrants" else "when_kept", first=first, last=last))


def _named(year: Year, t: Words) -> str:
    return str(year.school_year or t("when_numbered", n=year.year))
