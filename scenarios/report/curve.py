"""The trade-off curve: what is gained for how many students moved, poverty and race beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, short
from scenarios.paper.words import Words
from scenarios.report.card import style_of
from scenarios.report.charts import curve_chart

SHOWN = (DISPARITY, RACE)


def curve_view(
    points: Sequence[Mapping[str, Any]], doc: Mapping[str, Any], t: Words, missing: Sequence[tuple[float, str]] = ()
) -> dict[str, Any] | None:
    """What the section draws, None where there is no curve. points: rows of name, moved_share, travel_mean and the
    measures of SHOWN; today's zones are added. missing: caps without a point, and why."""
    if len(points) < 2:
        return None
    today = {"name": t("today"), "moved_share": 0.0, "today": True}
    before = doc["summary"]["measures_status_quo"]
    today |= {key: before.get(key) for key in (*SHOWN, TRAVEL)}
    rows = [today, *({"today": False, **point} for point in points)]
    measures = [key for key in SHOWN if all(row.get(key) is not None for row in rows)]
    if not measures:
        return None
    styles = {key: style_of(key, doc, t) for key in measures}
    percent = partial(t.figures.percent, digits=0)
    return {
        "charts": [curve_chart(rows, key, short(key, "card", t), style, percent) for key, style in styles.items()],
        "rows": [{**row, "shown": [style(row[key]) for key, style in styles.items()]} for row in rows],
        "missing": _missing(missing, t),
    }


def _missing(missing: Sequence[tuple[float, str]], t: Words) -> list[Any]:
    """A sentence a reason."""
    sentences = []
    for why in dict.fromkeys(why for _, why in missing):
        caps = ", ".join(str(t.figures.percent(cap)) for cap, reason in missing if reason == why)
        sentences.append(t(f"curve_missing_{why.replace(' ', '_')}", caps=caps))
    return sentences
