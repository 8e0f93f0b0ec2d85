"""The one place where errors about input are worded, so that all of them read alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 5  # how many offending ids an error names


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input, and how to mend it.

    where: the file or argument. problem: what is wrong. mend: what is allowed and how to get there.
    column: the column or key, if one is to blame. ids: the offending ids (all of them; the text shows the first five).
    """

    where: str
    problem: str
    mend: str
    column: str | None = None
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = self.where if self.column is None else f"{self.where}, column '{self.column}'"
        return f"{place}: {self.problem}{_listed(self.ids)}. {self.mend}"


class InputError(ValueError):
    """The input or the call is wrong. Carries every fault found, not just the first."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def _listed(ids: Sequence[str]) -> str:
    if not ids:
        return ""
    more = "" if len(ids) <= SHOWN else f" and {len(ids) - SHOWN} more"
    return ": " + ", ".join(ids[:SHOWN]) + more


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint " (did you mean 'x'?)" for a misspelt word, or nothing where no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
