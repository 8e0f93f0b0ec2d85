"""Maps that need no script: zones, moved blocks and schools in one small drawing frame, as data and as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.plan import Plan
from scenarios.drawing.colours import neighbours, zone_colours
from scenarios.drawing.context import Box, drawn_context
from scenarios.drawing.frame import Frame
from scenarios.drawing.map_data import drawn_shapes
from scenarios.drawing.marks import Drawing, Mark, dot, label, line, path
from scenarios.drawing.marks import bar as rect
from scenarios.reading.map_schemas import DrawnContext, Maps, MovedShape, Place, Zone
from scenarios.reading.values import Both

CLASSES = 7  # colours of the poverty map at most
SCALE_TEXT = 260  # units of the scale's words at most
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # widths of a class that read well


def maps_data(plan: Plan, rates: Mapping[Both, Sequence[float | None]]) -> Maps | None:
    """What the page draws, or None where the district has no shapes.

    rates: by plan ("status_quo", "plan"), each school's poverty rate, None where there is none.
    """
    district = plan.district
    geography = district.geography
    if geography is None or district.blocks == 0:
        return None
    frame = Frame.around(geography.polygon, geography.school_xy)
    shapes = simplified(drawn_shapes(geography).polygons, frame.metres)
    now = Plan.today(district)
    breaks = class_breaks([rate for plan_rates in rates.values() for rate in plan_rates if rate is not None])
    schools, bar = school_points(district, frame), frame.scale_bar()
    found: Maps = {
        "crs": geography.crs,
        "left": round(frame.left, 3),
        "top": round(frame.top, 3),
        "metres_per_unit": frame.metres,
        "width": frame.width,
        "height": frame.height,
        "scale_bar": bar,
        "zones": {"status_quo": zones(now, shapes, frame), "plan": zones(plan, shapes, frame)},
        "moved": moved(plan, shapes, frame),
        "schools": schools,
        "colour": zone_colours(neighbours(district, (now, plan))),
        "poverty_breaks": breaks,
        "poverty_class": {which: [class_of(rate, breaks) for rate in rates[which]] for which in rates},
    }
    around = drawn_context(geography, frame, _taken(schools, (frame.width, frame.height), bar["units"]))
    return found if around is None else {**found, "context": around}


def _taken(schools: Sequence[Place], size: tuple[int, int], bar: int) -> list[Box]:
    """Where the schools' markers and the scale stand."""
    room = marker_radius(len(schools)) + 4
    at = [(school[f"{part}x"], school[f"{part}y"]) for school in schools for part in ("", "label_")]  # type: ignore[literal-required]
    scale = (0.0, size[1] - 80.0, max(bar, SCALE_TEXT) + 40.0, float(size[1]))
    return [scale, *((x - room, y - room, x + room, y + room) for x, y in at)]


def simplified(polygons: NDArray[Any], tolerance: float) -> NDArray[Any]:
    """(blocks,) the blocks with fewer corners. Shared borders stay shared, so that zones dissolved from them fit."""
    try:
        shapes = shapely.coverage_simplify(polygons, tolerance)
    except shapely.errors.GEOSException:
        shapes = shapely.simplify(polygons, tolerance)
    return np.asarray(shapes)


def zones(plan: Plan, shapes: NDArray[Any], frame: Frame) -> list[Zone]:
    """One dissolved outline a zone, by school, ascending; schools without blocks are left out."""
    order = np.argsort(plan.school, kind="stable")
    schools, first = np.unique(plan.school[order], return_index=True)
    members = np.split(shapes[order], first[1:])
    return [
        {"school": int(school), "path": frame.path(np.array([dissolved(own)]))}
        for school, own in zip(schools, members, strict=True)
    ]


def dissolved(shapes: NDArray[Any]) -> Any:
    """One outline of the shapes (n,)."""
    try:
        whole = shapely.coverage_union_all(shapes)
        if shapely.is_valid(whole):
            return whole
    except shapely.errors.GEOSException:
        pass  # blocks that overlap or leave gaps: the slower way copes with them
    return shapely.union_all(shapely.make_valid(shapes))


def moved(plan: Plan, shapes: NDArray[Any], frame: Frame) -> list[MovedShape]:
    """The blocks that change school, by (from, to): each block's own outline, their number and their students."""
    district = plan.district
    blocks = np.flatnonzero(plan.moved)
    pairs = np.column_stack([district.status_quo[blocks], plan.school[blocks]])
    kinds, of = np.unique(pairs, axis=0, return_inverse=True)
    rows: list[MovedShape] = []
    for k, (old, new) in enumerate(kinds.tolist()):
        own = blocks[of.ravel() == k]
        students = float(district.students[own].sum())
        path = frame.path(shapes[own])
        rows.append({"from": old, "to": new, "blocks": len(own), "students": students, "path": path})
    return rows


