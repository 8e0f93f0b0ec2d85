"""A chart: values across and values up, with what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.drawing import marks
from scenarios.drawing.axis import Axis
from scenarios.drawing.marks import Mark, Point


@dataclass(frozen=True)
class Chart:
    """x: across, from the left. y: up, from the bottom. Points are pairs of values."""

    x: Axis
    y: Axis

    def grid(self) -> tuple[Mark, ...]:
        """A line at each tick of y, with its name at the left, and the names of x's ticks below."""
        found = [self.level("axis", self.y.low)]
        for value, text in self.y.ticks:
            found.append(self.level("grid", value))
            found.append(marks.label("tick end", self.x.start - 6, self.y(value) + 4, text))
        below = [marks.label("tick middle", self.x(v), self.y.start + 18, text) for v, text in self.x.ticks]
        return (*found, *below)

    def level(self, kind: str, value: float) -> Mark:
        """A line at one value of y, all across."""
        return marks.line(kind, [(self.x.start, self.y(value)), (self.x.end, self.y(value))])

    def at(self, points: Iterable[Point]) -> list[Point]:
        """Points in units."""
        return [(self.x(x), self.y(y)) for x, y in points]

    def line(self, kind: str, points: Iterable[Point]) -> Mark:
        """From point to point."""
        return marks.line(kind, self.at(points))

    def band(self, kind: str, upper: Sequence[Point], lower: Sequence[Point]) -> Mark:
        """The area between two lines."""
        return marks.line(kind, self.at([*upper, *reversed(lower)]), closed=True)

    def dots(self, kind: str, points: Iterable[Point], r: float) -> list[Mark]:
        """A dot a point."""
        return [marks.dot(kind, x, y, r) for x, y in self.at(points)]

    def label(self, kind: str, point: Point, words: object, *, right: float = 0, up: float = 9) -> Mark:
        """Words beside a point: units to its right, and above it."""
        x, y = self.at([point])[0]
        return marks.label(kind, x + right, y - up, words)
