"""What maps in JSON files of this program hold: those drawn on a page, and the data of the one that can be moved."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from scenarios.reading.values import Both, Count, Name, Number, Share, Text, Whole

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


class Town(TypedDict):
    x: Number
    y: Number
    name: Name


class DrawnContext(TypedDict):
    water: Path
    rivers: Path
    roads: Path
    places: list[Town]


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
    context: NotRequired[DrawnContext]


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


class MapContext(TypedDict):
    water: Arcs
    rivers: Arcs
    roads: Arcs
    places: list[Town]


class Map(TypedDict):
    frame: MapFrame
    arcs: Arcs
    rings: list[list[Units]]
    blocks: MapBlocks
    schools: Annotated[list[MapSchool], Field(min_length=1)]
    groups: list[Name]
    unit: Literal["m", "min"]
    plans: Annotated[list[MapPlan], Field(min_length=2)]
    context: NotRequired[MapContext]
