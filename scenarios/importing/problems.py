"""What was wrong with the files, what was done about it, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from optimizer.errors import listed


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
    """A control total: what a source holds, and what of it is in the folder."""

    source: str
    what: str
    before: float
    after: float


@dataclass(eq=False)
class Notes:
    """Everything that is told of an import: what was read, put in, found and mended."""

    problems: list[Problem] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    matches: list[tuple[str, str, str]] = field(default_factory=list)  # a zone's name, its school, by what

    def found(self, what: str, ids: Sequence[str], mend: str, *, done: str = "", shape: Sequence[Any] = ()) -> None:
        """Where there is any, a problem."""
        if len(ids):
            self.problems.append(Problem(what, tuple(map(str, ids)), mend, done, shape))
