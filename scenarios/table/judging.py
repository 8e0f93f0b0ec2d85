"""What plans of a table are judged by: its district as the rules have it, the rules, the objective."""

from __future__ import annotations

from optimizer.contradictions import ready
from optimizer.district import District
from optimizer.rules import Rule, under
from scenarios.asking.near import objective_for
from scenarios.asking.options import Settings, rules_of
from scenarios.table.figures import Judge


def judge_of(read: District, settings: Settings, further: tuple[Rule, ...] = ()) -> Judge:
    """read: as its folder has it. further: rules beside those of the settings. Raises InputError where rules do not fit
    the district, or contradict each other."""
    rules = (*rules_of(settings), *further)
    district = under(read, rules)
    if settings.rules or further:
        ready(read, rules)
    return Judge(district, rules, objective_for(settings, district))
