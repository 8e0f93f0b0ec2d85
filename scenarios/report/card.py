"""The plan's card, and what else stands in rows: limits, breaches, intervals, assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from optimizer.measures import Place
from scenarios.answer.baseline_words import OVER, off_by
from scenarios.answer.summary import standing
from scenarios.asking.options import DEFAULT_MINIMUM, minimum_meant
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, figure, known_of, short, tabled, unit_told
from scenarios.paper.movers import ALL, counts_differ
from scenarios.paper.numbers import Text
from scenarios.paper.words import Words, kind_of

Doc = Mapping[str, Any]


def style_of(measure: str, doc: Doc, t: Words) -> Any:
    """How a measure of the page is written."""
    return partial(figure, measure, unit=doc["travel_unit"], f=t.figures, points=1)


def card_rows(docs: Sequence[Doc], t: Words) -> list[dict[str, Any]]:
    """Rows of name, note, before, after (by plan) and style; what the data do not know is left out."""
    before = docs[0]["summary"]["measures_status_quo"]
    rows: list[dict[str, Any]] = []
    for measure in tabled(Place.CARD, [doc["summary"]["measures"] for doc in docs]):
        after = [doc["summary"]["measures"].get(measure) for doc in docs]
        if before.get(measure) is None and not any(value is not None for value in after):
            continue
        note = f"card_{measure.replace('.', '_')}_note"
        rows.append(
            {
                "name": short(measure, "card", t),
                "note": t(note) if note in t.texts else None,
                "before": before.get(measure),
                "after": after,
                "style": style_of(measure, docs[0], t),
                "share": unit_told(measure) == "share",
            }
        )
    held = [
        _held(doc["summary"]["broken_limits"], t) if doc["summary"]["valid"] else t("no") for doc in docs
    ]  # a public page may leave out what is broken
    rows.append({"name": t("card_valid"), "note": None, "before": "", "after": held, "style": None, "share": False})
    if any(standing(doc["summary"]) in ("best", "bound") for doc in docs):
        shown = [_bound(doc["summary"], t) for doc in docs]
        rows.append(rows[-1] | {"name": t("card_bound"), "note": t("card_bound_note"), "after": shown})
    return rows


def rounded(doc: Doc, t: Words) -> Text | None:
    """How far off the figures of a public page may be: its rounding, and today's, whichever is more; None elsewhere."""
    off = doc["summary"].get("off_by")
    if not off:
        return None

    def most(measure: str) -> float:
        return max(part.get(measure) or 0.0 for part in off.values())

    f = t.figures
    points, index = f.points(most(DISPARITY), digits=1), f.index(most(RACE))
    return t("rounded", points=points, index=index, travel=f.travel(most(TRAVEL), doc["travel_unit"]))


def yardsticks(docs: Sequence[Doc], t: Words) -> dict[str, Any] | None:
    """Heads and rows of what the plans are held against besides today's zones: today, the baselines, the race-neutral
    twin, and the plans themselves; None where nothing of it was computed."""
    first = docs[0]["summary"]
    beside = [
        (t(f"yardstick_{kind}"), row["measures"], _proved(row, t)) for kind, row in first.get("baselines", {}).items()
    ]
    twin = first.get("race_neutral", {}).get("measures")
    beside += [(t("yardstick_race_neutral"), twin, "")] if twin else []
    if not any(measures or note for _, measures, note in beside):
        return None
    plans = [(doc["name"] or t("plan"), doc["summary"]["measures"], "") for doc in docs]
    shown = [(t("today"), first["measures_status_quo"], ""), *beside, *plans]
    known = [measures for _, measures, _ in shown if measures]
    keys = known_of(tabled(Place.JUDGED, known), *known)
    styles = [style_of(key, docs[0], t) for key in keys]
    return {
        "heads": [short(key, "card", t) for key in keys],
        "rows": [
            {
                "name": name,
                "note": note,
                "shown": [style((measures or {}).get(key)) for style, key in zip(styles, keys, strict=True)],
            }
            for name, measures, note in shown
        ],
    }


def _proved(row: Mapping[str, Any], t: Words) -> Text:
    """What is proved of a baseline; nothing in a folder of a version that did not say."""
    if "proved" not in row:
        return ""
    if row["measures"] is None:
        return t("yardstick_impossible" if row["no_plan"] == "proved" else "yardstick_none")
    off = off_by(row)
    notes = [t("yardstick_least")] if row["proved"] else []
    if not row["proved"]:
        notes = [t("yardstick_found_open") if off is None else t("yardstick_found", off=t.figures.percent(off))]
    if (row["over_seats"] or 0) >= OVER:
        notes.append(t("yardstick_over", students=t.figures.count(row["over_seats"])))
    if row["status_quo"]:
        notes.append(t("yardstick_today"))
    return Markup(" ").join(notes)


def _bound(summary: Mapping[str, Any], t: Words) -> Text:
    if standing(summary) not in ("best", "bound"):
        return t.figures.unknown
    if summary["objective"] == DISPARITY:
        return t.figures.points(summary["bound"] - 0.00005, digits=2)
    return f"{summary['bound']:.6g}"


