"""What a single value in JSON files of this program may be: a number, a count, a share, a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

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
Both = Literal["status_quo", "plan"]
Table = Mapping[str, object]  # of TOML or JSON, as it was written: whoever takes a value out of it looks at what it is
NOTHING: Table = {}
