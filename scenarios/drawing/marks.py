"""The marks of a drawing, as frozen values that write themselves as SVG: a template names one, and it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from scenarios.drawing.style import drawing_style

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """tag: the SVG element. at: its attributes; `kind` is its class in the style sheet. inside: marks or words."""

    tag: str
    at: Mapping[str, Any]
    inside: tuple[Any, ...] = ()

    def __html__(self) -> str:
        at = "".join(f' {NAMES.get(name, name)}="{written(value)}"' for name, value in self.at.items() if value != "")
        inside = "".join(written(part) for part in self.inside)
        return f"<{self.tag}{at}>{inside}</{self.tag}>" if inside else f"<{self.tag}{at}/>"


NAMES = {"kind": "class", "label": "aria-label", "size": "font-size"}


def written(value: Any) -> str:
    """Numbers to a hundredth of a unit; words as text, never as markup, without what XML cannot hold."""
    if isinstance(value, float | int):
        return f"{round(value, 2):.10g}"
    return escape(value if hasattr(value, "__html__") else NOT_XML.sub("\ufffd", str(value)))


def path(kind: str, d: str, **more: Any) -> Mark:
    """A path as SVG writes it."""
    return Mark("path", {"kind": kind, "d": d, **more})


def line(kind: str, points: Iterable[Point], *, closed: bool = False) -> Mark:
    """Straight from point to point."""
    return path(kind, "M" + "L".join(f"{written(x)} {written(y)}" for x, y in points) + ("Z" if closed else ""))


def dot(kind: str, x: float, y: float, r: float) -> Mark:
    """A dot of radius r."""
    return Mark("circle", {"kind": kind, "cx": x, "cy": y, "r": r})


def bar(kind: str, x: float, y: float, width: float, height: float) -> Mark:
    """A bar, or an area between two values."""
    return Mark("rect", {"kind": kind, "x": x, "y": y, "width": width, "height": height})


def label(kind: str, x: float, y: float, words: Any, **more: Any) -> Mark:
    """Words beside a mark."""
    return Mark("text", {"kind": kind, "x": x, "y": y, **more}, (words,))


def group(marks: Iterable[Mark], **at: Any) -> Mark:
    """Marks that belong together."""
    return Mark("g", at, tuple(marks))


@dataclass(frozen=True)
class Drawing:
    """Marks on a sheet of so many units. title: what a screen reader calls it; one without is for the eye alone. about:
    what it shows, in a sentence. role: `group` where marks in it have words of their own. kind: its class."""

    width: float
    height: float
    title: Any
    marks: tuple[Mark, ...]
    about: Any = ""
    role: str = "img"
    kind: str = "drawing"

    def __html__(self) -> str:
        return self._svg({}, ())

    def file(self) -> str:
        """The text of an SVG file that refers to no other."""
        size = {"xmlns": "http://www.w3.org/2000/svg", "width": self.width, "height": self.height}
        paper = bar("paper", 0, 0, self.width, self.height)
        return self._svg(size, (Mark("style", {}, (Markup(drawing_style()),)), paper))

    def _svg(self, more: Mapping[str, Any], first: tuple[Mark, ...]) -> str:
        role = {"role": self.role} if self.title else {"aria-hidden": "true", "focusable": "false"}
        said = [Mark(tag, {}, (text,)) for tag, text in (("title", self.title), ("desc", self.about)) if text]
        at = {"kind": self.kind, **more, **role, "viewBox": f"0 0 {written(self.width)} {written(self.height)}"}
        return Mark("svg", at, (*said, *first, *self.marks)).__html__()
