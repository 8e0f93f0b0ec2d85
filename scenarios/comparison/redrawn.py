"""The plans of a comparison on redrawn counts, each under the rules that it was made under."""

from __future__ import annotations

import json

from optimizer.plan import Plan
from scenarios.answer.redraws import Redraws
from scenarios.answer.several import Several
from scenarios.comparison.compare import STATUS_QUO, Comparison
from scenarios.comparison.differ import Differences
from scenarios.plans.file import listing, under_tables
from scenarios.reading.values import Table


def redrawn(compared: Comparison, found: Differences, district: str, redraws: Redraws) -> Several | None:
    """The plans of a district whose folder is at hand; None where the results hold none of their files."""
    plans = {name: plan for name, plan in found.assigned[district].items() if name != STATUS_QUO}
    if not plans:
        return None
    rows = compared.of(district).set_index("plan")
    texts = rows["rules"].to_dict() if "rules" in rows else {}
    rules = {name: _rules(texts.get(name)) for name in plans}
    whole = listing(next(iter(plans.values())).district.original, [rule for own in rules.values() for rule in own])
    under = {name: under_tables(Plan(whole, plan.school), rules[name], as_read=True) for name, plan in plans.items()}
    return Several.of(under, redraws)


def _rules(text: object) -> list[Table]:
    return json.loads(text) if isinstance(text, str) and text else []
