"""What the page knows of the district, once: what its map is drawn from, its schools, its limits, its words."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.district import District
from optimizer.objectives import unit_of
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force
from scenarios.drawing.map_data import map_data
from scenarios.paper.words import languages
from scenarios.reading.map_schemas import Map
from scenarios.report.data import fingerprint
from scenarios.table.figures import Teller
from scenarios.table.sent import Sent

ON_MAP = ("frame", "arcs", "rings", "blocks", "plans", "context")  # of what a report's map has, what the page's needs
SPOKEN = ("table.", "map.", "limit_")  # what begins the keys of texts that the page says


def drawn(district: District) -> Map | None:
    """The map that all languages have; None where the district has no shapes."""
    return map_data(district, [])


def district_data(teller: Teller, settings: Settings, drawn: Map | None, *, draws: int, addresses: bool) -> Sent:
    """Blocks and schools are their places in these lists, everywhere. draws: how many redraws of the counts there
    are. addresses: whether there are any to be found."""
    district, t = teller.district, teller.t
    places = [{"x": None, "y": None, "colour": j} for j in range(district.schools)]
    at: Any = places if drawn is None else drawn["schools"]
    spec = objective_spec(teller.judge.objective)
    return {
        "name": district.name,
        "language": t.language,
        "languages": list(languages()),
        "hash": fingerprint(district),
        "blocks": district.blocks,
        "students": district.students.tolist(),
        "students_total": float(district.students.sum()),
        "has_poverty": district.has_poverty,
        "groups": [{"id": group, "name": t.group(group)} for group in district.groups],
        **({"block_ids": list(district.block_ids)} if drawn is None else {}),
        "schools": [
            {
                "id": district.school_ids[j],
                "name": district.school_names[j] or district.school_ids[j],
                "seats": None if np.isnan(district.capacity[j]) else float(district.capacity[j]),
                **{key: at[j][key] for key in ("x", "y", "colour")},
            }
            for j in range(district.schools)
        ],
        "atlas": None if drawn is None else _atlas(drawn),
        "roots": district.root.tolist(),
        "unit": district.travel.unit,
        "objective": spec,
        "objective_unit": unit_of(spec) if isinstance(spec, str) else None,
        "columns": sorted(district.attributes),
        "addresses": addresses,
        "words": {key: forms[0] for key, forms in t.texts.items() if key.startswith(SPOKEN)},
        "limits": limits_in_force(settings.options, district.travel.unit, settings.default_minimum),
        "rules": [dict(rule) for rule in settings.rules],
        "draws": draws,
        "read_only": False,
        "today": district.status_quo.tolist(),
    }


def _atlas(drawn: Map) -> Sent:
    """What stands beside it is not said twice."""
    plans = [{key: value for key, value in plan.items() if key in ("travel", "zones")} for plan in drawn["plans"]]
    return {key: value for key, value in drawn.items() if key in ON_MAP} | {"plans": plans}
