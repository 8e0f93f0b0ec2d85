"""How to repeat a run: the command to type, as exactly as the summary allows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.rules.travel import FLOOR
from optimizer.travel import Unit
from scenarios.asking.options import MINIMUM_KEY, Limits
from scenarios.asking.order import slack_text
from scenarios.paper.measures import DISPARITY
from scenarios.reading.records import Limits as InForce
from scenarios.reading.records import Rule, Summary


def command(summary: Summary, unit: Unit, plan: str = "plan.csv") -> str:
    """`rezone optimize` with the limits that are not the defaults, or `rezone evaluate` for a plan no search made."""
    searched = summary.status is not None
    words = ["rezone", "optimize", "DISTRICT", "--out", "DIR"] if searched else ["rezone", "evaluate", "DISTRICT", plan]
    words += _limits(summary.limits, unit)
    if searched:
        if summary.objectives is not None:
            words += ["--objective", ",".join(one.name for one in summary.objectives)]
            words += ["--slack", slack_text([one.slack for one in summary.objectives if one.slack is not None]) or ""]
        elif summary.objective != DISPARITY:
            words += ["--objective", _objective(summary.objective or DISPARITY)]
        words += [] if summary.start is None else ["--from", summary.start.file]
        words += ["--seed", str(summary.seed)]
    if summary.rules:
        words += ["--config", "rules.toml"]
    return shlex.join(words)


def _limits(limits: InForce, unit: Unit) -> list[str]:
    words = []
    defaults = {name: field.default for name, field in Limits.model_fields.items()} | {
        "strict": False,
        "travel_floor": FLOOR[unit],
    }
    for name, value in vars(limits).items():
        if name == MINIMUM_KEY or value == defaults.get(name) or value is None:
            continue
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is False:
            words.append("--no-" + name)
        else:
            words += [flag, f"{value:g}"]
    return words


def _objective(spec: str | Mapping[str, float]) -> str:
    return spec if isinstance(spec, str) else ",".join(f"{name}={weight:g}" for name, weight in spec.items())


def rules_toml(rules: Sequence[Rule]) -> str:
    """The rules as a file of [[rules]]; "" where there are none."""
    return "\n".join(
        "[[rules]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in rule.items()) for rule in rules
    )


def toml(value: Any) -> str:
    """A value as a file of TOML has it."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
