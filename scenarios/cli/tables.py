"""Plan against today's zones, as a short table of plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.measures import Place
from scenarios.answer.baseline_words import name_of
from scenarios.answer.several import Several
from scenarios.paper.absence import in_a_cell
from scenarios.paper.measures import DISPARITY, RACE, known_of, plain, short, tabled, unit_told
from scenarios.paper.movers import ALL, counts_differ
from scenarios.paper.plain import at_most, claimed
from scenarios.reading.ordered import OrderedObjective
from scenarios.reading.records import Broken, Summary
from scenarios.reading.uncertainty import Uncertainty
from scenarios.writing.terminal import printable

Measures = Mapping[str, float | None]
NO_NAMES: Mapping[str, str] = {}
PLANS, PAIRED, LONG = 25, 6, 40  # plans on the terminal, those set against each other, and letters of a name
COUNTED_WORDS = "counted: students moved without those of closed schools, as --max-moved counts them."


def comparison(measures: Measures, today: Measures, groups: tuple[str, ...], unit: str) -> str:
    """The figures that people ask for first: poverty exposure and racial exposure side by side, moves and travel."""

    def row(name: str, label: str) -> tuple[str, str, str]:
        return label, plain(name, today.get(name), unit), plain(name, measures.get(name), unit)

    rows = []
    for name in known_of(tabled(Place.FULL, [measures, today]), measures, today):
        rows.append(row(name, short(name, "line")))
        rows += [
            row(f"{family}.{group}", text.format(group)) for family, text in BELOW.get(name, ()) for group in groups
        ]
    return lay_out([("", "today", "plan"), *rows])


# What stands by group below a measure of all.
BELOW = {
    DISPARITY: [("exposure_to_poverty", "  poverty met by {}")],
    RACE: [("isolation", "  {0} met by {0}")],
}


def draws_in_words(found: Uncertainty, unit: str, where: str = "--json") -> str:
    """How far the plan's measures, and its change against today, hang on errors in the counts. where: all of them are
    told."""
    draws, rows = found.draws, []
    for name in tabled(Place.COMPARED):
        if name != ALL and name in found.intervals and name in found.intervals_change:
            plan, change = found.intervals[name], found.intervals_change[name]
            less = found.below_status_quo.get(name)
            rows.append(
                (
                    short(name, "line"),
                    f"{plain(name, plan.low, unit)} to {plain(name, plan.high, unit)}",
                    f"{plain(name, change.low, unit)} to {plain(name, change.high, unit)}",
                    "" if less is None else f"{less * draws:.0f} of {draws}",
                )
            )
    head = (f"in 90 % of {draws} draws", "plan", "change against today", "below today in")
    note = f"All measures: {where}. Today's zones are measured under the same draws."
    return "\n".join([lay_out([head, *rows]), found.draws_model, note])


def several_in_words(several: Several, unit: str) -> str:
    """How far several plans hang on errors in the counts, and how often each is better than today's zones, and than
    another: by the first of their measures, and by race."""
    found, number, rows = several.found, several.found.redraws.number, []
    for at, (plan, intervals) in enumerate(several.intervals()[: PLANS + 1]):
        better = found.better(at - 1) if at else {}
        ends = [f"{plain(m, intervals[m].low, unit)} to {plain(m, intervals[m].high, unit)}" for m in found.headline]
        often = [f"{better[m] * number:.0f}" if m in better else "" for m in found.headline]
        rows.append((plan[:LONG], *(cell for pair in zip(ends, often, strict=True) for cell in pair)))
    named = [(short(m, "head"), "better than today in") for m in found.headline]
    head = (f"in 90 % of {number} draws", *(cell for pair in named for cell in pair))
    lines = [lay_out([head, *rows])]
    few = range(min(len(several.names), PAIRED))
    if len(few) > 1:
        cells = [[_often(found.better(k, other), number) if k != other else "" for other in few] for k in few]
        names = [several.names[k][:LONG] for k in few]
        lines.append(lay_out([("better than", *names), *((a, *b) for a, b in zip(names, cells, strict=True))]))
        lines.append(f"better than: in how many draws, {' / '.join(short(m, 'head') for m in found.headline)}.")
    return "\n".join([*lines, several.model, "All plans are measured on the same draws."])


def _often(better: Mapping[str, float], number: int) -> str:
    """In how many draws a plan is better, by each measure."""
    return " / ".join(f"{share * number:.0f}" for share in better.values())


def yardsticks(summary: Summary, unit: str) -> str:
    """The baselines, and the race-neutral twin where there is one, each with poverty and race beside each other."""
    twin = summary.race_neutral
    found = {name_of(kind, row): row.measures for kind, row in (summary.baselines or {}).items()}
    if twin is not None:
        found["race-neutral twin" + (f": {in_a_cell(twin.no_plan)}" if twin.no_plan else "")] = twin.measures
    both = counts_differ(found.values())
    names = tabled(Place.JUDGED, found.values())
    head = ("beside it", *(short(name, "head") for name in names))
    rows = [(name, *(plain(key, (of or {}).get(key), unit) for key in names)) for name, of in found.items()]
    text = lay_out([head, *rows]) if rows else ""
    text += f"\n{COUNTED_WORDS}" if both else ""
    if twin is not None:
        text += (
            f"\nThe twin used {', '.join([*twin.attributes['objective'], *twin.attributes['limits']]) or 'no counts'}"
        )
        text += f", and left out the rules {', '.join(twin.rules_left_out)}." if twin.rules_left_out else "."
    return text


def lay_out(rows: list[tuple[str, ...]]) -> str:
    """Columns side by side: the first to the left, the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(printable(line.rstrip()) for line in lines)


