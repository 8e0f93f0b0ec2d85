"""score.json: everything that the page and the tables show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from optimizer.baselines import Nearest, nearest_within_seats
from optimizer.measures import Measures
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.travel import Unit
from scenarios.answer.baseline_words import scored_name
from scenarios.answer.baselines import proved_of
from scenarios.answer.record import PlanRecord
from scenarios.answer.redraws import Redraws
from scenarios.answer.several import Several
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force, rules_of, size_of
from scenarios.plans.layers import GivenPlan, unmatched_in_words
from scenarios.reading.records import Broken, Limits, Proved
from scenarios.reading.uncertainty import Intervals
from scenarios.reading.values import Table
from scenarios.score.best import Best
from scenarios.version import rezone_version
from scenarios.writing.records import left_out

NEAREST = "plans/nearest_school.csv"  # where that plan is written


@dataclass(frozen=True, eq=False)
class Scored:
    """What a scorecard is made of. given, best: by plan. nearest: the nearest-school plan,
    and what is proved of it. several: the given plans and then that one on redrawn counts, where that was asked."""

    given: Mapping[str, GivenPlan]
    best: Sequence[Best]
    nearest: Nearest
    several: Several | None = None

    @classmethod
    def of(
        cls,
        given: Mapping[str, GivenPlan],
        best: Sequence[Best],
        settings: Settings,
        redraws: Redraws | None = None,
    ) -> Scored:
        """With the nearest-school plan under the settings' limits of size."""
        nearest = nearest_within_seats(next(iter(given.values())).plan.district, size=size_of(settings))
        if redraws is None:
            return cls(given, best, nearest)
        plans = {name: one.plan for name, one in given.items()}
        beside = scored_name(proved_of(nearest))
        return cls(given, best, nearest, Several.of({**plans, beside: nearest.nearest}, redraws))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A plan as `evaluate` finds it. travel_broken: students who go farther than allowed. intervals to better_than:
    where draws were asked for; better_than: see `Several.better`."""

    objective_value: float
    valid: bool
    excess: float
    students_moved: float
    students_moved_counted: float
    measures: Measures
    broken_limits: Sequence[Broken]
    travel_broken: float
    intervals: Intervals | None = left_out()
    intervals_change: Intervals | None = left_out()
    below_status_quo: Mapping[str, float] | None = left_out()
    better_than: Mapping[str, Mapping[str, float]] | None = left_out()

    @property
    def new(self) -> list[Broken]:
        """The limits that it breaks, and today's zones do not, or not as much."""
        return [row for row in self.broken_limits if not row.inherited]


AnEntry = TypeVar("AnEntry", bound=Entry)


@dataclass(frozen=True, kw_only=True)
class Written(Entry):
    """plan: its file."""

    plan: str


@dataclass(frozen=True, kw_only=True)
class NearestSchool(Written):
    """baseline: what is proved of it."""

    baseline: Proved | None


@dataclass(frozen=True, kw_only=True)
class BestFound(Written):
    """is_given_plan: the place of the given plan that it is, None for one that was searched."""

    is_given_plan: int | None


@dataclass(frozen=True, kw_only=True)
class Given(Written):
    """A plan that is scored. source, school_column, unmatched: how it was read. best: the best found that moves no
    larger share; bound, gap: what no such plan is below, and how far the best is from it."""

    name: str
    source: str
    school_column: str | None
    unmatched: Sequence[str]
    unmatched_blocks: int
    best: BestFound | None
    bound: float
    gap: float | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that score.json holds. seconds: of the whole process."""

    district: str
    students: float
    travel_unit: Unit
    groups: Sequence[str]
    has_poverty: bool
    objective: str | Mapping[str, float]
    limits: Limits
    rules: Sequence[Table]
    status_quo: Entry
    nearest_school: NearestSchool
    plans: Sequence[Given]
    seed: int
    iterations: int | None
    stopped: bool
    seconds: float
    version: str
    draws: int | None = left_out()
    draws_model: str | None = left_out()
    draws_sha256: str | None = left_out()

    def entries(self, today: str) -> list[tuple[str, Entry]]:
        """Today's zones, called so, the nearest-school plan, and the plans, each with its name."""
        near = self.nearest_school
        return [(today, self.status_quo), (scored_name(near.baseline), near), *((one.name, one) for one in self.plans)]


