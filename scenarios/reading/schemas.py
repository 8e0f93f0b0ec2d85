"""What JSON files of this program hold, as far as anything reads it: each is held to its schema at the door.

Files that other versions wrote may hold more. What no count or share can be is refused; whether figures fit each other
is for the commands to say, which work out anew what they rest on.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from optimizer.rules.base import AmountUnit
from scenarios.asking.options import DefaultMinimum
from scenarios.reading.map_schemas import Maps
from scenarios.reading.most import most
from scenarios.reading.values import Both, Count, Known, Name, Number, Share, Sure, Text, Whole

FORMAT = 2  # of report.json

Measures = Annotated[dict[Name, Known], Field(max_length=100_000)]
Exposure = dict[Name, Share] | None
RacialExposure = dict[Name, dict[Name, Share]] | None


class Limits(TypedDict):
    travel_increase: Number
    travel_floor: Number
    size_tolerance: Number
    max_moved: Share
    contiguity: Sure
    strict: Sure
    default_minimum: NotRequired[DefaultMinimum]


class Broken(TypedDict):
    limit: Name
    school: NotRequired[Name]
    block: NotRequired[Name]
    amount: Known
    limit_value: Known
    status_quo_amount: Known
    inherited: Sure
    kind: NotRequired[Name]
    unit: NotRequired[AmountUnit]
    rule: NotRequired[Whole]


class Measured(TypedDict):
    measures: Measures | None


class Rule(TypedDict):
    kind: Name
    schools: NotRequired[list[Name]]
    school: NotRequired[Name]


class Baseline(TypedDict):
    measures: Measures | None
    value: NotRequired[Known]
    bound: NotRequired[Known]
    gap: NotRequired[Known]
    proved: NotRequired[Sure]
    over_seats: NotRequired[Count]
    status_quo: NotRequired[Sure]
    no_plan: NotRequired[Literal["proved", "not found"] | None]


class Summary(TypedDict):
    district: Name
    objective: Name | dict[Name, Number] | None
    objective_value: Known
    exposure: Exposure
    exposure_status_quo: Exposure
    racial_exposure: RacialExposure
    racial_exposure_status_quo: RacialExposure
    measures: Measures
    measures_status_quo: Measures
    baselines: NotRequired[dict[Literal["nearest_school", "least_travel"], Baseline]]
    race_neutral: NotRequired[Measured]
    moved_share: Share
    valid: Sure
    broken_limits: list[Broken]
    bound: Known
    bound_relaxes: list[Name]
    gap: Known
    status: Literal["optimal", "feasible", "infeasible"] | None
    proof: Literal["certificate", "solver"] | None
    limits: Limits
    rules: Annotated[list[Rule], Field(max_length=most("rules"))]
    attributes_used: list[Name]
    seed: Annotated[int, Field(strict=True, ge=0)] | None
    iterations: Annotated[int, Field(strict=True, ge=0)] | None
    version: Name
    off_by: NotRequired[dict[Literal["measures", "measures_status_quo"], Measures]]


class GroupRow(TypedDict):
    group: Name
    students: Count
    moved_share: Share
    travel_mean: Count
    exposure_to_poverty: Share
    within_band: Share
    high_band: Share
    low_band: Share


class SchoolRow(TypedDict):
    school_id: Name
    name: Name
    blocks: Whole
    students: Count
    other_students: Count
    capacity: Count
    min_students: Count
    utilisation: Count
    counted: Count
    poverty: Count
    poverty_rate: Share
    groups: dict[Name, Count]
    band: Literal["within", "high", "low"] | None


class Burden(TypedDict):
    group: Name
    farther: Share
    moved_travel_change: Known


Move = TypedDict("Move", {"from": Whole, "to": Whole, "blocks": Whole, "students": Count})


class Stark(TypedDict):
    a: Whole
    b: Whole
    poverty: Share
    race: Share


class Interval(TypedDict):
    low: Number
    high: Number
    level: Number


class Uncertainty(TypedDict):
    intervals: dict[Name, Interval]
    draws_model: Text


class Public(TypedDict):
    threshold: Number
    suppressed: Whole


class Report(TypedDict):
    format: Whole
    name: Name | None
    fingerprint: Annotated[str, Field(strict=True, pattern="^[0-9a-f]{16}$")]
    summary: Summary
    travel_unit: Literal["m", "min"]
    travel_from_file: Sure
    has_poverty: Sure
    groups: Annotated[list[Name], Field(max_length=most("groups"))]
    blocks: Whole
    students: Count
    by_group: dict[Both, list[GroupRow]]
    by_school: dict[Both, list[SchoolRow]]
    burden: list[Burden]
    moves: list[Move]
    stark: dict[Both, list[Stark]]
    maps: Maps | None
    map: Annotated[str, Field(strict=True, max_length=most("json"))] | None
    public: Public | None
    uncertainty: Uncertainty | None


class SummaryFile(TypedDict):
    district: Name
    objective: Name | dict[Name, Number] | None
    measures: Measures | None
    measures_status_quo: Measures
    broken_limits: list[Broken]
    bound: Known
    gap: Known
    status: Literal["optimal", "feasible", "infeasible"] | None
    proof: Literal["certificate", "solver"] | None
    limits: Limits
    rules: Annotated[list[Rule], Field(max_length=most("rules"))]
    seed: Whole | None
    iterations: Whole | None
    seconds: Known
    valid_status_quo: NotRequired[bool]


class Year(TypedDict):
    year: Whole
    school_year: Name | None


class PhasedIn(TypedDict, total=False):
    phase_in: Literal["entrants", "all-at-once"]


class Transition(TypedDict):
    years: Annotated[list[Year], Field(min_length=1)]
    options: NotRequired[PhasedIn]


class Frontier(TypedDict):
    limits: dict[Name, Any]


class Manifest(TypedDict):
    files: dict[Text, Any]
