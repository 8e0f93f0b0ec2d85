"""What the page is made of: a table of names, made when the server starts. No request reaches the file system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from scenarios.drawing.style import sheet
from scenarios.paper.words import Words
from scenarios.version import rezone_version

KINDS = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "json": "application/json"}
# Of other rooms: those that the report's page has too.
SHARED = (("scenarios.report", "assets", ("geometry.js", "colour.js", "find.js")),)
LEAFLET = ("leaflet.js", "leaflet.css")


class Part(NamedTuple):
    """One file of the page."""

    content: bytes
    kind: str


def parts() -> Mapping[str, Part]:
    """By name: the page's own files, what it shares with the report, and Leaflet, whose pictures are never used."""
    found: dict[str, bytes] = {}
    for one in (files("scenarios.table") / "page").iterdir():
        if one.name.rpartition(".")[2] in KINDS:
            found[one.name] = one.read_bytes()
    for room, folder, names in SHARED:
        found |= {name: (files(room) / folder / name).read_bytes() for name in names}
    for name in LEAFLET:
        text = (files("scenarios.report") / "vendor" / "leaflet" / name).read_text(encoding="utf-8")
        text = re.sub(r"//# sourceMappingURL=\S+\s*$", "", text)
        found[name] = (re.sub(r"url\([^)]*\)", "none", text) if name.endswith("css") else text).encode()
    # The colours of all pages, light and dark, are the first rules of their sheet.
    found["colours.css"] = sheet("page.css").partition("* {")[0].encode()
    return {name: Part(content, KINDS[name.rpartition(".")[2]]) for name, content in found.items()}


def part(name: str) -> bytes:
    """One of the page's own files."""
    return (files("scenarios.table") / "page" / name).read_bytes()


def page(t: Words, name: str, template: str = "index.html", **values: object) -> bytes:
    """The page itself. Names come from files: they are text in it."""
    loader = PackageLoader("scenarios.table", "page")
    known = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    about = {"t": t, "language": t.language, "name": name, "version": rezone_version()}
    return known.get_template(template).render(about | values).encode()
