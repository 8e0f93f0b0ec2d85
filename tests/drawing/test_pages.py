"""The one frame: every room's page is made of it, with one style sheet, and without any other."""

from __future__ import annotations

import re
from pathlib import Path

from tree import ROOT

ROOMS = ("comparison", "importing", "report", "score", "transition")


def written() -> list[Path]:
    """Templates of pages that are files. The table's page is no document: it is served, and draws itself."""
    table = ROOT / "scenarios" / "table"
    return [path for path in (ROOT / "scenarios").rglob("*.html") if not path.is_relative_to(table)]


def test_every_page_is_the_frame_with_its_own_parts() -> None:
    pages = [path for path in written() if "<html" in path.read_text(encoding="utf-8")]
    assert [path.name for path in pages] == ["frame.html"]
    extending = {
        path.parts[-3]
        for path in (ROOT / "scenarios").rglob("*.html")
        if path.read_text(encoding="utf-8").startswith('{% extends "frame.html" %}')
    }
    assert extending == set(ROOMS)


def test_marks_are_written_by_the_kit_alone() -> None:
    assert [path.name for path in written() if "<svg" in path.read_text(encoding="utf-8")] == []
    assert [path.name for path in (ROOT / "scenarios").rglob("*.svg")] == []


def test_zones_have_the_same_colours_on_drawn_and_on_live_maps() -> None:
    style = (ROOT / "scenarios/drawing/templates/drawing.css").read_text(encoding="utf-8")
    script = (ROOT / "scenarios/report/assets/colour.js").read_text(encoding="utf-8")
    for name, kind in (("ZONES", "z"), ("WARM", "p")):
        listed = re.search(rf"const {name} = \[(.*?)\]", script)
        assert listed is not None
        drawn = re.findall(rf"\.{kind}\d {{ fill: (#\w+) }}", style)
        assert drawn == re.findall(r"#\w+", listed[1])
