"""The one way in which pages are made: a room's template, in the frame that all share."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scenarios.drawing.style import sheet
from scenarios.version import rezone_version


@cache
def environment(room: str) -> Environment:
    """The templates of a room, and those that all share. Whatever they are given is escaped: names come from files."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(room), PackageLoader("scenarios.drawing")]), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def page(room: str, template: str, values: dict[str, Any], *, style: str = "", script: str = "") -> str:
    """One page that opens without a network. values: of the template. style, script: what it needs beside the frame's,
    both the program's own."""
    shown = {
        "language": "en",
        "version": rezone_version(),
        "style": Markup(style + sheet("page.css") + sheet("drawing.css")),
        "script": Markup(script),
        "script_hash": Markup(source_hash(script)),
    }
    return environment(room).get_template(template).render(shown | values)


def source_hash(script: str) -> str:
    """What a content security policy calls an inline script."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii") + "'"
