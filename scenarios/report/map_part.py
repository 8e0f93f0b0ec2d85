"""The map as a part of a page: an HTML fragment with its data inside, and the style and script that its page needs.

    page = f"<style>{map_style()}</style> {map_part(district, [('Option A', plan)])} <script>{map_script()}</script>"

The script loads nothing. A page with a content security policy names it by its `source_hash` (scenarios.drawing.page).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from optimizer.district import District
from optimizer.measures import STARK, Stark, stark_borders
from optimizer.plan import Plan
from scenarios.drawing.map_data import map_data
from scenarios.drawing.page import environment
from scenarios.paper.words import Words, words
from scenarios.reading.map_schemas import MapPlan
from scenarios.reading.pack import pack
from scenarios.report.addresses import Addresses

HERE = Path(__file__).parent
SCRIPTS = ("geometry", "colour", "find", "told", "view", "part")

Line = list[tuple[int, int]]


@dataclass(frozen=True)
class Extras:
    """What a map may show beside its data. context: lines in units of the map's frame. addresses: where people live.
    when: when a change would come, in words. counts: whether to tell what a block holds. plans: further plans, each as
    `plan_entry` gives it."""

    context: Sequence[Line] = ()
    addresses: Addresses | None = None
    when: str | None = None
    counts: bool = True
    plans: Sequence[MapPlan] = field(default=())


def map_part(
    district: District,
    plans: Sequence[tuple[str, Plan]],
    *,
    language: str = "en",
    key: str = "map",
    counts: bool = True,
) -> str:
    """The fragment for today's zones and further plans by name; a sentence where the district has no shapes. key: what
    the ids in it begin with, other for each map of a page. counts: whether a block's students are told."""
    t = words(language)
    data = map_data(district, plans)
    if data is None:
        return str(Markup("<p>{}</p>").format(t("no_maps")))
    titles = [str(t("today")), *(name for name, _ in plans)]
    found = [stark_borders(plan) for plan in (Plan.today(district), *(plan for _, plan in plans))]
    names = [school["name"] or school["id"] for school in data["schools"]]
    rows = stark_rows(found, names)
    return fragment(
        pack(data), t, titles=titles, groups=data["groups"], stark=rows, extras=Extras(counts=counts), key=key
    )


class StarkRow(NamedTuple):
    """A stark border as a row of a table. plan: its number, 0 for today's. one, other: the schools' names."""

    plan: int
    a: int
    b: int
    one: str
    other: str
    poverty: float | None
    race: float | None


def stark_rows(found: Sequence[Sequence[Stark]], names: Sequence[str]) -> list[StarkRow]:
    """found: by plan, today's first."""
    return [
        StarkRow(k, row.a, row.b, names[row.a], names[row.b], row.poverty, row.race)
        for k, rows in enumerate(found)
        for row in rows
    ]


def fragment(
    packed: str,
    t: Words,
    *,
    titles: Sequence[str],
    groups: Sequence[str],
    stark: Sequence[StarkRow] | None,
    extras: Extras,
    key: str = "map",
) -> Markup:
    """packed: `map_data`, packed. titles: of the plans, today's first. stark: `stark_rows`, None where not asked."""
    extra = {
        "locale": t.language,
        "texts": t.plain("map."),
        "titles": list(titles),
        "group_names": [t.group(group) for group in groups],
        "plans": list(extras.plans),
        "context": extras.context,
        "addresses": None if extras.addresses is None else vars(extras.addresses),
        "when": extras.when,
        "counts": extras.counts,
    }
    page = environment("scenarios.report").get_template("map.html")
    text = page.render(
        t=t,
        f=t.figures,
        key=key,
        titles=titles,
        stark=stark,
        stark_limit=STARK,
        addresses=extras.addresses is not None,
        counts=extras.counts,
        packed=packed,
        extra=pack(extra),
    )
    return Markup(text)


@lru_cache
def map_style() -> str:
    """The style sheet of maps. Leaflet's own names pictures that are never used: their addresses are left out."""
    leaflet = (HERE / "vendor" / "leaflet" / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\([^)]*\)", "none", leaflet) + (HERE / "templates" / "map.css").read_text(encoding="utf-8")


@lru_cache
def map_script() -> str:
    """The script that draws every map part of its page: Leaflet and this folder's own, in one."""
    leaflet = (HERE / "vendor" / "leaflet" / "leaflet.js").read_text(encoding="utf-8")
    leaflet = re.sub(r"//# sourceMappingURL=\S+\s*$", "", leaflet).replace('href="https://leafletjs.com"', "")
    own = "\n".join((HERE / "assets" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    # Some of them are modules of the table's page too; here all are one script, which exports nothing.
    own = re.sub(r"^export ", "", own, flags=re.MULTILINE)
    return f'{leaflet}\n(() => {{\n"use strict";\n{own}}})();\n'
