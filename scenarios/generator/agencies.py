"""A synthetic district as public agencies publish it, in the layouts of the census, the ACS and NCES: children counted,
sampled and rounded.

Truth is the generator's: whole children at public schools by block and group, and which of them are in poverty. Around
them live other children, and grown-ups, whose groups and poverty go with theirs but not exactly. Blocks are counted
whole (P2, P4); of block groups a sample of households is asked for income (C17002, with margins of 90 %); schools count
their own (CCD 052, 033).
"""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from scipy.special import expit, logit

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from scenarios.generator.people import GROUPS

LEA = "5100001"
RACES = ("White", "Black or African American", "Hispanic/Latino", "Asian")
CELLS = {"white": "005", "black": "006", "hispanic": "002", "asian": "008"}  # of P2 and P4
SAMPLED = 8  # one household in so many is asked, over five years
HOUSEHOLD = 2.5  # people, whose incomes are one
BLOCKS = 15  # of a block group
UNDER_185 = ("002", "003", "004", "005", "006")
CCD = ["SCHOOL_YEAR", "FIPST", "STATENAME", "ST", "SCH_NAME", "STATE_AGENCY_NO", "UNION"]
CCD += ["ST_LEAID", "LEAID", "ST_SCHID", "NCESSCH", "SCHID"]


def publish(folder: Path, truth: District, random: np.random.Generator) -> list[str]:
    """The files, in a folder that is there. The ids of the blocks, as the census has them, in the district's order."""
    attending = np.column_stack([truth.counts[:, truth.column_index(f"students_{group}")] for group in GROUPS])
    rate = np.divide(truth.poverty + 0.5, attending.sum(axis=1) + 2)  # of a block's people, known to nobody
    area = _areas(truth)
    place = np.argsort(np.lexsort((np.arange(truth.blocks), area))) % BLOCKS  # within its block group
    ids = [f"51001{1000 + number:06}1{k:03}" for number, k in zip(area.tolist(), place.tolist(), strict=True)]
    others = random.poisson(1.6 * (attending + 0.15) * np.exp(random.normal(0, 0.25, (truth.blocks, 1))))
    children, adults = attending + others, random.poisson(4.0 * (attending + 0.3))
    occupied = (attending.sum(axis=1) > 0)[:, None]
    children, adults = children * occupied, adults * occupied
    _blocks(folder, truth, ids)
    _counts(folder / "DECENNIALPL2020.P2-Data.csv", "P2", ids, children + adults)
    _counts(folder / "DECENNIALPL2020.P4-Data.csv", "P4", ids, adults)
    people = (children + adults).sum(axis=1)
    _income(folder / "ACSDT5Y2022.C17002-Data.csv", ids, people, expit(logit(np.clip(rate, 0.02, 0.98)) - 0.3), random)
    _schools(folder, truth, attending)
    return ids


def _areas(truth: District) -> Ints:
    """(blocks,) block groups: columns of land, cut into pieces."""
    assert truth.geography is not None
    points = shapely.centroid(truth.geography.polygon)
    x, y = shapely.get_x(points), shapely.get_y(points)
    stripes = max(1, round(np.sqrt(truth.blocks / BLOCKS)))
    stripe = np.argsort(np.argsort(x)) * stripes // truth.blocks
    order = np.lexsort((y, stripe))
    number = np.empty(truth.blocks, np.int32)
    number[order] = np.arange(truth.blocks) // BLOCKS
    return number


def _blocks(folder: Path, truth: District, ids: list[str]) -> None:
    assert truth.geography is not None
    shapes = gpd.GeoSeries(truth.geography.polygon, crs=truth.geography.crs)
    columns = {
        "STATEFP20": [name[:2] for name in ids],
        "COUNTYFP20": [name[2:5] for name in ids],
        "TRACTCE20": [name[5:11] for name in ids],
        "BLOCKCE20": [name[11:] for name in ids],
        "GEOID20": ids,
        "ALAND20": shapes.area.round().astype(int),
        "AWATER20": 0,
    }
    gpd.GeoDataFrame(columns, geometry=shapes).to_crs(4269).to_file(folder / "tl_2022_51001_tabblock20.shp")
    zones = gpd.GeoDataFrame({"school": truth.status_quo}, geometry=shapes).dissolve("school")
    j = zones.index.to_numpy()
    zones = zones.assign(
        ncessch=[nces(k) for k in j],
        schnam=[truth.school_names[k].upper() for k in j],
        leaid=LEA,
        gslo="KG",
        gshi="05",
        defacto="0",
        openEnroll="0",
        MultiBdy="0",
        level="1",
    )
    zones.to_crs(3857).to_file(folder / "SABS_1516_SchoolLevels_Primary.shp")


def nces(school: int) -> str:
    """The id of a school."""
    return f"{LEA}{school + 1:05}"


