"""A tutorial at the table's page, done as it is written, in a real browser: for the test that holds it to the page, and
for its pictures.

On such a page **bold** is a control by its label, and `code` right behind it what is chosen or typed there; *slanting*
is what the page then says; <kbd>Z</kbd> a key; an image what the page looks like now. Where the pointer goes on the map
stands in a comment that readers do not see: `<!-- map: 0.2 0.7, 0.3 0.6 -->`, as shares of the district's frame.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TUTORIAL = Path(__file__).parents[1] / "tutorials" / "table.md"
STEP = re.compile(
    r"""\*\*(?P<control>[^*]+)\*\*(?:[:,]?\s`(?P<value>[^`]+)`)?
    |(?<!\*)\*(?P<said>[^*]+)\*(?!\*)
    |<kbd>(?P<key>[^<]+)</kbd>
    |!\[[^\]]*\]\((?P<picture>[^)]+)\)
    |<!--\ map:\ (?P<way>[^>]+?)\ -->""",
    re.VERBOSE,
)
ROLES = ("button", "tab", "link", "checkbox", "combobox", "textbox")
PATIENCE = 120.0  # seconds: an answer of the engine may take a while
# Where a place of the district's frame lies on the screen.
PLACE = """([x, y]) => { const { map } = window.rezone, { width, height } = map.atlas.data.frame;
  const at = map.leaflet.latLngToContainerPoint([-y * height, x * width]), box = map.element.getBoundingClientRect();
  return [box.left + at.x, box.top + at.y]; }"""


@dataclass(frozen=True)
class Step:
    """One thing that the page asks of its reader. what: control, said, key, picture or way."""

    what: str
    text: str
    value: str | None = None


def steps(page: str) -> Iterator[Step]:
    """Those of a page's numbered list, in order; a list's items are what the reader does."""
    for item in re.findall(r"^\d+\. .*?(?=^\S|\Z)", page, re.MULTILINE | re.DOTALL):
        for found in STEP.finditer(item):
            what = next(name for name, text in found.groupdict().items() if text is not None)
            yield Step(what, " ".join(found[what].split()), found["value"])


def walk(page: Any, text: str, look: Callable[[str], None]) -> None:
    """Do all steps of a tutorial. look: called with the name of each picture. Raises AssertionError where the page has
    no such control, or does not say what the tutorial says."""
    for step in steps(text):
        if step.what == "control":
            _use(page, step.text, step.value)
        elif step.what == "said":
            _until(lambda: step.text.lower() in _said(page), f"the page does not say: {step.text}")  # noqa: B023
        elif step.what == "key":
            page.keyboard.press(step.text.replace("Ctrl", "Control"))
        elif step.what == "way":
            _drag(page, [tuple(map(float, place.split())) for place in step.text.split(",")])
        else:
            look(step.text)


def _use(page: Any, label: str, value: str | None) -> None:
    found = _control(page, label)
    kind = found.evaluate("node => node.matches('select') ? 'select' : node.type")
    if kind == "select":
        found.select_option(label=value)
    elif value is not None:
        found.fill(value)
    elif kind == "checkbox":
        found.check()
    else:
        found.click()


def _control(page: Any, label: str) -> Any:
    """What can be used now and has that label, or at least begins with it: some have more for who does not see where
    they stand."""
    exact = re.escape(label).replace(r"\ ", r"\s+")
    found: list[Any] = []

    def there() -> bool:
        within = page.locator("dialog").last if page.locator("dialog").count() else page
        for name in (re.compile(f"^{exact}$"), re.compile(f"^{exact}")):
            found[:] = [one for role in ROLES for one in within.get_by_role(role, name=name).all() if one.is_enabled()]
            if found:
                return True
        return False

    _until(there, f"the page has nothing to use that is called {label}")
    return found[0]


def _drag(page: Any, way: list[Any]) -> None:
    places = [page.evaluate(PLACE, list(place)) for place in way]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    _until(lambda: page.evaluate("!window.rezone.store.waiting"), "the edit is not saved")


def _said(page: Any) -> str:
    return " ".join(page.inner_text("body").split()).lower()


def _until(holds: Callable[[], bool], else_said: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, else_said
        time.sleep(0.1)
