"""The one place where errors about input are worded, so that all of them read alike."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 5  # how many offending ids an error names
LINE, LINES = 300, 10  # characters of a line of a message, and lines of it, at most
PREFIX = len("warning: ")  # what may stand before a line
# What is left of place, problem, each id and mend where a line would be too long: the first that fits.
CUTS = ((300, 300, 90, 300), (300, 300, 50, 200), (300, 300, 30, 150), (110, 110, 24, 110), (60, 80, 10, 60))


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
        """One line of at most LINE characters, whatever the parts hold."""
        return next(text for cut in CUTS if len(text := self._cut(*cut)) <= LINE - PREFIX or cut is CUTS[-1])

    def _cut(self, place: int, problem: int, each: int, mend: int) -> str:
        where = self.where if self.column is None else f"{self.where}, column '{self.column}'"
        ids = f": {listed(self.ids, each)}" if self.ids else ""
        return f"{cut(where, place)}: {cut(self.problem, problem)}{ids}. {cut(self.mend, mend)}"


class InputError(ValueError):
    """The input or the call is wrong. Carries every fault found, not just the first."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """A line a fault; where there are more than LINES, how many are left out."""
        shown = self.faults if len(self.faults) <= LINES else self.faults[: LINES - 1]
        left = len(self.faults) - len(shown)
        return [*map(str, shown), *([f"and {left} more faults. Mend these first"] if left else [])]


class Doubt(UserWarning):
    """Input that can be used and is likely to be a mistake, in one line."""

    def __init__(self, text: str) -> None:
        super().__init__(cut(text, LINE - PREFIX))


def doubt(where: str, problem: str) -> None:
    """Warn of input that can be used, and does nothing or is likely to be a mistake."""
    warnings.warn(Doubt(f"{where}: {problem}"), stacklevel=3)


def plain(text: str) -> str:
    """The text with everything written out that does not print: what comes from a file must not steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def cut(text: str, most: int) -> str:
    """The text as it prints, at most so long: what is too much is left out of its middle."""
    # What a character is written out as is at most ten long: no more of a long text is looked at.
    text = plain(text if len(text) <= most else text[:most] + "\u2026" + text[-most:])
    half = most // 2
    return text if len(text) <= most else text[:half] + "\u2026" + text[len(text) - (most - half - 1) :]


def listed(ids: Sequence[str], each: int = 90) -> str:
    """The first ids, each cut to so many characters, and how many more there are."""
    more = "" if len(ids) <= SHOWN else f" and {len(ids) - SHOWN} more"
    return ", ".join(cut(name, each) for name in ids[:SHOWN]) + more


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint " (did you mean 'x'?)" for a misspelt word, or nothing where no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
