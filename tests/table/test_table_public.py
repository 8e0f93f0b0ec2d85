"""What the public gets: the suppressed report, a look-up, a place to leave a wish; and nothing of the table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from table_browser import AXE, answering, chromium
from tables_kit import ADDRESS, Client, assign, client, lay
from toys import TOWN

from optimizer.errors import InputError
from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.reading.pack import unpack
from scenarios.reading.records import Document
from scenarios.table.app import CALLS
from scenarios.table.guard import Access
from scenarios.table.journal import FILE
from scenarios.table.proposals import Proposals
from scenarios.table.public import COOKIE, WISHES, Shown, public_application, published, with_addresses

TOKEN = "secret"


class Meeting:
    """A table with a drawn plan, and its public side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "plans"
        TOWN.but(extra={"address": [f"{block} Elm Lane" for block in range(20)]}).write(folder / "district")
        table = lay(folder, TOWN)
        self.page = client(table)
        assert self.page.post("/api/plans/1/edits", json=assign(0, [3, 4], [1, 1])).status_code == 200
        self.read = read_district(folder / "district")
        self.docs: list[Document] = published(self.folder, self.read, settle({}))
        self.proposals = Proposals(self.folder / FILE)

    def public(self, token: str | None = None, cookie: str | None = None) -> Client:
        shown = Shown.of(self.docs, "en", with_addresses(self.docs, None))
        access = Access(frozenset({ADDRESS}), 8642, token=token, cookie=COOKIE)
        headers = {"origin": f"http://{ADDRESS}"} | ({"cookie": cookie} if cookie else {})
        return Client(public_application(shown, self.proposals, access), headers)


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Meeting:
    return Meeting(tmp_path_factory.mktemp("meeting"))


def test_it_is_the_report_of_the_published_bundle_without_any_small_count(meeting: Meeting) -> None:
    text = meeting.public().get("/").text
    assert "Leave a wish" in text
    for doc in meeting.docs:
        assert doc.public is not None
        for row in [row for rows in doc.by_school for row in rows]:
            for count in (row.students, row.poverty, *row.groups.values()):
                assert count is None or count == 0 or count >= 10
        assert all(row.students is None or row.students >= 10 for row in doc.moves)
        blocks: Any = unpack(doc.map)["blocks"] if doc.map else {}
        held = [blocks["students"], blocks["counted"], *blocks["groups"]]
        assert all(count is None for counts in held for count in counts)


def test_addresses_of_the_blocks_stay_at_the_table(meeting: Meeting) -> None:
    assert meeting.page.get("/api/addresses").json()["text"][0] == "0 Elm Lane"
    shown = Shown.of(meeting.docs, "en", with_addresses(meeting.docs, None))
    bundle = [path.read_bytes() for path in (meeting.folder / "public").rglob("*") if path.is_file()]
    assert len(bundle) > 3
    for content in (
        *shown.parts.values(),
        *bundle,
        *(repr(unpack(doc.map)).encode() for doc in meeting.docs if doc.map),
    ):
        assert b"Elm Lane" not in content


def test_the_page_needs_no_inline_script_and_nothing_from_elsewhere(meeting: Meeting) -> None:
    page = meeting.public().get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    assert [kind for kind, text in scripts if text.strip() and 'type="text/plain"' not in kind] == []
    assert "http-equiv" not in page.text
    assert "<style" not in page.text
    assert ' style="' not in page.text
    for name in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert meeting.public().get(name).status_code == 200


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_no_working_route_answers(meeting: Meeting, call: Any) -> None:
    path = re.sub(r"\{[a-z]+(:int)?\}", "1", call.path)
    assert meeting.public().ask(call.method, path, body=b"{}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/events", "/api/district", "/static/main.js", "/static/table.css", "/static/../plans.sqlite",
        "/static/%2e%2e/plans.sqlite", "/static/index.html", "/plans.sqlite", "/public/report.json", "/static/",
        "/static/..%2f..%2fplans.sqlite",
    ],
)  # fmt: skip
def test_nothing_else_is_there(meeting: Meeting, path: str) -> None:
    assert meeting.public().get(path).status_code == 404


