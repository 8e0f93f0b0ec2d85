"""Several plans on the same draws, beside each other: rows for tables and files, and what a page shows of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

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
Row = dict[str, Any]


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

    def interval_rows(self) -> list[Row]:
        """A row a plan and measure."""
        source = "model" if self.found.redraws.given is None else DRAWS
        return [
            {"plan": plan, "measure": name, "value": known.get(name), **vars(ends), "source": source}
            for (plan, intervals), known in zip(self.intervals(), self.known, strict=True)
            for name, ends in intervals.items()
        ]

    def better_rows(self) -> list[Row]:
        """A row a plan, other one and measure."""
        return [
            {"plan": plan, "other": other, "measure": name, "better_share": share, "draws": self.found.redraws.number}
            for k, plan in enumerate(self.names)
            for other, shares in self.better(k).items()
            for name, share in shares.items()
        ]

    def shown(self, unit: str, today: str = TODAY) -> Row:
        """What a page shows: intervals of the headline measures with the share of draws in which each is better than
        today's; and pair by pair, a cell for each other plan. unit: of travel. today: what the page calls its zones."""
        headline, number = self.found.headline, self.found.redraws.number
        pairs = [self.better(k) for k in range(len(self.names))]
        rows = []
        for at, (plan, intervals) in enumerate(self.intervals()):
            ends = [[figure(m, end, unit) for end in (intervals[m].low, intervals[m].high)] for m in headline]
            than = pairs[at - 1][TODAY] if at else {}
            rows.append(
                (plan if at else today, [(*two, _told(than.get(m))) for m, two in zip(headline, ends, strict=True)])
            )
        few: Sequence[str] = self.names[:MOST] if len(self.names) > 1 else ()
        cells = [
            (one, [[_told(pairs[k].get(other, {}).get(m)) for m in headline] for other in few])
            for k, one in enumerate(few)
        ]
        return {
            "model": self.model,
            "number": number,
            "measures": [name_of(m) for m in headline],
            "rows": rows,
            "few": few,
            "pairs": cells,
        }


def _told(share: float | None) -> str:
    return "" if share is None else str(percent(share, 0))