def limit_rows(doc: Doc, t: Words) -> list[tuple[Text, Text, Text]]:
    """(limit in words, its value, whether it holds) for every limit in force."""
    given, rules, f = doc["summary"]["limits"], doc["summary"]["rules"], t.figures
    broken = doc["summary"]["broken_limits"]

    def holds(*kinds: str) -> Text:
        return _held([row for row in broken if kind_of(row) in kinds and row.get("rule", len(rules)) >= len(rules)], t)

    increase, floor = f.percent(given["travel_increase"], 0), f.travel(given["travel_floor"], doc["travel_unit"])
    moved, limited = given["max_moved"], "max_moved"
    if counts_differ([doc["summary"]["measures"]]):
        limited = "max_moved_counted"
    rows: list[tuple[Text, Text, Text]] = [
        (t(_travel_key(rules), increase=increase, floor=floor), "", holds("travel", "reach")),
        (t(_size_key(given), tolerance=f.percent(given["size_tolerance"], 0)), "", holds("size")),
        (t(limited), t("no_limit") if moved is None else f.percent(moved), holds("moved")),
        (t("contiguity"), t("on") if given["contiguity"] else t("off"), holds("contiguity")),
        (t("strict"), t("on") if given["strict"] else t("off"), t("yes") if doc["summary"]["valid"] else ""),
    ]
    own = [[row for row in broken if _is_of(row, rule, place)] for place, rule in enumerate(rules)]
    return rows + [(t("rule", rule=_rule(rule)), "", _held(found, t)) for rule, found in zip(rules, own, strict=True)]


# Kinds that ask for nothing themselves, and those whose limits they set.
SETS = {"open": ("size",), "seats": ("size",), "pair": ("size", "pair"), "barrier": ("contiguity", "travel")}


def _is_of(row: Mapping[str, Any], rule: Mapping[str, Any], place: int) -> bool:
    """Whether a rule is what is broken: by its place among the rules, where the result says it."""
    if rule["kind"] in SETS:
        schools = rule.get("schools", [rule["school"]] if "school" in rule else None)
        return kind_of(row) in SETS[rule["kind"]] and (schools is None or row.get("school") in schools)
    return kind_of(row) == rule["kind"] and row.get("rule", place) == place


def _held(broken: Sequence[Mapping[str, Any]], t: Words) -> Text:
    return t("yes") if not broken else t("inherited") if all(row["inherited"] for row in broken) else t("no")


def _size_key(limits: Mapping[str, Any]) -> str:
    """The text on sizes that fits the default minimum under which the plan was judged."""
    return "size" if minimum_meant(limits) == DEFAULT_MINIMUM else "size_today"


def _travel_key(rules: Sequence[Mapping[str, Any]]) -> str:
    """The text on travel: blocks of closed schools may go as far as from the nearest school left."""
    return "travel_increase_closed" if any(rule["kind"] == "close" for rule in rules) else "travel_increase"


def _rule(rule: Mapping[str, Any]) -> str:
    rest = "; ".join(f"{key} = {_shown(value)}" for key, value in rule.items() if key != "kind")
    return f"{rule['kind']}: {rest}" if rest else str(rule["kind"])


def _shown(value: Any) -> str:
    """A key's value as `--rule` takes it: lists parted by commas, pairs in them by a colon."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, list | tuple):
        return str(value)
    return ", ".join(":".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in value)


def broken_rows(doc: Doc, t: Words) -> list[dict[str, Text]]:
    """Breaches in words, with the schools' names."""
    names = {row["school_id"]: row["name"] or row["school_id"] for row in doc["by_school"]["plan"]}
    return [
        {
            "limit": t.limit(row),
            "where": _place(row, names, t),
            "limit_value": t.amount(row["limit_value"], row.get("unit", "")),
            "amount": t.excess(row["amount"], row.get("unit", "")),
            "today": t.excess(row["status_quo_amount"], row.get("unit", "")),
        }
        for row in doc["summary"]["broken_limits"]
    ]


def _place(row: Mapping[str, Any], names: Mapping[str, str], t: Words) -> Text:
    if "block" in row:
        return t("block_named", block=row["block"])
    return names.get(row["school"], row["school"]) if "school" in row else t("whole_district")


def interval_rows(doc: Doc, t: Words) -> list[dict[str, Text]]:
    """The card's measures with the ends of their intervals; [] where no draws were made."""
    found = (doc.get("uncertainty") or {}).get("intervals", {})
    rows = []
    for measure in tabled(Place.CARD):
        if measure in found and measure != ALL:
            style = style_of(measure, doc, t)
            value, ends = doc["summary"]["measures"][measure], found[measure]
            name = short(measure, "card", t)
            rows.append({"name": name, "value": style(value), "low": style(ends["low"]), "high": style(ends["high"])})
    return rows


def assumptions(doc: Doc, t: Words) -> list[Text]:
    """What every figure rests on."""
    travel = t("travel_from_file") if doc["travel_from_file"] else t("travel_straight")
    return [t("assume_counts"), travel, t("assume_people"), t("assume_choice")]