def school_points(district: District, frame: Frame) -> list[Place]:
    """Where each school lies, and where its number is written so that numbers do not hide each other."""
    assert district.geography is not None
    at = frame.units(district.geography.school_xy)
    at = np.clip(at, 0, [frame.width, frame.height])
    room = marker_radius(district.schools)
    label = np.rint(spread(at.astype(float), 2.0 * room + 2, room, (frame.width, frame.height))).astype(int)
    return [
        {"x": x, "y": y, "label_x": lx, "label_y": ly}
        for (x, y), (lx, ly) in zip(at.tolist(), label.tolist(), strict=True)
    ]


def marker_radius(schools: int) -> int:
    """Units of a school's marker: smaller where there are many."""
    return 30 if schools <= 40 else 22 if schools <= 160 else 14


def spread(points: Floats, gap: float, edge: float, size: tuple[int, int], rounds: int = 60) -> Floats:
    """(n, 2) the points pushed apart until no two are nearer than `gap`, as far as that goes in some rounds."""
    # A first nudge in golden-angle directions parts schools at the very same place; no randomness is needed.
    turn = np.arange(len(points)) * 2.399963
    at = points + 0.01 * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(rounds):
        apart = at[:, None] - at[None]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, np.inf)
        push = np.maximum(gap - distance, 0) / 2
        if not push.any():
            break
        at = at + (apart / distance[..., None] * push[..., None]).sum(axis=1)
        at = np.clip(at, edge, np.array(size) - edge)
    return at


def class_breaks(rates: list[float]) -> list[float]:
    """Edges of at most CLASSES equal classes of round width that hold all the rates; [] where there are none."""
    if not rates:
        return []
    for step in STEPS:
        low, high = int(np.floor(min(rates) / step + 1e-9)), int(np.ceil(max(rates) / step - 1e-9))
        if high - low <= CLASSES:
            return [round(k * step, 4) for k in range(low, max(high, low + 1) + 1)]
    return []


def class_of(rate: float | None, breaks: list[float]) -> int | None:
    """Which of the classes between the breaks holds the rate."""
    if rate is None or not breaks:
        return None
    return int(np.clip(np.searchsorted(breaks, rate + 1e-9, side="right") - 1, 0, len(breaks) - 2))


def zone_map(
    size: tuple[int, int], zones: Iterable[tuple[str, str]], moved: Iterable[str], schools: Sequence[Place],
    *, title: object, about: object, key: str, bar: tuple[int, object] | None = None,
    context: DrawnContext | None = None,
) -> Drawing:  # fmt: skip
    """Zones as (class, path), the blocks that move hatched, and the schools. bar: units of the scale and what it is in
    words; with it the schools are numbered, as on a map that is large enough to read. key: of what no other map of the
    page may be called. context: what lies behind the zones."""
    hatch = {"id": f"{key}-p", "width": 14, "height": 14, "patternUnits": "userSpaceOnUse"}
    stripe = Mark("path", {"d": "M0 0V14", "stroke": "#000", "stroke-width": 5})
    marks = [Mark("defs", {}, (Mark("pattern", {**hatch, "patternTransform": "rotate(45)"}, (stripe,)),))]
    if context is not None:
        ways = [path(kind, d) for kind, d in _behind(context) if d]
        marks += [rect("ground", 0, 0, *size), *ways]
    marks += [path(f"zone {kind}", d) for kind, d in zones]
    marks += [path("moved", d, fill=f"url(#{key}-p)") for d in moved]
    if context is not None:
        marks += [label("town", town["x"], town["y"], town["name"]) for town in context["places"]]
    if bar is None:
        marks += [dot("place", school["x"], school["y"], 16) for school in schools]
    else:
        marks += _numbered(schools)
        marks += [path("scale", f"M30 {size[1] - 12}h{bar[0]}"), label("scale-text", 30, size[1] - 44, bar[1])]
    return Drawing(*size, title, tuple(marks), about, kind="drawing" if context is None else "drawing around")


def _behind(context: DrawnContext) -> tuple[tuple[str, str], ...]:
    return ("water", context["water"]), ("river", context["rivers"]), ("road", context["roads"])


def _numbered(schools: Sequence[Place]) -> Iterator[Mark]:
    """A number a school, with a line to where the school lies where it had to give way."""
    radius = marker_radius(len(schools))
    for k, school in enumerate(schools, 1):
        x, y = school["label_x"], school["label_y"]
        if abs(school["x"] - x) + abs(school["y"] - y) > 4:
            yield line("lead", [(school["x"], school["y"]), (x, y)])
        yield dot("place", x, y, radius)
        yield label("no", x, y, k, style=f"font-size: {1.1 * radius:g}px")
