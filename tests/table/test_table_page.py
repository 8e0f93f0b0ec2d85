"""The page where a plan is negotiated, in a real browser over the real server: every tool, from the pointer
and from the keyboard alone, in two windows, in all languages, light and dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from table_browser import AXE, Desk, chromium, opened
from toys import TOWN
from tree import ROOT

from scenarios.paper.words import languages, words
from scenarios.table.table import Table

PAGE = ROOT / "scenarios" / "table" / "page"
LOADS = """window.rezone.store.figures.schools.map(({ j, shown }) =>
  [`${j + 1} ${window.rezone.store.district.schools[j].name}`, shown.students, shown.poverty])"""


def plan(table: Table) -> list[int]:
    return list(table.state(1)["schools"])


def test_every_text_that_the_page_names_is_there_and_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PAGE.iterdir() if path.suffix in (".js", ".html"))
    named = set(re.findall(r"\"(table\.[a-z_]+[a-z])\"", source))
    known = {key for key in words("en").texts if key.startswith("table.")}
    assert len(named) > 80
    assert named <= known
    assert not re.findall(r"style=|onclick=|<script>", source)


@chromium
def test_a_click_gives_a_block_and_the_figures_follow(desk: Desk, table: Table) -> None:
    said = desk.page.inner_text("#sentence")
    desk.use("give", "point", 1)
    desk.click(1)
    desk.settled(1)
    assert desk.school(1) == plan(table)[1] == 1
    assert desk.page.inner_text("#sentence") != said
    assert "10 students change school" in desk.page.inner_text("#panel-figures")


@chromium
@pytest.mark.parametrize("how", ["brush", "box", "lasso"])
def test_strokes_give_all_blocks_that_they_cover_as_one_edit(how: str, desk: Desk, table: Table) -> None:
    desk.use("give", how, 2)
    one, two, below = desk.at(1), desk.at(2), desk.at(7)
    out = 12
    ring = [
        (one[0] - out, one[1] - out),
        (two[0] + out, two[1] - out),
        (two[0] + out, below[1] + out),
        (one[0] - out, below[1] + out),
    ]
    desk.drag(*([one, two] if how == "brush" else [ring[0], ring[2]] if how == "box" else [*ring, ring[0]]))
    desk.settled(1)
    covered = (1, 2) if how == "brush" else (1, 2, 6, 7)
    assert [plan(table)[b] for b in covered] == [2] * len(covered)
    before = TOWN.zones.split()
    others = [b for b in range(20) if b not in covered]
    assert [plan(table)[b] for b in others] == ["xyz".index(before[b].lower()) for b in others]


@chromium
@pytest.mark.parametrize("language", languages())
def test_loads_are_said_while_somebody_paints_as_the_server_says_them_after(
    language: str, browser: Any, address: str
) -> None:
    with opened(browser, address, language=language) as desk:
        page = desk.page
        page.click("#tab-schools")
        desk.use("give", "brush", 2)
        page.mouse.move(*desk.at(1))
        page.mouse.down()
        page.mouse.move(*desk.at(3), steps=8)
        assert desk.seq == 0
        page.evaluate("new Promise(requestAnimationFrame)")
        said, shown = page.inner_text("#told"), page.inner_text(".loads")
        before = page.evaluate(LOADS)
        page.mouse.up()
        desk.settled(1)
        after = page.evaluate(LOADS)
        assert before[2] != after[2]
        for (school, students, poverty), (_, old, _) in zip(after, before, strict=True):
            told = re.search(rf"{school}\D+{re.escape(students)}\D", said)
            assert bool(told) == (students != old)
            if students != old:
                assert students in shown.split()
                assert poverty not in shown.split()
        assert "\u2026" not in page.inner_text(".loads")


@chromium
def test_undo_and_redo_also_after_a_reload(desk: Desk, table: Table) -> None:
    start = plan(table)
    desk.use("give", "point", 2)
    for seq, block in enumerate((1, 2, 3), 1):
        desk.click(block)
        desk.settled(seq)
    done = plan(table)
    desk.page.reload()
    desk.page.wait_for_selector("body.ready")
    for seq in (4, 5, 6):
        desk.page.click("#undo")
        desk.settled(seq)
    assert plan(table) == start
    assert desk.page.is_disabled("#undo")
    for seq in (7, 8, 9):
        desk.page.keyboard.press("Control+Shift+Z")
        desk.settled(seq)
    assert plan(table) == done


@chromium
def test_locked_blocks_stay_and_a_brush_takes_only_from_where_it_may(desk: Desk, table: Table) -> None:
    desk.use("lock", "point")
    desk.click(1)
    desk.settled(1)
    assert desk.locked() == [1]
    desk.use("give", "brush", 2)
    desk.drag(desk.at(1), desk.at(2))
    desk.settled(2)
    start = ["xyz".index(word.lower()) for word in TOWN.zones.split()]
    assert (plan(table)[1], plan(table)[2]) == (start[1], 2)
    desk.page.select_option("#only", "2")  # what was z's alone
    desk.page.select_option("#school", "0")
    desk.drag(desk.at(2), desk.at(3))
    desk.settled(3)
    assert [b for b in range(20) if plan(table)[b] != start[b]] == ([] if start[2] == 0 else [2])


@chromium
def test_an_area_is_marked_painted_within_and_locked(desk: Desk, table: Table) -> None:
    desk.use("area", "box")
    one, two = desk.at(1), desk.at(7)
    desk.drag((one[0] - 9, one[1] - 9), (two[0] + 9, two[1] + 9))
    desk.use("give", "box", 2)
    desk.page.check("#inside")
    first, last = desk.at(0), desk.at(19)
    desk.drag((first[0] - 9, first[1] - 9), (last[0] + 9, last[1] + 9))
    desk.settled(1)
    start = ["xyz".index(word.lower()) for word in TOWN.zones.split()]
    assert [b for b in range(20) if plan(table)[b] != start[b]] == [b for b in (1, 2, 6, 7) if start[b] != 2]
    desk.page.click("#area-lock")
    desk.settled(2)
    assert desk.locked() == [1, 2, 6, 7]


@chromium
def test_all_of_it_from_the_keyboard(desk: Desk, table: Table) -> None:
    page = desk.page
    page.focus("#map")
    press = page.keyboard.press
    press("g")
    press("p")
    press("ArrowRight")  # to the middle of the map
    press("ArrowUp")
    name = re.search(r"r\dc\d", page.text_content("#spoken"))[0]
    block = 5 * int(name[1]) + int(name[3])
    school = (desk.school(block) + 1) % 3
    while int(page.input_value("#school")) != school:
        press(".")
    press("Enter")
    desk.settled(1)
    assert plan(table)[block] == school
    press("l")
    press("Enter")
    desk.until("!window.rezone.store.waiting")
    assert desk.locked() == [block]
    press("?")
    assert page.is_visible("dialog h2")
    press("Escape")
    assert not page.is_visible("dialog")
    press("Control+z")
    desk.until("!window.rezone.store.waiting")
    assert desk.locked() == []
    press("a")
    press("r")
    press("Enter")
    press("ArrowRight")
    press("Enter")
    assert page.evaluate("[...window.rezone.store.area].filter(Boolean).length") == 2


@chromium
def test_two_windows_see_each_other(browser: Any, address: str, desk: Desk) -> None:
    with opened(browser, address) as other:
        desk.use("give", "point", 2)
        desk.click(1)
        other.settled(1)
        assert other.school(1) == 2
        other.page.click("#undo")
        desk.settled(2)
        assert desk.school(1) == 0


@chromium
@pytest.mark.parametrize(("whose", "expected"), [("mine", [1, 1]), ("theirs", [2, 0]), ("both", [2, 1])])
def test_a_stale_edit_asks_whose_change_holds(
    whose: str, expected: list[int], browser: Any, address: str, table: Table
) -> None:
    with opened(browser, address) as mine, opened(browser, address) as theirs:
        mine.page.evaluate("window.rezone.store.heard = () => {}")  # it has not heard yet
        theirs.use("give", "point", 2)
        theirs.click(1)
        theirs.settled(1)
        mine.page.evaluate("window.rezone.store.assign([1, 5], 1)")
        mine.page.click(f"dialog button[value={whose}]")
        mine.until("!window.rezone.store.waiting && !window.rezone.store.held")
        assert [plan(table)[b] for b in (1, 5)] == expected
        assert [mine.school(b) for b in (1, 5)] == expected


@chromium
def test_plans_are_made_named_and_opened(desk: Desk, table: Table, tmp_path: Path) -> None:
    page = desk.page
    page.click("#plans")
    page.click("dialog button:has-text('Duplicate')")
    page.fill("#dialog-typed", "<b>Option B")
    page.keyboard.press("Enter")
    desk.until("document.getElementById('plan-name').textContent === '<b>Option B'")
    file = tmp_path / "drawn.csv"
    file.write_text("block_id,school_id\n" + "".join(f"r{b // 5}c{b % 5},z\n" for b in range(20)))
    page.click("#plans")
    page.set_input_files("#plan-file", file)
    page.wait_for_selector("#dialog-typed")
    page.keyboard.press("Enter")
    desk.until("document.getElementById('plan-name').textContent === 'drawn'")
    assert [line["name"] for line in table.plans()] == ["Plan 1", "<b>Option B", "drawn"]
    assert desk.school(0) == 2
    page.reload()
    page.wait_for_selector("body.ready")
    assert page.inner_text("#plan-name") == "drawn"


@chromium
def test_every_colouring_is_drawn_and_travel_is_that_of_the_plan(desk: Desk, table: Table) -> None:
    page = desk.page
    for key in page.evaluate("[...document.getElementById('colour').options].map(option => option.value)"):
        page.select_option("#colour", key)
        assert page.evaluate("window.rezone.map.key") == key
    page.select_option("#colour", "travel")
    desk.use("give", "point", 2)
    desk.click(1)
    desk.settled(1)
    way = float(table.plan_of(1).travel[1])
    desk.until(f"Math.abs(window.rezone.map.ways[1] - {way}) < 0.1")


@chromium
def test_a_finger_on_a_tablet_gives_a_block(browser: Any, address: str, table: Table) -> None:
    with opened(browser, address, viewport={"width": 768, "height": 1024}, has_touch=True, is_mobile=True) as desk:
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 768
        desk.page.select_option("#school", "2")
        desk.page.touchscreen.tap(*desk.at(1))
        desk.settled(1)
        assert plan(table)[1] == 2


@chromium
@pytest.mark.parametrize("how", ["brush", "box", "lasso"])
def test_a_finger_paints_and_two_fingers_zoom(how: str, browser: Any, address: str, table: Table) -> None:
    with opened(browser, address, viewport={"width": 768, "height": 1024}, has_touch=True, is_mobile=True) as desk:
        desk.use("give", how, 2)
        (left, top), (right, low) = desk.at(1), desk.at(7)
        zoom = desk.page.evaluate("window.rezone.map.leaflet.getZoom()")
        touch(
            desk, [(left, top)], [(left, top), (right, low)], *([(left - n, top), (right + n, low)] for n in (20, 60))
        )
        desk.until(f"window.rezone.map.leaflet.getZoom() > {zoom}")
        assert desk.page.evaluate("[...window.rezone.store.school]") == plan(table)
        assert desk.seq == 0
        desk.page.focus("#map")
        desk.page.keyboard.press("0")
        out = 0 if how == "brush" else 12
        (left, top), (right, low) = desk.at(1), desk.at(7)
        corners = [(left - out, top - out), (right + out, top - out), (right + out, low + out), (left - out, low + out)]
        touch(desk, *([place] for place in (corners[::2] if how == "box" else corners)))
        desk.settled(1)
        assert [plan(table)[b] for b in (1, 2, 6, 7)] == [2, 2, 2, 2]


def touch(desk: Desk, *fingers: list[tuple[float, float]]) -> None:
    """Fingers on the glass, one moment after another, then none."""
    wire = desk.page.context.new_cdp_session(desk.page)
    before = 0
    for places in fingers:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        kind = "touchStart" if len(places) > before else "touchMove"
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        before = len(places)
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@chromium
def test_a_school_and_a_block_are_found(desk: Desk) -> None:
    page = desk.page
    page.fill("#find-text", "school z")
    page.keyboard.press("Enter")
    assert page.input_value("#school") == "2"
    page.fill("#find-text", "r2c3")
    page.keyboard.press("Enter")
    assert "r2c3" in page.text_content("#spoken")


@chromium
def test_a_limit_that_breaks_is_said_and_shown(desk: Desk) -> None:
    page = desk.page
    desk.use("give", "point", 2)
    desk.click(1)
    desk.settled(1)
    page.click("#valid")
    before = page.evaluate("window.rezone.map.leaflet.getZoom()")
    page.click(".limits button >> nth=0")
    assert page.evaluate("window.rezone.map.leaflet.getZoom()") != before
    assert "broken" in (page.get_attribute("#valid", "class") or "")


@chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing(language: str, scheme: Any, browser: Any, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    how = {"viewport": {"width": 1024, "height": 768}, "color_scheme": scheme, "language": language}
    with opened(browser, address, **how) as desk:
        page = desk.page
        assert page.get_attribute("html", "lang") == language
        desk.use("give", "brush", 2)
        desk.drag(desk.at(1), desk.at(2))
        desk.settled(1)
        for show in ("#tab-figures", "#tab-schools", "#tab-limits", "#help"):
            page.click(show)
            found = Axe().run(page, options=AXE).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        page.keyboard.press("Escape")
        page.click("#plans")
        page.wait_for_selector(".plans td")
        found = Axe().run(page, options=AXE).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1024
        table = re.findall(r"table\.[a-z_]+", page.inner_text("body"))
        assert table == []  # a key that has no text
        page.evaluate("document.querySelector('dialog').close()")
