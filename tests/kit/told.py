"""Documents of a report, as the page is given them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from toys import Toy

from optimizer import Plan
from optimizer.measures import Move
from scenarios.asking.settling import settle
from scenarios.reading.records import Document
from scenarios.report.given import Ask, given_data
from scenarios.writing.records import as_json


def plain(record: Any) -> Any:
    """A record as its file has it."""
    return json.loads(as_json(record))


def today_of(toy: Toy, folder: Path) -> Document:
    return given_data(Plan.status_quo(toy.district(folder)), "no change", Ask(settle({}, None, {})))


def saying(doc: Document, **changes: Any) -> Document:
    """The document with another summary."""
    return replace(doc, summary=replace(doc.summary, **changes))


def measuring(doc: Document, today: dict[str, Any], plan: dict[str, Any]) -> Document:
    """The document with other measures."""
    return saying(doc, measures=doc.measures | plan, measures_status_quo=doc.today | today)


def gone(doc: Document, disparity: tuple[float, float], race: tuple[float, float]) -> Document:
    """The document of a plan under which both went so."""
    today, plan = ({"disparity": one, "dissimilarity.race": other} for one, other in zip(disparity, race, strict=True))
    return measuring(saying(replace(doc, moves=[Move(0, 1, 1, 3.0)]), moved_share=0.1), today, plan)
