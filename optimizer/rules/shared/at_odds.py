"""Rules that contradict each other about a school, as far as the rules alone tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from optimizer.errors import Fault

ONCE = "Take one of them out"


def at_odds(rules: Sequence[Any]) -> list[Fault]:
    """What the rules that close, open, pair and seat schools say against each other."""
    shut = _schools(rules, "close")
    faults = [
        _fault(f"close and {kind}", ids, problem)
        for kind, problem in (
            ("open", "the school is closed and opened"),
            ("seats", "the school is closed and given seats"),
            ("pair", "the school is closed and paired"),
        )
        if (ids := sorted(shut & _schools(rules, kind)))
    ]
    times = Counter(name for rule in rules if rule.kind == "pair" for name in rule.schools)
    twice = sorted(name for name, n in times.items() if n > 1)
    if twice:
        faults.append(_fault("pair and pair", twice, "the school is paired twice"))
    for kind in ("open", "seats"):
        differing = _differing([rule for rule in rules if rule.kind == kind])
        if differing:
            faults.append(
                _fault(f"{kind} and {kind}", differing, f"two rules {kind} say different things of the school")
            )
    seated = [rule for rule in rules if rule.kind in ("open", "seats")]
    for name in ("capacity", "min_students"):
        clash = _clash(seated, name)
        if clash:
            faults.append(_fault("open and seats", clash, f"two rules give the school a different {name}"))
    return faults


def _fault(where: str, ids: Sequence[str], problem: str) -> Fault:
    return Fault(f"rules {where}", f"contradict each other: {problem}", ONCE, ids=tuple(ids))


def _schools(rules: Sequence[Any], kind: str) -> set[str]:
    """The ids that rules of one kind name."""
    named = [rule.schools if hasattr(rule, "schools") else (rule.school,) for rule in rules if rule.kind == kind]
    return {name for names in named for name in names}


def _differing(rules: Sequence[Any]) -> list[str]:
    """Schools of which two rules of one kind say different things."""
    return sorted({one.school for one in rules for other in rules if one.school == other.school and one != other})


def _clash(rules: Sequence[Any], name: str) -> list[str]:
    """Schools for which a rule `open` and a rule `seats` give different figures."""
    given: dict[str, dict[str, float]] = {}
    for rule in rules:
        value = getattr(rule, name)
        if value is not None:
            given.setdefault(rule.school, {})[rule.kind] = value
    return sorted(school for school, by_kind in given.items() if len(set(by_kind.values())) > 1)
