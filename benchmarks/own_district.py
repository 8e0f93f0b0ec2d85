"""Real districts from the raw files that people have, where shared/raw has them, to a report.

    python -m benchmarks.own_district

Of each: what was read, control totals beside those that the files' own notes state, problems found and mended,
exposures and disparity beside those of the prepared folder where there is one, and what the draws say of a plan.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import ROOT, about
from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios import read_district

SHARED = ROOT.parent / "shared"
SEARCH = "10"  # seconds


@dataclass(frozen=True)
class Place:
    """mapping: its text, RAW for the folder. students, blocks, schools: as the notes of the files have them."""

    name: str
    mapping: str
    students: float
    blocks: int
    schools: int
    kind: str = "gis"


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
    Place(
        "durham_nc",
        """
name = "Durham, high schools, students of all grades"
[blocks]
file = "RAW/enrollment_data_permuted.zip"
id = "pu_2324_848"
students = "count"
empty = 0
[zones]
file = "RAW/HS_curr_crowd_assume_100.zip"
school = "ID"
[schools]
file = "RAW/dps_hs_locations.geojson"
id = "sch_id"
name = "name"
[outside]
blocks = "leave out"
""",
        31_641,
        849,
        5,
    ),
    Place(
        "chapel_hill_nc",
        """
name = "Chapel Hill-Carrboro elementary (segments, not students)"
schools_in_zones = true
[blocks]
file = "RAW/CHCCS.zip"
id = "SEGNO"
zone = "ENAME"
each = 1
""",
        161,
        161,
        10,
    ),
    Place(
        "albemarle_va",
        """
name = "Albemarle County, elementary"
draws = 100
[blocks]
file = "RAW/tiger/tl_2020_51003_tabblock20.zip"
[people]
files = ["RAW/decennial/DECENNIALPL2020.P2_data_with_overlays_2022-02-19T130008.csv"]
[[poverty]]
files = ["RAW/charlottesville/regional_atlas_block_groups.csv"]
rate = "perc_snaphse"
[schools]
files = ["RAW/schools/edge_geocode_albemarle.csv"]
lea = "5100090"
poverty = "disadvantaged"
[[schools.tables]]
file = "RAW/vdoe/fullrace_2019_2025.csv"
id = "School Number"
name = "School Name"
only = { "School Year" = ["2019-2020"], "Division Number" = ["2"] }
by = "Race"
count = "Total Count"
crosswalk = CROSSWALK
[schools.tables.groups]
"White, not of Hispanic origin" = "white"
"Black, not of Hispanic origin" = "black"
"Hispanic" = "hispanic"
"Asian" = "asian"
"American Indian or Alaska Native" = "native"
"Native Hawaiian or Pacific Islander" = "pacific"
"Non-Hispanic, two or more races" = "multiracial"
[[schools.tables]]
file = "RAW/vdoe/fulldisadvantaged_2019_2025.csv"
id = "School Number"
only = { "School Year" = ["2019-2020"], "Division Number" = ["2"] }
poverty = "Disadvantaged"
poor = ["Y"]
measure = "disadvantaged"
count = "Total Count"
crosswalk = CROSSWALK
[zones]
file = "RAW/sabs/SABS 1516 CVille Region.zip"
grade = "03"
[names]
"510009000016" = "510009000029"
[outside]
blocks = "leave out"
""".replace(
            "CROSSWALK",
            '{ file = "RAW/schools/crosswalk_vdoe_nces_DERIVED.csv", from = "school_number", to = "ncessch", '
            'only = { division_number = ["2"] } }',
        ),
        6_803,
        2_046,
        15,
        "census",
    ),
)


def rezone(*arguments: str) -> str:
    """What a command prints. Raises SystemExit where it fails."""
    command = [str(Path(sys.executable).with_name("rezone")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"rezone {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def main() -> None:
    print(about())
    for place in PLACES:
        if not (SHARED / "raw" / place.name).is_dir():
            print(f"{place.name}: no raw files here")
            continue
        with tempfile.TemporaryDirectory() as name:
            show(place, Path(name))


def show(place: Place, folder: Path) -> None:
    """One place, from its raw files to a report."""
    mapping = place.mapping.replace("RAW", str(SHARED / "raw" / place.name))
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    district = str(folder / "district")
    began = time.perf_counter()
    said = rezone("import", place.kind, str(folder / "mapping.toml"), "--out", district)
    seconds = time.perf_counter() - began
    print(f"\n== {place.name}, import {place.kind}, {seconds:.1f} s\n{said}")
    print(section(folder / "district" / "IMPORTED.md", "## Control totals"))
    made = read_district(folder / "district")
    print(f"students, blocks, schools stated {place.students:,.0f}, {place.blocks:,}, {place.schools:,}")
    print(f"  in the folder {made.students.sum():,.0f}, {made.blocks:,}, {made.schools:,}")
    prepared = SHARED / "data" / place.name
    beside = measure(Plan.today(read_district(prepared))) if prepared.is_dir() else {}
    print("  today:          imported  prepared folder")
    for key, value in measure(Plan.today(made)).items():
        if value is not None and key.split(".")[0] in ("disparity", "exposure_to_poverty", "dissimilarity"):
            known = beside.get(key)
            print(f"  {key:32} {value:8.4f}  {'-' if known is None else format(known, '8.4f')}")
    run = str(folder / "run")
    rezone("optimize", district, "--out", run, "--time-limit", SEARCH, "--seed", "1")
    report = folder / "run" / "report.html"
    print(f"  report of {SEARCH} s of search: {report.stat().st_size / 1e6:.2f} MB")
    if (folder / "district" / "draws.parquet").is_file():
        print(rezone("evaluate", district, str(folder / "run" / "plan.csv"), "--draws", "100"))


def section(path: Path, title: str) -> str:
    """A section of a Markdown file."""
    return path.read_text(encoding="utf-8").split(title)[1].split("\n## ")[0].strip()


if __name__ == "__main__":
    main()
