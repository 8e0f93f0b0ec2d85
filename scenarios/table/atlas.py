"""What the page knows of the district, once: what its map is drawn from, its schools, its limits, its words."""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizer.objectives import unit_of
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import Settings, limits_in_force
from scenarios.drawing.map_data import map_data
from scenarios.paper.words import languages
from scenarios.report.data import fingerprint
from scenarios.table.figures import Teller
from scenarios.table.sent import Sent

SPOKEN = ("table.", "map.", "limit_")  # what begins the keys of texts that the page says


def district_data(teller: Teller, settings: Settings, draws: int = 0) -> Sent:
    """Blocks and schools are their places in these lists, everywhere. draws: how many redraws of the counts there
    are."""
    district, t = teller.district, teller.t
    drawn = map_data(district, [])
    places = [{"x": None, "y": None, "colour": j} for j in range(district.schools)]
    at: Any = places if drawn is None else drawn["schools"]
    spec = objective_spec(teller.judge.objective)
    return {
        "name": district.name,
        "language": t.language,
        "languages": list(languages()),
        "hash": fingerprint(district),
        "blocks": district.blocks,
        "block_ids": list(district.block_ids),
        "students_total": float(district.students.sum()),
        "has_poverty": district.has_poverty,
        "groups": [{"id": group, "name": t.group(group)} for group in district.groups],
        "schools": [
            {
                "id": district.school_ids[j],
                "name": district.school_names[j] or district.school_ids[j],
                "seats": None if np.isnan(district.capacity[j]) else float(district.capacity[j]),
                **{key: at[j][key] for key in ("x", "y", "colour")},
            }
            for j in range(district.schools)
        ],
        "atlas": drawn,
        "roots": district.root.tolist(),
        "unit": district.travel.unit,
        "objective": spec,
        "objective_unit": unit_of(spec) if isinstance(spec, str) else None,
        "columns": sorted(district.attributes),
        "addresses": False,
        "words": {key: forms[0] for key, forms in t.texts.items() if key.startswith(SPOKEN)},
        "limits": limits_in_force(settings.options, district.travel.unit, settings.default_minimum),
        "rules": [dict(rule) for rule in settings.rules],
        "draws": draws,
        "read_only": False,
        "today": district.status_quo.tolist(),
    }
