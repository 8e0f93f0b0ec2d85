"""Each kind of rule, broken once: page and terminal say so, by how much, and in its unit."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import scorecards
import shapely
from rule_cases import BROKEN
from test_rule_kinds import ROW, TO_X
from toys import CRS, LEFT, SIDE, TOP

from optimizer.listing import kinds_under
from optimizer.plan import Plan
from optimizer.rules import RULES, Breach
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.cli.tables import broken_in_words
from scenarios.paper.words import languages, words
from scenarios.plans.file import plan_under
from scenarios.reading.records import Broken
from scenarios.report import render
from scenarios.report.card import broken_rows, limit_rows
from scenarios.report.given import Ask, given_data
from scenarios.score.words import broken_in_words as scored

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
    plan = river.with_name("plan.csv")
    plan.write_text("block_id,school_id\n" + "".join(f"{block},{school}\n" for block, school in TO_X.items()))
    return {"river": str(river), "plan": str(plan), "place": f"lon={lon!r} lat={lat!r}"}


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


def test_a_limit_without_words_is_called_as_its_rule_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "quiet", type("Quiet", (), {"text": "Quiet streets"}))
    (row,) = Broken.of([Breach("quiet.x", 0.1, 0.0, unit="share", kind="quiet")])
    assert {str(words(language).limit(row)) for language in languages()} == {"Quiet streets"}


def test_two_rules_of_one_kind_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice").mkdir()
    for name in ("__init__", "a", "b"):
        (tmp_path / "twice" / f"{name}.py").write_text(f"class In_{name}:\n    kind = 'same'\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match="In_b and In_a are both of the kind 'same'"):
        kinds_under("twice", [str(tmp_path / "twice")])
