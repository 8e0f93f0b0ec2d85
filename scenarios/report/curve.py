"""The trade-off curve: what is gained for how many students moved, poverty and race beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from scenarios.drawing.marks import Drawing
from scenarios.paper.measures import DISPARITY, RACE, short
from scenarios.paper.movers import ALL
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words
from scenarios.reading.records import Document
from scenarios.report.card import style_of
from scenarios.report.charts import Point, curve_chart

SHOWN = (DISPARITY, RACE)


class CurveView(NamedTuple):
    """What the section draws. rows: each point with its figures under the charts' titles."""

    charts: list[Drawing]
    rows: list[tuple[Point, list[Text]]]
    missing: list[Text]


def curve_view(
    points: Sequence[Point], doc: Document, t: Words, missing: Sequence[tuple[float, str]] = ()
) -> CurveView | None:
    """None where there is no curve. points: of plans; today's zones are added. missing: caps without a point, and
    why."""
    if len(points) < 2:
        return None
    rows = [Point(str(t("today")), doc.today | {ALL: 0.0}, today=True), *points]
    measures = [key for key in SHOWN if all(row.measures.get(key) is not None for row in rows)]
    if not measures:
        return None
    styles = {key: style_of(key, doc, t) for key in measures}
    percent = partial(t.figures.percent, digits=0)
    return CurveView(
        [curve_chart(rows, key, short(key, "card", t), style, percent) for key, style in styles.items()],
        [(row, [style(row.measures[key]) for key, style in styles.items()]) for row in rows],
        _missing(missing, t),
    )


def _missing(missing: Sequence[tuple[float, str]], t: Words) -> list[Text]:
    """A sentence a reason."""
    sentences: list[Text] = []
    for why in dict.fromkeys(why for _, why in missing):
        caps = ", ".join(str(t.figures.percent(cap)) for cap, reason in missing if reason == why)
        sentences.append(t(f"curve_missing_{why.replace(' ', '_')}", caps=caps))
    return sentences
