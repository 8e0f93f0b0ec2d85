"""The picture of docs/house.md: the way of a number, of an option and of an objective through the program.

    .venv/bin/python docs/_ext/house.py    writes docs/images/house.svg

Each stop names what is there in the code: `drawn` raises where one is not, so that the picture cannot outlive it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module
from itertools import pairwise
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "images" / "house.svg"
ACROSS, WIDE, HIGH, GAP, HEAD = 4, 226, 78, 22, 34  # stops in a row; pixels
COLOURS = {"optimizer": ("#e3eefb", "#1b4f8f"), "scenarios": ("#fdf0dd", "#8a5300")}


@dataclass(frozen=True)
class Stop:
    """where: module:name, of what is called or made there. what: what happens, in two lines of 34 letters."""

    where: str
    what: tuple[str, str]


WAYS: dict[str, tuple[Stop, ...]] = {
    "The way of a number: from a file to a sentence": (
        Stop("scenarios.folder.read:read_district", ("files, each by its one reader,", "to a District, or all faults")),
        Stop("optimizer.plan:Plan", ("a school for each block;", "cheap questions about it")),
        Stop("optimizer.measures:MEASURES", ("one record a measure: function,", "unit, which end is better")),
        Stop("optimizer.measures:measure", ("loops over the records:", "name to number, or None")),
        Stop("scenarios.answer.record:PlanRecord", ("the plan as it stands: measures,", "breaches, valid, moved")),
        Stop("scenarios.answer.summary:summarise_run", ("FORMAT.md's keys,", "into summary.json")),
        Stop("scenarios.paper.measures:figure", ("the one formatter: unit, rounding,", "language")),
        Stop("scenarios.report.page:render", ("pages place figures,", "and compute none")),
    ),
    "The way of an option: from a flag to a limit that holds": (
        Stop("scenarios.asking.settling:settle", ("flag over file over [limits]", "over defaults")),
        Stop("scenarios.asking.options:Settings", ("the question as asked:", "repeatable from this alone")),
        Stop("optimizer.rules:RULES", ("a limit is a rule;", "one file a rule")),
        Stop("optimizer.rules.moved:Moved.narrow", ("writes the rule into the Model:", "rows, sums, budgets, borders")),
        Stop("optimizer.model:Model", ("the algebra that all rules compile", "to, and all solvers read")),
        Stop("optimizer.rules.moved:Moved.excess", ("judges a finished plan, without", "a solver's code: a Breach")),
        Stop("scenarios.verify:verify", ("judges it again from the files,", "with code of its own")),
        Stop(
            "scenarios.answer.record:PlanRecord.broken", ("breaches as results list them:", "kind, unit, amount, limit")
        ),
    ),
    "The way of an objective: from a word to a proof": (
        Stop("optimizer.objectives:make_objective", ("a name or a mixture,", "to an Objective")),
        Stop("optimizer.objectives.base:Objective.compile", ("pair costs, curved parts,", "a cost of borders")),
        Stop("optimizer.solvers.search:search", ("the compiled search, in lanes;", "same seed, same plan")),
        Stop("optimizer.objectives.base:Objective.value", ("of the found plan alone,", "by the measures' formulas")),
        Stop("optimizer.prove:prove", ("prices that no valid plan", "is below")),
        Stop("optimizer.bounds.certificate:Certificate", ("the prices written down,", "with what they leave out")),
        Stop("scenarios.answer.certificate:certificate_text", ("sealed with the hashes of", "what was read")),
        Stop("scenarios.verify.verdict:verdict", ("adds the proof up anew, rounding", "against itself")),
    ),
}


def stands(where: str) -> bool:
    """Whether the code has it: `module:name`, or `module:Class.method`."""
    module, _, names = where.partition(":")
    found: object = import_module(module)
    for name in names.split("."):
        found = getattr(found, name, None)
    return found is not None


def drawn() -> str:
    """The picture. Raises LookupError with the stops that the code does not have."""
    gone = [stop.where for stops in WAYS.values() for stop in stops if not stands(stop.where)]
    if gone:
        raise LookupError(f"docs/_ext/house.py names what the code has not: {', '.join(gone)}")
    rows = [-(-len(stops) // ACROSS) for stops in WAYS.values()]
    height = sum(HEAD + n * (HIGH + GAP) for n in rows) + GAP
    width = ACROSS * (WIDE + GAP) + GAP
    parts = [line for part in _parts() for line in part]
    style = (
        "text{font:12px system-ui,sans-serif;fill:#222}.head{font-size:15px;font-weight:600}"
        ".room{font-size:11px;fill:#555}.name{font-weight:600}"
    )
    background = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    arrow = (
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#666"/></marker></defs>'
    )
    title = "<title>The way of a number, of an option and of an objective through rezone</title>"
    body = "\n".join((title, f"<style>{style}</style>", arrow, background, *parts))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>\n{body}\n</svg>\n'


def _parts() -> Iterator[list[str]]:
    top = GAP
    for head, stops in WAYS.items():
        yield [f'<text class="head" x="{GAP}" y="{top + 12}">{escape(head)}</text>']
        top += HEAD
        places = [_place(k, top) for k in range(len(stops))]
        yield [_arrow(one, other) for one, other in pairwise(places)]
        yield [_box(stop, *place) for stop, place in zip(stops, places, strict=True)]
        top += -(-len(stops) // ACROSS) * (HIGH + GAP)


def _place(k: int, top: int) -> tuple[int, int]:
    """Where the k-th box stands: from left to right, and back again in the next row."""
    row, column = divmod(k, ACROSS)
    column = ACROSS - 1 - column if row % 2 else column
    return GAP + column * (WIDE + GAP), top + row * (HIGH + GAP)


def _arrow(one: tuple[int, int], other: tuple[int, int]) -> str:
    (x, y), (x2, y2) = one, other
    if y == y2:
        middle = y + HIGH // 2
        ends = (x + WIDE, middle, x2, middle) if x2 > x else (x, middle, x2 + WIDE, middle)
    else:
        ends = (x + WIDE // 2, y + HIGH, x2 + WIDE // 2, y2)
    return '<path d="M{} {}L{} {}" stroke="#666" fill="none" marker-end="url(#to)"/>'.format(*ends)


def _box(stop: Stop, x: int, y: int) -> str:
    module, _, name = stop.where.partition(":")
    fill, edge = COLOURS[module.partition(".")[0]]
    lines = [("room", module), ("name", name), *(("what", line) for line in stop.what)]
    left = x + 10
    texts = "".join(
        f'<text class="{kind}" x="{left}" y="{y + 18 + 17 * k}">{escape(line)}</text>'
        for k, (kind, line) in enumerate(lines)
    )
    return f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="5" fill="{fill}" stroke="{edge}"/>{texts}'


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
