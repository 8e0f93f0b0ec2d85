"""The table's page in unusual orders: things done at once, elsewhere, too often, or with what does not belong here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from table_browser import Desk, chromium, opened
from test_table_asking import MAKE
from test_table_page import plan

from scenarios.table.table import Table

pytestmark = chromium


def named(desk: Desk, name: str) -> None:
    desk.until(f"document.getElementById('plan-name').textContent === '{name}'")


def test_edits_that_the_server_does_not_take_yet_are_sent_again(desk: Desk, table: Table) -> None:
    asked: list[str] = []

    def busy(route: Any) -> None:
        asked.append(route.request.post_data)
        if len(asked) % 2:
            error = {"what": "That is too much at once", "mend": "Wait a second", "code": "rate"}
            route.fulfill(status=429, json={"error": error})
        else:
            route.continue_()

    desk.page.route("**/edits", busy)
    desk.page.evaluate(
        "for (const b of [1, 2, 3, 1, 2]) window.rezone.store.assign([b], (b + window.rezone.store.school[b]) % 3)"
    )
    expected = desk.page.evaluate("[...window.rezone.store.school]")
    desk.until("!window.rezone.store.waiting")
    assert plan(table) == expected
    assert len(asked) > 5
    assert desk.page.is_hidden("#fault")
    desk.said.clear()


def test_undo_pressed_more_often_than_there_are_edits_is_no_fault(desk: Desk, table: Table) -> None:
    start = plan(table)
    desk.use("give", "point", 2)
    for block in (1, 2):
        desk.click(block)
    for _ in range(6):
        desk.page.keyboard.press("Control+z")
    desk.click(3)
    desk.until("!window.rezone.store.waiting")
    assert plan(table) == [2 if b == 3 else school for b, school in enumerate(start)]
    assert desk.page.is_hidden("#fault")


def test_what_is_on_its_way_goes_to_the_plan_that_was_open(desk: Desk, table: Table) -> None:
    other = desk.page.evaluate(MAKE, "Other")
    desk.page.evaluate(
        "n => { const { store } = window.rezone; for (const b of [1, 2, 3]) store.assign([b], 2); store.open(n); }",
        other,
    )
    desk.until(f"window.rezone.store.plan.id === {other}")
    assert [plan(table)[b] for b in (1, 2, 3)] == [2, 2, 2]
    assert table.state(other)["seq"] == 0
    assert desk.page.evaluate("[...window.rezone.store.school]") == list(table.state(other)["schools"])


def test_another_window_renames_and_removes_the_open_plan(browser: Any, address: str, desk: Desk) -> None:
    other = desk.page.evaluate(MAKE, "Doomed")
    with opened(browser, f"{address}#{other}") as watching:
        named(watching, "Doomed")
        desk.page.click("#plans")
        desk.page.click("dialog button:has-text('Rename Doomed')")
        desk.page.fill("#dialog-typed", "<script>alert(1)</script>")
        desk.page.keyboard.press("Enter")
        named(watching, "<script>alert(1)</script>")
        desk.page.click(".plans tr:has-text('script') button:has-text('Remove')")
        desk.page.click("dialog button[value=yes]")
        named(watching, "Plan 1")
        watching.page.wait_for_selector("#fault:has-text('removed in another window')")
        watching.use("give", "point", 2)
        watching.click(1)
        watching.settled(1)


def test_the_engine_at_work_for_another_plan_is_told_and_can_be_stopped(desk: Desk) -> None:
    page = desk.page
    page.click("#tab-ask")
    page.select_option("#ask-seconds", "300")
    page.click("[data-ask=improve]")
    page.wait_for_selector("#stop")
    desk.use("give", "point", 2)
    desk.click(1)
    desk.settled(1)
    page.keyboard.press("Control+z")
    desk.settled(2)
    assert page.evaluate("[...window.rezone.store.school].join() === [...window.rezone.store.base].join()")
    page.click("#plans")
    page.click("dialog button:has-text('From today')")
    page.keyboard.press("Enter")
    named(desk, "New plan")
    page.wait_for_selector("#panel-ask .job:has-text('for another plan')")
    assert page.is_disabled("[data-ask=repair]")
    page.click("#stop")
    page.wait_for_selector("[data-ask=repair]:not(:disabled)", timeout=240_000)  # its engine is not warm yet


def test_a_change_of_language_waits_for_what_is_on_its_way(desk: Desk, table: Table) -> None:
    desk.page.evaluate("for (const b of [1, 2, 3, 4]) window.rezone.store.assign([b], 2)")
    desk.page.select_option("#language", "es")
    desk.page.wait_for_selector("html[lang=es] body.ready")
    assert [plan(table)[b] for b in (1, 2, 3, 4)] == [2, 2, 2, 2]
    assert [desk.school(b) for b in (1, 2, 3, 4)] == [2, 2, 2, 2]


def test_a_language_that_this_server_has_not_is_forgotten(desk: Desk) -> None:
    desk.page.evaluate("localStorage.setItem('rezone-language', 'xx')")
    desk.page.reload()
    desk.page.wait_for_selector("html[lang=en] body.ready")
    assert desk.page.evaluate("localStorage.getItem('rezone-language')") is None
    desk.said[:] = [text for text in desk.said if "422" not in text]


@pytest.mark.parametrize("name", ["", "   ", "x" * 500])
def test_a_name_is_none_or_as_long_as_may_be(name: str, desk: Desk, table: Table) -> None:
    desk.page.click("#plans")
    desk.page.click("dialog button:has-text('Rename Plan 1')")
    desk.page.fill("#dialog-typed", name)
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Escape")
    expected = "Plan 1" if not name.strip() else "x" * 120
    desk.until(f"document.getElementById('plan-name').textContent === '{expected}'")  # the rename is on its way
    (line,) = table.plans()
    assert line["name"] == expected
    desk.page.set_viewport_size({"width": 768, "height": 1024})
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert desk.page.evaluate("document.getElementById('help').offsetWidth") >= 24


FILES = {
    "foreign.csv": "block_id,school_id\nQ1,A\nQ2,B\n",
    "holes.csv": "block_id,school_id\nr0c0,x\n",
    "empty.csv": "",
    "no.csv": "\x00\x01\x02",
    "no.gpkg": "this is no layer",
}


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_no_plan_of_this_district_is_refused_in_the_dialog(
    file: str, desk: Desk, table: Table, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(FILES[file])
    desk.page.click("#plans")
    for _ in range(2):  # also the same file a second time
        desk.page.set_input_files("#plan-file", tmp_path / file)
        desk.page.wait_for_selector("#dialog-typed")
        desk.page.keyboard.press("Enter")
        desk.page.wait_for_selector("dialog #fault:not([hidden])")
        assert f": {file}" in desk.page.inner_text("#fault")
        desk.page.click("#fault button")
    desk.said[:] = [text for text in desk.said if "422" not in text]
    desk.page.keyboard.press("Escape")
    assert [line["name"] for line in table.plans()] == ["Plan 1"]


def test_what_is_typed_of_a_wish_outlives_a_change_of_language(desk: Desk) -> None:
    desk.page.click("#tab-wishes")
    desk.page.fill("#wish-text", "Keep Elm Street whole")
    with desk.page.expect_navigation():
        desk.page.select_option("#language", "es")
    desk.page.wait_for_selector("body.ready")
    desk.page.click("#tab-wishes")
    assert desk.page.input_value("#wish-text") == "Keep Elm Street whole"


@pytest.mark.parametrize("width", [1024, 1280])
def test_the_legend_covers_no_block(width: int, browser: Any, address: str) -> None:
    with opened(browser, address, viewport={"width": width, "height": 768}) as desk:
        over = "([x, y]) => document.elementFromPoint(x, y)?.closest('#legend') === null"
        assert all(desk.page.evaluate(over, list(desk.at(block))) for block in range(20))


def test_a_lasso_around_nothing_is_no_edit(desk: Desk) -> None:
    desk.use("give", "lasso", 2)
    x, y = desk.page.evaluate(
        "(({ left, top }) => [left + 5, top + 5])(document.getElementById('map').getBoundingClientRect())"
    )
    desk.drag((x, y), (x + 9, y), (x + 9, y + 9))
    desk.page.wait_for_timeout(200)
    assert desk.seq == 0
    assert desk.page.is_disabled("#undo")


def test_pieces_are_of_both_plans_as_they_are(browser: Any, address: str, desk: Desk, table: Table) -> None:
    other = desk.page.evaluate(MAKE, "Other")
    desk.page.click("#tab-compare")
    desk.page.wait_for_selector("#panel-compare .calm")
    with opened(browser, f"{address}#{other}") as elsewhere:
        elsewhere.use("give", "point", 2)
        elsewhere.click(1)
        elsewhere.settled(1)
    desk.page.wait_for_selector(".pieces li")
    desk.page.evaluate("n => window.rezone.store.open(n)", other)
    desk.until(f"window.rezone.store.plan.id === {other}")
    desk.page.keyboard.press("Control+z")
    desk.settled(2)
    desk.page.evaluate("window.rezone.store.open(1)")
    desk.page.wait_for_selector("#panel-compare .calm")


def test_a_plan_is_marked_while_edits_are_on_their_way(desk: Desk, table: Table) -> None:
    desk.page.evaluate("for (const b of [1, 2, 3]) window.rezone.store.assign([b], 2)")
    desk.page.click("#mark")
    desk.until("!window.rezone.store.waiting && window.rezone.store.plan.mark === 3")
    assert desk.page.is_hidden("#fault")
    assert table.state(1)["mark"] == table.state(1)["seq"] == 3
