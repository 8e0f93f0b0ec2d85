"""The table's page in a real browser, over a server of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from scenarios.report.browser import find_chromium
from scenarios.table.app import application
from scenarios.table.guard import Access
from scenarios.table.server import access_of, address_of, listening, serve
from scenarios.table.table import Table

# Where the middle of a block lies on the screen.
MIDDLE = """b => { const { map } = window.rezone, c = map.atlas.centre, box = map.element.getBoundingClientRect();
  const at = map.leaflet.latLngToContainerPoint([-c[2 * b + 1], c[2 * b]]);
  return [box.left + at.x, box.top + at.y]; }"""
chromium = pytest.mark.skipif(
    find_chromium() is None, reason="no Chromium: make test installs Debian's where it may (apt-get install chromium)"
)
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SEQ = "document.getElementById('panel').dataset.seq"


@contextmanager
def serving(table: Table) -> Iterator[str]:
    """The address of a table's server that runs meanwhile."""
    with answering(lambda access: application(table, access), table.close) as found:
        yield found


@contextmanager
def answering(made: Callable[[Access], Any], leaving: Callable[[], None]) -> Iterator[str]:
    """The address of an application that answers meanwhile."""
    stop, began = threading.Event(), threading.Event()
    with listening("127.0.0.1", 0) as bound:
        access = access_of(bound, None)
        told = {"began": began.set, "leaving": leaving}
        thread = threading.Thread(target=serve, args=(made(access), bound, stop), kwargs=told)
        thread.start()
        try:
            assert began.wait(30)
            yield address_of(access, None)
        finally:
            stop.set()
            thread.join(30)


@dataclass
class Desk:
    """One window on the table. said: what its console said; asked: what it loaded."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def seq(self) -> int:
        return int(self.page.evaluate(SEQ))

    def school(self, block: int) -> int:
        return int(self.page.evaluate(f"window.rezone.store.school[{block}]"))

    def locked(self) -> list[int]:
        return list(
            self.page.evaluate("(({ locked }) => [...locked.keys()].filter(b => locked[b]))(window.rezone.store)")
        )

    def at(self, block: int) -> tuple[float, float]:
        x, y = self.page.evaluate(MIDDLE, block)
        return x, y

    def use(self, verb: str, how: str, school: int | None = None) -> None:
        self.page.click(f"button[data-verb={verb}]")
        self.page.click(f"button[data-how={how}]")
        if school is not None:
            self.page.select_option("#school", str(school))

    def drag(self, *places: tuple[float, float]) -> None:
        """Press at the first place, go along the others, let go."""
        mouse = self.page.mouse
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place, steps=4)
        mouse.up()

    def click(self, block: int) -> None:
        self.page.mouse.click(*self.at(block))

    def settled(self, seq: int) -> None:
        """Until the figures of an edit are on the screen."""
        self.until(f"{SEQ} === '{seq}' && !window.rezone.store.waiting")

    def until(self, holds: str) -> None:
        """Until an expression holds. The page's policy forbids the browser's own way to wait for one."""
        end = time.monotonic() + 20
        while not self.page.evaluate(holds):
            assert time.monotonic() < end, holds
            time.sleep(0.02)


@contextmanager
def opened(browser: Any, address: str, **how: Any) -> Iterator[Desk]:
    """The page, drawn; fails on any message of its console and any request to elsewhere."""
    language = how.pop("language", None)
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | how))
    desk = Desk(context.new_page())
    if language:
        desk.page.add_init_script(f"localStorage.setItem('rezone-language', '{language}')")
    desk.page.on("console", lambda message: desk.said.append(message.text))
    desk.page.on("pageerror", lambda error: desk.said.append(str(error)))
    desk.page.on("request", lambda request: desk.asked.append(request.url))
    desk.page.goto(address)
    desk.page.wait_for_selector("body.ready")
    yield desk
    context.close()
    assert [url for url in desk.asked if not url.startswith(address.partition("#")[0])] == []
    # A refused edit is an answer, not a fault; the browser notes it all the same.
    told = [text for text in desk.said if "409" not in text]
    assert told == [], told
