"""A list of schools with what agencies publish of them, whoever did and in whichever form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from optimizer.arrays import Floats

GROUPS = ("white", "black", "hispanic", "asian", "native", "pacific", "multiracial", "unknown")
GRADES = ("PK", "KG", *(f"{grade:02}" for grade in range(1, 14)))  # of lowest first; UG and AE are in none
Measure = Literal["frl", "free", "reduced", "direct certification", "disadvantaged"]  # of poverty, never mixed
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, eq=False)
class Enrolments:
    """ids: (schools,) as text, NCESSCH of 12 digits where the source is federal; each once. groups: by one of GROUPS,
    (schools,) children, nan where none is known. grades: by one of GRADES, likewise. total: as published, nan where it
    is not. poverty: by one of MEASURES. lon, lat: WGS 84. low, high: the span of grades, '' where unknown. kinds: such
    as charter, magnet, special; '' of an ordinary school. status: of meals, as the source says it. missing: by mark,
    how many cells say that no number is known. notes: what was set aside while reading, in words."""

    where: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    total: Floats
    groups: dict[str, Floats] = field(default_factory=dict)
    grades: dict[str, Floats] = field(default_factory=dict)
    poverty: dict[str, Floats] = field(default_factory=dict)
    lon: Floats | None = None
    lat: Floats | None = None
    low: tuple[str, ...] = ()
    high: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    year: str = ""
    missing: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