def document(
    scored: Scored, objective: Objective, settings: Settings, *, seconds: float, stopped: bool = False
) -> Found:
    """What score.json holds. seconds: of the whole process."""
    district = scored.nearest.nearest.district
    maker = _Maker(objective, settings)
    pairs = zip(scored.given.items(), scored.best, strict=True)
    limits = limits_in_force(settings.options, district.travel.unit)
    plans = [_plan(k, name, one, best, maker) for k, ((name, one), best) in enumerate(pairs)]
    found = Found(
        district=district.name,
        students=float(district.students.sum()),
        travel_unit=district.travel.unit,
        groups=list(district.groups),
        has_poverty=district.has_poverty,
        objective=objective_spec(objective),
        limits=Limits(**limits),  # type: ignore[arg-type]  # values under their names
        rules=settings.rules,
        status_quo=maker.entry(Plan.status_quo(district), real=Plan.today(district)),
        nearest_school=NearestSchool(
            **vars(maker.entry(scored.nearest.nearest)), plan=NEAREST, baseline=proved_of(scored.nearest)
        ),
        plans=plans,
        seed=settings.options.seed,
        iterations=settings.options.iterations,
        stopped=stopped,
        seconds=round(seconds, 3),
        version=rezone_version(),
    )
    return found if scored.several is None else _drawn(found, scored.several)


def _drawn(found: Found, several: Several) -> Found:
    """With what draws say of each plan; the nearest-school plan is the last of them."""
    about = several.found.uncertainty(0)
    return replace(
        found,
        status_quo=replace(found.status_quo, intervals=about.intervals_status_quo),
        plans=[_drawn_entry(plan, several, k) for k, plan in enumerate(found.plans)],
        nearest_school=_drawn_entry(found.nearest_school, several, len(found.plans)),
        draws=about.draws,
        draws_model=about.draws_model,
        draws_sha256=about.draws_sha256,
    )


def _drawn_entry(entry: AnEntry, several: Several, k: int) -> AnEntry:
    one = several.found.uncertainty(k)
    return replace(
        entry,
        intervals=one.intervals,
        intervals_change=one.intervals_change,
        below_status_quo=one.below_status_quo,
        better_than=several.better(k),
    )


@dataclass(frozen=True)
class _Maker:
    objective: Objective
    settings: Settings

    def entry(self, plan: Plan, real: Plan | None = None) -> Entry:
        """A plan's measures, its objective, and the limits that it breaks, as `evaluate` finds them. real: of today's
        zones, which are judged under the rules and measured without them."""
        record = PlanRecord.under(plan, rules_of(self.settings), real)
        return Entry(
            objective_value=self.objective.value(record.measured),
            valid=record.valid,
            excess=record.excess,
            students_moved=record.moved,
            students_moved_counted=record.counted,
            measures=record.measures,
            broken_limits=record.broken,
            travel_broken=_beyond(plan, [row.block for row in record.breaches if row.limit == "travel_increase"]),
        )


def _beyond(plan: Plan, blocks: Sequence[str | None]) -> float:
    """Students of the blocks named."""
    named = set(blocks)
    district = plan.district
    return float(sum(n for b, n in zip(district.block_ids, district.students, strict=True) if b in named))


def _plan(k: int, name: str, one: GivenPlan, best: Best, maker: _Maker) -> Given:
    own, other = plan_files(k)
    found = None if best.plan is None else vars(maker.entry(best.plan))
    return Given(
        **vars(maker.entry(one.plan)),
        plan=own,
        name=name,
        source=one.source,
        school_column=one.column,
        unmatched=unmatched_in_words(one),
        unmatched_blocks=int(one.no_zone.sum()),
        best=None if found is None else BestFound(**found, plan=other, is_given_plan=best.given),
        bound=best.bound,
        gap=best.gap,
    )


def plan_files(k: int) -> tuple[str, str]:
    """Where a plan and the best that moves no more are written: by number, since names are not safe."""
    return f"plans/{k + 1:02d}.csv", f"plans/{k + 1:02d}_best.csv"
