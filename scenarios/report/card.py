"""The plan's card, and what else stands in rows: limits, breaches, intervals, assumptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from optimizer.measures import Place
from scenarios.answer.baseline_words import OVER, off_by
from scenarios.answer.summary import standing
from scenarios.asking.options import DEFAULT_MINIMUM
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, figure, known_of, short, tabled, unit_told
from scenarios.paper.movers import ALL, counts_differ
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words
from scenarios.reading.records import Baseline, Broken, Document, Limits, Rule, Summary

Style = Callable[[float | None], Text]


def style_of(measure: str, doc: Document, t: Words) -> Style:
    """How a measure of the page is written."""
    return partial(figure, measure, unit=doc.travel_unit, f=t.figures, points=1)


@dataclass(frozen=True)
class CardRow:
    """after: by plan. style: how figures are written, None where they are texts."""

    name: Text
    before: Any
    after: Sequence[Any]
    note: Text | None = None
    style: Style | None = None
    share: bool = False


def card_rows(docs: Sequence[Document], t: Words) -> list[CardRow]:
    """Measures that the data know, whether the plans are valid, and what is proved of them."""
    before, rows = docs[0].today, []
    for measure in tabled(Place.CARD, [doc.measures for doc in docs]):
        after = [doc.measures.get(measure) for doc in docs]
        if any(value is not None for value in (before.get(measure), *after)):
            note = f"card_{measure.replace('.', '_')}_note"
            rows.append(
                CardRow(
                    name=short(measure, "card", t),
                    before=before.get(measure),
                    after=after,
                    note=t(note) if note in t.texts else None,
                    style=style_of(measure, docs[0], t),
                    share=unit_told(measure) == "share",
                )
            )
    held = [
        _held(doc.summary.broken_limits, t) if doc.summary.valid else t("no") for doc in docs
    ]  # a public page may leave out what is broken
    rows.append(CardRow(t("card_valid"), "", held))
    if any(standing(doc.summary) in ("best", "bound") for doc in docs):
        rows.append(CardRow(t("card_bound"), "", [_bound(doc.summary, t) for doc in docs], t("card_bound_note")))
    return rows


def rounded(doc: Document, t: Words) -> Text | None:
    """How far off the figures of a public page may be: its rounding, and today's, whichever is more; None elsewhere."""
    off = doc.summary.off_by
    if not off:
        return None

    def most(measure: str) -> float:
        return max(part.get(measure) or 0.0 for part in off.values())

    f = t.figures
    points, index = f.points(most(DISPARITY), digits=1), f.index(most(RACE))
    return t("rounded", points=points, index=index, travel=f.travel(most(TRAVEL), doc.travel_unit))


def yardsticks(docs: Sequence[Document], t: Words) -> Yardsticks | None:
    """What the plans are held against besides today's zones: today, the baselines, the race-neutral twin, and the plans
    themselves; None where nothing of it was computed."""
    first = docs[0].summary
    beside = [(t(f"yardstick_{kind}"), row.measures, _proved(row, t)) for kind, row in (first.baselines or {}).items()]
    twin = first.race_neutral
    beside += [(t("yardstick_race_neutral"), twin.measures, "")] if twin and twin.measures else []
    if not any(measures or note for _, measures, note in beside):
        return None
    plans = [(doc.name or t("plan"), doc.measures, "") for doc in docs]
    shown = [(t("today"), docs[0].today, ""), *beside, *plans]
    known = [measures for _, measures, _ in shown if measures]
    keys = known_of(tabled(Place.JUDGED, known), *known)
    styles = [style_of(key, docs[0], t) for key in keys]
    return Yardsticks(
        [short(key, "card", t) for key in keys],
        [
            (name, note, [style((measures or {}).get(key)) for style, key in zip(styles, keys, strict=True)])
            for name, measures, note in shown
        ],
    )


class Yardsticks(NamedTuple):
    """rows: of name, note, and the figures under the heads."""

    heads: list[Text]
    rows: list[tuple[Text, Text, list[Text]]]


def _proved(row: Baseline, t: Words) -> Text:
    """What is proved of a baseline; nothing in a folder of a version that did not say."""
    if row.proved is None:
        return ""
    if row.measures is None:
        return t("yardstick_impossible" if row.no_plan == "proved" else "yardstick_none")
    off = off_by(row)
    notes = [t("yardstick_least")] if row.proved else []
    if not row.proved:
        notes = [t("yardstick_found_open") if off is None else t("yardstick_found", off=t.figures.percent(off))]
    if (row.over_seats or 0) >= OVER:
        notes.append(t("yardstick_over", students=t.figures.count(row.over_seats)))
    if row.status_quo:
        notes.append(t("yardstick_today"))
    return Markup(" ").join(notes)


def _bound(summary: Summary, t: Words) -> Text:
    if standing(summary) not in ("best", "bound"):
        return t.figures.unknown
    bound = summary.bound or 0.0
    return t.figures.points(bound - 0.00005, digits=2) if summary.objective == DISPARITY else f"{bound:.6g}"


