"""The districts that `benchmarks.same` asks about, and what it asks of each: a fixed list.

Nothing is imported of the program, so that the list is the same for any version of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString

SEARCH = ("--iterations", "2000", "--threads", "1", "--seed", "1")
LANGUAGES = ("en", "es", "zh-Hant", "zh-Hans", "vi", "so", "ar")
Call = tuple[str, tuple[str, ...]]  # a name for what is said, and the words after `rezone`


@dataclass(frozen=True)
class Case:
    """A district and the question asked of it.

    rules: [[rules]] as TOML, filled in from `facts`; options: [options] likewise; without: what the district has not,
    of "seats", "groups", "poverty"; minutes: travel in minutes from a file; more: the costly or rare calls too, of
    "languages", "sensitivity", "bands", "draws".
    """

    name: str
    rules: str = ""
    options: str = ""
    blocks: int = 30
    schools: int = 4
    seed: int = 0
    form: str = "parquet"
    without: tuple[str, ...] = ()
    minutes: bool = False
    more: tuple[str, ...] = ()


GENERATED = (
    Case("lock", '{r}"lock"\nblocks = ["{b0}", "{b1}"]\n{r}"lock"\ncolumn = "hold"', seed=1, more=("languages",)),
    Case("lock_schools", '{r}"lock"\nschools = ["{s0}"]', 'objective = "disparity_equal"', 36, 5, 2),
    Case("pairs", '{r}"forbid"\npairs = [["{b0}", "{x0}"], ["{b1}", "{x1}"]]\n{r}"require"\npairs = [["{b2}", "{h2}"]]',
         'objective = "gap.white.black"', 28, 4, 3, without=("seats",)),
    Case("keep_together", '{r}"keep_together"\ncolumn = "estate"', 'objective = "segregation_poverty"', 40, 5, 4),
    Case("together_cost", '{r}"keep_together"\ncolumn = "neighbourhood"\ncost = 0.001', "max_moved = 0.2", 32, 4, 5,
         form="gpkg", more=("draws",)),
    Case("walk_zone", '{r}"walk_zone"\ndistance = 1.5\n{r}"riders"\ndistance = 2\nshare = 0.1',
         'objective = "dissimilarity.race"', 30, 4, 6, minutes=True),
    Case("recently_moved", '{r}"recently_moved"\ncolumn = "ago"\nyears = 2', 'objective = "variance_ratio.black"',
         34, 4, 7, without=("seats",)),
    Case("share", '{r}"share"\nof = "poverty"\nlow = 0.2\nhigh = 0.5\n{r}"share"\nof = "students_el"\nhigh = 0.2',
         'objective = "theil_h.race"', 38, 5, 8, form="geojson"),
    Case("utilisation", '{r}"utilisation"\nlow = 0.8\nhigh = 1.0\n{r}"at_most"\nof = "moved"\nlimit = 0.9',
         'objective = "outside_band"', 30, 4, 9),
    Case("moved", '{r}"moved"\nof = "poverty"\nshare = 0.08\n{r}"moved"\nshare = 0.2\nby_school = true\n'
         '{r}"changed"\nplan = "swallowed.csv"\nshare = 0.9', "", 42, 5, 10),
    Case("burden", '{r}"burden"\nof = "moved"\ndifference = 0.05\n{r}"burden"\nof = "travel"\ndifference = 0.4',
         "travel_increase = 0.25", 30, 4, 11, minutes=True),
    Case("travel_mean", '{r}"travel_mean"\nlimit = 600', 'objective = "travel_mean"', 24, 3, 12, without=("groups",),
         more=("sensitivity",)),
    Case("close", '{r}"close"\nschools = ["{small}"]', "size_tolerance = 0.6\ntravel_increase = 3.0", 36, 5, 13,
         without=("seats",), more=("languages",)),
    Case("open", '{r}"open"\nschool = "S20"\nlon = {lon}\nlat = {lat}\ncapacity = 90\nname = "Fern <Hill>"',
         "size_tolerance = 0.4", 36, 4, 14, more=("draws",)),
    Case("seats", '{r}"seats"\nschool = "{s1}"\ncapacity = 60\nmin_students = 5', 'objective = "moved"', 30, 4, 15),
    Case("pair", '{r}"pair"\nschools = ["{s0}", "{s1}"]', "size_tolerance = 0.5\ntravel_increase = 2.0", 30, 5, 16),
    Case("barrier", '{r}"barrier"\nfile = "barrier.geojson"\ncrossings = "bridge.geojson"',
         "objective = {{ disparity = 1, travel_mean = 0.1 }}", 36, 4, 17),
    Case("feeder", '{r}"feeder"\ncolumn = "middle"\nlow = 0.5\n{r}"feeder"\ncolumn = "neighbourhood"\ncost = 0.001',
         "contiguity = false", 32, 4, 18, more=("bands",)),
    Case("shape", '{r}"shape"\nmeasure = "cut_edges"\nlimit = 40\n{r}"shape"\nmeasure = "polsby_popper"\nlimit = 0.2',
         'objective = "cut_edges"', 28, 4, 19, without=("groups", "poverty")),
    Case("never", '{r}"utilisation"\nlow = 1.3\n{r}"close"\nschools = ["{small}"]', "strict = true", 24, 4, 20,
         more=("sensitivity",)),
)  # fmt: skip
DEMO = Case("demo", '{r}"walk_zone"\ndistance = 600', "max_moved = 0.1", more=("demo", "languages", "sensitivity"))
ALBEMARLE = Case("albemarle", '{r}"walk_zone"\ndistance = 600', "max_moved = 0.1", more=("languages",))
STUDY = """district = "district"
[options]
iterations = 1000
seed = 1
threads = 1
[[scenario]]
name = "today"
baseline = "status_quo"
[[scenario]]
name = "sought"
[[scenario]]
name = "scrambled"
plan = "scrambled.csv"
[sweep]
max_moved = [0.05, 0.2]
"""


def lay_out(case: Case, place: Path, rezone: Callable[[str, Sequence[str]], None], given: Path | None) -> None:
    """The district in `place`/district, from `given` or made, with plans that break limits and the question asked."""
    district = place / "district"
    if given is None:
        words = ("generate", "district", "--blocks", str(case.blocks), "--schools", str(case.schools))
        rezone("generate", (*words, "--seed", str(case.seed), "--format", case.form))
        _edit(case, district)
    else:
        shutil.copytree(given, district)
    blocks, schools = _blocks(district), pd.read_csv(district / "schools.csv", dtype={"school_id": str})
    names = list(schools["school_id"])
    scrambled = [names[k % len(names)] for k in range(len(blocks))]
    first = ~blocks["school_id"].duplicated()
    _plan(blocks, scrambled, place / "scrambled.csv")
    _plan(blocks, np.where(first, blocks["school_id"], names[0]), place / "swallowed.csv")
    west, south, east, north = blocks.to_crs(4326).total_bounds
    line = LineString([((west + east) / 2, south), ((west + east) / 2, north)])
    for name, shape in (("barrier", line), ("bridge", line.centroid)):
        gpd.GeoDataFrame(geometry=[shape], crs=4326).to_file(place / f"{name}.geojson")
    rules = case.rules.format(**_facts(blocks, schools, scrambled))
    (place / "question.toml").write_text(f"[options]\n{case.options.format()}\n{rules}\n", encoding="utf-8")
    (place / "study.toml").write_text(f"{STUDY}{rules}\n", encoding="utf-8")


def _blocks(district: Path) -> Any:
    file = next(file for form in ("parquet", "gpkg", "geojson") if (file := district / f"blocks.{form}").exists())
    return gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)


def _plan(blocks: Any, school: Any, file: Path) -> None:
    rows = pd.DataFrame({"block_id": blocks["block_id"], "school_id": school}).sort_values("block_id")
    rows.to_csv(file, index=False, lineterminator="\n")


def _facts(blocks: Any, schools: Any, scrambled: Sequence[str]) -> dict[str, Any]:
    """Blocks that the scrambled plan moves (b0, ...), their schools (h0) and where it takes them (x0); schools; the
    one with the fewest blocks; a place amid the schools."""
    moved = [k for k, (now, then) in enumerate(zip(blocks["school_id"], scrambled, strict=True)) if now != then]
    facts: dict[str, Any] = {"r": "[[rules]]\nkind = ", "small": blocks["school_id"].value_counts().index[-1]}
    facts |= {f"s{k}": name for k, name in enumerate(schools["school_id"])}
    facts |= {name: round(float(schools[name].mean()), 5) for name in ("lon", "lat")}
    for k, row in enumerate(moved[:3]):
        facts |= {f"b{k}": blocks["block_id"][row], f"h{k}": blocks["school_id"][row], f"x{k}": scrambled[row]}
    return facts


def _edit(case: Case, district: Path) -> None:
    """Columns for rules to name; without seats, groups or poverty; travel in minutes."""
    blocks, schools = _blocks(district), pd.read_csv(district / "schools.csv", dtype={"school_id": str})
    order = np.arange(len(blocks))
    home = blocks["school_id"].to_numpy()
    blocks["hold"] = order % 7 == 0
    blocks["ago"] = np.where(order % 3 == 0, np.nan, order % 5).astype(float)
    blocks["estate"] = np.where(order % 2 == 0, [f"{now}-{k // 6}" for k, now in enumerate(home)], None)
    blocks["middle"] = np.where(order % 5 == 0, "North", [f"Middle {now}" for now in home])
    file, text = district / "district.toml", (district / "district.toml").read_text(encoding="utf-8")
    if "groups" in case.without:
        groups = [line for line in text.splitlines() if line.startswith("groups")]
        named = [f"students_{name}" for name in groups[0].split('"')[1::2]]
        blocks = blocks.drop(columns=[*named, *(["students_poverty"] if "poverty" in case.without else [])])
        file.write_text(text.replace(groups[0], "groups = []"), encoding="utf-8")
    if "seats" in case.without:
        schools.assign(capacity=None, min_students=None).to_csv(district / "schools.csv", index=False)
    for old in district.glob("blocks.*"):
        old.unlink()
    write = blocks.to_parquet if case.form == "parquet" else blocks.to_file
    write(district / f"blocks.{case.form}")
    if case.minutes:
        _travel(blocks, schools, district / "travel.csv")


def _travel(blocks: Any, schools: Any, file: Path) -> None:
    """Minutes in a straight line at 30 km/h, to a tenth."""
    metres = blocks.to_crs(blocks.estimate_utm_crs())
    at = gpd.GeoSeries(gpd.points_from_xy(schools["lon"], schools["lat"]), crs=4326).to_crs(metres.crs)
    rows = [
        (block, school, round(point.distance(there) / 500, 1))
        for block, point in zip(blocks["block_id"], metres.geometry.representative_point(), strict=True)
        for school, there in zip(schools["school_id"], at, strict=True)
    ]
    pd.DataFrame(rows, columns=["block_id", "school_id", "minutes"]).to_csv(file, index=False)


def calls(case: Case) -> Iterator[Call]:
    """Every command that writes or says something, in an order in which each finds what it reads."""
    asked = ("--config", "question.toml")
    here, search = ("district", *asked), (*asked, *SEARCH)
    yield "check", ("check", "district", "--json")
    yield "check_words", ("check", "district")
    yield "today", ("evaluate", *here)
    for plan in ("scrambled", "swallowed"):
        yield plan, ("evaluate", "district", f"{plan}.csv", *asked, "--json")
    yield "scrambled_words", ("evaluate", "district", "scrambled.csv", *asked)
    yield "explain", ("explain", *here, "--json", "--threads", "1", "--time-limit", "20")
    yield "optimize", ("optimize", "district", "--out", "best", *search)
    yield "little", ("optimize", "district", "--out", "little", *search, "--max-moved", "0.05", "--solver", "search")
    yield "bound", ("bound", "district", "--json", *search)
    drawn = ("--draws", "20", "--seed", "1")
    yield "evaluate", ("evaluate", "district", "best/plan.csv", *asked, *drawn, "--json")
    proof = ("--plan", "best/plan.csv", "--certificate", "best/certificate.json")
    yield "verify", ("verify", "district", *proof, "--json")
    yield "verify_words", ("verify", "district", *proof)
    yield "frontier", ("frontier", "district", "--out", "curve", "--points", "3", *search)
    yield "transition", ("transition", "district", "best/plan.csv", "--out", "years", *asked)
    plans = ("best/plan.csv", "little/plan.csv", "scrambled.csv")
    yield "score", ("score", "district", *plans, "--out", "scored", *search)
    yield "run", ("run", "study.toml", "--out", "study", "--jobs", "1")
    yield "compare", ("compare", "best", "little", "study", "--out", "compared")
    yield "publish", ("publish", "best", "little", "--out", "bundle", "--district", "district")
    yield "export", ("export", "best", "little", "--out", "layers")
    yield "rfp", ("rfp", "district", "best", "scrambled.csv", "--out", "tables", "--neighbourhood", "neighbourhood")
    yield "rfp_public", ("rfp", "district", "best", "--out", "public", "--public")
    yield "report", ("report", "best", "little", "--out", "report.html", "--transition", "years")
    yield "report_plans", ("report", "scrambled.csv", "study", "--district", "district", "--out", "plans.html", *asked)
    for part in case.more:
        yield from _MORE[part](search)


def _languages(search: Sequence[str]) -> Iterator[Call]:
    for language in LANGUAGES:
        yield f"report_{language}", ("report", "best", "--out", f"{language}.html", "--language", language)


def _sensitivity(search: Sequence[str]) -> Iterator[Call]:
    yield "sensitivity", ("sensitivity", "district", "--out", "costs", *search)


def _bands(search: Sequence[str]) -> Iterator[Call]:
    yield "bands", ("bands", "district", "district", "--out", "bands", "--feeder-low", "0.3", *SEARCH)


def _draws(search: Sequence[str]) -> Iterator[Call]:
    drawn = ("--draws", "20", "--seed", "1")
    yield "drawn_score", ("score", "district", "scrambled.csv", "--out", "drawn", *search, "--draws", "20")
    yield "drawn_compare", ("compare", "best", "--out", "drawn_compared", "--district", "district", "--draws", "20")
    page = ("--district", "district", "--config", "question.toml")
    yield "drawn_report", ("report", "scrambled.csv", "--out", "drawn.html", *page, *drawn)


def _demo(search: Sequence[str]) -> Iterator[Call]:
    """Its time is limited, so that no figure of it repeats: only names and status are kept."""
    yield "demo", ("demo", "--out", "timed", "--time-limit", "4")
    bundle = ("--district", "district", "--threshold", "3", "--twin")
    yield "publish_twin", ("publish", "best", "--out", "twin", *bundle)


_MORE: dict[str, Callable[[Sequence[str]], Iterator[Call]]] = {
    "languages": _languages, "sensitivity": _sensitivity, "bands": _bands, "draws": _draws, "demo": _demo,
}  # fmt: skip
