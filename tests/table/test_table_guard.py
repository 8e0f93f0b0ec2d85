"""Who is let in: every refusal of what a page of another site, or a stranger, may send."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables_kit import ADDRESS, Client, assign, client, lay

from scenarios.table.guard import BODY, HEADERS, WRITES, Access, Rates

TOKEN = "a-token-of-some-length"


@pytest.fixture
def table(tmp_path: Path):
    return lay(tmp_path)


@pytest.fixture
def page(table) -> Client:
    return client(table)


EDIT = assign(0, [1], [1])


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"host": "evil.example"}, 421, "host"),
        ({"host": "127.0.0.1:1"}, 421, "host"),
        ({"host": f"{ADDRESS}.evil.example"}, 421, "host"),
        ({"host": ""}, 421, "host"),
        ({"host": "192.168.0.1:8642"}, 421, "host"),
        ({"origin": "http://evil.example"}, 403, "origin"),
        ({"origin": "null"}, 403, "origin"),
        ({"origin": f"http://{ADDRESS}.evil.example"}, 403, "origin"),
        ({"origin": None}, 403, "origin"),
        ({"content-type": "text/plain"}, 415, "type"),
        ({"content-type": None}, 415, "type"),
        ({"content-type": "application/x-www-form-urlencoded"}, 415, "type"),
        ({"content-length": str(BODY + 1)}, 413, "size"),
        ({"content-length": "-1"}, 413, "size"),
    ],
)
def test_what_comes_from_elsewhere_changes_nothing(headers, status: int, code: str, page: Client) -> None:
    refused = page.post("/api/plans/1/edits", json=EDIT, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert page.get("/api/plans/1").json()["seq"] == 0


def test_a_program_may_ask_by_hand(page: Client) -> None:
    done = page.post("/api/plans/1/edits", json=EDIT, headers={"origin": None, "x-rezone": "1"})
    assert done.status_code == 200


def test_a_body_is_counted_as_it_comes(page: Client) -> None:
    refused = page.post("/api/plans/1/edits", content=b" " * (BODY + 1), headers={"content-length": "2"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "size")


def test_nothing_is_taken_away_from_elsewhere(page: Client) -> None:
    page.post("/api/plans", json={"name": "B", "from": 1})
    assert page.delete("/api/plans/2", headers={"origin": "http://evil.example"}).status_code == 403
    assert len(page.get("/api/plans").json()["plans"]) == 2


def test_too_many_writes_wait(page: Client) -> None:
    codes = [page.post("/api/plans/1/undo", json={"seq": 0}).status_code for _ in range(int(3 * WRITES))]
    assert 429 in codes
    clock = iter([0.0] * int(WRITES + 2) + [1.0] * 3)
    rates = Rates(lambda: next(clock))
    taken = [rates.take("a") for _ in range(int(WRITES) + 1)]
    assert (all(taken[:-1]), taken[-1], rates.take("b"), rates.take("a")) == (True, False, True, True)


def test_every_answer_forbids_what_the_page_does_not_need(page: Client) -> None:
    for path in ("/", "/static/leaflet.js", "/api/plans", "/nothing", "/api/plans/99"):
        headers = page.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert not [name for name in headers if name.startswith("access-control")]


def test_the_page_holds_no_script_and_no_style_in_itself(page: Client) -> None:
    text = page.get("/").text
    assert "<script>" not in text
    assert "<style" not in text
    assert ' style="' not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")


@pytest.mark.parametrize(
    "path",
    ["/static/../table.py", "/static/..%2ftable.py", "/static//etc/passwd", "/static/unready.html", "/static/", "/etc"],
)
def test_no_path_reaches_the_file_system(path: str, page: Client) -> None:
    found = page.get(path)
    assert (found.status_code, found.json()["error"]["code"]) == (404, "nothing")


def test_all_that_the_page_asks_for_is_there(page: Client) -> None:
    import re

    names = re.findall(r'/static/([\w.-]+)"', page.get("/").text)
    asked = set(names)
    while names:
        part = page.get(f"/static/{names.pop()}")
        assert part.status_code == 200
        new = set(re.findall(r'from "\./([\w.-]+)"', part.text)) - asked
        names, asked = [*names, *new], asked | new
    assert {"main.js", "leaflet.js", "geometry.js"} <= asked


def test_methods_that_are_not_there_are_refused(page: Client) -> None:
    for method, path in (("PUT", "/api/plans/1"), ("POST", "/"), ("DELETE", "/api/plans")):
        assert page.ask(method, path).status_code in (404, 405)
    assert page.ask("OPTIONS", "/api/plans/1/edits", headers={"origin": "http://evil.example"}).status_code == 403


def test_with_a_token_nobody_else_is_let_in(table) -> None:
    page = client(table, TOKEN)
    for path in ("/", "/api/plans", "/static/leaflet.js", "/?token=wrong", "/api/plans?token=" + TOKEN):
        refused = page.get(path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "token")
        assert TOKEN not in refused.text
    let_in = page.get(f"/?token={TOKEN}")
    assert (let_in.status_code, let_in.headers["location"], let_in.content) == (303, "/", b"")
    assert let_in.headers["set-cookie"] == f"rezone={TOKEN}; Path=/; HttpOnly; SameSite=Strict"
    known = Client(page.app, {**page.headers, "cookie": f"other=1; rezone={TOKEN}"})
    assert known.get("/api/plans").status_code == 200
    assert known.post("/api/plans/1/edits", json=EDIT).status_code == 200
    assert (
        known.post("/api/plans/1/undo", json={"seq": 1}, headers={"origin": "http://evil.example"}).status_code == 403
    )
    for cookie in ("rezone=wrong", "rezone=", "rezone=é", "\x00;=;"):
        assert Client(page.app, {"cookie": cookie.encode().decode("latin-1")}).get("/api/plans").status_code == 403


def test_a_server_for_all_addresses_answers_to_numbers_not_to_names() -> None:
    everywhere = Access(frozenset({"box:8642"}), 8642, any_address=True)
    assert everywhere.ours("192.168.0.7:8642")
    assert everywhere.ours("[fe80::1]:8642")
    assert everywhere.ours("box:8642")
    assert not any(everywhere.ours(host) for host in ("evil.example:8642", "192.168.0.7", "192.168.0.7:80", "x:y", "["))
