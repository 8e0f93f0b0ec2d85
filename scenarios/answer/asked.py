"""What every answer says of its question, whichever command gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.district import District
from optimizer.travel import Unit
from scenarios.asking.options import LimitValues, Settings, limits_in_force
from scenarios.reading.values import Table
from scenarios.version import rezone_version


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of which district, under which limits and rules, and by which version of the program."""

    district: str
    travel_unit: Unit
    limits: LimitValues
    rules: Sequence[Table]
    version: str

    @classmethod
    def of(cls, district: District, settings: Settings) -> Asked:
        unit = district.travel.unit
        limits = limits_in_force(settings.options, unit, settings.default_minimum)
        return cls(
            district=district.name, travel_unit=unit, limits=limits, rules=settings.rules, version=rezone_version()
        )
