"""The maps for paper: drawings, in the page and as files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from scenarios.drawing.maps import zone_map
from scenarios.drawing.marks import Drawing, bar
from scenarios.paper.words import Words
from scenarios.reading.map_schemas import Maps
from scenarios.reading.records import Document
from scenarios.reading.values import Both


def drawings(docs: Sequence[Document], titles: Sequence[str], t: Words) -> dict[str, Drawing]:
    """Zones, and poverty rates where known, of today and of every plan that has shapes, each by a name for a file.
    titles: today's first."""
    found = {}
    for kind in ("zones", "rates"):
        for k, title in enumerate(titles):
            maps = docs[max(k - 1, 0)].maps
            if maps is not None and (kind == "zones" or maps["poverty_breaks"]):
                text = t("map_zones" if kind == "zones" else "map_rates", plan=title)
                found[f"{kind}-{k}"] = _drawing(maps, "plan" if k else "status_quo", f"{kind}{k}", text, t)
    return found


def _drawing(maps: Maps, which: Both, key: str, title: Markup, t: Words) -> Drawing:
    moved = maps["moved"] if which == "plan" else []
    rates, colours = maps["poverty_class"][which], maps["colour"]
    zones = [(zone["school"], zone["path"]) for zone in maps["zones"][which]]
    kinds = [
        f"z{colours[j]}" if key.startswith("zones") else "none" if rates[j] is None else f"p{rates[j]}"
        for j, _ in zones
    ]
    count = sum(row["blocks"] for row in moved)
    return zone_map(
        (maps["width"], maps["height"]), [(kind, d) for kind, (_, d) in zip(kinds, zones, strict=True)],
        [row["path"] for row in moved], maps["schools"], key=key, title=title,
        about=t.count("map_description", count, zones=t.figures.count(len(zones))),
        context=maps.get("context"),
        bar=(maps["scale_bar"]["units"], t.figures.travel(maps["scale_bar"]["metres"], "m")),
    )  # fmt: skip


def legend(doc: Document, t: Words) -> list[tuple[Drawing, Markup]]:
    """Each colour of the poverty maps, and its range in words; [] where there are none."""
    breaks = doc.maps["poverty_breaks"] if doc.maps else []
    percent = t.figures.percent
    patches = [Drawing(20, 14, "", (bar(f"p{k}", 0, 0, 20, 14),)) for k in range(len(breaks) - 1)]
    ranges = [t("range", low=percent(low, 0), high=percent(high, 0)) for low, high in pairwise(breaks)]
    return list(zip(patches, ranges, strict=True))
