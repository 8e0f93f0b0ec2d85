"""A part of the map is drawn as all of it would be."""

from __future__ import annotations

from table_browser import Desk, chromium

DRAWN = "[...window.rezone.map.painter.pen.getImageData(0, 0, 2000, 1400).data]"
FAR = f"""() => {{ const part = {DRAWN}; window.rezone.map.now(); const whole = {DRAWN};
  return part.filter((value, k) => Math.abs(value - whole[k]) > 40).length; }}"""
MARK = """blocks => { const { store } = window.rezone;
  store.figures.breaches = blocks.map(block => ({ block, school: 1, inherited: false, words: "far", limit: "travel" }));
  store.tell("figures"); }"""


@chromium
def test_a_mark_that_comes_or_goes_is_drawn_as_the_whole_map_would_be(desk: Desk) -> None:
    seen = []
    for blocks in ([], [8], [8, 13], []):
        desk.page.evaluate(MARK, blocks)
        desk.until("window.rezone.map.frame === undefined")
        assert desk.page.evaluate(FAR) < 20  # smooth edges of what is cut out may differ
        seen.append(desk.page.evaluate(f"{DRAWN}.reduce((sum, value) => sum + value, 0)"))
    assert len({*seen}) == 3
    assert seen[0] == seen[-1]
    desk.said.clear()  # that pixels are read often
