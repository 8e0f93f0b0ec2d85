"""What further JSON files of this program hold, as far as anything reads it: each is held to its record at the door.

Files that other versions wrote may hold more. What no count or share can be is refused; whether figures fit each other
is for the commands to say, which work out anew what they rest on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from scenarios.asking.options import DefaultMinimum
from scenarios.reading.records import READ
from scenarios.reading.values import Name, Text, Whole


@dataclass(frozen=True)
class Year:
    year: Whole
    school_year: Name | None


@dataclass(frozen=True)
class PhasedIn:
    phase_in: Literal["entrants", "all-at-once"] = "entrants"


@dataclass(frozen=True)
class Transition:
    years: Annotated[Sequence[Year], Field(min_length=1)]
    options: PhasedIn = field(default_factory=PhasedIn)

    @property
    def after(self) -> list[Year]:
        """The years after today's."""
        return [year for year in self.years if year.year >= 1]


@dataclass(frozen=True)
class Meant:
    default_minimum: DefaultMinimum | None = None


@dataclass(frozen=True)
class Gap:
    """A cap without a plan, and why."""

    cap: float
    why: Literal["proved", "not found", "stopped"]


@dataclass(frozen=True)
class Frontier:
    __pydantic_config__: ClassVar[ConfigDict] = READ

    limits: Meant
    against: str = "moved"
    missing: Sequence[Gap] = ()


@dataclass(frozen=True)
class Manifest:
    files: Mapping[Text, Any]
