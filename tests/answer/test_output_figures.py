"""Every number of every output is what plain loops work out from the raw folder and the plan files alone."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import checker_compare
import checker_outputs as again
import checker_public
import checker_tables
import checker_transition
import geopandas as gpd
import pandas as pd
import pytest
from checker_outputs import Question, keyed_rows, zones_of
from checker_report import faults, keyed
from made_outputs import LIMITS, Made, call, write_folder
from workbook import sheets

# Numbers that no folder and plan can tell, each with why.
RUN = {
    r"(seed|iterations|seconds|threads)": "about the run",
    r"((solver_|least_excess_)?bound)": "what a proof says of all plans: the certificate's checker works it out",
    r"(limits|rules|option)\..*": "the question",
}


@pytest.fixture(scope="module", params=["plain", "closed"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp(request.param)
    write_folder(root / "district")
    return Made(root / "out", root / "district", request.param == "closed")


def same(found: Any, meant: Any, *elsewhere: str, allow: Callable[[str], float] | None = None) -> None:
    """All numbers are those that were worked out again, but for those of RUN and `elsewhere`."""
    patterns: Iterable[str] = [rf"(.*\.)?{p}" for p in (*RUN, *elsewhere)]
    lines = faults(keyed(found), keyed(meant), patterns, allow or (lambda place: 1e-7))
    assert not lines, "\n".join(lines[:20])


def same_sheet(sheet: pd.DataFrame, path: Path) -> None:
    """Every cell of a workbook's sheet is that of the table beside it."""
    table = pd.read_csv(path)
    assert list(sheet.columns) == list(table.columns)
    assert len(sheet) == len(table)
    for name in table.columns:
        for found, meant in zip(sheet[name], table[name], strict=True):
            plain = isinstance(meant, str) or pd.isna(meant)
            same_cell = (found or None) == (meant if isinstance(meant, str) else None)
            assert same_cell if plain else found == pytest.approx(meant, rel=1e-12, abs=0), f"{name}: {found}, {meant}"


def test_evaluate(made: Made) -> None:
    found = json.loads(call("evaluate", made.folder, made.run / "plan.csv", *made.limits, "--json"))
    same(found, again.evaluate(made.ask, made.plan))


def test_frontier(made: Made) -> None:
    out = made.out("frontier", made.folder, *made.work, "--points", 3)
    found = json.loads((out / "frontier.json").read_text())
    meant = again.frontier(made.ask, out, found)
    moves = dict(enumerate(found["moves"]))  # by place: two may go from one school to another
    same({**found, "moves": moves}, meant, "cap")
    single = {" ".join(row["blocks"]): one for row, one in zip(found["moves"], meant["moves"].values(), strict=True)}
    same(keyed_rows(pd.read_csv(out / "moves.csv"), "blocks"), single)
    table = keyed_rows(pd.read_csv(out / "frontier.csv"), "plan")
    rows = {given["plan"]: row for given, row in zip(found["points"], meant["points"], strict=True)}
    assert table.keys() == rows.keys()
    for name, row in rows.items():
        plain = {key: value for key, value in {**row, **row["measures"]}.items() if key in table[name]}
        same(table[name], plain, "cap")
        assert row["measures"]["moved_counted"] <= table[name].get("cap", 1.0) + 1e-9


def test_score(made: Made) -> None:
    out = made.out("score", made.folder, made.run / "plan.csv", *made.work)
    found = json.loads((out / "score.json").read_text())
    meant = again.score(made.ask, out, found)
    same(found, meant, r"baseline\..*", "is_given_plan", "unmatched_blocks")
    table = pd.read_csv(out / "score.csv")
    near = next(f"{row.plan}-{row.what}" for row in table.itertuples() if row.what == "nearest school")
    names = {"nearest": near, "plans": [row["name"] for row in found["plans"]]}
    same(keyed_rows(table, "plan", "what"), again.score_rows(meant, names))
    same_sheet(sheets(out / "score.xlsx")["score"], out / "score.csv")


