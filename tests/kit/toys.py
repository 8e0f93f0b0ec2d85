"""Toy districts drawn as text, small enough to check by eye.

A grid has a word for each block: the first letter is the zone (`x`, `y`, ...); a capital letter marks the block that
the school stands in. Blocks are 500 m squares, named by row and column from the top left: `r0c0`, `r0c1`, ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from optimizer.district import District

CRS, LEFT, TOP, SIDE = "EPSG:32618", 300_000.0, 4_200_000.0, 500.0


def _grid(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def _numbers(text: str) -> list[float]:
    return [float(word) for row in _grid(text) for word in row]


@dataclass(frozen=True)
class Toy:
    """zones: the grid. groups: a grid of students for each group; poverty: a grid, or None. students: a grid; where not
    given, the groups' sum. seats, least, other: by school. extra: further columns."""

    zones: str
    groups: Mapping[str, str] = field(default_factory=dict)
    poverty: str | None = None
    students: str | None = None
    seats: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    other: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    head: str = ""

    def but(self, **changes: Any) -> Toy:
        """The same toy with some parts changed."""
        return replace(self, **changes)

    def blocks(self) -> gpd.GeoDataFrame:
        """The frame of blocks, ready to be spoilt by a test."""
        cells = [(r, c, word) for r, row in enumerate(_grid(self.zones)) for c, word in enumerate(row)]
        groups = {f"students_{g}": _numbers(text) for g, text in self.groups.items()}
        students = (
            _numbers(self.students) if self.students else [sum(row) for row in zip(*groups.values(), strict=True)]
        )
        columns: dict[str, Any] = {
            "block_id": [f"r{r}c{c}" for r, c, _ in cells],
            "school_id": [word.lower() for _, _, word in cells],
            "students": students,
            **groups,
            **self.extra,
        }
        if self.poverty is not None:
            columns["students_poverty"] = _numbers(self.poverty)
        shapes = [_square(r, c) for r, c, _ in cells]
        return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)

    def schools(self) -> pd.DataFrame:
        """The table of schools, as text."""
        back = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)
        rows = []
        for r, row in enumerate(_grid(self.zones)):
            for c, word in enumerate(row):
                if word.isupper():
                    lon, lat = back.transform(LEFT + SIDE * (c + 0.5), TOP - SIDE * (r + 0.5))
                    name = word.lower()
                    limits = [str(part.get(name, "")) for part in (self.seats, self.least, self.other)]
                    rows.append([name, f"School {word}", repr(lon), repr(lat), *limits])
        columns = ["school_id", "name", "lon", "lat", "capacity", "min_students", "other_students"]
        return pd.DataFrame(rows, columns=columns)

    def write(
        self, folder: Path, *, blocks: gpd.GeoDataFrame | None = None, schools: pd.DataFrame | None = None
    ) -> Path:
        """The district folder; parts given take the place of the toy's own."""
        folder.mkdir(parents=True, exist_ok=True)
        groups = ", ".join(f'"{g}"' for g in self.groups)
        head = f'name = "toy"\ncrs = "{CRS}"\ngroups = [{groups}]\n{self.head}'
        (folder / "district.toml").write_text(head, encoding="utf-8")
        frame = self.blocks() if blocks is None else blocks
        frame.to_parquet(folder / "blocks.parquet")
        (self.schools() if schools is None else schools).to_csv(folder / "schools.csv", index=False)
        return folder

    def district(self, folder: Path) -> District:
        """Written and read back."""
        from scenarios import read_district

        return read_district(self.write(folder))


def _square(row: int, column: int) -> Any:
    left, top = LEFT + SIDE * column, TOP - SIDE * row
    return shapely.box(left, top - SIDE, left + SIDE, top)


# FORMAT.md's example: blocks A B C D in a row.
EXAMPLE = Toy(
    "X x y Y",
    groups={"white": "8 6 4 2", "black": "2 4 6 8"},
    poverty="1 3 5 7",
)

# Two settlements, one poor; zone z has a detached piece (r0c4), one block is empty, seats are tight at x.
TOWN = Toy(
    """
    X x x y z
    x x y Y y
    x z z y y
    Z z z z y
    """,
    groups={
        "white": "9 8 7 3 2  9 7 5 2 1  6 5 4 3 2  8 7 0 4 3",
        "black": "1 2 3 7 8  1 3 5 8 9  4 5 6 7 8  2 3 0 6 7",
    },
    poverty="1 1 2 6 7  1 2 4 7 8  3 4 5 6 7  2 3 0 5 6",
    seats={"x": 60, "y": 100},
    least={"x": 40},
    other={"x": 5},
)

# Of the 57 students at x 28 have seats. Under the older default 48.45 must stay there, so that nobody can go.
OVERFULL = Toy("X x Y", groups={"white": "19 17 5", "black": "9 12 18"}, poverty="21 26 2", seats={"x": 28, "y": 80})
