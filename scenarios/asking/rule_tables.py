"""[[rules]] tables, and rules on the command line (`--rule "close schools=S07,S08"`), which are the same: what is wrong
with one, and the rule that it stands for."""

from __future__ import annotations

import dataclasses
import shlex
from collections import Counter
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from optimizer.errors import Fault, InputError, nearest
from scenarios.asking.rule_files import read_files
from scenarios.reading.documents import allowed, as_toml
from scenarios.reading.values import Table


def first_of_each(error: ValidationError) -> list[Any]:
    """One entry for each key: a value that may be of several kinds fails once for each of them."""
    return list({entry["loc"][:1]: entry for entry in reversed(error.errors())}.values())[::-1]


def rule_faults(rule: Table, where: str) -> list[Fault]:
    """What is wrong with one [[rules]] table."""
    from optimizer.rules import RULES  # noqa: PLC0415 - scipy takes a moment to import

    kind = rule.get("kind")
    if not isinstance(kind, str) or kind not in RULES:
        hint = nearest(kind, RULES) if isinstance(kind, str) else ""
        mend = f"Kinds: {', '.join(sorted(RULES))}{or_plugin()}"
        where = where.partition(" ")[0] if where.startswith("--rule") else where  # the list is long enough
        return [Fault(where, f"{as_toml(kind)} is not a kind of rule here{hint}", mend, column="kind")]
    keys = rule_keys(RULES[kind])
    faults = [
        Fault(where, f"the key is not known{nearest(key, keys)}", f"Keys of {kind}: {', '.join(keys)}", column=key)
        for key in rule
        if key != "kind" and key not in keys
    ]
    faults = faults or _taken_otherwise(rule, where)
    if faults:
        return faults
    try:
        make_rule(rule)
    except ValidationError as error:
        mend = f"Keys of {kind}: {', '.join(keys)}"
        return [fault for entry in first_of_each(error) for fault in _rule_fault(entry, where, mend)]
    except InputError as error:
        return [dataclasses.replace(fault, where=where, column=fault.where) for fault in error.faults]
    return []


def _taken_otherwise(rule: Table, where: str) -> list[Fault]:
    """Values that would be taken in silence for what they do not say: true for the number 1, and a thing twice in a
    list, where another is likely to be meant."""
    hints, faults = hints_of(str(rule["kind"])), []
    for key, value in rule.items():
        kinds = kinds_of(hints.get(key, str))
        if isinstance(value, bool) and bool not in kinds and {int, float} & set(kinds):
            faults.append(Fault(where, f"{as_toml(value)} is not a number", "Give a number", column=key))
        names = (
            [":".join(map(str, one)) if isinstance(one, list | tuple) else str(one) for one in value]
            if isinstance(value, list | tuple)
            else []
        )
        twice = tuple(name for name, times in Counter(names).items() if times > 1)
        if twice:
            mend = "Name each once; is another one meant?"
            faults.append(Fault(where, "stands more than once in the list", mend, column=key, ids=twice))
    return faults


def or_plugin() -> str:
    """What ends the mend of a rule or an objective that is not known: it may be a plugin's. Nothing where a plugin is
    named already."""
    from optimizer.objectives import OBJECTIVES  # noqa: PLC0415
    from optimizer.rules import RULES  # noqa: PLC0415

    known = [*RULES.values(), *OBJECTIVES.values()]
    own = all(one.__module__.startswith("optimizer.") for one in known)
    return ", or name its file with --plugin" if own else ""


def rule_keys(rule: type[Any]) -> list[str]:
    """The keys that a [[rules]] table of this rule may have besides its kind."""
    # Other fields are for options, and for who reads the rule's files.
    return [field.name for field in dataclasses.fields(rule) if field.metadata.get("key", True)]


def _rule_fault(entry: Any, where: str, mend: str) -> list[Fault]:
    """In words, what is wrong with a rule: in the rule's own, or pydantic's."""
    cause = entry.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return [dataclasses.replace(fault, where=where, column=fault.where) for fault in cause.faults]
    return [Fault(where, f"it {allowed(entry)}", mend, column=str((entry["loc"] or ("",))[0]))]


def make_rule(rule: Table) -> Any:
    """The rule that a [[rules]] table stands for, with what its files hold."""
    from optimizer.rules import RULES  # noqa: PLC0415

    keys = {key: value for key, value in rule.items() if key != "kind"}
    return TypeAdapter(RULES[str(rule["kind"])]).validate_python({**keys, **read_files(rule)})


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