def limit_rows(doc: Document, t: Words) -> list[tuple[Text, Text, Text]]:
    """(limit in words, its value, whether it holds) for every limit in force."""
    given, rules, f = doc.summary.limits, doc.summary.rules, t.figures
    broken = doc.summary.broken_limits

    def holds(*kinds: str) -> Text:
        own = [row for row in broken if row.rule is None or row.rule >= len(rules)]
        return _held([row for row in own if row.of_kind in kinds], t)

    increase, floor = f.percent(given.travel_increase, 0), f.travel(given.travel_floor, doc.travel_unit)
    moved, limited = given.max_moved, "max_moved"
    if counts_differ([doc.measures]):
        limited = "max_moved_counted"
    rows: list[tuple[Text, Text, Text]] = [
        (t(_travel_key(rules), increase=increase, floor=floor), "", holds("travel", "reach")),
        (t(_size_key(given), tolerance=f.percent(given.size_tolerance, 0)), "", holds("size")),
        (t(limited), t("no_limit") if moved is None else f.percent(moved), holds("moved")),
        (t("contiguity"), t("on") if given.contiguity else t("off"), holds("contiguity")),
        (t("strict"), t("on") if given.strict else t("off"), t("yes") if doc.summary.valid else ""),
    ]
    own = [[row for row in broken if _is_of(row, rule, place)] for place, rule in enumerate(rules)]
    return rows + [(t("rule", rule=_rule(rule)), "", _held(found, t)) for rule, found in zip(rules, own, strict=True)]


# Kinds that ask for nothing themselves, and those whose limits they set.
SETS = {"open": ("size",), "seats": ("size",), "pair": ("size", "pair"), "barrier": ("contiguity", "travel")}


def _is_of(row: Broken, rule: Rule, place: int) -> bool:
    """Whether a rule is what is broken: by its place among the rules, where the result says it."""
    if rule["kind"] in SETS:
        schools = rule.get("schools", [rule["school"]] if "school" in rule else None)
        return row.of_kind in SETS[rule["kind"]] and (schools is None or row.school in schools)
    return row.of_kind == rule["kind"] and row.rule in (None, place)


def _held(broken: Sequence[Broken], t: Words) -> Text:
    return t("yes") if not broken else t("inherited") if all(row.inherited for row in broken) else t("no")


def _size_key(limits: Limits) -> str:
    """The text on sizes that fits the default minimum under which the plan was judged."""
    return "size" if limits.minimum == DEFAULT_MINIMUM else "size_today"


def _travel_key(rules: Sequence[Rule]) -> str:
    """The text on travel: blocks of closed schools may go as far as from the nearest school left."""
    return "travel_increase_closed" if any(rule["kind"] == "close" for rule in rules) else "travel_increase"


def _rule(rule: Rule) -> str:
    rest = "; ".join(f"{key} = {_shown(value)}" for key, value in rule.items() if key != "kind")
    return f"{rule['kind']}: {rest}" if rest else str(rule["kind"])


def _shown(value: Any) -> str:
    """A key's value as `--rule` takes it: lists parted by commas, pairs in them by a colon."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{len(value):,}"  # of a plan: its blocks
    if not isinstance(value, list | tuple):
        return str(value)
    return ", ".join(":".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in value)


class BrokenRow(NamedTuple):
    """A breach in words, with its school's name."""

    limit: Text
    where: Text
    limit_value: Text
    amount: Text
    today: Text


def broken_rows(doc: Document, t: Words) -> list[BrokenRow]:
    names = {row.school_id: row.name or row.school_id for row in doc.by_school.plan}
    return [
        BrokenRow(
            t.limit(row),
            _place(row, names, t),
            t.amount(row.limit_value, row.unit),
            t.excess(row.amount, row.unit),
            t.excess(row.status_quo_amount, row.unit),
        )
        for row in doc.summary.broken_limits
    ]


def _place(row: Broken, names: Mapping[str, str], t: Words) -> Text:
    if row.block is not None:
        return t("block_named", block=row.block)
    return t("whole_district") if row.school is None else names.get(row.school, row.school)


class IntervalRow(NamedTuple):
    """A measure of the plan, with the ends of its interval."""

    name: Text
    value: Text
    low: Text
    high: Text


def interval_rows(doc: Document, t: Words) -> list[IntervalRow]:
    """Those of the card; [] where no draws were made."""
    found, rows = doc.uncertainty.intervals if doc.uncertainty else {}, []
    for measure in tabled(Place.CARD):
        if measure in found and measure != ALL:
            style, ends = style_of(measure, doc, t), found[measure]
            shown = (style(value) for value in (doc.measures[measure], ends.low, ends.high))
            rows.append(IntervalRow(short(measure, "card", t), *shown))
    return rows


def assumptions(doc: Document, t: Words) -> list[Text]:
    """What every figure rests on."""
    travel = t("travel_from_file") if doc.travel_from_file else t("travel_straight")
    return [t("assume_counts"), travel, t("assume_people"), t("assume_choice")]
