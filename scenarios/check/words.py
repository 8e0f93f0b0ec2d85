"""What a district folder holds, in plain words: the first thing that a planner asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scenarios.check.mends import mend_of
from scenarios.check.odd import FarPair, InParts
from scenarios.check.summary import Border, Summary
from scenarios.paper.measures import DISPARITY, RACE, TRAVEL, plain
from scenarios.paper.numbers import points
from scenarios.paper.plain import plain_in
from scenarios.paper.wording import counted

LISTED = 8  # how many ids a line of the summary names
STARKEST = 3  # pairs of neighbouring zones that it names
# What is odd: its key, what is counted, and what is said of one and of several.
ODD = (
    (
        "islands",
        "block",
        "that no neighbours join to most others",
        "that no neighbours join to most others",
    ),
    (
        "schools_outside_their_zones",
        "school",
        "outside its zone (its nearest block stands for it)",
        "outside their zones (the nearest block of each stands for it)",
    ),
    ("schools_without_a_zone", "school", "without a zone (it takes no block)", "without zones (they take no blocks)"),
    (
        "far_schools",
        "school",
        "farther from every block than the district is wide (is its place right?)",
        "farther from every block than the district is wide (are their places right?)",
    ),
    (
        "unlikely_seats",
        "school",
        "whose seats or minimum are unlikely (is 1200 written 1.200?)",
        "whose seats or minimum are unlikely (is 1200 written 1.200?)",
    ),
    (
        "blocks_out_of_reach",
        "block",
        "whose travel to its own school is missing (it keeps its school)",
        "whose travel to their own schools is missing (they keep their schools)",
    ),
    (
        "far_blocks",
        "block",
        "apart from the others by more than the district is wide (is its shape in the wrong place?)",
        "apart from the others by more than the district is wide (are their shapes in the wrong place?)",
    ),
    (
        "blocks_in_parts",
        "block",
        "in parts that stand apart (no zone holds together through it; parts that are apart today may stay so)",
        "in parts that stand apart (no zone holds together through one; parts that are apart today may stay so)",
    ),
    (
        "far_neighbours",
        "pair",
        "of adjacency.csv whose blocks do not touch (is there a bridge or a ferry, or is an id mistyped?)",
        "of adjacency.csv whose blocks do not touch (are there bridges or ferries, or are ids mistyped?)",
    ),
    (
        "overlaps",
        "pair",
        "of blocks that overlaps (mend the shapes: the same ground counts twice)",
        "of blocks that overlap (mend the shapes: the same ground counts twice)",
    ),
    (
        "slivers",
        "pair",
        "of blocks with a sliver between them, so that they are no neighbours (snap the shapes, or give adjacency.csv)",
        "of blocks with a sliver between them, so that they are no neighbours (snap the shapes, or give adjacency.csv)",
    ),
)


def in_words(s: Summary) -> str:
    """The summary as a colleague would write it: one line a fact, what needs attention last."""
    lines = [s.district, *_what_there_is(s), *_today(s)]
    notes = _notes(s)
    if notes:
        lines += ["", "To know before you start:", *(f"  - {note}" for note in notes)]
    return "\n".join(lines)


def _what_there_is(s: Summary) -> list[str]:
    empty = f" ({s.blocks_without_students:,} of them without students)" if s.blocks_without_students else ""
    lines = [
        f"  blocks    {s.blocks:,}{empty}",
        f"  schools   {s.schools:,}",
        f"  students  {plain_in('count', s.students)}",
    ]
    for group, count in s.students_by_group.items():
        share = f"  {plain_in('share', count / s.students):>7}" if s.students > 0 else ""
        lines.append(f"    {group:<20}{plain_in('count', count):>10}{share}")
    rate = s.poverty_rate
    lines.append("  poverty   not known" if rate is None else f"  poverty   {plain_in('share', rate)} of students")
    seats = "not given" if s.seats is None else plain_in("count", s.seats)
    some = 0 if s.seats is None else s.schools_without_given_seats
    lines.append(f"  seats     {seats}" + (f" (not given for {some} of {s.schools} schools)" if some else ""))
    unit = {"m": "metres", "min": "minutes"}[s.travel.unit]
    lines.append(f"  travel    {unit}, " + ("from the travel file" if s.travel.from_file else "straight line"))
    if s.draws is not None:
        lines.append(f"  draws     {s.draws.number:,}, of {', '.join(s.draws.columns)}")
    if s.futures is not None:
        years = f"{s.futures.years[0]} to {s.futures.years[-1]}"
        lines.append(f"  futures   {s.futures.number:,}, of {years}, of {', '.join(s.futures.columns)}")
    return lines


def _today(s: Summary) -> list[str]:
    """Poverty exposure and racial segregation side by side, never one alone."""
    measures = s.measures_status_quo
    lines = ["", "Today's zones:"]
    lines += _line("disparity of exposure to poverty", DISPARITY, s)
    for prefix, text in (
        ("exposure_to_poverty.", "poverty that a group meets"),
        ("isolation.", "own group that it meets"),
    ):
        met = {name: measures.get(prefix + name) for name in s.students_by_group}
        known = [f"{name} {plain_in('share', value)}" for name, value in met.items() if value is not None]
        if known:
            lines.append(f"  {text:<34} {', '.join(known)}")
    lines += _line("dissimilarity by poverty", "dissimilarity.poverty", s)
    lines += _line("dissimilarity by race", RACE, s)
    return lines + _line("mean travel", TRAVEL, s)


def _line(text: str, name: str, s: Summary) -> list[str]:
    """A measure of today's zones; nothing where it is not known."""
    value = s.measures_status_quo.get(name)
    return [] if value is None else [f"  {text:<34} {plain(name, value, s.travel.unit)}"]


