"""The report: self-contained, honest about what is missing, and safe with hostile names."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from toys import EXAMPLE, TOWN, Toy

from optimizer import optimize
from scenarios.options import Settings, rules_of, settle
from scenarios.report import render, report_data
from scenarios.report.numbers import change, percent, points
from scenarios.summary import summarise_run

HOSTILE = '<script>alert("x")</script>'


def page_of(toy: Toy, folder: Path) -> tuple[str, dict]:
    district = toy.district(folder)
    settings: Settings = settle({"iterations": 2000}, None, {})
    result = optimize(district, None, rules_of(settings), iterations=2000, threads=1)
    data = report_data(result.plan, summarise_run(result, settings, 1.0))
    return render(json.loads(json.dumps(data, allow_nan=False))), data


class Nesting(HTMLParser):
    """Fails where a tag is closed that is not open."""

    VOID = ("meta", "br", "circle", "path", "rect", "hr", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize(
    "toy",
    [TOWN, EXAMPLE, Toy("X x y Y", students="9 5 0 3"), Toy("X x y Y", students="9 5 0 3", poverty="3 1 0 3"),
     EXAMPLE.but(zones="X x x x")],
    ids=["town", "example", "bare", "poverty only", "one school"],
)  # fmt: skip
def test_every_kind_of_district_makes_a_whole_page(toy: Toy, tmp_path: Path) -> None:
    page, data = page_of(toy, tmp_path)
    parser = Nesting()
    parser.feed(page)
    assert parser.open == []
    assert parser.seen.count("h1") == 1
    for word in ("NaN", "None", "nan %", "inf"):
        assert f">{word}" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "src=" not in page
    assert ("Dissimilarity by race" in page) == bool(data["groups"])
    if data["groups"]:
        # Poverty exposure is never shown without racial exposure beside it.
        assert "Own group met at school" in page
        assert "Which groups meet at school" in page


def test_names_in_data_are_text(tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path)
    schools = EXAMPLE.schools()
    schools["name"] = HOSTILE
    EXAMPLE.write(folder, schools=schools)
    head = (folder / "district.toml").read_text().replace('"toy"', json.dumps(HOSTILE))
    (folder / "district.toml").write_text(head)
    from scenarios import read_district

    settings = settle({}, None, {})
    result = optimize(read_district(folder), None, rules_of(settings), iterations=1000, threads=1)
    page = render(report_data(result.plan, summarise_run(result, settings, 1.0)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_moved_blocks_and_limits_are_told(tmp_path: Path) -> None:
    page, data = page_of(TOWN, tmp_path)
    assert data["moves"]
    assert 'class="moved"' in page
    assert "already break" in page or "Every limit holds." in page
    assert "It is proved that no plan" in page or "The exact solver has proved that no plan" in page


def test_maps_show_every_zone(tmp_path: Path) -> None:
    _, data = page_of(TOWN, tmp_path)
    assert [zone["school"] for zone in data["maps"]["zones"]["plan"]] == [0, 1, 2]
    colours = data["maps"]["colour"]
    assert len(set(colours)) == 3  # all three touch each other
    assert sum(row["blocks"] for row in data["maps"]["moved"]) == sum(row["blocks"] for row in data["moves"])


def test_figures_for_people() -> None:
    assert points(0.08215) == "8.2"
    assert percent(-0.0001) == "0.0 %"
    assert change(0.3, 0.25, points) == "\u22125.0"
    assert change(0.25, 0.3, points) == "+5.0"
    assert change(0.25, 0.25, points) == "0.0"
    assert "not available" in percent(None)
    assert np.isclose(float(points(0.5)), 50)
