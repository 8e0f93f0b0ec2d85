"""Documents of a report, as the page is given them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toys import Toy

from optimizer import Plan
from scenarios.asking.settling import settle
from scenarios.report.given import Ask, given_data


def today_of(toy: Toy, folder: Path) -> dict[str, Any]:
    data = given_data(Plan.status_quo(toy.district(folder)), "no change", Ask(settle({}, None, {})))
    return json.loads(json.dumps(data, allow_nan=False))


def gone(doc: dict[str, Any], disparity: tuple[float, float], race: tuple[float, float]) -> dict[str, Any]:
    """The document of a plan under which both went so."""
    summary = doc["summary"] | {"moved_share": 0.1}
    for key, place in (("measures_status_quo", 0), ("measures", 1)):
        summary[key] = summary[key] | {"disparity": disparity[place], "dissimilarity.race": race[place]}
    return doc | {"summary": summary}
