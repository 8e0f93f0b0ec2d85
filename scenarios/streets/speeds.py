"""How fast one goes on which class of street: a table that is published with its sources, and can be replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from optimizer.arrays import Floats
from scenarios.reading.documents import fit, read_toml

By = Literal["foot", "car", "bus"]
TABLE = Path(__file__).with_name("speeds.toml")
OTHER, OFF_STREET = "other", "off_street"
LIVED_ON = ("motorway", "motorway_link", "trunk", "trunk_link", "steps")  # no: nobody's door opens to these

Kmh = Annotated[float, Field(ge=0, le=200, allow_inf_nan=False)]
Way = dict[str, tuple[Kmh, str]]


class _File(BaseModel):
    """The form of a table of speeds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[str, str]
    foot: Way
    car: Way
    bus: Way
    names: dict[str, str] = {}

    @model_validator(mode="after")
    def _whole(self) -> _File:
        for by in ("foot", "car", "bus"):
            way: Way = getattr(self, by)
            for name in (OTHER, OFF_STREET):
                if name not in way:
                    raise ValueError(f"[{by}] needs the row {name}")
            if not way[OFF_STREET][0] > 0:
                raise ValueError(f"[{by}] {OFF_STREET} must be above 0")
            unnamed = sorted({source for _, source in way.values()} - set(self.sources))
            if unnamed:
                raise ValueError(f"[{by}] names sources that [sources] has not: {', '.join(unnamed)}")
        return self


@dataclass(frozen=True)
class Speeds:
    """Of one way of travelling. kmh: by class of street, 0 where there is no way. names: other names of classes."""

    by: By
    kmh: Mapping[str, float]
    names: Mapping[str, str]
    sources: Mapping[str, str]  # of each class

    def of(self, classes: Sequence[str]) -> Floats:
        """(streets,) km/h, 0 where this is no way."""
        known = {name: self._one(name) for name in set(classes)}
        return np.array([known[name] for name in classes], np.float64)

    def lived_on(self, classes: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """(streets,) whether houses stand along streets of the class."""
        return ~np.isin([self.names.get(name, name) for name in classes], LIVED_ON)

    @property
    def off_street(self) -> float:
        """km/h from a point to the nearest street."""
        return self.kmh[OFF_STREET]

    def _one(self, name: str) -> float:
        return self.kmh.get(self.names.get(name, name), self.kmh[OTHER])


def read_speeds(by: By, path: Path | None = None) -> Speeds:
    """The table that comes with the program, or a user's. Raises InputError."""
    path = TABLE if path is None else path
    file = _File.model_validate(fit(_File, read_toml(path), path.name, "Take the table in docs/travel.md as a model"))
    way: Way = getattr(file, by)
    return Speeds(
        by,
        {name: kmh for name, (kmh, _) in way.items()},
        file.names,
        {name: file.sources[source] for name, (_, source) in way.items()},
    )
