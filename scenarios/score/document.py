"""score.json: everything that the page and the tables show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.baselines import Nearest, nearest_within_seats
from optimizer.measures import Measures
from optimizer.objectives import Objective
from optimizer.plan import Plan
from optimizer.travel import Unit
from scenarios.answer.baseline_words import scored_name
from scenarios.answer.baselines import proved_of
from scenarios.answer.record import PlanRecord
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force, rules_of, size_of
from scenarios.plans.layers import GivenPlan, unmatched_in_words
from scenarios.reading.records import Broken, Limits, Proved
from scenarios.reading.values import Table
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


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A plan as `evaluate` finds it. travel_broken: students who go farther than allowed."""

    objective_value: float
    valid: bool
    excess: float
    students_moved: float
    students_moved_counted: float
    measures: Measures
    broken_limits: Sequence[Broken]
    travel_broken: float

    @property
    def new(self) -> list[Broken]:
        """The limits that it breaks, and today's zones do not, or not as much."""
        return [row for row in self.broken_limits if not row.inherited]


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
    return Found(
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
        plans=[_plan(k, name, one, best, maker) for k, ((name, one), best) in enumerate(pairs)],
        seed=settings.options.seed,
        iterations=settings.options.iterations,
        stopped=stopped,
        seconds=round(seconds, 3),
        version=rezone_version(),
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
