"""What `summary.json` and `report.json` hold, declared once: they are written from these records and read back by them.
None stands for what is not known, or not shown. What files of other versions hold besides is passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field

from optimizer.measures import Burden, GroupRow, Move, SchoolRow, Stark
from optimizer.result import NoPlan, Status
from optimizer.rules import Breach
from optimizer.rules.base import AmountUnit
from optimizer.travel import Unit
from scenarios.asking.options import DefaultMinimum
from scenarios.reading.map_schemas import Maps
from scenarios.reading.most import most
from scenarios.reading.ordered import OrderedObjective
from scenarios.reading.uncertainty import Intervals, Uncertainty
from scenarios.reading.values import Count, Known, Name, Number, Share, Sure, Text, Whole
from scenarios.writing.records import left_out

FORMAT = 2  # of both files
T_co = TypeVar("T_co", covariant=True)
READ = ConfigDict(allow_inf_nan=False, alias_generator=lambda name: name.rstrip("_"))
Measures = Annotated[dict[Name, Known], Field(max_length=100_000)]
Exposure = dict[Name, Share] | None
RacialExposure = dict[Name, dict[Name, Share]] | None
Objective = Name | dict[Name, Number] | None
OLD_KINDS = {"travel_increase": "travel", "capacity": "size", "min_students": "size", "max_moved": "moved"}
SIZES = ("capacity", "min_students")  # the limits of size, whose amounts are students


def _with_kind(rule: dict[str, Any]) -> dict[str, Any]:
    names = [rule.get("kind"), rule.get("school", ""), *(rule.get("schools") or ())]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("must have a kind, and ids of schools as text")
    return rule


Rule = Annotated[dict[str, Any], AfterValidator(_with_kind)]  # a table of [[rules]]
Rules = Annotated[list[Rule], Field(max_length=most("rules"))]


@dataclass(frozen=True, kw_only=True)
class Ends(Generic[T_co]):
    """Of today's zones, and of the plan."""

    status_quo: T_co
    plan: T_co

    def __iter__(self) -> Iterator[T_co]:
        return iter((self.status_quo, self.plan))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Those in force. default_minimum: results of version 0.1 name none, and mean `today`."""

    travel_increase: Number
    travel_floor: Number
    size_tolerance: Number
    max_moved: Share
    contiguity: Sure
    strict: Sure
    default_minimum: DefaultMinimum | None = left_out()

    @property
    def minimum(self) -> DefaultMinimum:
        return self.default_minimum or "today"


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A limit that a plan breaks (`Breach`): its school or block, where it has one, and its place among the rules that
    were given. Public pages leave amounts out. Results of version 0.1 name no kind."""

    limit: Name
    school: Name | None = left_out()
    block: Name | None = left_out()
    amount: Known
    limit_value: Known
    status_quo_amount: Known
    inherited: Sure
    kind: Name = ""
    unit: AmountUnit = ""
    rule: Whole | None = left_out()

    @classmethod
    def of(cls, breaches: Iterable[Breach]) -> list[Broken]:
        return [cls(**vars(row)) for row in breaches]

    @property
    def by(self) -> float:
        """The amount; of the planner's own results there always is one."""
        return self.amount or 0.0

    @property
    def of_kind(self) -> str:
        """The kind of the rule that is broken."""
        family = self.limit.partition(".")[0]
        return self.kind or OLD_KINDS.get(family, family)


def excess_of(rows: Iterable[Broken]) -> float:
    """Students over seats and under smallest sizes, over all schools, those of today's zones included."""
    return float(sum(row.by for row in rows if row.limit in SIZES))


@dataclass(frozen=True, kw_only=True)
class Proved:
    """What is proved of a plan that others are held against. value, bound: students' mean travel, and what that of no
    plan of its kind is below; gap: how far the value is above the bound, as a share of the bound, None where that is 0
    and the value is not. proved: within 0.1 %; results of version 0.1 do not say. over_seats: its students beyond
    seats. status_quo: whether it is today's zones. no_plan: where there is no plan: `proved` that there is none, or
    `not found`."""

    value: Known = None
    bound: Known = None
    gap: Known = None
    proved: Sure | None = None
    over_seats: Count = None
    status_quo: Sure = False
    no_plan: NoPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Baseline(Proved):
    """The same with what else summary.json says. valid, broken_limits: under all limits and rules, of which
    nearest_school keeps seats alone."""

    measures: Measures | None
    bound_relaxes: Sequence[Name] = ()
    valid: Sure = False
    broken_limits: Sequence[Broken] = ()


