"""The maps for paper: SVG drawings, in the page and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup

from scenarios.paper.words import Words
from scenarios.report.map_part import environment

STYLE = Path(__file__).parent / "templates" / "map_svg.css"


@dataclass(frozen=True)
class Drawing:
    """name: for a file. title: in words. svg: the drawing. size: in pixels, for a picture."""

    name: str
    title: str
    svg: Markup
    size: tuple[int, int]


def drawings(
    docs: Sequence[Mapping[str, Any]], titles: Sequence[str], t: Words, *, alone: bool = False
) -> list[Drawing]:
    """Zones, and poverty rates where known, of today and of every plan that has shapes. titles: today's first.

    alone: each carries its own style, as a file needs.
    """
    found = []
    for kind in ("zones", "rates"):
        for k, title in enumerate(titles):
            doc = docs[max(k - 1, 0)]
            if doc["maps"] is None or (kind == "rates" and not doc["maps"]["poverty_breaks"]):
                continue
            which = "plan" if k else "status_quo"
            text = str(t("map_zones" if kind == "zones" else "map_rates", plan=title))
            svg = _svg(doc, which, kind, f"{kind}{k}", text, t, alone)
            found.append(Drawing(f"{kind}-{k}", text, svg, (doc["maps"]["width"], doc["maps"]["height"])))
    return found


def _svg(doc: Any, which: str, kind: str, key: str, title: str, t: Words, alone: bool) -> Markup:
    maps = doc["maps"]
    moved = sum(row["blocks"] for row in maps["moved"]) if which == "plan" else 0
    return Markup(
        environment()
        .get_template("map.svg")
        .render(
            maps=maps,
            which=which,
            kind=kind,
            id=key,
            title=title,
            description=t.count("map_description", moved, zones=t.figures.count(len(maps["zones"][which]))),
            bar=t.figures.travel(maps["scale_bar"]["metres"], "m"),
            style=Markup(STYLE.read_text(encoding="utf-8")) if alone else None,
        )
    )


def legend(doc: Mapping[str, Any], t: Words) -> list[tuple[str, Markup]]:
    """(colour class, its range in words) of the poverty maps; [] where there are none."""
    breaks = doc["maps"]["poverty_breaks"] if doc["maps"] else []
    percent = t.figures.percent
    ranges = pairwise(breaks)
    return [(f"p{k}", t("range", low=percent(low, 0), high=percent(high, 0))) for k, (low, high) in enumerate(ranges)]
