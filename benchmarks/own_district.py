"""Real districts from the raw files that people have, where shared/raw has them: what was read, and control totals.

    python -m benchmarks.own_district

Each total stands beside the one that the files' own notes state.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import ROOT, about
from scenarios.importing.gis import import_gis, write_folder
from scenarios.importing.mapping import read_mapping
from scenarios.importing.told import in_words

RAW = ROOT.parent / "shared" / "raw"


@dataclass(frozen=True)
class Place:
    """mapping: its text, RAW for the folder. students, blocks, schools: as the notes of the files have them."""

    name: str
    mapping: str
    students: float
    blocks: int
    schools: int


PLACES = (
    Place(
        "fairfax_va",
        """
name = "Fairfax County (people of 2020 for students)"
[blocks]
file = "RAW/tl_2024_51_tabblock20_fairfax.zip"
id = "GEOID20"
students = "POP20"
[zones]
file = "RAW/elementary_zones_DERIVED.zip"
school = "NAME"
[schools]
file = "RAW/School_Facilities.zip"
id = "OBJECTID"
name = "SCHOOL_NAM"
only = { SCHOOL_TYP = ["ES"] }
[[schools.tables]]
file = "RAW/school_capacities.csv"
id = "object_id_school"
name = "name"
seats = "capacity"
[names]
"Bailey's" = "5050"
"McNair" = "4949"
""",
        1_189_113,
        9_404,
        138,
    ),
    Place(
        "baltimore_county_sw_md",
        """
name = "Baltimore County, southwest"
[blocks]
file = "RAW/151118.esri_permuted.zip"
id = "PBID"
zone = "ES1516"
students = "K5LiveAtt"
[schools]
file = "RAW/schoolLocations.geo.zip"
id = "OBJECTID"
name = "NAME"
[names]
"Catonsville ES" = "168"
"Edmondson Heights ES" = "39"
""",
        5_443,
        182,
        11,
    ),
)


def main() -> None:
    print(about())
    for place in PLACES:
        if not (RAW / place.name).is_dir():
            print(f"{place.name}: no raw files here")
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "mapping.toml").write_text(place.mapping.replace("RAW", str(RAW / place.name)), encoding="utf-8")
            began = time.perf_counter()
            found = import_gis(read_mapping(folder / "mapping.toml"))
            district = write_folder(found, folder)
            seconds = time.perf_counter() - began
        totals = (float(district.students.sum()), district.blocks, district.schools)
        stated = (place.students, place.blocks, place.schools)
        print(f"\n{in_words(found)}")
        print(f"{place.name}: students, blocks, schools {totals}, stated {stated}; {seconds:.1f} s")


if __name__ == "__main__":
    main()
