"""A file that was looked at: what kind it is, and what its columns are likely to be, by name and by content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from scenarios.importing.sources import Source, read_source

# What columns are called, by what they are; the first that fits is taken.
NAMES = {
    "id": "geoid\\w*|block_?id\\w*|blkid\\w*|segno|puid\\w*|pu|pu_\\w+|tims_pu|unit_?(id|no)?|id|objectid\\w*|fid",
    "school_id": "ncessch|school_?id|sch_?id\\w*|schid|school_?(no|num|number|code)|sch_?(no|num|code)|id|eid|"
    "objectid\\w*|fid",
    "name": "sch_?nam\\w*|school_?nam\\w*|schnam|name|school|sch|label",
    "zone": "es_?zone|elem\\w*|es|es_?name|school_?name|school|schnam|zone|attend\\w*|name|basez",
    "seats": "capacity|seats|cap|program_?capacity|design_?capacity|current_?capacity",
    "students": "students|total|total_?ct|enrol\\w*|membership|count|k5\\w*|pop20|pupils",
    "poverty": "students_?poverty|poverty|frl|free_?red\\w*|econ\\w*dis\\w*|disadv\\w*|lunch|low_?income",
    "lon": "lon|long|longitude|x|x_?coord\\w*|loncod|lon\\d+|x_?wgs84",
    "lat": "lat|latitude|y|y_?coord\\w*|latcod|lat\\d+|y_?wgs84",
    "race": "race|ethnicity|race_?eth\\w*|group",
    "grade": "grade|gr|grade_?level",
    "student_id": "student_?id|sid|stu_?id|pupil_?id|local_?id",
}
GROUPS = {
    "white": r"(students_?)?(white|wh|wht)(_\w*)?",
    "black": r"(students_?)?(black|bl|blk|african_?american|aa)(_\w*)?",
    "hispanic": r"(students_?)?(hispanic|hi|hisp|latino|latinx)(_\w*)?",
    "asian": r"(students_?)?(asian|as|asn)(_\w*)?",
    "other": r"(students_?)?(other|oth|two_or_more|tr|multi\w*)(_\w*)?",
}


@dataclass(frozen=True, eq=False)
class Seen:
    """A file that was looked at. kind: polygons, points, table. columns: not yet spoken for."""

    path: Path
    source: Source
    kind: str
    rows: int

    def named(self, what: str, *, unique: bool = False, number: bool = False) -> str | None:
        """The column that is called so and holds what it should."""
        pattern = re.compile(NAMES[what])
        fits = [
            name for name in self.source.cells.columns if pattern.fullmatch(str(name).strip().lower().split(".")[-1])
        ]
        order = {part: k for k, part in enumerate(re.split(r"\|(?![^(]*\))", NAMES[what]))}
        fits.sort(key=lambda name: next((k for part, k in order.items() if re.fullmatch(part, name.lower())), 99))
        return next((name for name in fits if self.holds(name, unique=unique, number=number)), None)

    def holds(self, name: str, *, unique: bool = False, number: bool = False) -> bool:
        """Whether the column has something in it, each value once, or numbers."""
        text = self.source.cells[name]
        given = text[text != ""]
        if number:
            return len(given) > 0 and bool(
                pd.to_numeric(given.str.replace(",", ""), errors="coerce").notna().mean() > 0.9
            )
        return len(given) > 0 and (not unique or (given.is_unique and len(given) > 0.95 * len(text)))

    def unique(self) -> str | None:
        """Any column that tells its rows apart, text before numbers."""
        cells = self.source.cells
        fits = [name for name in cells.columns if self.holds(name, unique=True)]
        whole = [name for name in fits if cells[name].str.fullmatch(r"[\w.-]{1,30}").all()]
        return next(iter(whole or fits), None)

    def groups(self) -> Iterator[tuple[str, str]]:
        """Groups, each with the column that is likely to count it."""
        for group, pattern in GROUPS.items():
            fits = [name for name in self.source.cells.columns if re.fullmatch(pattern, str(name).lower())]
            number = [name for name in fits if self.holds(name, number=True)]
            if number:
                yield group, number[0]


def look(path: Path) -> Seen:
    source = read_source(path, crs="EPSG:4326")
    shape = source.shape
    if shape is None:
        return Seen(path, source, "table", len(source.cells))
    there = shape[~(shapely.is_missing(shape) | shapely.is_empty(shape))]
    area = len(there) > 0 and np.mean(np.asarray(shapely.get_dimensions(there)) == 2) > 0.5
    return Seen(path, source, "polygons" if area else "points", len(shape))
