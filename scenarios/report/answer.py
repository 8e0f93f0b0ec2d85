"""What the report says in sentences: the answer, and what is certain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from babel.lists import format_list
from markupsafe import Markup

from optimizer.measures import SchoolRow
from scenarios.answer.notable import threshold, way
from scenarios.answer.summary import best_of_least_excess, standing
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, figure, name_of, rounded_down
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words
from scenarios.reading.records import Broken, Document, Summary

SEEN = 0.0015  # what may hide behind figures that look alike at a tenth of a point
HAIR = 1e-9  # what the difference of two rounded figures may miss by being worked out
OVER = 1e-6  # by more than this share of its seats a school is over them: less is rounding


def sentences(doc: Document, t: Words) -> list[Markup]:
    """Three: what the plan does to poverty exposure and, beside it, to race; to whom; how sure that is. Of today's
    zones: how uneven poverty and race are, which schools are over their seats, and which limits hold."""
    if is_today(doc):
        return [_uneven(doc, t), *_over_seats(doc, t), _alone(limits_kept(doc.summary, t), t)]
    return [_effect(doc, t), _people(doc, t), _standing(doc.summary, t)]


def is_today(doc: Document) -> bool:
    """Whether the document is about today's zones and no plan: nobody searched, and no block moves. Not by the share
    of students, which a published document has rounded."""
    return doc.summary.status is None and not doc.moves


def _uneven(doc: Document, t: Words) -> Markup:
    now, figures = doc.measures, t.figures
    if now[DISPARITY] is not None:
        kind = "today_disparity" if doc.groups else "today_disparity_poor"
        first = t(kind, after=figures.points(now[DISPARITY], digits=1))
    elif doc.has_poverty:
        first = t("disparity_unknown")
    else:
        first = t("today_travel", after=figures.travel(now[TRAVEL], unit=doc.travel_unit))
    if now.get(RACE) is None:
        return t("one", one=first)
    return t("two", one=first, two=t("today_race", after=figures.index(now[RACE])))


def _over_seats(doc: Document, t: Words) -> list[Markup]:
    """Nothing where no seats are given, or where figures may have been left out."""
    rows = [row for row in doc.by_school.plan if row.capacity is not None]
    if doc.public or not rows:
        return []
    over = [row.name or row.school_id for row in rows if _taken(row) > (1 + OVER) * (row.capacity or 0.0)]
    if not over:
        return [t("over_seats_none")]
    return [t.count("over_seats", len(over), schools=format_list(over, locale=t.locale))]


def _taken(row: SchoolRow) -> float:
    return (row.students or 0.0) + (row.other_students or 0.0)


def _effect(doc: Document, t: Words) -> Markup:
    now, before = doc.measures, doc.today
    parts, turn = [], ""
    was, then = before[DISPARITY], now[DISPARITY]
    if was is not None and then is not None:
        kind = "disparity" if doc.groups else "disparity_poor"
        turn, clause = _turn(
            t,
            kind,
            was,
            then,
            partial(t.figures.points, digits=1),
            least=_least(doc, DISPARITY),
            off=_off(doc, DISPARITY),
        )
        parts.append(clause)
    elif doc.has_poverty:
        parts.append(t("disparity_unknown"))
    else:
        parts.append(t("travel_same" if _as_far(doc) else "travel_answer", **_travel(doc, t)))
    race = before.get(RACE), now.get(RACE)
    if race[0] is not None and race[1] is not None:
        least, off = _least(doc, RACE), _off(doc, RACE)
        parts.append(_turn(t, "race", race[0], race[1], t.figures.index, least=least, beside=turn, off=off)[1])
    return t("two", one=parts[0], two=parts[1]) if len(parts) == 2 else t("one", one=parts[0])


def _people(doc: Document, t: Words) -> Markup:
    share = doc.summary.moved_share
    if not doc.moves or (share == 0 and not doc.public):  # a published 0 is rounded
        return t("nobody_moves")
    travel = _travel(doc, t)
    alike = travel["before"] == travel["after"]
    return t.count(
        "moved_stays" if alike else "moved_same" if _as_far(doc) else "moved_answer",
        None if share is None or doc.students is None else share * doc.students,
        share=t.figures.percent(share),
        **travel,
    )


def _travel(doc: Document, t: Words) -> dict[str, Text]:
    """The mean way to school today and under the plan."""
    ends = {"before": doc.today, "after": doc.measures}
    return {end: t.figures.travel(measures[TRAVEL], doc.travel_unit) for end, measures in ends.items()}


def _as_far(doc: Document) -> bool:
    """Whether the mean way to school is about the same."""
    before, after = doc.today[TRAVEL], doc.measures[TRAVEL]
    return before is not None and after is not None and way(before, after, _least(doc, TRAVEL)) == "stays"


def _least(doc: Document, name: str) -> float | None:
    return threshold(name, doc.travel_unit, draws=doc.uncertainty)


def _standing(summary: Summary, t: Words) -> Markup:
    return t("two", one=limits_kept(summary, t), two=certainty(summary, t))


def limits_kept(summary: Summary, t: Words) -> Markup:
    """Whether the limits hold."""
    rows = [row for row in summary.broken_limits if summary.valid or not row.inherited]
    if summary.valid and not rows:
        return t("holds_all")
    limits = len({(row.limit, row.rule) for row in rows})
    said = t.count("holds_inherited" if summary.valid else "not_valid", limits)
    return said if len(rows) == limits else t("at_places", said=said, places=_places(rows, t))


def _places(rows: Sequence[Broken], t: Words) -> Text:
    """At how many schools, and for how many blocks, limits are broken."""
    blocks = {row.block for row in rows if row.block is not None}
    schools = {row.school for row in rows if row.block is None and row.school is not None}
    told = [t.count(key, len(ids)) for key, ids in (("at_schools", schools), ("at_blocks", blocks)) if ids]
    return Markup(", ").join(told)


CERTAIN = {"solver": "proved_by_solver", "best": "bound_best", "near": "bound_near", "unknown": "bound_unknown"}


def certainty(summary: Summary, t: Words) -> Markup:
    """How much better another plan could be, as far as that is proved. Rounded against the plan."""
    stands = standing(summary)
    if stands != "bound":
        return t(CERTAIN[stands])
    bound, gap = summary.bound or 0.0, t.figures.percent((summary.gap or 0.0) + 0.0005)
    if summary.objective == DISPARITY:
        return t("bound_points", bound=figure(DISPARITY, rounded_down(DISPARITY, bound, ""), "", t.figures), gap=gap)
    return t("bound_known", objective=objective(summary), bound=f"{bound:.6g}", gap=gap)


def objective(summary: Summary) -> str:
    """The objective as its options name it."""
    name = summary.objective
    return name if isinstance(name, str) else " + ".join(f"{weight:g} {part}" for part, weight in (name or {}).items())


def _in_order(doc: Document, t: Words) -> list[Markup]:
    """Of several objectives in their order, what each came to; the last one's bound is said with the plan's."""
    objectives, unit = doc.summary.objectives or (), doc.travel_unit
    if not objectives:
        return []
    lines = [t("in_order", names=", ".join(name_of(one.name, t) for one in objectives))]
    for one in objectives[:-1]:
        if one.value is None:
            continue
        bound = rounded_down(one.name, one.bound or 0.0, unit)
        found = {"value": one.value, "bound": bound, "limit": one.limit_value, "now": one.plan_value}
        told = {key: figure(one.name, value, unit, t.figures) for key, value in found.items()}
        lines.append(t("in_order_step", name=name_of(one.name, t), **told))
    return lines


def certain(doc: Document, t: Words) -> list[Markup]:
    """Sentences on validity, bound and uncertainty of one plan."""
    summary, doubt = doc.summary, doc.uncertainty
    lines = [_alone(limits_kept(summary, t), t), *_in_order(doc, t), _alone(certainty(summary, t), t)]
    if standing(summary) == "bound" and summary.bound_relaxes:
        lines.append(t("bound_relaxes", rules=", ".join(summary.bound_relaxes)))
    if best_of_least_excess(summary):
        lines.append(t("least_excess_by_solver"))
    if summary.proof == "certificate":
        lines.append(t("proved_by_certificate"))
    lines.append(t("uncertainty", model=doubt.draws_model) if doubt else t("no_uncertainty"))
    return lines


def _alone(clause: Markup, t: Words) -> Markup:
    return t("one", one=clause[:1].upper() + clause[1:])


BESIDE = {("rises", "rises"): "rises_with", ("rises", "falls"): "falls_but", ("stays", "falls"): "falls_but"}


def _turn(
    t: Words,
    what: str,
    before: float,
    after: float,
    style: Any,
    *,
    least: float | None,
    beside: str = "",
    off: float = 0.0,
) -> tuple[str, Markup]:
    """Which way a measure goes, and that in words. beside: which way the measure went that stands before it. least: a
    lesser change is none. off: by how much the two figures together may be off; nothing is said of a way that they do
    not prove."""
    shown = {"before": style(before), "after": style(after)}
    alike = shown["before"] == shown["after"]
    if off > SEEN if alike else abs(after - before) <= off * (1 + HAIR):
        return "unclear", t(f"{what}_unclear", **shown)
    turn = "stays" if alike else way(before, after, least)
    key = "same" if turn == "stays" and not alike else BESIDE.get((beside, turn), turn)
    return turn, t(f"{what}_{key}", **shown)


def _off(doc: Document, name: str) -> float:
    """By how much a measure's figures today and under the plan may be off together, as far as the page says: of each
    what the coarser may be; 0 but on public pages."""
    parts = (doc.summary.off_by or {}).values()
    return 2 * max((off.get(name) or 0.0 for off in parts), default=0.0)
