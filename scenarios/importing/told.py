"""What an import tells: IMPORTED.md, and one page that shows where the problems lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from scenarios.drawing.frame import Frame
from scenarios.drawing.marks import Drawing, Mark, dot, label, path
from scenarios.drawing.page import page
from scenarios.importing.gis import Imported
from scenarios.importing.problems import Problem
from scenarios.version import rezone_version
from scenarios.writing.staging import sha256_of

SEEN = 24.0  # units: what is smaller gets a ring, so that it is seen
NUMBERED = 12  # places of one problem that bear its number, the largest first: more would hide the map
STYLE = """.land { fill: var(--land); stroke: var(--edge); stroke-width: 2 }
.drawing circle.place { fill: var(--ink); stroke: var(--paper) }
.wrong { fill: var(--now); fill-opacity: .5; stroke: var(--now); stroke-width: 4 }
.drawing text.no { font-size: 34px; font-weight: 700; fill: var(--ink); }
.drawing text.no { stroke: var(--paper); stroke-width: 7; paint-order: stroke }
.problems li { margin-bottom: .5rem }
@media (max-width: 40rem) { .drawing text.no { font-size: 76px; stroke-width: 14 } }"""


def imported_md(found: Imported) -> str:
    """Everything that was read, put in, found and mended, for whoever asks later where a number is from."""
    notes, mapping = found.notes, found.mapping
    parts = [f"# {mapping.name}: what was imported", f"By rezone {rezone_version()}, `rezone import {found.kind}`."]
    files = "\n".join(f"- `{name}`: SHA-256 {digest}" for name, digest in sources(found).items())
    parts += ["## Files", files]
    head = "| source | count | in the source | in the folder |\n| --- | --- | --- | --- |"
    rows = [f"| {_cell(t.source)} | {_cell(t.what)} | {t.before:,.10g} | {t.after:,.10g} |" for t in notes.totals]
    parts += ["## Control totals", "\n".join([head, *rows])]
    parts += [
        "## What was read, and put in",
        "\n".join(f"- {_cell(line)}" for line in notes.lines) or "Nothing to say.",
    ]
    if notes.estimates:
        parts += ["## What is estimated", "\n".join(f"- {_cell(line)}" for line in notes.estimates)]
    parts += [
        "## Problems",
        "\n".join(_problem(k, one) for k, one in enumerate(notes.in_order, 1)) or "None was found.",
    ]
    head = "| zone | school | matched |\n| --- | --- | --- |"
    rows = [f"| {_cell(zone)} | {_cell(school)} | {how} |" for zone, school, how in notes.matches]
    parts += ["## Zones and their schools", "\n".join([head, *rows])]
    return "\n\n".join(parts) + "\n"


def _problem(number: int, one: Problem) -> str:
    ids = f"\n   {_cell(', '.join(one.ids))}" if one.ids else ""
    return f"{number}. {_cell(one.what)}: {_cell(one.done or one.mend)}.{ids}"


def _cell(text: str) -> str:
    """Text of files as text: no markup, and no end of a table's cell."""
    plain = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#" else letter for letter in plain)


def sources(found: Imported) -> dict[str, str]:
    """The files that the mapping names, with their hashes."""
    paths = [found.mapping.path(name) for name in found.mapping.files]
    return {path.name: sha256_of(path) for path in paths if path.is_file()}


def problems_page(found: Imported) -> str:
    """The page. Text of files is text, never markup."""
    notes = found.notes
    told = {"problems": notes.in_order, "estimates": notes.estimates}
    values = {"name": found.mapping.name, "drawing": _drawing(found), **told}
    return page("scenarios.importing", "problems.html", values, style=STYLE)


def _drawing(found: Imported) -> Drawing:
    shapes = found.rows.shape
    places = np.column_stack([shapely.get_x(found.schools.point), shapely.get_y(found.schools.point)])
    wrong = [shape for one in found.notes.in_order for shape in one.shape if shape is not None]
    frame = Frame.around(np.array([*shapes, *_within(wrong, shapes)], object), places)
    marks = [path("land", frame.path(shapely.simplify(shapes, frame.metres)))]
    wrongs = [mark for k, one in enumerate(found.notes.in_order, 1) for mark in _marks(k, one, frame, shapes)]
    marks += [mark for mark in wrongs if mark.tag != "text"]
    marks += [dot("place", float(x), float(y), 10) for x, y in frame.units(places)]
    marks += [mark for mark in wrongs if mark.tag == "text"]  # numbers lie on everything
    return Drawing(frame.width, frame.height, "Where the problems lie", tuple(marks))


def _within(wrong: list[Any], shapes: Any) -> list[Any]:
    """Those of the places that lie near the blocks: others would shrink the map to a dot."""
    around = shapely.box(*shapely.total_bounds(shapes))
    around = around.buffer(0.2 * max(around.bounds[2] - around.bounds[0], around.bounds[3] - around.bounds[1]))
    return [shape for shape in wrong if shapely.within(shape, around)]


def _marks(number: int, one: Problem, frame: Frame, shapes: Any) -> Iterator[Mark]:
    places = _within([shape for shape in one.shape if shape is not None and not shape.is_empty], shapes)
    for k, shape in enumerate(sorted(places, key=lambda place: -place.area)):
        if shapely.get_dimensions(shape) == 2:
            yield path("wrong", frame.path(np.array([shape], object)), **{"fill-rule": "evenodd"})
        middle = shapely.point_on_surface(shape)
        x, y = frame.units(np.array([[middle.x, middle.y]]))[0].tolist()
        if max(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1]) < SEEN * frame.metres:
            yield dot("wrong", x, y, SEEN / 2)
        if k < NUMBERED:
            yield label("no", x, y, number)


def in_words(found: Imported) -> str:
    """What the screen says."""
    rows, notes = found.rows, found.notes
    students = rows.counts["students"].sum()
    lines = [
        f"{found.mapping.name}: {len(rows.ids):,} blocks, {len(found.schools.ids):,} schools, {students:,.0f} students"
    ]
    lines += [f"- estimated: {line}" for line in notes.estimates]
    lines += [f"- {one.line()}" for one in notes.in_order]
    return "\n".join(lines)
