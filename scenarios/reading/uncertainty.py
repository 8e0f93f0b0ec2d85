"""What results hold of redrawn counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.reading.values import Name, Number, Text, Whole
from scenarios.writing.records import left_out


@dataclass(frozen=True, kw_only=True)
class Interval:
    low: Number
    high: Number
    level: Number


Intervals = Mapping[Name, Interval]


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """By measure, over redrawn counts: `intervals`, the middle 90 % of the plan's values; the same of today's zones,
    and of the plan's less today's under the same draw; and in what share of the draws the plan's value is below
    today's. draws_model: how they were drawn. draws_sha256: of the folder's file of draws, None where a model drew."""

    intervals: Intervals
    intervals_status_quo: Intervals = field(default_factory=dict)
    intervals_change: Intervals = field(default_factory=dict)
    below_status_quo: Mapping[Name, Number] = field(default_factory=dict)
    draws: Whole = 0
    draws_model: Text
    draws_sha256: Text | None = left_out()