def broken_in_words(rows: Sequence[Broken], names: Mapping[str, str] = NO_NAMES) -> str:
    """The limits that a plan breaks, one a line; those that today's zones break as much are said to be inherited.
    names: of schools, by id; the id where there is none."""
    from scenarios.paper.words import words

    shown, t = 12, words()
    lines = []
    for row in rows[:shown]:
        place = " ".join(
            f"{kind} {names.get(at, at) if kind == 'school' else at}"
            for kind, at in (("school", row.school), ("block", row.block))
            if at is not None
        )
        note = " (as today or less: inherited)" if row.inherited else ""
        lines.append(f"  {row.limit:<16} {place}: by {t.excess(row.amount, row.unit)}{note}")
    if len(rows) > shown:
        lines.append(f"  and {len(rows) - shown} more")
    return "\n".join(lines)


def bound_in_words(summary: Summary) -> str:
    """How much better any plan could be, in a sentence or two."""
    from scenarios.answer.summary import best_of_least_excess

    return _of_all_plans(summary) + (f"\n{LEAST_EXCESS}" if best_of_least_excess(summary) else "")


LEAST_EXCESS = (
    "Of the plans that break limits by no more in all than this one, the exact solver has proved this one the best; "
    "one that keeps more of today's breaches may be better. There is no certificate of that."
)


def _of_all_plans(summary: Summary) -> str:
    from scenarios.answer.summary import standing

    bound, value, stands = summary.bound or 0.0, summary.objective_value, standing(summary)
    if stands == "solver":
        return f"The exact solver has proved that no valid plan is better. {_certified(bound)}"
    if stands in PROVED:
        return PROVED[stands]
    if summary.objective != DISPARITY:
        return f"Proved: no valid plan has an objective below {bound:.6g}; this one has {value:.6g}."
    # Rounded against ourselves: the bound down, what could be won up.
    return (
        f"Proved: no valid plan has a disparity below {claimed('points', bound, '', up=False)}; this one has "
        f"{plain(DISPARITY, value, '')}, so that at most {at_most(summary.gap or 0.0)} of it "
        f"could be won. (rezone verify checks it.)"
    )


PROVED = {
    "best": "Proved: no valid plan is better.",
    "near": "Proved: no valid plan is better by more than a thousandth.",
    "unknown": "How much better another plan could be has not been proved.",
}


def order_in_words(objectives: Sequence[OrderedObjective], unit: str) -> str:
    """What each of several objectives came to, a line for each."""
    lines = ["Objectives in their order; what is proved of each is over the plans that keep the limits before it:"]
    for one in objectives:
        told, value, now = unit_told(one.name), plain(one.name, one.value, unit), plain(one.name, one.plan_value, unit)
        bound = claimed(told, one.bound or 0.0, unit, up=False)
        held = "" if one.limit_value is None else f"; held to {plain(one.name, one.limit_value, unit)}: {now}"
        lines.append(f"  {one.name}: least found {value}, none below {bound}{held}")
    return "\n".join(lines)


def _certified(bound: float) -> str:
    return (
        f"The certificate proves that none is below {bound:.6g}." if bound > 0 else "There is no certificate of that."
    )
