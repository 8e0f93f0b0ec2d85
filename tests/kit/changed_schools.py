"""Districts for rules about schools: one with a school that has no zone, places in toys, and the cases of rules."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyproj
from toys import CRS, LEFT, SIDE, TOP, Toy

# Six blocks, three schools; v has no zone, and stands in the middle of the lower row.
SIX = Toy(
    """
    X y Y
    x Z z
    """,
    groups={"white": "9 4 6 8 7 2", "black": "2 5 3 3 4 9"},
    poverty="1 5 3 2 4 8",
    seats={"x": 40, "y": 45, "z": 30},
    least={"y": 8},
    other={"z": 3},
)


def place(row: float, column: float) -> dict[str, float]:
    """WGS 84 of the middle of a block of a toy."""
    back = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)
    lon, lat = back.transform(LEFT + SIDE * (column + 0.5), TOP - SIDE * (row + 0.5))
    return {"lon": lon, "lat": lat}


def with_spare(toy: Toy) -> pd.DataFrame:
    """schools.csv with a school `v` that has no zone, in the middle of r1c1 for three columns, with 25 seats."""
    table = toy.schools()
    at = place(1, 1)
    table.loc[len(table)] = ["v", "Spare", repr(at["lon"]), repr(at["lat"]), "25", "", ""]
    return table


NEW = {"kind": "open", "school": "m", **place(0.2, 2.1), "capacity": 60, "min_students": 5, "name": "New"}
CASES: dict[str, list[dict[str, Any]]] = {
    "close": [{"kind": "close", "schools": ["y"]}],
    "close two": [{"kind": "close", "schools": ["x", "z"]}],
    "open": [NEW],
    "open without seats": [{"kind": "open", "school": "zz", **place(1, 0.4)}],
    "open the spare": [{"kind": "open", "school": "v"}],
    "open elsewhere": [{"kind": "open", "school": "v", **place(0, 0), "capacity": 12}],
    "seats": [{"kind": "seats", "school": "x", "capacity": 10, "min_students": 3}],
    "pair": [{"kind": "pair", "schools": ["z", "y"]}],
    "pair all": [{"kind": "pair", "schools": ["y", "z", "x"]}],
    "swap": [{"kind": "close", "schools": ["y"]}, NEW],
    "many": [
        {"kind": "pair", "schools": ["v", "x"]},
        {"kind": "seats", "school": "x", "capacity": 33},
        {"kind": "open", "school": "v", "capacity": 40},
        {"kind": "close", "schools": ["z"]},
        NEW,
    ],
}
