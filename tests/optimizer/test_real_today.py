"""Under a closure, in what every command writes: figures are against today's real school, and both counts of movers are
shown by name."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import checker
import checker_schools
import numpy as np
import pytest

from scenarios import read_district
from scenarios.folder import write_district
from scenarios.generator import generate
from scenarios.paper.words import words

WIDE = ("--travel-increase", "4", "--travel-floor", "9000", "--size-tolerance", "0.9", "--max-moved", "0.1")
FEW = ("--iterations", "400", "--threads", "1")
Command = Callable[..., str]


@pytest.fixture(scope="module")
def command() -> Command:
    """Run a command in this process: what it prints, where its status is 0."""

    def run(*arguments: object) -> str:
        import io
        from contextlib import redirect_stdout

        from scenarios.cli import main

        kept, printed = sys.argv, io.StringIO()
        sys.argv = ["rezone", *map(str, arguments)]
        try:
            with redirect_stdout(printed), pytest.raises(SystemExit) as ended:
                main()
        finally:
            sys.argv = kept
        assert not ended.value.code, printed.getvalue()
        return printed.getvalue()

    return run


class Closed:
    """A district with a school that a rule closes, a run of `optimize` under it, and the same read plainly."""

    def __init__(self, folder: Path, command: Command) -> None:
        self.district, self.out = folder / "district", folder / "run"
        self.district.mkdir()
        made = generate(120, 6, np.random.default_rng(5), students=6000)
        seats = np.where(np.arange(6) % 2, np.nan, np.ceil(2 * made.load_now))  # room for the closed school's students
        write_district(replace(made, capacity=seats, min_students=np.full(6, np.nan)), self.district)
        self.school = read_district(self.district).school_ids[2]
        self.flags = ("--rule", f"close schools={self.school}", *WIDE)
        self.printed = command("optimize", self.district, *self.flags, *FEW, "--out", self.out)
        self.raw, self.file = checker.Folder(self.district), self.out / "plan.csv"
        self.ruled = checker_schools.Changed(self.raw, [{"kind": "close", "schools": [self.school]}])
        with self.file.open(encoding="utf-8", newline="") as file:
            self.plan = {row["block_id"]: row["school_id"] for row in csv.DictReader(file)}
        self.true = checker.measures(self.raw, self.plan, self.ruled)
        self.today = checker.measures(self.raw, self.raw.zone)

    @property
    def both(self) -> tuple[float | None, float | None]:
        return self.true["moved_share"], self.true["moved_counted"]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Closed:
    made = Closed(tmp_path_factory.mktemp("closed"), command)
    every, counted = made.both
    assert every is not None
    assert counted is not None
    assert every > 0.1 >= counted > 0
    return made


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_optimize_names_both_in_its_table_and_on_its_page_in_every_language(
    closed: Closed, command: Command, tmp_path: Path
) -> None:
    every, counted = (f"{100 * (share or 0):.1f} %" for share in closed.both)
    table = [line.split("  ") for line in closed.printed.splitlines()]
    shown = {cells[0].strip() or cells[1].strip(): cells[-1].strip() for cells in table if len(cells) > 2}
    assert shown["students moved"] == every
    assert shown["without closed schools'"] == counted
    for language in ("en", "es", "zh-Hant"):
        command("report", closed.out, "--out", tmp_path / "page.html", "--language", language)
        page, t = (tmp_path / "page.html").read_text(encoding="utf-8"), words(language)
        for key in ("card_moved_share", "card_moved_counted", "share_counted", "max_moved_counted"):
            assert str(t(key)) in page
        assert str(t.figures.percent(closed.true["moved_counted"])) in page


def test_evaluate_score_and_transition_have_one_today(closed: Closed, command: Command, tmp_path: Path) -> None:
    judged = json.loads(command("evaluate", closed.district, closed.file, *closed.flags, "--json"))
    assert judged["measures"] == pytest.approx(closed.true)
    assert judged["measures_status_quo"] == pytest.approx(closed.today)
    command("score", closed.district, closed.file, *closed.flags, *FEW, "--out", tmp_path / "score")
    card = json.loads((tmp_path / "score" / "score.json").read_text(encoding="utf-8"))
    assert card["status_quo"]["measures"] == judged["measures_status_quo"]
    assert card["plans"][0]["measures"] == judged["measures"]
    printed = command("transition", closed.district, closed.file, *closed.flags, "--out", tmp_path / "way")
    assert "year 0 is today" in printed or "in year 0 as today" in printed
    years = json.loads((tmp_path / "way" / "transition.json").read_text(encoding="utf-8"))["years"]
    for year, wanted in ((years[0], closed.today), (years[-1], closed.true)):
        assert year["measures"] == pytest.approx({name: wanted[name] for name in year["measures"]})


def test_frontier_and_sensitivity_cap_what_they_name(closed: Closed, command: Command, tmp_path: Path) -> None:
    printed = command("frontier", closed.district, *closed.flags, *FEW, "--points", 3, "--out", tmp_path / "curve")
    assert "counted: students moved without those of closed schools" in printed
    for row in rows_of(tmp_path / "curve" / "frontier.csv"):
        assert float(row["moved_share"]) > float(row["moved_counted"]) + 0.05
        assert float(row["moved_counted"]) <= float(row["cap"] or 1) + 1e-9
    printed = command("sensitivity", closed.district, *closed.flags, *FEW, "--out", tmp_path / "bent")
    assert "counted: students moved without those of closed schools" in printed
    rows = [row for row in rows_of(tmp_path / "bent" / "sensitivity.csv") if row["valid"] == "true"]
    assert len(rows) > 5
    capped = [row for row in rows if row["limit"] == "max_moved"]
    assert capped
    assert all(float(row["moved_counted"]) <= float(row["value"]) + 1e-9 for row in capped)


@pytest.mark.parametrize("exact", [True, False], ids=["district", "report"])
def test_what_is_published_tells_both_as_far_as_it_may(
    exact: bool, closed: Closed, command: Command, tmp_path: Path
) -> None:
    whole = ("--district", closed.district) if exact else ()
    command("publish", closed.out, *whole, "--out", tmp_path / "bundle")
    doc: dict[str, Any] = json.loads((tmp_path / "bundle" / "report.json").read_text(encoding="utf-8"))
    for end, true in (("", closed.true), ("_status_quo", closed.today)):
        told, off = doc["summary"][f"measures{end}"], doc["summary"]["off_by"][f"measures{end}"]
        for name in ("moved_share", "moved_counted", "travel_mean"):
            assert told[name] == pytest.approx(true[name], abs=(off[name] or 0) + 1e-6), name
    page = (tmp_path / "bundle" / "report.html").read_text(encoding="utf-8")
    assert str(words("en")("card_moved_counted")) in page


def test_exports_and_tables_for_requests_tell_both(closed: Closed, command: Command, tmp_path: Path) -> None:
    command("rfp", closed.district, closed.out, "--out", tmp_path / "rfp")
    today, option = rows_of(tmp_path / "rfp" / "options.csv")
    assert (float(option["share_moved"]), float(option["share_moved_counted"])) == pytest.approx(closed.both)
    assert float(today["share_moved_counted"]) == 0
    command("export", closed.out, "--district", closed.district, "--out", tmp_path / "gis", "--format", "geojson")
    (zones,) = (tmp_path / "gis").glob("*zones_run.geojson")
    told = json.loads(zones.read_text(encoding="utf-8"))["features"][0]["properties"]
    assert (told["plan_moved_share"], told["plan_moved_counted"]) == pytest.approx(closed.both)