def test_transition(made: Made) -> None:
    out = made.out("transition", made.folder, made.run / "plan.csv", *made.limits)
    found = json.loads((out / "transition.json").read_text())
    years = checker_transition.transition(made.ask, made.plan, ["k", "1", "2", "3", "4", "5"])
    same(found["years"], years)
    same(found["plan_broken_limits"], made.ask.broken(made.plan))
    about = ("years", "plan_broken_limits", "limits", "rules", "options")
    rest = {key: value for key, value in found.items() if key not in about}
    same(rest, {"reached_in": len(years) - 1})
    schools, rows = checker_transition.transition_rows(years)
    same(keyed_rows(pd.read_csv(out / "transition.csv"), "year", "school_id"), schools)
    same(keyed_rows(pd.read_csv(out / "years.csv"), "year"), rows)


ROWS = {"moved_by_grade": ("plan", "grade"), "options": ("plan",), "projections": ("plan", "school_id", "year")}


def test_rfp(made: Made) -> None:
    out = made.out("rfp", made.folder, made.run)
    tables = checker_tables.rfp(made.ask, {again.TODAY: made.ask.today, "chosen": made.side})
    assert {path.stem for path in out.glob("*.csv")} == tables.keys()
    book = sheets(out / "rfp.xlsx")
    assert list(book) == ["checklist", *(name for name in book if name.replace(" ", "_") in tables), "about"]
    for name, meant in tables.items():
        same_sheet(book[name.replace("_", " ")], out / f"{name}.csv")
        same(keyed_rows(pd.read_csv(out / f"{name}.csv"), *ROWS.get(name, ("plan", "school_id"))), meant)
    zones = {key: row for key, row in tables["race_and_poverty"].items() if key.startswith("chosen-")}
    drawn = layer(out / "plans.gpkg", "chosen", "school_id")
    same({f"chosen-{school}": row for school, row in drawn.items()}, zones)
    options = keyed_rows(pd.DataFrame(gpd.read_file(out / "plans.gpkg", layer="options")), "plan")
    same(options, tables["options"])


def layer(path: Path, name: str, key: str) -> Any:
    return keyed_rows(pd.DataFrame(gpd.read_file(path, layer=name, engine="pyogrio").drop(columns="geometry")), key)


def test_export(made: Made) -> None:
    out = made.out("export", made.run, "--district", made.folder)
    sides = {"status_quo": made.ask.today, "chosen": made.side}
    for name, side in sides.items():
        same(layer(out / "plans.gpkg", f"zones_{name}", "school_id"), checker_tables.zone_layer(side))
        zones = pd.DataFrame(gpd.read_file(out / f"plans-zones_{name}.geojson").drop(columns="geometry"))
        same(keyed_rows(zones, "school_id"), checker_tables.zone_layer(side))
        shapes = pd.DataFrame(gpd.read_file(out / f"plans-zones_{name}.shp.zip").drop(columns="geometry"))
        with zipfile.ZipFile(out / f"plans-zones_{name}.shp.zip") as archive, archive.open("columns.csv") as legend:
            shapes = shapes.rename(columns=pd.read_csv(legend).set_index("column")["stands_for"].to_dict())
        same(keyed_rows(shapes, "school_id"), checker_tables.zone_layer(side))
    same(layer(out / "plans.gpkg", "blocks_chosen", "block_id"), checker_tables.block_layer(made.side))
    scores = pd.DataFrame(gpd.read_file(out / "plans.gpkg", layer="scores"))
    meant = {"status quo": made.ask.today.measures, "chosen": made.side.measures}
    of = {f"{plan}-{m}": {"value": value} for plan, one in meant.items() for m, value in one.items()}
    same(keyed_rows(scores, "plan", "measure"), of)
    book, doc = sheets(out / "plans.xlsx"), json.loads((made.run / "report.json").read_text())
    same(keyed_rows(book["measures"], "plan", "measure"), of)
    plans = {"status quo": "status_quo", "chosen": "plan"}
    schools = {f"{plan}-{row['school_id']}": flat(row) for plan, key in plans.items() for row in doc["by_school"][key]}
    same(keyed_rows(book["schools"], "plan", "school_id"), schools)
    groups = {f"{plan}-{row['group']}": dict(row) for plan, key in plans.items() for row in doc["by_group"][key]}
    for row in doc["burden"]:
        groups[f"chosen-{row['group']}"] |= row
    same(keyed_rows(book["groups"], "plan", "group"), groups)
    assert len(book["broken limits"]) == len(doc["summary"]["broken_limits"])
    blocks = book["blocks"].set_index("block_id")
    assert blocks["status quo"].to_dict() == made.ask.folder.zone
    assert blocks["chosen"].to_dict() == made.plan
    assert blocks["students"].to_dict() == pytest.approx(made.ask.folder.students, rel=1e-12)
    same(keyed_rows(book["moves"], "plan", "from", "to"), moves_of(doc))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Question]]:
    """A folder of `run` with a plan under each question, the district's folder, and the questions by scenario."""
    root = tmp_path_factory.mktemp("study")
    folder = root / "district"
    write_folder(folder)
    rule = {"kind": "close", "schools": ["S03"]}
    options = {**LIMITS, "iterations": 300, "threads": 1}
    text = ['district = "district"', "[options]", *(f"{k} = {v}" for k, v in options.items())]
    text += ["[[scenario]]", 'name = "plain"', "[[scenario]]", 'name = "few"', "max_moved = 0.1", "[[scenario]]"]
    text += ['name = "closed"', 'rules = [{ kind = "close", schools = ["S03"] }]', ""]
    (root / "study.toml").write_text("\n".join(text))
    call("run", root / "study.toml", "--jobs", 1, "--out", root / "run")
    asks = {"plain": Question(folder, **LIMITS), "few": Question(folder, **LIMITS, max_moved=0.1)}
    return root / "run", folder, asks | {"closed": Question(folder, [rule], **LIMITS)}


