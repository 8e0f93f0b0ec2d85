"""What the page asks of the engine, what others wish and how plans differ, in a real browser over the real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from table_browser import AXE, Desk, chromium, opened, serving
from tables_kit import lay

from scenarios.paper.words import languages
from scenarios.table.table import Table

pytestmark = chromium
ANSWERED = "#panel-ask .job:not(:has(#stop))"
MAKE = """name => fetch('/api/plans', {method: 'POST', headers: {'content-type': 'application/json'},
  body: JSON.stringify({name, from: 'today'})}).then(answer => answer.json()).then(made => made.plan)"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Table, str]]:
    """One table for all: its engine takes a while to get warm."""
    table = lay(tmp_path_factory.mktemp("asked"))
    with serving(table) as address:
        yield table, address


@dataclass
class Own:
    """A window on a plan of its own."""

    table: Table
    number: int

    @property
    def schools(self) -> list[int]:
        return list(self.table.state(self.number)["schools"])

    @property
    def wishes(self) -> list[Any]:
        return list(self.table.state(self.number)["wishes"])


@pytest.fixture
def desk(browser: Any, served: tuple[Table, str]) -> Iterator[Desk]:
    with opened(browser, served[1]) as found:
        yield found


@pytest.fixture
def own(desk: Desk, served: tuple[Table, str], request: pytest.FixtureRequest) -> Own:
    table, address = served
    number = desk.page.evaluate(MAKE, request.node.name)
    desk.page.goto(f"{address}#{number}")
    desk.page.reload()
    desk.page.wait_for_selector("body.ready")
    desk.until(f"window.rezone.store.plan.id === {number}")
    return Own(table, number)


def ask(desk: Desk, what: str) -> str:
    """The answer, in words."""
    desk.page.click("#tab-ask")
    desk.page.click(f"[data-ask={what}]")
    desk.page.wait_for_selector(ANSWERED, timeout=120_000)
    return str(desk.page.inner_text("#panel-ask .job"))


def wish(desk: Desk, text: str) -> None:
    desk.page.click("#tab-wishes")
    desk.page.fill("#wish-text", text)
    desk.page.fill("#wish-who", "A parent")
    desk.page.click(".wish-form button[type=submit]")
    desk.page.wait_for_selector(f".wishes li:has-text('{text}')")


def mark(desk: Desk, *blocks: int) -> None:
    desk.use("area", "point")
    for block in blocks:
        desk.click(block)


def test_an_improvement_is_shown_and_is_the_plan_once_it_is_taken(desk: Desk, own: Own) -> None:
    before = own.schools
    desk.page.click("#tab-ask")
    desk.page.select_option("#ask-seconds", "5")
    said = ask(desk, "improve")
    assert "Disparity of exposure to poverty: less" in said
    assert "Dissimilarity by race" in said
    assert own.schools == before  # nobody has taken it
    shown = desk.page.evaluate("[...window.rezone.store.school]")
    assert shown != before
    desk.page.click("#take")
    desk.settled(1)
    assert own.schools == shown
    desk.page.keyboard.press("Control+z")
    desk.settled(2)
    assert own.schools == before


def test_an_answer_that_is_left_leaves_the_plan(desk: Desk, own: Own) -> None:
    before = own.schools
    desk.page.click("#tab-ask")
    desk.page.select_option("#ask-seconds", "5")
    ask(desk, "improve")
    desk.page.click("#panel-ask .job button:has-text('Leave it')")
    assert desk.page.evaluate("[...window.rezone.store.school]") == before == own.schools
    assert desk.seq == 0


def test_an_edit_ends_the_look_at_an_answer_and_makes_it_old(desk: Desk, own: Own) -> None:
    desk.page.click("#tab-ask")
    desk.page.select_option("#ask-seconds", "5")
    ask(desk, "improve")
    desk.use("give", "point", 1)
    desk.click(1)
    desk.settled(1)
    assert desk.page.evaluate("[...window.rezone.store.school]") == own.schools
    desk.page.wait_for_selector("#panel-ask .fault")
    assert not desk.page.query_selector("#take")


def test_the_engine_can_be_stopped(desk: Desk, own: Own) -> None:
    desk.page.click("#tab-ask")
    desk.page.select_option("#ask-seconds", "300")
    desk.use("lock", "point")
    desk.page.click("[data-ask=frontier]")
    desk.page.wait_for_selector("#stop")
    desk.page.click("#stop")
    desk.page.wait_for_selector(ANSWERED, timeout=60_000)


def test_a_broken_plan_is_repaired(desk: Desk, own: Own) -> None:
    desk.use("give", "box", 0)
    (left, top), (right, low) = desk.at(2), desk.at(7)
    desk.drag((min(left, right) - 12, min(top, low) - 12), (max(left, right) + 12, max(top, low) + 12))
    desk.settled(1)
    assert "broken" in str(desk.page.get_attribute("#valid", "class"))
    ask(desk, "repair")
    desk.page.click("#take")
    desk.settled(2)
    assert desk.page.get_attribute("#valid", "class") == "valid"