def _counts(path: Path, table: str, ids: list[str], people: Floats) -> None:
    """As data.census.gov writes it: two rows of names, a comma too many."""
    group = dict(zip(GROUPS, people.T, strict=True))
    cells = {f"{k:03}": np.zeros(len(ids)) for k in range(1, 12)} | {CELLS[name]: group[name] for name in GROUPS}
    cells["004"] = sum(group[name] for name in GROUPS if name != "hispanic")
    cells["003"], cells["001"] = cells["004"], cells["004"] + group["hispanic"]
    names = [f"{table}_{cell}N" for cell in cells]
    rows = [
        ["GEO_ID", "NAME", *names, ""],
        ["Geography", "Geographic Area Name", *(f" !!{name}" for name in names), ""],
    ]
    for k, name in enumerate(ids):
        rows.append([f"1000000US{name}", f"Block {name[11:]}", *(f"{value[k]:.0f}" for value in cells.values()), ""])
    county = [f"{value.sum():.0f}" for value in cells.values()]
    rows.append(["0500000US51001", "A county", *county, ""])
    _write(path, rows)


def _income(path: Path, ids: list[str], people: Floats, rate: Floats, random: np.random.Generator) -> None:
    """C17002 by block group: of the households asked, how many are under 185 % of the line; margins as the bureau's
    are, of a simple sample."""
    code = np.array([name[:12] for name in ids])
    names, of = np.unique(code, return_inverse=True)
    size = np.bincount(of, people)
    share = np.bincount(of, people * rate) / np.maximum(size, 1e-9)
    asked = np.maximum(np.rint(size / HOUSEHOLD / SAMPLED), 2).astype(int)
    seen = random.binomial(asked, np.clip(share, 0, 1)) / asked
    cells = ["001", *UNDER_185, "007", "008"]
    head = [f"C17002_{cell}{kind}" for cell in cells for kind in ("E", "M")]
    rows = [["GEO_ID", "NAME", *head, ""], ["Geography", "Geographic Area Name", *(f" !!{name}" for name in head), ""]]
    for k, name in enumerate(names):
        poor = np.rint(size[k] * seen[k] * np.array([0.3, 0.25, 0.15, 0.15, 0.15]))
        rich = max(size[k] - poor.sum(), 0.0)
        values = [poor.sum() + rich, *poor, np.rint(0.1 * rich), rich - np.rint(0.1 * rich)]
        # Of cells that make up a share p of n households the error is size * sqrt(p (1 - p) / n); zero has one, too.
        part = [1.0, *np.maximum(poor / max(size[k], 1), 0.02), 0.1, 0.9]
        errors = [1.645 * size[k] * np.sqrt(p * max(1 - p, 0.02) / asked[k]) for p in part]
        pairs = [cell for value, error in zip(values, errors, strict=True) for cell in (f"{value:.0f}", f"{error:.0f}")]
        rows.append([f"1500000US{name}", f"Block Group {name[11:]}", *pairs, ""])
    _write(path, rows)


def _schools(folder: Path, truth: District, attending: Floats) -> None:
    """CCD membership and lunch in their long form, with totals among the rows, and EDGE's points."""
    assert truth.geography is not None
    back = pyproj.Transformer.from_crs(truth.geography.crs, 4326, always_xy=True)
    lon, lat = back.transform(*truth.geography.school_xy.T)
    points = [["NCESSCH", "LEAID", "NAME", "OPSTFIPS", "STREET", "CITY", "STATE", "ZIP", "STFIP", "CNTY", "LAT", "LON"]]
    members = [[*CCD, "GRADE", "RACE_ETHNICITY", "SEX", "STUDENT_COUNT", "TOTAL_INDICATOR", "DMS_FLAG"]]
    lunches = [[*CCD, "DATA_GROUP", "LUNCH_PROGRAM", "STUDENT_COUNT", "TOTAL_INDICATOR", "DMS_FLAG"]]
    zoned = np.zeros((truth.schools, len(GROUPS)))
    np.add.at(zoned, truth.status_quo, attending)
    poor = np.bincount(truth.status_quo, truth.poverty, truth.schools)
    for j in range(truth.schools):
        name = truth.school_names[j]
        head = ["2021-2022", "51", "VIRGINIA", "VA", name, "", "", "VA-1", LEA, f"VA-1-{j}", nces(j), nces(j)[7:]]
        points.append(
            [nces(j), LEA, name, "51", "1 Street", "City", "VA", "22901", "51", "51001", *_degrees(lat[j], lon[j])]
        )
        by_race = "Derived - Subtotal by Race/Ethnicity and Sex minus Adult Education Count"
        for g, race in enumerate(RACES):
            girls = int(zoned[j, g] // 2)
            for sex, count in (("Female", girls), ("Male", int(zoned[j, g]) - girls)):
                members.append([*head, "No Category Codes", race, sex, str(count), by_race, "Reported"])
        whole = "Derived - Education Unit Total minus Adult Education Count"
        none = "No Category Codes"
        members.append([*head, none, none, none, f"{zoned[j].sum():.0f}", whole, "Reported"])
        group = "Free and Reduced-price Lunch Table"
        lunches.append([*head, group, none, f"{poor[j]:.0f}", "Education Unit Total", "Reported"])
        free = int(poor[j] * 0.8)
        for kind, count in (("Free lunch qualified", free), ("Reduced-price lunch qualified", int(poor[j]) - free)):
            lunches.append([*head, group, kind, str(count), "Category Set A", "Reported"])
    _write(folder / "EDGE_GEOCODE_PUBLICSCH_2122.csv", points)
    _write(folder / "ccd_SCH_052_2122.csv", members)
    _write(folder / "ccd_sch_033_2122.csv", lunches)


def _degrees(lat: float, lon: float) -> list[str]:
    return [f"{lat:.6f}", f"{lon:.6f}"]


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
