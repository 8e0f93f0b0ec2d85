"""What a verdict says in words: figures are rounded against the claim, so that the sentence is proved too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.measures import Measures
from optimizer.measures.record import Unit
from scenarios.asking.options import DEFAULT_MINIMUM, DefaultMinimum, LimitValues
from scenarios.paper.plain import HAIR, at_most, claimed, plain_in
from scenarios.reading.values import Table
from scenarios.verify.certificate import NAMES_MINIMUM
from scenarios.verify.evenness import RACE
from scenarios.verify.goal import Spec
from scenarios.verify.rules import Row

NAMES = {
    "disparity": "a disparity",
    "disparity_equal": "a disparity, groups weighted equally,",
    "gap": "a gap",
    "variance_ratio": "a variance ratio",
    "travel_mean": "a mean travel",
    "moved": "a share of students moved",
}
# What each is told in; the others are bare numbers.
TOLD: Mapping[str, Unit] = {
    **dict.fromkeys(("disparity", "disparity_equal", "gap"), "points"),
    "moved": "share",
    "travel_mean": "travel",
}
LARGE = 1e12  # no objective of a plan: such bounds say that there is no valid plan


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """verified: whether the plan is valid and, if a certificate is given, it was made for this plan and proves what it
    claims. bound: what it proves, claimed: what it says; None without one. reasons: why it is not proved. sentence,
    beside: the verdict in words, and what stands beside it by race. notes: what else there is to know."""

    verified: bool
    valid: bool
    objective: Spec
    objective_value: float | None
    bound: float | None
    claimed: float | None
    gap: float | None
    broken_limits: Sequence[Row]
    limits: LimitValues
    rules: Sequence[Table]
    relaxes: Sequence[str]
    measures: Measures
    measures_status_quo: Measures
    reasons: Sequence[str]
    notes: Sequence[str]
    sentence: str = ""
    beside: Sequence[str] = ()


def sentence(found: Verdict, name: str, unit: str) -> str:
    """The verdict in a sentence or two. unit: of travel."""
    if not found.valid:
        return f"Not proved: this plan of {name} is not valid under these limits.{_still(found, name, unit)}"
    if found.bound is None:
        return (
            f"This plan of {name} is valid under these limits. Without a certificate nothing is proved about how much "
            "better a plan could be."
        )
    if not found.verified:
        return f"Not proved: {_lower(found.reasons[0])}{_still(found, name, unit)}"
    if found.bound == 0 and (found.gap or 0) > 0:
        return (
            f"This plan of {name} is valid under these limits. The certificate proves no bound above 0: it does not "
            "say how much better a plan could be."
        )
    value = figure(found.objective, found.objective_value or 0.0, unit)
    return f"Proved: {_bound(found, name, unit)}; this plan has {value}, {_to_win(found.gap or 0.0)}."


def minimum_note(form: int, minimum: DefaultMinimum) -> list[str]:
    """That a certificate was judged under the default minimum that it means, where that is no longer the default.
    form: the version of its format."""
    if minimum == DEFAULT_MINIMUM:
        return []
    why = "" if form >= NAMES_MINIMUM else f", as all certificates of format {form} do"
    return [
        f"The certificate means the older default minimum{why}, and is judged under it: where a school gives no "
        "min_students, it may not shrink below (1 - size_tolerance) of today's students, however few seats it has. "
        "Today's default lets a school that is too full shrink to (1 - size_tolerance) of its seats."
    ]


def by_race(measures: Measures, today: Measures) -> list[str]:
    """What stands beside every figure about poverty: how far the plan keeps groups apart, against today."""
    value, before = measures.get(RACE), today.get(RACE)
    if value is None or before is None:
        return ["The data do not say by race how far this plan keeps students apart."]
    lines = [f"By race: dissimilarity {plain_in('index', value)} under this plan, {plain_in('index', before)} today."]
    for key, met in measures.items():
        group, now = key.removeprefix("isolation."), today.get(key)
        if key.startswith("isolation.") and met is not None and now is not None:
            share, before_share = plain_in("share", met), plain_in("share", now)
            lines.append(
                f"By race: {group} students make up {share} of {group} students' schools, {before_share} today."
            )
    return lines


def figure(spec: Spec, value: float, unit: str, *, up: bool | None = None) -> str:
    """The objective's value as people read it: to the nearest, as all commands do, or up or down."""
    if value > LARGE:
        return f"{value:.3g}"
    return claimed(TOLD.get(_family(spec)), value, unit, up)


def _bound(found: Verdict, name: str, unit: str) -> str:
    spec = found.objective
    what = f"a mixture ({_mixture(spec)})" if not isinstance(spec, str) else NAMES.get(_family(spec), spec) + _of(spec)
    below = figure(spec, found.bound or 0.0, unit, up=False)
    return f"under these limits no valid plan of {name} has {what} below {below}"


def _family(spec: Spec) -> str:
    """The objective's name without the groups after it; nothing for a mixture."""
    return spec.split(".")[0] if isinstance(spec, str) else ""


def _of(spec: str) -> str:
    """The groups after an objective's name, in words."""
    groups = spec.split(".")[1:] if _family(spec) in NAMES else []
    return f" of {' and '.join(groups)}" if groups else ""


def _mixture(spec: Mapping[str, float]) -> str:
    return ", ".join(f"{weight:g} of {part}" for part, weight in spec.items())


def _to_win(gap: float) -> str:
    if gap <= float(HAIR):
        return "so that none is better"
    return f"so that at most {at_most(gap)} of it could be won"


def _still(found: Verdict, name: str, unit: str) -> str:
    """What a certificate proves all the same."""
    return f" What it does prove: {_bound(found, name, unit)}." if (found.bound or 0) > 0 else ""


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
