"""From documents (scenarios.report.data) to one HTML page that opens without a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from optimizer.measures.schools import BANDS
from scenarios.drawing.page import page
from scenarios.paper.movers import counts_differ
from scenarios.paper.words import Words, words
from scenarios.reading.pack import unpack
from scenarios.reading.records import Document
from scenarios.report import card, charts
from scenarios.report.answer import certain, is_today, objective, sentences
from scenarios.report.charts import Point
from scenarios.report.curve import curve_view
from scenarios.report.drawn import drawings, legend
from scenarios.report.map_part import Extras, fragment, map_script, map_style, stark_rows
from scenarios.report.repeat import command, rules_toml

MOVES_SHOWN = 20
BROKEN_SHOWN = 40
SEGREGATION = [f"{name}.{what}" for what in ("poverty", "race") for name in ("dissimilarity", "theil_h", "gini")]
TERMS = ("block", "zone", "exposure", "disparity", "dissimilarity", "band", "bound")


class WishRow(NamedTuple):
    """What somebody wishes of a plan, and what became of it, in words."""

    text: str
    who: str
    date: str
    state: str
    price: str


@dataclass(frozen=True)
class Further:
    """What a report shows beside its documents. curve: of a frontier; missing: its caps without one, and why.
    extras: of the map. paths: the plan files that a repeat names, by document. wishes: of those who negotiated it.
    links: ids and titles of what stands on the page besides, for its contents."""

    curve: Sequence[Point] = ()
    missing: Sequence[tuple[float, str]] = ()
    extras: Extras = field(default_factory=Extras)
    paths: Sequence[str] = field(default=())
    wishes: Sequence[WishRow] = field(default=())
    links: Sequence[tuple[str, str]] = ()


def render(data: Document | Sequence[Document], *, language: str = "en", further: Further | None = None) -> str:
    """The page of one document, or of several of one district. Ids and names in the data are text, never markup.

    Raises InputError on an unknown language.
    """
    docs = [data] if isinstance(data, Document) else list(data)
    t = _spoken(words(language), docs[0])
    further = further or Further()
    view = _view(docs, t, further) | {"language": language}
    script = map_script() if docs[0].map else ""
    return page("scenarios.report", "report.html", view, style=map_style(), script=script)


def _spoken(t: Words, doc: Document) -> Words:
    """In a public report, a figure that is not there has been suppressed."""
    if not doc.public:
        return t
    texts = {**t.texts, "not_available": t.texts["suppressed"], "map.not_shown": t.texts["suppressed"]}
    return dataclasses.replace(t, texts=texts, figures=dataclasses.replace(t.figures, texts=texts))


def _view(docs: Sequence[Document], t: Words, further: Further) -> dict[str, Any]:
    first, one = docs[0], len(docs) == 1
    plans = [_plan(doc, t, path) for doc, path in zip(docs, _paths(docs, further), strict=True)]
    titles = [str(t("today")), *(plan["title"] for plan in plans)]
    curve = curve_view(further.curve, first, t, further.missing)
    band = _band(docs, titles, t)
    parts = (("band", band), ("curve", curve), ("wishes", further.wishes))
    return {
        "t": t,
        "f": t.figures,
        "group": t.group,
        "travel": partial(t.figures.travel, unit=first.travel_unit),
        "docs": docs,
        "first": first,
        "summary": first.summary,
        "before": first.today,
        "public": first.public,
        "today": one and is_today(first),
        "others": not first.public and any((row.other_students or 0) > 0 for row in first.by_school.plan),
        "plans": plans,
        "one": one,
        "titles": titles,
        "links": list(further.links),
        "contents": _contents(first, t, [key for key, part in parts if part]),
        "card": card.card_rows(docs, t),
        "rounded": card.rounded(first, t),
        "yardsticks": card.yardsticks(docs, t),
        "curve": curve,
        "wishes": further.wishes,
        "names": first.names,
        "assumptions": card.assumptions(first, t),
        "method": _method(first, t),
        "terms": [(t(f"term_{term}"), t(f"term_{term}_text")) for term in TERMS],
        "moves_shown": MOVES_SHOWN,
        "broken_shown": BROKEN_SHOWN,
        "both_counts": counts_differ(vars(row) for doc in docs for row in doc.by_group.plan),
        "addresses": further.extras.addresses is not None,
        **_groups(docs),
        **band,
        **_maps(docs, titles, t, further),
    }


def _paths(docs: Sequence[Document], further: Further) -> Sequence[str]:
    return further.paths or [f"{doc.name or 'plan'}.csv" for doc in docs]


def _plan(doc: Document, t: Words, path: str) -> dict[str, Any]:
    summary = doc.summary
    searched = summary.status is not None
    key = "repeat_run" if searched else "repeat_plan"
    return {
        "title": doc.name or str(t("plan")),
        "doc": doc,
        "summary": summary,
        "answer": sentences(doc, t),
        "certain": certain(doc, t),
        "limits": card.limit_rows(doc, t),
        "broken": card.broken_rows(doc, t),
        "intervals": card.interval_rows(doc, t),
        "by_school": list(zip(*doc.by_school, strict=True)),
        "repeat": {
            "words": t(key, version=summary.version, seed=summary.seed, n=t.figures.count(summary.iterations or 0)),
            "command": command(summary, doc.travel_unit, path),
            "rules": rules_toml(summary.rules),
        },
    }


def _contents(doc: Document, t: Words, there: Sequence[str]) -> list[tuple[str, Markup]]:
    """The sections that have something to show, in order."""
    shown = ["answer", "card"]
    shown += ["exposure"] if doc.groups or doc.has_poverty else []
    shown += ["band", "moves", "schools", "map", "curve", "wishes", "certain", "method", "repeat"]
    given = ("band", "curve", "wishes")
    return [(key, t(f"section_{key}")) for key in shown if key not in given or key in there]


def _groups(docs: Sequence[Document]) -> dict[str, Any]:
    """Rows by group, today's beside all plans', and scales for their drawings."""
    first = docs[0]
    measured = [doc.measures for doc in docs]
    before = first.today
    rows = [(old, [doc.by_group.plan[k] for doc in docs]) for k, old in enumerate(first.by_group.status_quo)]
    met = [row.exposure_to_poverty for old, new in rows for row in (old, *new)]
    own = [part.get(f"isolation.{group}") for part in (before, *measured) for group in first.groups]
    return {
        "by_group": rows,
        "measured": lambda name: [part.get(name) for part in measured],
        "met": charts.dumbbells(met, rows[0][0].exposure_to_poverty),
        "own_met": charts.dumbbells(own),
        "keys": charts.KEYS,
        "segregation": [name for name in SEGREGATION if before.get(name) is not None],
    }


def _band(docs: Sequence[Document], titles: Sequence[str], t: Words) -> dict[str, Any]:
    first = docs[0]
    rate = first.by_group.status_quo[0].exposure_to_poverty
    if not first.has_poverty or rate is None:
        return {}
    schools = [first.by_school.status_quo, *(doc.by_school.plan for doc in docs)]
    counts = {place: [sum(row.band == place for row in rows) for rows in schools] for place in BANDS}
    drawn = charts.band_strip(rate, schools, titles, t("band_chart"), partial(t.figures.percent, digits=0))
    return {"band": drawn, "band_rate": rate, "schools_in_band": counts}


def _method(doc: Document, t: Words) -> list[Markup]:
    searched = doc.summary.status is not None
    lines = [
        t("method_search", objective=objective(doc.summary)) if searched else t("method_plan"),
        t("method_check"),
    ]
    used = doc.summary.attributes_used
    lines.append(t("method_used", columns=", ".join(used)) if used else t("method_none_used"))
    return [*lines, t("method_exposure"), t("method_data")]


def _maps(docs: Sequence[Document], titles: Sequence[str], t: Words, further: Further) -> dict[str, Any]:
    first = docs[0]
    if first.map is None:
        return {"live_map": t("no_maps"), "static_maps": [], "legend": []}
    found = [first.stark.status_quo, *(doc.stark.plan for doc in docs)]
    known = first.has_poverty or len(first.groups) > 1
    more = [unpack(doc.map or "")["plans"][1] for doc in docs[1:]]
    live = fragment(
        first.map,
        t,
        titles=titles,
        groups=first.groups,
        stark=stark_rows(found, first.names) if known else None,
        extras=dataclasses.replace(further.extras, plans=more, counts=not first.public),
    )
    return {"live_map": live, "static_maps": list(drawings(docs, titles, t).values()), "legend": legend(first, t)}
