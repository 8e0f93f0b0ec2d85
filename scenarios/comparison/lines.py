"""The plans of a comparison one by one: what the page, its chart and the terminal show of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scenarios.comparison.compare import INVALID, STATUS_QUO, Comparison
from scenarios.paper.measures import EXCESS, sign

Known = Mapping[str, float | None]


@dataclass(frozen=True)
class Ranks:
    """The best and the worst of several ranks."""

    low: float
    high: float

    def told(self, to: str) -> str:
        return f"{self.low:.0f}" if self.low == self.high else f"{self.low:.0f}{to}{self.high:.0f}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A plan, None each for what is not known of it. also: other scenarios that came to the same run. invalid: whether
    it breaks limits. measures: `excess` among them. changes: against the status quo, of which none are told. places:
    ranks by measure, of those that have a better end. first: under what share of all weightings it is first; ranks:
    under these; seeds: over seeds. dominated_by: "" where none does."""

    plan: str
    also: str
    today: bool
    invalid: bool
    measures: Known
    changes: Known
    places: Known
    first: float | None
    ranks: Ranks | None
    seeds: Ranks | None
    dominated: bool
    dominated_by: str

    def ranked(self, to: str) -> str:
        return "" if self.ranks is None else self.ranks.told(to)


def lines(compared: Comparison, rows: pd.DataFrame) -> list[Line]:
    """rows: of one district, of the comparison's table."""
    return [_line(compared.measures, row) for row in rows.to_dict("records")]


def _line(measures: tuple[str, ...], row: Mapping[Any, Any]) -> Line:
    first, seeds, today = _known(row["first_share"]), _known(row.get("seed_rank_low")), row["plan"] == STATUS_QUO
    return Line(
        plan=row["plan"],
        also=row["also"] if isinstance(row.get("also"), str) else "",
        today=today,
        invalid=row["outcome"] in INVALID,
        measures={name: _known(row.get(name)) for name in (*measures, EXCESS)},
        changes={} if today else {name: _known(row[f"change.{name}"]) for name in measures},
        places={name: _known(row[f"rank.{name}"]) for name in measures if sign(name)},
        first=first,
        ranks=None if first is None else Ranks(row["rank_low"], row["rank_high"]),
        seeds=None if seeds is None else Ranks(seeds, row["seed_rank_high"]),
        dominated=row["dominated"],
        dominated_by=row["dominated_by"],
    )


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