def test_run_and_compare(study: tuple[Path, Path, dict[str, Question]], tmp_path: Path) -> None:
    out, folder, asks = study
    table = pd.read_parquet(out / "results.parquet").set_index("scenario", drop=False)
    plans = {name: zones_of(out / "plans" / f"{table.loc[name, 'run']}.csv") for name in asks}
    meant = {name: again.run_row(ask, plans[name], table.loc[name].get("bound")) for name, ask in asks.items()}
    same(keyed_rows(table, "scenario"), meant)
    call("compare", out, "--district", folder, "--out", tmp_path / "compared")
    today = {again.TODAY: asks["plain"].today.measures}
    measures = {n: asks[n].side(z).measures for n, z in plans.items()}
    rows = {**today, **measures}
    criteria = ("disparity", "dissimilarity.race", "moved_share", "travel_mean")
    compared = checker_compare.compared(rows, criteria)
    for name, row in meant.items():
        compared[name] |= row
    same(keyed_rows(pd.read_csv(tmp_path / "compared" / "compare.csv"), "plan"), compared)
    zones = {again.TODAY: asks["plain"].folder.zone, **plans}
    pairs = keyed_rows(pd.read_csv(tmp_path / "compared" / "differences.csv"), "plan", "other")
    same(pairs, checker_compare.differences(asks["plain"], zones, rows))
    blocks = keyed_rows(pd.read_csv(tmp_path / "compared" / "differences_blocks.csv"), "block_id")
    raw = asks["plain"].folder
    apart = [b for b in raw.blocks if len({one[b] for one in zones.values()}) > 1]
    same(blocks, {b: {"students": raw.students[b]} for b in apart})
    book = sheets(tmp_path / "compared" / "compare.xlsx")
    assert list(book) == ["plans", "differences", "blocks", "without a plan", "about"]
    for name, file in (("plans", "compare"), ("differences", "differences"), ("blocks", "differences_blocks")):
        same_sheet(book[name], tmp_path / "compared" / f"{file}.csv")


