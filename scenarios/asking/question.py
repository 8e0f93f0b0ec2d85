"""The question that a result from Python answers, as options and `[[rules]]`: the way back of `rules_of`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from optimizer.errors import Fault, InputError
from optimizer.objectives import Mixture, Objective, StudentsChanged
from optimizer.plan import NamedPlan
from optimizer.result import Result
from optimizer.rules import RULES, Changed, Contiguity, Moved, Rule, Size, Travel
from scenarios.asking.options import Options, Settings
from scenarios.asking.rule_tables import rule_keys
from scenarios.reading.values import Table

FIRST = (
    Travel,
    Size,
    Contiguity,
)  # limits of the options, as is a plain Moved at the end; the rest are [[rules]]


def settings_of(result: Result) -> Settings:
    """What `rezone optimize` would have been asked, its objectives aside: they are the result's own. Raises InputError
    where results cannot state the rules: Travel and Size, Contiguity or not, and then rules of `[[rules]]`."""
    held = [id(step.rule) for step in result.order]
    rules = [rule for rule in result.rules if id(rule) not in held]
    head = [rule for rule in rules if isinstance(rule, FIRST)]
    rest: list[Any] = rules[len(head) :]
    travel, size = _limits(rules, head)
    max_moved = rest.pop().share if rest and _is_option(rest[-1]) else None
    unlike = [rule.kind for rule in rest if getattr(rule, "strict", size.strict) != size.strict]
    if unlike:
        mend = "Give all rules the same strict"
        raise InputError(Fault("rules", "are strict in part, which no result states", mend, ids=tuple(unlike)))
    limits = {
        "travel_increase": travel.increase,
        "travel_floor": travel.floor,
        "size_tolerance": size.tolerance,
        "contiguity": any(isinstance(rule, Contiguity) for rule in head),
        "strict": size.strict,
        "max_moved": max_moved,
    }
    effort = {"seed": result.seed, "iterations": result.asked_iterations, "time_limit": result.time_limit}
    options = Options.model_validate(limits).model_copy(update=effort)
    rest += [Changed(plan, 1.0) for plan in _against(result.objective) if plan not in _near(rest)]
    return Settings(options, tuple(_table(rule) for rule in rest), size.default_minimum)


def order_limits(result: Result) -> list[Table]:
    """The `[[rules]]` tables of what earlier objectives of an order may be at most, as certificates hold them. Raises
    InputError where results cannot state them."""
    return [_table(step.rule) for step in result.order if step.rule is not None]


def _against(objective: Objective) -> list[NamedPlan]:
    """The plan that the objective, or a part of it, is held against."""
    parts = [part for _, part in objective.parts] if isinstance(objective, Mixture) else [objective]
    return [part.plan for part in parts if isinstance(part, StudentsChanged)]


def _near(rules: Sequence[Any]) -> list[NamedPlan]:
    """The plan of the last rule `changed`, which results take for the objective's."""
    return [rule.plan for rule in rules if isinstance(rule, Changed)][-1:]


def _limits(rules: Sequence[Rule], head: Sequence[Rule]) -> tuple[Travel, Size]:
    """The limits of travel and size. head: those of `FIRST`, which must stand first, each once."""
    kinds = [type(rule) for rule in head]
    if list(rules[: len(head)]) != head or len(set(kinds)) < len(kinds) or Travel not in kinds or Size not in kinds:
        mend = "Give Travel and Size, Contiguity if you want it, each once and first, and other rules after them"
        raise InputError(Fault("rules", "are not in the order that results state", mend))
    travel = next(rule for rule in head if isinstance(rule, Travel))
    return travel, next(rule for rule in head if isinstance(rule, Size))


def _is_option(rule: Any) -> bool:
    """Whether it is what the option max_moved means."""
    return type(rule) is Moved and rule == Moved(rule.share)


def _table(rule: Any) -> Table:
    """The [[rules]] table of a rule: its kind, and the keys that are not as by default."""
    if type(rule) not in RULES.values():
        mend = f"Rules that it can state are: {', '.join(sorted(RULES))}"
        raise InputError(Fault("rules", "no result states this rule", mend, ids=(rule.kind,)))
    given = {field.name: field.default for field in dataclasses.fields(rule) if field.name in rule_keys(type(rule))}
    values = {name: getattr(rule, name) for name in given}
    return {"kind": rule.kind} | {name: _plain(v) for name, v in values.items() if v != given[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, NamedPlan):
        return dict(value.zones)
    if isinstance(value, Mixture):
        mend = "Name single objectives before the last"
        raise InputError(Fault("objective", "a mixture stands before others, which no result states", mend))
    if callable(getattr(value, "compile", None)):
        return value.name
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value