def test_the_map_follows_the_slider_along_the_frontier(desk: Desk, own: Own) -> None:
    ask(desk, "frontier")
    shown = []
    for _ in range(int(desk.page.get_attribute("#slider", "max"))):
        desk.page.press("#slider", "ArrowRight")
        shown.append(desk.page.evaluate("[...window.rezone.store.school].join()"))
    assert len(set(shown)) > 1
    desk.page.click("#take-point")
    desk.settled(1)
    assert ",".join(map(str, own.schools)) == shown[-1]


def test_how_sure_is_told_draw_by_draw(desk: Desk, own: Own) -> None:
    assert "Better than today" in ask(desk, "draws")
    first = desk.page.inner_text(".drawn")
    desk.page.press("#draw", "ArrowRight")
    assert desk.page.inner_text(".drawn") != first
    assert "Disparity" in first


def test_a_wish_becomes_a_rule_and_shows_its_price(desk: Desk, own: Own) -> None:
    mark(desk, 1, 2)
    wish(desk, "Our street stays together")
    assert "a comment" in desk.page.inner_text(".wishes li")
    desk.page.click(".wishes button:has-text('Keep together')")
    desk.page.wait_for_selector(".wishes .tag.kept, .wishes .tag.not_kept")
    (noted,) = own.wishes
    assert noted["rule"]["kind"] == "keep_together"
    assert noted["who"] == "A parent"
    desk.page.click(".wishes button:has-text('What does it cost?')")
    desk.page.wait_for_selector(".wishes li:has-text('with this wish')", timeout=120_000)
    desk.page.reload()
    desk.page.wait_for_selector("body.ready")
    desk.page.click("#tab-wishes")
    assert "with this wish" in desk.page.inner_text(".wishes li")


def test_a_wish_keeps_the_lasso_that_it_is_about(desk: Desk, own: Own) -> None:
    desk.use("area", "lasso")
    (left, top), (right, bottom) = desk.at(1), desk.at(7)
    out = 12
    corners = [
        (left - out, top - out),
        (right + out, top - out),
        (right + out, bottom + out),
        (left - out, bottom + out),
    ]
    desk.drag(*corners, corners[0])
    wish(desk, "All of this corner")
    (noted,) = own.wishes
    assert sorted(noted["blocks"]) == [1, 2, 6, 7]
    assert len(noted["area"]) >= 4


def test_what_the_public_left_is_taken_or_turned_down(desk: Desk, own: Own) -> None:
    for text in ("<i>Keep our street</i>", "Spam"):
        own.table.proposals.leave(text, "A neighbour")
    desk.page.reload()
    desk.page.wait_for_selector("body.ready")
    desk.page.click("#tab-wishes")
    desk.page.click(".wishes li:has-text('Keep our street') button:has-text('Take it as a wish')")
    desk.page.click(".wishes li:has-text('Spam') button:has-text('Turn it down')")
    desk.settled(1)
    desk.until("!document.querySelector('.wishes').innerText.includes('Spam')")
    assert [(one["text"], one["who"]) for one in own.wishes] == [("<i>Keep our street</i>", "A neighbour")]
    assert own.table.proposals.waiting() == []
    assert not desk.page.query_selector(".wishes i")


@pytest.mark.parametrize("by", ["pointer", "keyboard"])
def test_a_line_that_no_zone_crosses_is_drawn(by: str, desk: Desk, own: Own) -> None:
    wish(desk, "Not across the road")
    desk.page.click(".wishes button:has-text('Not across a line')")
    if by == "pointer":
        desk.drag(desk.at(0), desk.at(1), desk.at(2))
    else:
        for key in ("ArrowRight", "Enter", "ArrowRight", "Enter", "Enter"):
            desk.page.keyboard.press(key)
    desk.page.wait_for_selector(".wishes .tag:not(:has-text('a comment'))")
    (noted,) = own.wishes
    assert noted["rule"]["kind"] == "barrier"
    assert len(noted["rule"]["points"]) > 1


def test_pieces_of_two_plans_are_told_and_taken(desk: Desk, own: Own) -> None:
    desk.use("give", "point", 1)
    desk.click(1)
    desk.settled(1)
    other = Own(own.table, desk.page.evaluate(MAKE, "B"))
    desk.page.click("#tab-compare")
    desk.page.select_option("#other", str(other.number))
    desk.page.wait_for_selector(".pieces li")
    assert "10 students" in desk.page.inner_text(".pieces li")
    desk.page.click(".pieces summary")
    assert "Racial separation" in desk.page.inner_text(".pieces details")
    desk.page.click(".pieces button:has-text('Take this piece')")
    desk.settled(2)
    assert own.schools == other.schools


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_in_what_is_asked_wished_and_compared(
    language: str,
    scheme: str,
    browser: Any,
    served: tuple[Table, str],
) -> None:
    size = {"width": 1024, "height": 768}
    with opened(browser, served[1], language=language, color_scheme=scheme, viewport=size) as desk:
        wish(desk, "<b>A wish</b>")
        for tab in ("wishes", "compare", "ask"):
            desk.page.click(f"#tab-{tab}")
            found = Axe().run(desk.page, options=AXE).response["violations"]
            assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
        assert not desk.page.query_selector(".wishes b")
