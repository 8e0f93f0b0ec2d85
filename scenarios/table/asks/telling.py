"""What the page is told of a job: on the way, and of the plan that it found. Every text is the formatter's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Ints
from optimizer.gap import relative_gap
from optimizer.plan import Plan
from optimizer.result import Progress
from scenarios.answer.summary import objective_spec
from scenarios.paper.measures import RACE, TRAVEL, figure, name_of, unit_told
from scenarios.table.asks.bench import Asked
from scenarios.table.engine import Told
from scenarios.table.figures import Teller, plain_text
from scenarios.table.sent import Sent

EACH = 0.25  # seconds between two looks at the best plan so far
HALF = {"points": 5e-5, "share": 5e-4, "travel": 0.5}  # of the last digit shown: bounds are told rounded down


@dataclass
class Telling:
    """of: the job. send: takes what is told."""

    of: Asked
    send: Callable[[Told], None]
    next: float = 0.0
    last: tuple[float, float | None] = field(default=(float("inf"), None))

    def progress(self, now: Progress) -> None:
        """Where a search stands, at most four times a second, at once where it is the first."""
        at = time.monotonic()
        if at < self.next or now.plan is None:
            return
        self.next = at + EACH
        self.send(Told("progress", self.of.job.number, self.standing(now)))

    def standing(self, now: Progress) -> Sent:
        teller = self.of.teller
        assert now.plan is not None
        return {
            "seconds": now.seconds,
            "share": now.share,
            "value": now.objective,
            "bound": now.bound,
            "best": differences(self.of.job.school, now.plan.school),
            "shown": {"value": shown(teller, now.objective), "bound": shown_bound(teller, now.bound)},
        }


def differences(before: Ints, after: Ints) -> dict[str, list[int]]:
    """The blocks whose schools differ, and where they are after."""
    blocks = np.flatnonzero(before != after)
    return {"blocks": blocks.tolist(), "schools": after[blocks].tolist()}


def name(teller: Teller) -> str:
    """The objective, as people call it."""
    spec = objective_spec(teller.judge.objective)
    return name_of(spec, teller.t) if isinstance(spec, str) else plain_text(teller.t("table.objective"))


def shown(teller: Teller, value: float | None, points: int = 2) -> str:
    """A value of the objective. points: digits of what is told in percentage points."""
    spec = objective_spec(teller.judge.objective)
    if value is None or not np.isfinite(value):
        return ""
    if not isinstance(spec, str):
        return plain_text(teller.t.figures.index(value))
    return plain_text(figure(spec, value, teller.district.travel.unit, teller.t.figures, points=points))


def shown_bound(teller: Teller, bound: float | None) -> str:
    """What no valid plan is below, never more than is proved."""
    spec = objective_spec(teller.judge.objective)
    half = HALF.get(unit_told(spec) or "", 0.0) if isinstance(spec, str) else 0.0
    return "" if bound is None else shown(teller, max(bound - half, 0.0))


def changed(teller: Teller, before: Plan, after: Plan) -> Sent:
    """What a plan changes of another, and what that costs: the panel's figures, changes told against the other."""
    now, then = teller.judge.of(after.school), teller.judge.of(before.school)
    other = differences(before.school, after.school)
    students = float(teller.district.students[other["blocks"]].sum())
    return {
        **other,
        "changed": {"students": students, "blocks": len(other["blocks"])},
        "value": now.value,
        "valid": now.record.valid,
        "figures": teller.figures(now, then),
        "words": [*told_change(teller, students, len(other["blocks"])), *beside(teller, before, after)],
    }


def told_change(teller: Teller, students: float, blocks: int) -> list[str]:
    """How many students another plan would send elsewhere."""
    if not blocks:
        return [plain_text(teller.t("table.ask_nothing"))]
    return [plain_text(teller.t.count("table.ask_changed", students, blocks=teller.t.figures.count(blocks)))]


def beside(teller: Teller, before: Plan, after: Plan) -> list[str]:
    """What changes beside the objective: poverty, race and travel always, as far as the data know them."""
    then, now = teller.judge.of(before.school).measures, teller.judge.of(after.school).measures
    unit, f = teller.district.travel.unit, teller.t.figures
    parts = []
    for measure in ("disparity", RACE, "moved_share", TRAVEL):
        old, new = then.get(measure), now.get(measure)
        if old is not None and new is not None:
            told = [figure(measure, value, unit, f) for value in (old, new)]
            parts.append(
                teller.t("table.ask_beside", measure=name_of(measure, teller.t), before=told[0], after=told[1])
            )
    return [plain_text(part) for part in parts]


def told_value(teller: Teller, before: float, after: float) -> str:
    """Whether a plan is better than the one asked from."""
    better, same = after < before - 1e-12, abs(after - before) <= 1e-12
    key = "table.ask_same" if same else "table.ask_better" if better else "table.ask_worse"
    told = teller.t(key, measure=name(teller), before=shown(teller, before), after=shown(teller, after))
    return plain_text(told)


def told_bound(teller: Teller, value: float, bound: float | None) -> str:
    """How far from the best a plan can be at most."""
    if bound is None or bound <= 0:
        return plain_text(teller.t("table.ask_no_bound"))
    gap = teller.t.figures.percent(relative_gap(value, bound))
    return plain_text(teller.t("table.ask_bound", measure=name(teller), bound=shown_bound(teller, bound), gap=gap))


def school_name(teller: Teller, j: int) -> str:
    """As people call it."""
    return teller.district.school_names[j] or teller.district.school_ids[j]
