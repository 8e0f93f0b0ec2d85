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
from scenarios.reading.most import most

LARGE = 1e15
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LARGE, le=LARGE)]
Known = Number | None
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e-6, le=1 + 1e-6)] | None
Count = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e-6, le=LARGE)] | None
Whole = Annotated[int, Field(strict=True, ge=0, le=10**12)]
Sure = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(strict=True, max_length=most("name"))]
Text = Annotated[str, Field(strict=True, max_length=100_000)]
Measures = Annotated[dict[Name, Known], Field(max_length=100_000)]
Exposure = dict[Name, Share] | None
RacialExposure = dict[Name, dict[Name, Share]] | None
Both = Literal["status_quo", "plan"]


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


Path = Annotated[str, Field(strict=True, pattern=r"^[-0-9A-Za-z., ]*$")]


class Zone(TypedDict):
    school: Whole
    path: Path


class Place(TypedDict):
    x: Number
    y: Number
    label_x: Number
    label_y: Number


MovedShape = TypedDict("MovedShape", {"from": Whole, "to": Whole, "blocks": Whole, "students": Count, "path": Path})
Length = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class ScaleBar(TypedDict):
    metres: Number
    units: Length


class Maps(TypedDict):
    crs: Text
    left: Number
    top: Number
    metres_per_unit: Annotated[float, Field(strict=True, gt=0, le=1000000.0)]
    width: Length
    height: Length
    scale_bar: ScaleBar
    zones: dict[Both, list[Zone]]
    moved: list[MovedShape]
    schools: list[Place]
    colour: list[Whole]
    poverty_breaks: list[Number]
    poverty_class: dict[Both, list[Whole | None]]


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


Units = list[Annotated[int, Field(strict=True, ge=-(10**9), le=10**9)]]
Counts = list[Count]


class MapFrame(TypedDict):
    left: Number
    top: Number
    metres: Annotated[float, Field(strict=True, gt=0, le=1000000.0)]
    width: Length
    height: Length
    crs: Text


class MapBlocks(TypedDict):
    id: list[Name]
    students: Counts
    counted: Counts
    poverty: Counts | None
    groups: list[Counts]


class MapSchool(TypedDict):
    id: Name
    name: Name
    x: Whole
    y: Whole
    colour: Whole
    seats: Count


class MapZone(TypedDict):
    students: Count
    poverty: Share
    groups: list[Share]


class MapPlan(TypedDict):
    name: Name
    school: list[Whole]
    travel: Counts
    zones: list[MapZone]


class Arcs(TypedDict):
    n: list[Whole]
    xy: Units


class Map(TypedDict):
    frame: MapFrame
    arcs: Arcs
    rings: list[list[Units]]
    blocks: MapBlocks
    schools: Annotated[list[MapSchool], Field(min_length=1)]
    groups: list[Name]
    unit: Literal["m", "min"]
    plans: Annotated[list[MapPlan], Field(min_length=2)]


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
