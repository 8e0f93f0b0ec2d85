"""Each kind of rule, broken once: page and terminal say so, by how much, and in its unit."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import scorecards
import shapely
from test_rule_kinds import ROW, B
from toys import CRS, LEFT, SIDE, TOP

from optimizer.plan import Plan
from optimizer.rules import RULES
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.cli.tables import broken_in_words
from scenarios.paper.words import languages, words
from scenarios.plans.file import plan_under
from scenarios.report import render
from scenarios.report.card import broken_rows, limit_rows
from scenarios.report.given import Ask, given_data
from scenarios.score.words import broken_in_words as scored

HERE: dict[str, str | None] = {"r0c0": "x", B: "y", "r0c2": "y", "r0c3": "y"}  # B moves from X to Y
WEST = {**HERE, B: "x"}
# rule, plan (None: today's zones), what holds, the limit's value, by how much, and the same today.
BROKEN: dict[str, list[tuple[str, dict[str, str | None] | None, str, tuple[str, str, str]]]] = {
    "lock": [(f"lock blocks={B}", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "forbid": [(f"forbid pairs={B}:y", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "require": [("require pairs=r0c2:x", HERE, "no", ("0 blocks", "1 block", "1 block"))],
    "keep_together": [("keep_together column=estate", HERE, "no", ("1 school", "1 school", "0 schools"))],
    "walk_zone": [("walk_zone distance=500", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "recently_moved": [("recently_moved column=ago years=2", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "share": [
        ("share of=poverty high=0.45", HERE, "as far as today", ("45.0%", "5.0 points", "15.0 points")),
        ("share of=poverty high=0.45", None, "as far as today", ("45.0%", "15.0 points", "15.0 points")),
        ("share of=black low=0.25", HERE, "no", ("25.0%", "5.0 points", "0.0 points")),
        ("share of=students_el high=0.233", HERE, "as far as today", ("23.3%", "0.03 points", "1.7 points")),
    ],
    "utilisation": [("utilisation low=0.6", HERE, "no", ("60.0%", "10.0 points", "0.0 points"))],
    "moved": [
        ("moved share=0.2", HERE, "no", ("20.0%", "5.0 points", "0.0 points")),
        ("moved share=0 of=poverty", HERE, "no", ("0.0%", "18.8 points", "0.0 points")),
        ("moved share=0.2 by_school=true", HERE, "no", ("20.0%", "30.0 points", "0.0 points")),
    ],
    "burden": [
        ("burden of=moved difference=0.05", HERE, "no", ("5.0%", "5.0 points", "0.0 points")),
        ("burden of=travel difference=20", HERE, "no", ("20 m", "30 m", "0 m")),
    ],
    "travel_mean": [("travel_mean limit=300", HERE, "no", ("300 m", "75 m", "0 m"))],
    "riders": [("riders distance=600 share=0.1", HERE, "no", ("10.0%", "15.0 points", "0.0 points"))],
    "close": [("close schools=y", WEST, "no", ("0 blocks", "1 block", "1 block"))],
    "pair": [("pair schools=x,y", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "seats": [("seats school=y capacity=29", HERE, "no", ("29 students", "1 student", "0 students"))],
    "open": [("open school=z {place} capacity=5", {**WEST, B: "z"}, "no", ("5 students", "5 students", "0 students"))],
    "barrier": [("barrier file={river}", HERE, "no", ("0 blocks", "1 block", "0 blocks"))],
    "feeder": [("feeder column=middle low=0.9", HERE, "no", ("90.0%", "23.3 points", "0.0 points"))],
    "shape": [
        ("shape measure=cut_edges limit=0", HERE, "no", ("0 cut edges", "1 cut edge", "1 cut edge")),
        ("shape measure=polsby_popper limit=0.7", HERE, "no", ("0.700", "0.111", "0.002")),
    ],
}
CASES = [case for cases in BROKEN.values() for case in cases]


def test_every_kind_is_here() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> dict[str, str]:
    """A river between B and C, and where B lies."""
    river = tmp_path_factory.mktemp("river") / "river.geojson"
    line = shapely.LineString([(LEFT + 2 * SIDE, TOP + 100), (LEFT + 2 * SIDE, TOP - SIDE - 100)])
    gpd.GeoDataFrame(geometry=[line], crs=CRS).to_crs(4326).to_file(river)
    lon, lat = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True).transform(LEFT + 1.5 * SIDE, TOP - 0.5 * SIDE)
    return {"river": str(river), "place": f"lon={lon!r} lat={lat!r}"}


@pytest.mark.parametrize(("rule", "zones", "holds", "shown"), CASES)
def test_a_broken_rule_is_said_in_its_unit(rule, zones, holds, shown, there, tmp_path: Path) -> None:
    settings = settle({"size_tolerance": 0.5}, None, rules=[rule.format(**there)])
    district = plan_under(Plan.status_quo(ROW.district(tmp_path)), rules_of(settings)).district
    plan = Plan.status_quo(district) if zones is None else Plan.of_ids(district, zones)
    doc, t = given_data(plan, "plan", Ask(settings)), words("en")
    found = {str(text): str(held) for text, _, held in limit_rows(doc, t)}
    own = next(held for text, held in found.items() if text.startswith("Further rule"))
    assert own == holds
    assert shown[1] in render(doc)
    rows = [tuple(str(text) for text in (row.limit_value, row.amount, row.today)) for row in broken_rows(doc, t)]
    assert shown in rows, rows
    assert f": by {shown[1]}" in broken_in_words(doc.summary.broken_limits)
    for language in languages():
        for row in doc.summary.broken_limits:
            assert str(words(language).limit(row)) != row.limit, (language, row.limit)
    card = scorecards.entry(broken_limits=doc.summary.broken_limits)
    said = " ".join(scored(scorecards.scorecard(**vars(doc.summary.limits)), card, {}))
    assert shown[1] in said or "Zones newly fall apart" in said


def test_a_rule_is_written_as_its_option_takes_it(tmp_path: Path) -> None:
    asked = ["close schools=y", "require pairs=r0c2:x,r0c3:x", "moved share=0.2 by_school=true"]
    settings = settle({"size_tolerance": 0.5}, None, rules=asked)
    district = plan_under(Plan.status_quo(ROW.district(tmp_path)), rules_of(settings)).district
    doc = given_data(Plan.status_quo(district), "p", Ask(settings))
    said = [str(text) for text, _, _ in limit_rows(doc, words("en"))]
    assert "than the way to the nearest school left" in said[0]
    assert said[-3:] == [
        "Further rule: close: schools = y",
        "Further rule: require: pairs = r0c2:x, r0c3:x",
        "Further rule: moved: share = 0.2; by_school = true",
    ]
