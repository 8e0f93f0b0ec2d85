"""What one window does, as another sees it from its first moment on."""

from __future__ import annotations

from typing import Any

from table_browser import Desk, chromium

from scenarios.table.bodies import Edit
from scenarios.table.table import Table


@chromium
def test_an_edit_before_a_window_listens_is_seen_all_the_same(desk: Desk, table: Table) -> None:
    held: list[Any] = []
    desk.page.route("**/api/events*", lambda route: held.append(route))  # noqa: PLW0108 - it marks what it is given
    desk.page.reload()
    desk.page.wait_for_selector("body.ready")
    table.edit(1, Edit(seq=0, window="other", kind="assign", data={"blocks": [1], "schools": [2]}))
    assert desk.seq == 0
    held[0].continue_()
    desk.settled(1)
    assert desk.school(1) == 2
