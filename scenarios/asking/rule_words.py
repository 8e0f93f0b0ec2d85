"""A rule on the command line: `--rule "close schools=S07,S08"`, the same as a [[rules]] table."""

from __future__ import annotations

import shlex
from typing import Any, get_args, get_origin, get_type_hints

from optimizer.errors import Fault, InputError
from scenarios.reading.values import Table

EXAMPLE = 'Write --rule "close schools=S07,S08": the kind of rule, then each key, =, and its value'


def parse_rule(text: str) -> Table:
    """The table that the words stand for. Values are read as the rule's keys want them: lists are parted by commas, and
    pairs in them by a colon, as in `require pairs=b1:S07,b2:S07`; ids stay text. Raises InputError on words that are no
    key and value; what the rule itself does not take is for `rule_faults` to say."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise InputError(Fault("--rule", f"{text!r} has a quotation mark without its other", EXAMPLE)) from None
    if not words or "=" in words[0]:
        raise InputError(Fault("--rule", f"{text!r} names no kind of rule", EXAMPLE))
    hints = hints_of(words[0])
    table: dict[str, object] = {"kind": words[0]}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InputError(Fault("--rule", f"{word!r} in {text!r} is not a key and a value", EXAMPLE))
        if key in table:
            raise InputError(Fault("--rule", f"{key!r} stands twice in {text!r}", "Give each key once"))
        table[key] = _value(value, hints.get(key, str))
    return table


def hints_of(kind: str) -> dict[str, type]:
    """The types of a rule's keys; none where the kind is not known."""
    from optimizer.rules import RULES  # noqa: PLC0415 - scipy takes a moment to import

    return get_type_hints(RULES[kind]) if kind in RULES else {}


def _value(text: str, hint: Any) -> Any:
    """The text as a value of the type that a key has."""
    kinds = kinds_of(hint)
    lists = [kind for kind in kinds if get_origin(kind) in (tuple, list)]
    if lists and (str not in kinds or ":" in text):
        inner = get_args(lists[0])[0]
        nested = get_origin(inner) in (tuple, list)
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [part.split(":", 1) if nested else _value(part, inner) for part in parts]
    if bool in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if (int in kinds or float in kinds) and (number := _number(text)) is not None:
        return number
    return text


def kinds_of(hint: Any) -> list[Any]:
    """The types that a hint allows, one by one."""
    if get_origin(hint) in (tuple, list) or not get_args(hint):
        return [hint]
    return [kind for part in get_args(hint) for kind in kinds_of(part)]


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None
