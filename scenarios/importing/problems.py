"""What was wrong with the files, what was done about it, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimizer.arrays import Floats
from optimizer.errors import listed

ONE = re.compile(r"(.*?\b1 (?:block|gap|id|pair|school|shape|zone))s\b(.*)", re.DOTALL)
VERBS = {"lie": "lies", "have": "has", "are": "is", "stand": "stands", "stood": "stood", "cross": "crosses"}


def in_number(what: str) -> str:
    """1 gap lies, where a count of one stands before its noun and verb."""
    found = ONE.match(what)
    if found is None:
        return what
    return found[1] + re.sub(rf"\b({'|'.join(VERBS)})\b", lambda verb: VERBS[verb[0]], found[2], count=1)


@dataclass(frozen=True, eq=False)
class Problem:
    """what: in words. ids: whom it is about, never children. mend: the line of the mapping, or the step, that mends it.
    done: what was done, '' where nothing. shape: (places,) where it lies, in the district's CRS."""

    what: str
    ids: tuple[str, ...]
    mend: str
    done: str = ""
    shape: Sequence[Any] = field(default=())

    def line(self) -> str:
        """One line of the list."""
        who = f": {listed(self.ids)}" if self.ids else ""
        said = self.done or self.mend
        return f"{self.what}{who}. {said[:1].upper()}{said[1:]}."


@dataclass(frozen=True)
class Total:
    """A control total: what all rows of a source hold, and what of it is in the folder."""

    source: str
    what: str
    before: float
    after: float


@dataclass(eq=False)
class Notes:
    """Everything that is told of an import: what was read, put in, found and mended."""

    problems: list[Problem] = field(default_factory=list)
    held: dict[str, tuple[str, float]] = field(default_factory=dict)  # by count: its source, and what that holds
    totals: list[Total] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    estimates: list[str] = field(default_factory=list)  # what is no count, and how it came about
    matches: list[tuple[str, str, str]] = field(default_factory=list)  # a zone's name, its school, by what

    def found(self, what: str, ids: Sequence[str], mend: str, *, done: str = "", shape: Sequence[Any] = ()) -> None:
        """Where there is any, a problem."""
        if len(ids):
            self.problems.append(Problem(in_number(what), tuple(map(str, ids)), mend, done, shape))

    @property
    def in_order(self) -> list[Problem]:
        """The problems, those first of which nothing was done: their numbers wherever they are told."""
        return sorted(self.problems, key=lambda one: bool(one.done))

    def total(self, counts: Mapping[str, Floats]) -> None:
        """The control totals, now that the blocks of the folder are known."""
        self.totals = [
            Total(self.held[name][0], name, self.held[name][1], float(v.sum())) for name, v in counts.items()
        ]