@dataclass(frozen=True, kw_only=True)
class RaceNeutral:
    """What is said of the race-neutral twin: under which objective and rules it was sought, its measures, whether it
    also keeps the rules that name a group, and which attributes entered."""

    objective: Objective = None
    objective_value: Known = None
    objective_value_status_quo: Known = None
    bound: Known = None
    valid: Sure = False
    no_plan: NoPlan | None = None
    rules_left_out: Sequence[Name] = ()
    keeps_all_rules: Sure = False
    broken_limits: Sequence[Broken] = ()
    exposure: Exposure = None
    racial_exposure: RacialExposure = None
    measures: Measures | None
    moved_share: Share = None
    moved_counted: Share = None
    attributes: Mapping[Name, Sequence[Name]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Start:
    """The plan that a search began at. file: its name, without where it lay. sha256: of its rows, as `write_plan` has
    them."""

    file: Name
    sha256: Text


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run found, under FORMAT.md's names. Where there is no valid plan, what belongs to a plan is None, and
    broken_limits names what the nearest plan found still breaks. Figures of today are of the district before any rule.
    Of a plan that no search made, what only a search can say is None. format: that of results of version 0.1, and
    of public ones, is not named. seconds: of the whole process. intervals to draws_sha256: as `Uncertainty` has them,
    where draws were asked for. start: where it was not today's zones. objectives: of an ordered list, whose last is
    `objective`. off_by: how far measures of a public bundle may be off."""

    __pydantic_config__: ClassVar[ConfigDict] = READ

    format: Whole | None = left_out()
    district: Name
    objective: Objective = None
    objectives: Sequence[OrderedObjective] | None = left_out()
    objective_value: Known = None
    objective_value_status_quo: Known = None
    disparity: Known = None
    disparity_status_quo: Known = None
    variance: Known = None
    variance_status_quo: Known = None
    exposure: Exposure
    exposure_status_quo: Exposure
    racial_exposure: RacialExposure
    racial_exposure_status_quo: RacialExposure
    measures: Measures | None
    measures_status_quo: Measures
    moved_share: Share
    mean_travel_change: Known = None
    valid: Sure
    valid_status_quo: Sure | None = left_out()
    broken_limits: Sequence[Broken]
    bound: Known = None
    bound_relaxes: Sequence[Name] = ()
    solver_bound: Known = None
    least_excess_bound: Known = left_out()
    gap: Known = None
    status: Status | None = None
    no_plan: NoPlan | None = None
    proof: Literal["certificate", "solver"] | None = None
    limits: Limits
    rules: Rules
    attributes_used: Sequence[Name] = ()
    attributes: Mapping[Name, Sequence[Name]] = field(default_factory=dict)
    start: Start | None = left_out()
    seed: Whole | None = None
    iterations: Whole | None = None
    stopped: Sure = False
    seconds: Known = None
    version: Name
    nearest_seats: Any = left_out()
    baselines: Mapping[Literal["nearest_school", "least_travel"], Baseline] | None = left_out()
    race_neutral: RaceNeutral | None = left_out()
    intervals: Intervals | None = left_out()
    intervals_status_quo: Intervals | None = left_out()
    intervals_change: Intervals | None = left_out()
    below_status_quo: Mapping[Name, Number] | None = left_out()
    draws: Whole | None = left_out()
    draws_model: Text | None = left_out()
    draws_sha256: Text | None = left_out()
    off_by: Mapping[Literal["measures", "measures_status_quo"], Measures] | None = left_out()
    command: Name | None = left_out()
    others: Mapping[Name, Any] | None = left_out()
    files: Mapping[Text, Any] | None = left_out()


@dataclass(frozen=True, kw_only=True)
class Public:
    """Then every count that is None has been suppressed, and the page says so. suppressed: how many they are."""

    threshold: Number
    suppressed: Whole


@dataclass(frozen=True, kw_only=True)
class Document:
    """All that a report shows of one plan, so that its page computes nothing and can be drawn again from the file.

    name: the plan's, None for the plan of a run. fingerprint: of the district: documents that share it can be shown
    side by side. maps: drawings for paper (scenarios.report.maps), None where the district has no shapes. map: the
    page's map (scenarios.report.map_data), packed (scenarios.reading.pack), None likewise. public: None for the
    planner's own. uncertainty: as `evaluate --draws` gives it, None where not computed."""

    __pydantic_config__: ClassVar[ConfigDict] = READ

    format: Whole = FORMAT
    name: Name | None
    fingerprint: Annotated[str, Field(strict=True, pattern="^[0-9a-f]{16}$")]
    summary: Summary
    travel_unit: Unit
    travel_from_file: Sure
    has_poverty: Sure
    groups: Annotated[Sequence[Name], Field(max_length=most("groups"))]
    blocks: Whole
    students: Count
    by_group: Ends[Sequence[GroupRow]]
    by_school: Ends[Sequence[SchoolRow]]
    burden: Sequence[Burden]
    moves: Sequence[Move]
    stark: Ends[Sequence[Stark]]
    maps: Maps | None
    map: Annotated[str, Field(strict=True, max_length=most("json"))] | None
    public: Public | None = None
    uncertainty: Uncertainty | None = None

    @property
    def measures(self) -> Measures:
        """The plan's."""
        return self.summary.measures or {}

    @property
    def published(self) -> Public:
        """Of a public one: what was left out of it."""
        assert self.public is not None
        return self.public

    @property
    def today(self) -> Measures:
        """Those of today's zones."""
        return self.summary.measures_status_quo

    @property
    def names(self) -> list[str]:
        """The schools'."""
        return [row.name or row.school_id for row in self.by_school.plan]
