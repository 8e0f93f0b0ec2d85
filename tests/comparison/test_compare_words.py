"""What `compare` says: units, signs, names, ties, and districts of one name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies import plan_of, row_of, run_folder
from toys import EXAMPLE, TOWN

from optimizer import InputError, Plan, measure
from scenarios import compare, read_results
from scenarios.comparison import differences
from scenarios.comparison.chart import chart
from scenarios.comparison.compare import Comparison
from scenarios.comparison.lines import lines
from scenarios.comparison.page import render
from scenarios.paper.measures import change, figure, shortened
from scenarios.paper.wording import counted


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return TOWN.district(tmp_path_factory.mktemp("town"))


def page_of(folder: Path) -> str:
    compared = compare(read_results(folder))
    return " ".join(re.sub(r"<[^>]+>", " ", render(compared, differences(compared), {})).split())


def test_a_change_of_travel_has_one_sign_whether_its_unit_is_known_or_not() -> None:
    for unit, ends in (("", ""), ("m", " m"), ("min", " min")):
        assert str(change("travel_mean", -20.0, unit)).startswith("\u221220")
        assert str(change("travel_mean", 20.0, unit)).startswith("+20")
        assert str(change("travel_mean", 0.0, unit)) == ("0 m" if unit == "m" else f"0.0{ends}")
    assert figure("travel_mean", -2.1, "") == "\u22122.1"


def test_the_table_and_the_page_show_students_over_seats_and_the_unit_of_travel(rezone, town, tmp_path: Path) -> None:
    plans = {"a": plan_of(town, ("r0c2", "y")), "b": plan_of(town, ("r1c2", "y"))}
    rows = [row_of(town, "a", plans["a"], excess=1234.0), row_of(town, "b", plans["b"], excess=0.0)]
    rows += [row_of(town, "none", None, outcome="infeasible")]
    folder = run_folder(tmp_path / "r", [row | {"travel_unit": "m"} for row in rows], plans)
    status, printed, _ = rezone("compare", folder, "--out", tmp_path / "out")
    lines = printed.splitlines()
    assert status == 0
    assert re.search(r"mean travel +fullest +over seats", lines[1])
    assert re.search(r"^status quo .* \d+ m .* - ", lines[2])
    assert re.search(r"^a .* \d+ m .* 1,234 ", lines[3])
    assert "1 run has no plan: the page says why." in lines
    assert "over seats: students over seats or under smallest sizes." in lines
    table = pd.read_csv(tmp_path / "out" / "compare.csv")
    assert table["excess"].fillna(-1).tolist() == [-1, 1234, 0]
    assert set(table["travel_unit"]) == {"m"}
    page = page_of(folder)
    assert "Students over seats or under smallest sizes" in page
    assert "1,234" in page
    assert re.search(r"Mean travel .* \d+ m [+\u2212]\d+ m ", page)
    old = run_folder(tmp_path / "old", [row_of(town, "a", plans["a"])], plans)
    assert "over seats" not in rezone("compare", old, "--out", tmp_path / "out")[1]
    assert "1 plan and the status quo. " in page_of(old)


def test_a_folder_of_optimize_knows_its_unit_and_its_students_over_seats(rezone, tmp_path: Path) -> None:
    TOWN.but(seats={"x": 30, "y": 100}).write(tmp_path / "town")
    done = rezone("optimize", tmp_path / "town", "--out", tmp_path / "p", "--iterations", 500, "--solver", "search")
    assert done[0] == 0
    compared = compare(read_results(tmp_path / "p"))
    assert compared.unit("toy") == "m"
    assert compared.table["excess"].iloc[1] > 0
    (tmp_path / "p" / "report.json").unlink()
    assert compare(read_results(tmp_path / "p")).unit("toy") == ""


def test_plans_that_tie_for_first_are_named_together(town, tmp_path: Path) -> None:
    best = plan_of(town, ("r0c2", "y"))
    rows = [row_of(town, name, best) for name in ("a", "b", "c", "d", "e", "f")]
    rows.append(row_of(town, "worst", plan_of(town), disparity=1.0, moved_share=1.0, travel_mean=1e6))
    page = page_of(run_folder(tmp_path / "r", rows, {}))
    assert re.search(r"“a” comes first, together with “b”, “c”, “d” and 2 more[.;]", page)
    good = dict.fromkeys(("disparity", "dissimilarity.race", "moved_share", "travel_mean"), 0.0)
    good |= {"status_quo.disparity": 1.0}
    rows = [
        row_of(town, "a", best, **(good | {"disparity": 1.0})),
        row_of(town, "b", best, **(good | {"moved_share": 1.0})),
    ]
    page = page_of(run_folder(tmp_path / "s", rows, {}))
    assert "“a” comes first; under as many, “b”." in page


def test_a_plan_that_breaks_limits_does_not_come_first_without_a_word(town, tmp_path: Path) -> None:
    best, names = plan_of(town, ("r0c2", "y")), ("disparity", "dissimilarity.race", "moved_share", "travel_mean")
    none, some = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.5)
    today = {"status_quo.disparity": 1.0}
    rows = [
        row_of(town, "broken", best, outcome="invalid", **none, **today),
        row_of(town, "kept", best, **some, **today),
    ]
    page = page_of(run_folder(tmp_path / "r", rows, {}))
    said = r"“broken” would come first most often, but breaks limits\. Of those that keep theirs, under \d+% of all "
    assert re.search(said + r"weightings of the criteria, “(kept|status quo)” comes first", page)
    page = page_of(run_folder(tmp_path / "s", [rows[0]], {}))


def test_long_names_are_cut_in_the_middle_where_they_do_not_differ(town) -> None:
    assert shortened("short", 22) == "short"
    long = [f"a scenario with a long name (seed {k})" for k in (1, 2)]
    cut = [shortened(name, 22) for name in long]
    assert cut == ["a scenario…me (seed 1)", "a scenario…me (seed 2)"]
    assert {len(name) for name in cut} == {22}
    names = ["status quo", *long]
    some = Comparison(pd.DataFrame(), pd.DataFrame(), ("disparity", "travel_mean"), {})
    rows = pd.DataFrame({"plan": names, "disparity": [3.0, 2.0, 1.0], "travel_mean": [1.0, 2.0, 3.0]})
    about = {"outcome": "", "first_share": np.nan, "dominated": False, "dominated_by": ""}
    kinds = {f"{kind}.{name}": 0.0 for kind in ("change", "rank") for name in some.measures}
    drawn = chart(lines(some, rows.assign(**about, **kinds)), "m")
    assert drawn is not None
    plans = [mark for mark in drawn.marks if mark.tag == "g"]
    named = [text.inside[0] for plan in plans for text in plan.inside if text.at["kind"] == "aside"]
    assert named == ["status quo", *cut]


def test_districts_of_one_name_are_told_apart_by_their_folders(rezone, town, tmp_path: Path) -> None:
    other = EXAMPLE.district(tmp_path / "row")
    TOWN.write(tmp_path / "town")
    hashes = {"town": "1", "row": "2"}

    def row(folder: str, name: str) -> dict[str, object]:
        district = town if folder == "town" else other
        about = {"folder": folder, "district_hash": hashes[folder]}
        return row_of(district, name, Plan.status_quo(district), run=f"{folder}-{name}", **about)

    plans = {"a": Plan.status_quo(town)}
    rows = [row("town", "a"), row("row", "b"), row("town", "c")]
    folder = run_folder(tmp_path / "r", rows, plans)
    compared = compare(read_results(folder))
    assert compared.districts == ["toy (town)", "toy (row)"]
    assert compared.of("toy (town)")["plan"].tolist() == ["status quo", "a", "c"]
    assert compared.of("toy (row)")["disparity"].iloc[0] == measure(Plan.status_quo(other))["disparity"]
    words = ("compare", folder, "--out", tmp_path / "out", "--district", tmp_path / "town")
    status, printed, err = rezone(*words)
    assert (status, "toy (town)" in printed.splitlines()) == (0, True), err
    # Without hashes too; but one district in two folders is one.
    bare = [{key: value for key, value in one.items() if key != "district_hash"} for one in rows]
    assert compare(read_results(run_folder(tmp_path / "s", bare, plans))).districts == ["toy (town)", "toy (row)"]
    moved = [row("town", "a"), row("town", "c") | {"folder": "elsewhere"}]
    assert compare(read_results(run_folder(tmp_path / "t", moved, plans))).districts == ["toy"]


def test_errors_name_the_folders(town, tmp_path: Path) -> None:
    lost = row_of(town, "a", None, status="failed", outcome=None, reason="schools.csv: is bad")
    folder = run_folder(tmp_path / "lost", [lost], {})
    words = f"{folder}: holds no plan to compare (the first reason: schools.csv: is bad). "
    words += "Run scenarios that have a valid plan"
    with pytest.raises(InputError, match=f"^{re.escape(words)}$"):
        compare(read_results(folder))
    changed = replace(town, name="toy")
    rows = [row_of(town, "a", plan_of(town)), row_of(changed, "b", plan_of(town), **{"status_quo.disparity": 0.5})]
    other = run_folder(tmp_path / "two", rows, {})
    with pytest.raises(InputError, match=rf"^{re.escape(str(other))}: district 'toy' has more than one status quo"):
        compare(read_results(other))


def test_one_and_several() -> None:
    assert [counted(n, "run") for n in (0, 1, 2, 1000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
