"""The files of a town in a planner's layouts: units in feet, zones as a layer, schools, students; and their mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from toys import CRS, SIDE, TOWN

FEET = "EPSG:2284"  # Virginia South, US survey feet
NAMES = {"x": "Colvin Run Elementary", "y": "Jane Addams ES", "z": "Élan School"}
SAID = {"x": "COLVIN RUN", "y": "Jane Addams", "z": "Elan"}  # how the zones' layer says it


def files(folder: Path, **changes: Any) -> Path:
    """A town's planning units in feet with their own names of columns, zones as a layer, schools, student points."""
    blocks = TOWN.blocks()
    units = gpd.GeoDataFrame(
        {
            "PU_NO": [f"{k:03d}" for k in range(len(blocks))],
            "TOTAL_CT": blocks["students"],
            "WH": blocks["students_white"],
            "BL": blocks["students_black"],
            "FRL": blocks["students_poverty"],
            "NBHD": [f"n{k % 3}" for k in range(len(blocks))],
        },
        geometry=blocks.geometry,
        crs=CRS,
    )
    zones = blocks.assign(SCHNAM=blocks["school_id"].map(SAID)).dissolve("SCHNAM").reset_index()[["SCHNAM", "geometry"]]
    schools = TOWN.schools()[["school_id", "lon", "lat", "capacity"]].assign(
        SCH_NAME=lambda table: table["school_id"].map(NAMES), school_id=lambda table: "0" + table["school_id"]
    )
    made = {"units": units, "zones": zones, "schools": schools} | changes
    made["units"].to_crs(FEET).to_file(folder / "units.shp")
    made["zones"].to_crs(3857).to_file(folder / "zones.geojson")
    made["schools"].to_csv(folder / "schools.csv", index=False, encoding="cp1252")
    return folder


MAPPING = """
name = "Town"
crs = "EPSG:32618"
[blocks]
file = "units.shp"
id = "PU_NO"
students = "TOTAL_CT"
poverty = "FRL"
groups = { white = "WH", black = "BL" }
keep = { neighbourhood = "NBHD" }
[zones]
file = "zones.geojson"
school = "SCHNAM"
[schools]
file = "schools.csv"
id = "school_id"
name = "SCH_NAME"
lon = "lon"
lat = "lat"
seats = "capacity"
"""


def mapped(folder: Path, text: str = MAPPING) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def town_students() -> pd.DataFrame:
    """A point for each student of the town, in WGS 84, with an id and a name that must not leave."""
    blocks, random, rows = TOWN.blocks(), np.random.default_rng(1), []
    for block in blocks.itertuples():
        left, bottom, *_ = block.geometry.bounds
        for k in range(int(block.students)):
            x, y = random.uniform(20, SIDE - 20, 2)
            race = "W" if k < block.students_white else "B"
            poor = "F" if k < block.students_poverty else "N"
            rows.append((f"kid{len(rows):05d}", left + x, bottom + y, race, poor, "KG" if k % 2 else "01"))
    table = pd.DataFrame(rows, columns=["SID", "x", "y", "RACE", "LUNCH", "GRADE"])
    points = gpd.GeoSeries(gpd.points_from_xy(table["x"], table["y"]), crs=CRS).to_crs(4326)
    return table.assign(LON=points.x, LAT=points.y).drop(columns=["x", "y"])


BY_STUDENTS = (
    MAPPING.replace('students = "TOTAL_CT"\npoverty = "FRL"\ngroups = { white = "WH", black = "BL" }\n', "")
    + """
[students]
file = "students.csv"
lon = "LON"
lat = "LAT"
id = "SID"
group = "RACE"
groups = { W = "white", B = "black" }
poverty = "LUNCH"
poor = ["F", "R"]
grade = "GRADE"
"""
)
