"""What requests bring, and what of it cannot be: whoever wrote the page that sends it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=5_000)]
Window = Annotated[str, Field(max_length=64)]
Seq = Annotated[int, Field(ge=0, le=2**53)]
Index = Annotated[int, Field(ge=0, le=2**31 - 1)]
Indices = Annotated[list[Index], Field(max_length=1_000_000)]
Place = Annotated[
    list[Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]], Field(min_length=2, max_length=2)
]


class Body(BaseModel):
    """Of any request: no further keys, and no value that has to be guessed at."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Csv(Body):
    """csv: a plan file's text. name: the file's, for what is said of it."""

    csv: str
    name: Name = "plan.csv"


class Zones(Body):
    """zones: a layer's file in base64. name: the file's, whose ending says what it is."""

    zones: str
    name: Name


class NewPlan(Body):
    """from: today's zones, the id of a plan, or a file."""

    name: Name
    origin: Literal["today"] | int | Csv | Zones = Field(alias="from")
    window: Window = ""


class Rename(Body):
    name: Name
    window: Window = ""


class Assign(Body):
    """Blocks to schools, one for each. note: where it comes from, such as `improve`."""

    blocks: Indices
    schools: Indices
    note: Annotated[str, Field(max_length=200)] | None = None


class Lock(Body):
    blocks: Indices
    on: bool


class Wish(Body):
    """A comment on a place. rule: the table of [[rules]] that it stands for. price: what the engine says it costs."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    text: Text = ""
    who: Annotated[str, Field(max_length=200)] = ""
    area: Annotated[list[Place], Field(max_length=10_000)] | None = None
    blocks: Indices = Field(default_factory=list)
    date: Annotated[str, Field(max_length=40)] = ""
    rule: dict[str, Any] | None = None
    state: Annotated[str, Field(max_length=40)] = "open"
    price: dict[str, Any] | None = None
    removed: bool = False


class Edit(Body):
    """seq: the last edit that its window knows of."""

    seq: Seq
    window: Window = ""
    kind: Literal["assign", "lock", "wish"]
    data: dict[str, Any]


class Step(Body):
    """Of undo, redo and mark."""

    seq: Seq
    window: Window = ""


DATA: dict[str, type[Body]] = {"assign": Assign, "lock": Lock, "wish": Wish}