def test_a_wish_waits_until_a_planner_settles_it(meeting: Meeting) -> None:
    left = meeting.public().post("/wishes", json={"text": " <b>Keep</b> Elm Street whole ", "who": "A neighbour"})
    assert left.status_code == 201
    (told,) = meeting.page.get("/api/proposals").json()["proposals"]
    assert (told["text"], told["who"]) == ("<b>Keep</b> Elm Street whole", "A neighbour")
    assert meeting.page.get("/api/plans/1").json()["wishes"] == []
    assert "Elm Street" not in meeting.public().get("/").text
    number = told["id"]
    assert meeting.page.post(f"/api/proposals/{number}", json={"state": "accepted"}).status_code == 200
    assert meeting.page.post(f"/api/proposals/{number}", json={"state": "rejected"}).status_code == 404
    assert meeting.page.get("/api/proposals").json()["proposals"] == []


def test_wishes_are_text_few_and_from_the_page_itself(meeting: Meeting) -> None:
    page = meeting.public()
    for body in (
        {"text": ""},
        {"text": " \n"},
        {"text": "x" * 2_001},
        {"text": "x", "blocks": [1]},
        {"text": 5},
        [],
        None,
    ):
        assert page.post("/wishes", json=body).status_code == 422
    foreign = page.post("/wishes", json={"text": "x"}, headers={"origin": "http://elsewhere.example"})
    assert foreign.status_code == 403
    done = [page.post("/wishes", json={"text": "again"}).status_code for _ in range(WISHES + 1)]
    assert done == [201] * WISHES + [429]
    assert page.get("/").status_code == 200


def test_its_link_is_its_own(meeting: Meeting) -> None:
    assert meeting.public(TOKEN).get("/").status_code == 403
    given = meeting.public(TOKEN).get(f"/?token={TOKEN}")
    assert (given.status_code, given.headers["location"]) == (303, "/")
    cookie = given.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={TOKEN};")
    assert "HttpOnly" in cookie
    assert meeting.public(TOKEN, f"{COOKIE}={TOKEN}").get("/").status_code == 200
    assert meeting.public(TOKEN, f"rezone={TOKEN}").get("/").status_code == 403


def test_what_was_published_once_stays_whatever_is_drawn_after(meeting: Meeting) -> None:
    before = (meeting.folder / "public" / "report.json").read_bytes()
    meeting.page.post("/api/plans/1/undo", json={"seq": meeting.page.get("/api/plans/1").json()["seq"]})
    again = published(meeting.folder, meeting.read, settle({}))
    assert (meeting.folder / "public" / "report.json").read_bytes() == before
    assert [doc.name for doc in again] == [doc.name for doc in meeting.docs]
    assert json.loads(before)


def test_a_folder_without_plans_is_told_what_to_do_first(tmp_path: Path, meeting: Meeting) -> None:
    with pytest.raises(InputError, match="holds no plans yet"):
        published(tmp_path, meeting.read, settle({}))


# The last: asyncio, which the other tests use, runs in no thread beside Playwright's.
@chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1024, 360])
def test_a_wish_is_left_at_a_desk_and_on_a_telephone(width: int, scheme: str, browser: Any, meeting: Meeting) -> None:
    shown = Shown.of(meeting.docs, "en", with_addresses(meeting.docs, None))
    with answering(lambda access: public_application(shown, meeting.proposals, access), lambda: None) as address:
        context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        page.click("nav a:has-text('Leave a wish')")
        page.fill("#wish-text", f"Keep the path, {width} {scheme}")
        page.fill("#wish-who", "A walker")
        page.click("#wish button")
        page.wait_for_selector("#wish-told:has-text('Thank you')")
        assert page.input_value("#wish-text") == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [one["id"] for one in Axe().run(page, options=AXE).response["violations"]] == []
        context.close()
    (left,) = [one for one in meeting.proposals.waiting() if f"{width} {scheme}" in one["text"]]
    assert left["who"] == "A walker"
    meeting.proposals.settle(left["id"], "rejected")
