"""The one style sheet: of pages, and of drawings that stand alone as files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"


@cache
def sheet(name: str) -> str:
    """A style sheet of this room, as it stands."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def drawing_style() -> str:
    """What the marks of a drawing look like, in the light colours of pages, written out: few programs but browsers know
    variables."""
    light = dict(re.findall(r"--([\w-]+): ([^;]+);", sheet("page.css").partition("@media")[0]))
    return re.sub(r"var\(--([\w-]+)\)", lambda name: light[name[1]], sheet("drawing.css"))
