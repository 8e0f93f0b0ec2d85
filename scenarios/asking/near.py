"""Options that name plans: `near` with `max_changed`, which stand for a rule `changed` that holds the plan itself, so
that no file that has moved changes what a run means; and `from`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.errors import Fault, InputError
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.asking.order import check_order
from scenarios.asking.rule_tables import make_rule
from scenarios.reading.plans import plan_rows
from scenarios.reading.values import Table

if TYPE_CHECKING:
    from optimizer.district import District
    from optimizer.objectives import Objective

CHANGED = "changed"  # the kind of rule, and the objective


def with_near(options: Options, rules: tuple[Table, ...], folders: Mapping[str, Path]) -> Settings:
    """What options and rules ask. folders: what the paths of `near` and `from` are relative to. Raises InputError where
    the plan that is near cannot be read, or is asked about and not given, or slack and objectives do not fit."""
    check_order(options)
    if options.near is not None:
        plan = plan_rows(folders["near"] / options.near)
        share = 1.0 if options.max_changed is None else options.max_changed
        rules = (*rules, {"kind": CHANGED, "plan": plan, "share": share})
    elif options.max_changed is not None:
        mend = "Name the plan that students may change from with --near PLAN"
        raise InputError(Fault("--max-changed", "is held against a plan, and none is given", mend))
    spec = options.objective
    named = [spec] if isinstance(spec, str) else spec or ()
    if CHANGED in named and not any(rule.get("kind") == CHANGED for rule in rules):
        problem, mend = f"'{CHANGED}' is held against a plan, and none is given", "Name it with --near PLAN"
        raise InputError(Fault("--objective", problem, mend))
    start = options.start
    if start is not None:
        options = options.model_copy(update={"from": str(folders["from"] / start)})
    return Settings(options, rules)


def objective_for(settings: Settings, district: District) -> Objective:
    """The objective that the settings name; `changed` is against the plan of the last rule of that kind. Raises
    InputError where it does not fit the district, or is an ordered list."""
    found = objectives_for(settings, district)
    if isinstance(found, list):
        mend = "Name one objective, or a mixture with weights; what the order says of a plan rezone optimize writes"
        raise InputError(Fault("--objective", "an ordered list is answered by rezone optimize and rezone run", mend))
    return found


def objectives_for(settings: Settings, district: District) -> Objective | list[Objective]:
    """The same, or all of an ordered list."""
    from optimizer.objectives import make_objective  # noqa: PLC0415 - takes a moment to import
    from optimizer.rules import under  # noqa: PLC0415

    plans = [make_rule(rule).plan for rule in settings.rules if rule.get("kind") == CHANGED]
    if plans:  # the plan may use a school that another rule opens
        district = under(district, rules_of(settings))
    near, spec = plans[-1] if plans else None, settings.options.objective
    if isinstance(spec, list):
        return [make_objective(name, district, near) for name in spec]
    return make_objective(spec, district, near)