def test_a_public_bundle(made: Made) -> None:
    out = made.out("publish", made.run, "--district", made.folder, "--threshold", 4)
    doc = json.loads((out / "report.json").read_text())
    assert checker_public.wrong(doc, made.ask.folder, made.plan, rules=made.rules, limits=LIMITS) == []
    own = json.loads((made.run / "summary.json").read_text())
    for name in ("bound", "solver_bound"):
        published = doc["summary"][name]
        assert published is None or 0 <= published <= own[name] + 1e-9
    names = {"status quo": "status_quo", "chosen": "plan"}
    tables = {name: pd.read_csv(out / "tables" / f"{name}.csv") for name in ("measures", "schools", "groups", "moves")}
    off = doc["summary"]["off_by"]
    measures = {
        f"{plan}-{m}": {"value": value, "off_by": off[f"measures{end}"][m]}
        for plan, end in (("status quo", "_status_quo"), ("chosen", ""))
        for m, value in doc["summary"][f"measures{end}"].items()
    }
    same(keyed_rows(tables["measures"], "plan", "measure"), measures)
    schools = {f"{plan}-{row['school_id']}": flat(row) for plan, of in names.items() for row in doc["by_school"][of]}
    same(keyed_rows(tables["schools"], "plan", "school_id"), schools)
    for plan, (layer_name, end) in {"status quo": ("status_quo", "_status_quo"), "chosen": ("chosen", "")}.items():
        here = {row["school_id"]: flat(row) for row in doc["by_school"][names[plan]] if row["blocks"]}
        zones, values = layer(out / "zones.gpkg", layer_name, "school_id"), doc["summary"][f"measures{end}"]
        scores = {f"plan_{m.replace('.', '_')}": value for m, value in values.items()}
        more = {key: value for key, value in scores.items() if any(key in row for row in zones.values())}
        same(zones, {school: row | more for school, row in here.items()})
    groups = {f"{plan}-{row['group']}": dict(row) for plan, of in names.items() for row in doc["by_group"][of]}
    for row in doc["burden"]:
        groups[f"chosen-{row['group']}"] |= row
    same(keyed_rows(tables["groups"], "plan", "group"), groups)
    same(keyed_rows(tables["moves"], "plan", "from", "to"), moves_of(doc))


def moves_of(doc: dict[str, Any]) -> dict[str, Any]:
    ids = [row["school_id"] for row in doc["by_school"]["plan"]]
    return {
        f"chosen-{ids[row['from']]}-{ids[row['to']]}": {key: row[key] for key in ("blocks", "students")}
        for row in doc["moves"]
    }


def flat(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "groups"} | {
        f"students_{group}": value for group, value in row["groups"].items()
    }


@pytest.mark.parametrize("made", ["closed"], indirect=True)  # it makes fifteen runs: one question is enough
def test_sensitivity(made: Made) -> None:
    out = made.out("sensitivity", made.folder, *made.limits, "--iterations", 40, "--threads", 1)
    found = json.loads((out / "sensitivity.json").read_text())
    meant = again.sensitivity(made.ask, out, found)
    asked = (r"rows\.\d+\.(value|step|plan_from|bound_from)", r"rows\.\d+\.(at|own)\..*")
    by_row = [{**one, "rows": dict(enumerate(one["rows"]))} for one in (found, meant)]
    same(*by_row, *asked)
    table = pd.read_csv(out / "sensitivity.csv")
    rows = {str(row["row"]): {k: v for k, v in row.items() if k != "row"} for row in meant["rows"]}
    same(keyed_rows(table, "row"), rows, "value", "step", "plan_from", "bound_from", r"broken_limits\..*")


def test_bands(tmp_path: Path) -> None:
    write_folder(tmp_path / "low")
    shutil.copytree(tmp_path / "low", tmp_path / "high")
    blocks, head = gpd.read_parquet(tmp_path / "high" / "blocks.parquet"), tmp_path / "high" / "district.toml"
    blocks["school_id"] = blocks["school_id"].replace({"S01": "S05", "S03": "S02", "S04": "S05"})
    blocks.to_parquet(tmp_path / "high" / "blocks.parquet")
    head.write_text(head.read_text().replace('name = "', 'name = "High, '))
    schools = pd.read_csv(tmp_path / "high" / "schools.csv").drop(columns=["capacity", "min_students"])
    schools.to_csv(tmp_path / "high" / "schools.csv", index=False)
    folders, out, cost = (tmp_path / "low", tmp_path / "high"), tmp_path / "out", 0.01
    work = ("--iterations", 300, "--threads", 1, "--feeder-cost", cost, "--out", out)
    call("bands", *folders, *(f"--{k.replace('_', '-')}={v}" for k, v in LIMITS.items()), *work)
    found = json.loads((out / "bands.json").read_text())
    plans = [zones_of(out / band["folder"] / "plan.csv") for band in found["bands"]]
    meant, rows = again.bands(*(Question(folder, **LIMITS) for folder in folders), plans, cost)
    same(found, meant, "rounds?", "feeder_cost")
    same(keyed_rows(pd.read_csv(out / "feeders.csv"), "school_id"), rows)
