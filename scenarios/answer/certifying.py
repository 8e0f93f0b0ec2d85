"""The certificate of a plan that was found from Python: what `rezone optimize` writes by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optimizer.errors import Fault, InputError
from optimizer.result import Result
from optimizer.rules import RULES, Contiguity, Rule, Size, Travel
from scenarios.answer.certificate import write_certificate
from scenarios.answer.summary import objective_spec
from scenarios.asking.options import DefaultMinimum, Options, limits_in_force
from scenarios.asking.rule_tables import rule_keys
from scenarios.folder import read_district
from scenarios.plans.file import plan_csv

FIRST = (Travel, Size, Contiguity)  # these are limits of the options; what follows them are [[rules]]


def certify(result: Result, folder: str | Path, plan: str | Path, out: str | Path) -> None:
    """Write the proof of the result's bound to `out`, for `rezone verify`.

    folder: of the district that was read. plan: the file that `write_plan` wrote the result's plan to. Without a proof
    the certificate claims 0. Raises InputError where there is no valid plan, where the file holds another one, or where
    the rules are none that a certificate can state: Travel and Size, Contiguity or not, and then rules of `[[rules]]`.
    """
    if not result.valid:
        mend = "Relax a limit: rezone explain says which"
        raise InputError(Fault("result", "holds no valid plan, so there is nothing to certify", mend))
    limits, rules = _stated(result.rules)
    text = plan_csv(result.plan).encode()
    if not Path(plan).is_file() or Path(plan).read_bytes() != text:
        mend = "Write it with write_plan(path, result.plan)"
        raise InputError(Fault(str(plan), "is not the file of the result's plan", mend))
    district = result.plan.district.original
    write_certificate(
        Path(out),
        result.certificate,
        district=district.name,
        objective=objective_spec(result.objective),
        limits=limits_in_force(limits, district.travel.unit, _minimum(result.rules)),
        rules=rules,
        inputs=district.inputs or read_district(folder).inputs,
        plan=text,
    )


def _stated(rules: Sequence[Rule]) -> tuple[Options, list[dict[str, Any]]]:
    """The limits and the [[rules]] tables that stand for these rules."""
    head = [rule for rule in rules if isinstance(rule, FIRST)]
    rest = list(rules[len(head) :])
    kinds = [type(rule) for rule in head]
    if list(rules[: len(head)]) != head or len(set(kinds)) < len(kinds) or Travel not in kinds or Size not in kinds:
        mend = "Give Travel and Size, Contiguity if you want it, each once and first, and other rules after them"
        raise InputError(Fault("rules", "are not in the order that a certificate states", mend))
    travel = next(rule for rule in head if isinstance(rule, Travel))
    size = next(rule for rule in head if isinstance(rule, Size))
    unlike = [rule.kind for rule in rest if getattr(rule, "strict", size.strict) != size.strict]
    if unlike:
        mend = "Give all rules the same strict"
        raise InputError(Fault("rules", "are strict in part, which no certificate states", mend, ids=tuple(unlike)))
    limits = {
        "travel_increase": travel.increase,
        "travel_floor": travel.floor,
        "size_tolerance": size.tolerance,
        "contiguity": Contiguity in kinds,
        "strict": size.strict,
    }
    return Options.model_validate(limits), [_table(rule) for rule in rest]


def _minimum(rules: Sequence[Rule]) -> DefaultMinimum:
    """The default minimum that the rules mean."""
    return next(rule.default_minimum for rule in rules if isinstance(rule, Size))


def _table(rule: Any) -> dict[str, Any]:
    """The [[rules]] table of a rule: its kind, and the keys that are not as by default."""
    if type(rule) not in RULES.values():
        mend = f"Rules that it can state are: {', '.join(sorted(RULES))}"
        raise InputError(Fault("rules", "no certificate states this rule", mend, ids=(rule.kind,)))
    given = {field.name: field.default for field in dataclasses.fields(rule) if field.name in rule_keys(type(rule))}
    values = {name: getattr(rule, name) for name in given}
    return {"kind": rule.kind} | {name: _plain(v) for name, v in values.items() if v != given[name]}


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value