def _notes(s: Summary) -> list[str]:
    notes, odd = list(s.travel_doubts), {**vars(s), **vars(s.shapes)}
    if s.odd_sizes:
        sizes = _listed(f"{k} {v:,.6g}" for k, v in s.odd_sizes.items())
        what = "seats or a minimum that are more than 100 times today's students, or less than 1 %"
        notes.append(f"{what}: {sizes}{_mend('odd_sizes', s)}")
    if s.over_seats:
        notes.append(f"over their seats: {_by(s.over_seats)}")
    if s.under_minimum:
        notes.append(f"under their minimum: {_by(s.under_minimum)}")
    notes += _impossible(s)
    if s.stark_borders:
        notes.append(f"neighbouring zones that differ most: {_listed(map(_apart, s.stark_borders[:STARKEST]))}")
    if s.detached_pieces is not None and s.detached_pieces > 0:
        blocks = _listed(s.detached_blocks)
        pieces = counted(int(s.detached_pieces), "detached piece")
        notes.append(
            f"{pieces} of zones, {counted(len(s.detached_blocks), 'block')}: {blocks}{_mend('detached_blocks', s)}"
        )
    for key, noun, one, several in ODD:
        if named := odd[key]:
            text = one if len(named) == 1 else several
            notes.append(f"{counted(len(named), noun)} {text}: {_listed(map(_named, named))}{_mend(key, s)}")
    return notes + [
        f"column '{row.column}' of {row.file} is not used: did you mean '{row.meant}'?"
        for row in s.columns_not_used
        if row.meant
    ]


def _by(students: Mapping[str, float]) -> str:
    return _listed(f"{school} by {plain_in('count', value)}" for school, value in students.items())


def _impossible(s: Summary) -> list[str]:
    """Limits of size that contradict each other: the most plain of them for each school."""
    full = s.impossible.other_students_above_seats
    above = [name for name in s.impossible.minimum_above_seats if name not in full]
    kinds = (
        (
            "a minimum above the seats, which no plan can keep",
            above,
        ),
        ("more students from elsewhere than seats, so that no plan brings them within their seats", full),
        (
            "a minimum above the most students that they may have without given seats",
            s.impossible.minimum_above_largest,
        ),
    )
    return [f"{words}: {_listed(names)}{_mend('impossible', s)}" for words, names in kinds if names]


def _mend(key: str, s: Summary) -> str:
    return f". To mend: {mend_of(key, imported=s.imported)}"


def _named(one: str | tuple[str, str] | InParts | FarPair) -> str:
    if isinstance(one, InParts):
        return f"{one.block} ({one.parts} parts, {plain_in('travel', one.metres, 'm')} apart)"
    if isinstance(one, FarPair):
        return f"{' and '.join(one.blocks)} ({plain_in('travel', one.metres, 'm')} apart)"
    return one if isinstance(one, str) else " and ".join(one)


def _apart(row: Border) -> str:
    named = ((row.poverty, "poverty"), (row.race, "racial make-up"))
    parts = [f"{points(value, 0)} points in {name}" for value, name in named if value is not None]
    return f"{' and '.join(row.schools)} by {' and '.join(parts)}"


def _listed(names: Iterable[str]) -> str:
    items = list(names)
    more = f" and {len(items) - LISTED} more" if len(items) > LISTED else ""
    return ", ".join(items[:LISTED]) + more
