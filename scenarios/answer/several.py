"""Several plans on the same draws, beside each other: rows for tables and files, and what a page shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from optimizer.measures import Measures, measure
from optimizer.plan import Plan
from scenarios.answer.redraws import Redraws
from scenarios.answer.uncertainty import Redrawn
from scenarios.folder.draws import DRAWS
from scenarios.paper.measures import figure, name_of
from scenarios.paper.numbers import percent
from scenarios.reading.uncertainty import Intervals

MOST = 12  # plans of a page's table of pairs
TODAY = "status quo"


@dataclass(frozen=True)
class IntervalRow:
    """Of a plan and measure: its value on the folder's own counts, and between what ends it lies. source: of the
    draws."""

    plan: str
    measure: str
    value: float | None
    low: float
    high: float
    level: float
    source: str


@dataclass(frozen=True)
class BetterRow:
    """In what share of the draws a plan is better than another by a measure."""

    plan: str
    other: str
    measure: str
    better_share: float
    draws: int


@dataclass(frozen=True)
class Shown:
    """What a page shows. measures: the headline ones, by name. rows: of today's zones and each plan, for each of these
    the ends, and in what share of the draws it is better than today's. pairs: of the few plans that are set against
    each other, for each other one the share by each of these; none of a single plan."""

    model: str
    measures: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]
    few: Sequence[str]
    pairs: Sequence[tuple[str, Sequence[Sequence[str]]]]


@dataclass(frozen=True, eq=False)
class Several:
    """names: of the plans, as tables have them. known: today's measures, and those of each plan, on the folder's own
    counts."""

    names: tuple[str, ...]
    found: Redrawn
    known: tuple[Measures, ...]

    @classmethod
    def of(cls, plans: Mapping[str, Plan], redraws: Redraws) -> Self:
        every = list(plans.values())
        known = [measure(plan) for plan in (Plan.today(every[0].district), *every)]
        return cls(tuple(plans), Redrawn.of(every, redraws), tuple(known))

    @property
    def model(self) -> str:
        return self.found.redraws.model

    def intervals(self) -> list[tuple[str, Intervals]]:
        """Today's, then each plan's."""
        each = [self.found.uncertainty(k) for k in range(len(self.names))]
        return [(TODAY, each[0].intervals_status_quo), *zip(self.names, (one.intervals for one in each), strict=True)]

    def better(self, k: int) -> dict[str, dict[str, float]]:
        """By today's zones and each other plan, by measure, the share of the draws in which a plan is better."""
        others = {name: self.found.better(k, at) for at, name in enumerate(self.names) if at != k}
        return {TODAY: self.found.better(k), **others}

    def interval_rows(self) -> list[IntervalRow]:
        source = "model" if self.found.redraws.given is None else DRAWS
        return [
            IntervalRow(plan, name, known.get(name), ends.low, ends.high, ends.level, source)
            for (plan, intervals), known in zip(self.intervals(), self.known, strict=True)
            for name, ends in intervals.items()
        ]

    def better_rows(self) -> list[BetterRow]:
        return [
            BetterRow(plan, other, name, share, self.found.redraws.number)
            for k, plan in enumerate(self.names)
            for other, shares in self.better(k).items()
            for name, share in shares.items()
        ]

    def frames(self) -> dict[str, pd.DataFrame]:
        """The rows as tables, by the names of their files."""
        return {"intervals": pd.DataFrame(self.interval_rows()), "better": pd.DataFrame(self.better_rows())}

    def shown(self, unit: str, today: str = TODAY) -> Shown:
        """unit: of travel. today: what the page calls its zones."""
        headline = self.found.headline
        pairs = [self.better(k) for k in range(len(self.names))]
        rows = []
        for at, (plan, intervals) in enumerate(self.intervals()):
            than = pairs[at - 1][TODAY] if at else {}
            ends = [(figure(m, intervals[m].low, unit), figure(m, intervals[m].high, unit)) for m in headline]
            told = [(*two, _told(than.get(m))) for m, two in zip(headline, ends, strict=True)]
            rows.append((plan if at else today, told))
        few: Sequence[str] = self.names[:MOST] if len(self.names) > 1 else ()
        cells = [
            (one, [[_told(pairs[k].get(other, {}).get(m)) for m in headline] for other in few])
            for k, one in enumerate(few)
        ]
        return Shown(self.model, [name_of(m) for m in headline], rows, few, cells)


def _told(share: float | None) -> str:
    return "" if share is None else str(percent(share, 0))
