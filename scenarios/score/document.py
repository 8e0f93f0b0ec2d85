"""score.json: everything that the page and the tables show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.baselines import Nearest, nearest_within_seats
from optimizer.objectives import Objective
from optimizer.plan import Plan
from scenarios.answer.baselines import proved_of
from scenarios.answer.record import PlanRecord
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force, rules_of, size_of
from scenarios.plans.layers import GivenPlan, unmatched_in_words
from scenarios.score.best import Best
from scenarios.version import rezone_version

NEAREST = "plans/nearest_school.csv"  # where that plan is written


@dataclass(frozen=True, eq=False)
class Scored:
    """What a scorecard is made of. given, best: by plan. nearest: the nearest-school plan,
    and what is proved of it."""

    given: Mapping[str, GivenPlan]
    best: Sequence[Best]
    nearest: Nearest

    @classmethod
    def of(cls, given: Mapping[str, GivenPlan], best: Sequence[Best], settings: Settings) -> Scored:
        """With the nearest-school plan under the settings' limits of size."""
        nearest = nearest_within_seats(next(iter(given.values())).plan.district, size=size_of(settings))
        return cls(given, best, nearest)


def document(
    scored: Scored, objective: Objective, settings: Settings, *, seconds: float, stopped: bool = False
) -> dict[str, Any]:
    """What score.json holds. seconds: of the whole process."""
    district = scored.nearest.nearest.district
    maker = _Maker(objective, settings)
    pairs = zip(scored.given.items(), scored.best, strict=True)
    return {
        "district": district.name,
        "students": float(district.students.sum()),
        "travel_unit": district.travel.unit,
        "groups": list(district.groups),
        "has_poverty": district.has_poverty,
        "objective": objective_spec(objective),
        "limits": limits_in_force(settings.options, district.travel.unit),
        "rules": [dict(rule) for rule in settings.rules],
        "status_quo": maker.entry(Plan.status_quo(district), real=Plan.today(district)),
        "nearest_school": maker.entry(scored.nearest.nearest)
        | {"plan": NEAREST, "baseline": proved_of(scored.nearest)},
        "plans": [_plan(k, name, one, best, maker) for k, ((name, one), best) in enumerate(pairs)],
        "seed": settings.options.seed,
        "iterations": settings.options.iterations,
        "stopped": stopped,
        "seconds": round(seconds, 3),
        "version": rezone_version(),
    }


@dataclass(frozen=True)
class _Maker:
    objective: Objective
    settings: Settings

    def entry(self, plan: Plan, real: Plan | None = None) -> dict[str, Any]:
        """A plan's measures, its objective, and the limits that it breaks, as `evaluate` finds them. real: of today's
        zones, which are judged under the rules and measured without them."""
        record = PlanRecord.under(plan, rules_of(self.settings), real)
        return {
            "objective_value": self.objective.value(record.measured),
            "valid": record.valid,
            "excess": record.excess,
            "students_moved": record.moved,
            "students_moved_counted": record.counted,
            "measures": record.measures,
            "broken_limits": record.broken,
            "travel_broken": _beyond(plan, [row.block for row in record.breaches if row.limit == "travel_increase"]),
        }


def _beyond(plan: Plan, blocks: Sequence[str | None]) -> float:
    """Students of the blocks named."""
    named = set(blocks)
    district = plan.district
    return float(sum(n for b, n in zip(district.block_ids, district.students, strict=True) if b in named))


def _plan(k: int, name: str, one: GivenPlan, best: Best, maker: _Maker) -> dict[str, Any]:
    names = plan_files(k)
    found = None if best.plan is None else maker.entry(best.plan)
    return {
        "name": name,
        "source": one.source,
        "school_column": one.column,
        "unmatched": unmatched_in_words(one),
        "unmatched_blocks": int(one.no_zone.sum()),
        "plan": names[0],
        **maker.entry(one.plan),
        "best": found and found | {"plan": names[1], "is_given_plan": best.given},
        "bound": best.bound,
        "gap": best.gap,
    }


def plan_files(k: int) -> tuple[str, str]:
    """Where a plan and the best that moves no more are written: by number, since names are not safe."""
    return f"plans/{k + 1:02d}.csv", f"plans/{k + 1:02d}_best.csv"
