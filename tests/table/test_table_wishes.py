"""Wishes and asks over HTTP: what a wish becomes, whether a plan keeps it, and what cannot be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tables_kit import Client, assign, client, lay

from scenarios.asking.rule_tables import rule_faults
from scenarios.table.jobs import Jobs
from scenarios.table.table import Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay(tmp_path)


@pytest.fixture
def page(table: Table, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(table.jobs.engine, "start", lambda: None)  # answers are tested where they are made
    return client(table)


def wish(seq: int, rule: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    data = {"id": "w1", "text": "Keep our street together", "who": "A parent", "blocks": [3, 4], "rule": rule, **more}
    return {"seq": seq, "window": "w", "kind": "wish", "data": data}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"asks": "together", "blocks": [3, 4]}, "keep_together"),
        ({"asks": "school", "blocks": [3, 4], "school": 1}, "require"),
        ({"asks": "line", "line": [[600, 0], [600, 2000], [600, 0]]}, "barrier"),
    ],
)
def test_one_click_makes_a_wish_a_rule_that_scenario_files_take(page: Client, asked: Any, kind: str) -> None:
    rule = page.post("/api/rules", json=asked).json()["rule"]
    assert rule["kind"] == kind
    assert rule_faults(rule, "wish") == []
    assert page.post("/api/plans/1/edits", json=wish(0, rule)).status_code == 200
    told = page.get("/api/plans/1/wishes").json()["wishes"]
    assert told["w1"]["state"] == ("not_kept" if kind != "barrier" else told["w1"]["state"])
    assert page.get("/api/plans/1").json()["wishes"][0]["rule"] == rule


def test_a_wish_is_kept_once_the_plan_does_what_it_asks(page: Client) -> None:
    rule = page.post("/api/rules", json={"asks": "together", "blocks": [3, 4]}).json()["rule"]
    page.post("/api/plans/1/edits", json=wish(0, rule))
    page.post("/api/plans/1/edits", json=assign(1, [3, 4], [1, 1]))
    assert page.get("/api/plans/1/wishes").json()["wishes"]["w1"] == {"state": "kept"}


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "barrier", "file": "/etc/passwd"},
        {"kind": "barrier", "points": [[0, 0], [1, 1]], "crossings": "a.gpkg"},
        {"kind": "keep_together", "column": "estate"},
        {"kind": "keep_together", "blocks": [["r0c0"]]},
        {"kind": "close", "schools": ["x"]},
        {"kind": ["require"], "pairs": []},
        {},
    ],
)
def test_a_wish_becomes_no_other_rule_least_of_all_one_with_a_file(page: Client, rule: dict[str, Any]) -> None:
    refused = page.post("/api/plans/1/edits", json=wish(0, rule or {"kind": "none"}))
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "rule")
    assert page.get("/api/plans/1").json()["seq"] == 0


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/plans/1/ask", {"what": "improve", "seq": 9}, 409),
        ("/api/plans/1/ask", {"what": "everything", "seq": 0}, 422),
        ("/api/plans/1/ask", {"what": "why", "seq": 0}, 422),
        ("/api/plans/1/ask", {"what": "why", "seq": 0, "block": 99, "school": 0}, 422),
        ("/api/plans/1/ask", {"what": "improve", "seq": 0, "area": [99]}, 422),
        ("/api/plans/1/ask", {"what": "improve", "seq": 0, "seconds": 1e9}, 422),
        ("/api/plans/1/ask", {"what": "wish", "seq": 0, "wish": "w9"}, 404),
        ("/api/plans/9/ask", {"what": "improve", "seq": 0}, 404),
        ("/api/jobs/9/stop", {}, 404),
        ("/api/rules", {"asks": "line", "line": [[0, 0]]}, 422),
        ("/api/rules", {"asks": "school", "blocks": [0]}, 422),
        ("/api/rules", {"asks": "together", "blocks": [99]}, 422),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(page: Client, path: str, body: Any, status: int) -> None:
    refused = page.post(path, json=body)
    assert refused.status_code == status
    assert refused.json()["error"]["what"]


def test_one_job_at_a_time_and_who_is_busy_is_named(page: Client, table: Table) -> None:
    heard: list[str] = []
    table.listen(lambda event, _: heard.append(event))
    asked = {"what": "repair", "seq": 0, "seconds": 2.0}
    first = page.post("/api/plans/1/ask", json=asked)
    assert (first.status_code, first.json()) == (202, {"job": 1})
    job = page.get("/api/jobs/1").json()
    assert (job["what"], job["plan"], job["seq"], job["state"], job["answer"]) == ("repair", 1, 0, "working", None)
    busy = page.post("/api/plans/1/ask?language=es", json=asked)
    assert (busy.status_code, busy.json()["job"], busy.json()["asked"]) == (409, 1, "repair")
    assert busy.json()["error"]["what"] == "El motor trabaja en otra pregunta"
    assert heard == ["job"]


def test_pieces_and_draws_over_http(page: Client) -> None:
    page.post("/api/plans", json={"name": "B", "from": "today"})
    page.post("/api/plans/2/edits", json=assign(0, [1], [1]))
    found = page.get("/api/plans/1/against/2").json()
    assert [piece["blocks"] for piece in found["pieces"]] == [[1]]
    drawn = page.get("/api/draws/3?plan=2").json()
    assert drawn["figures"]["moved"]["blocks"] == 1
    assert page.get("/api/draws/3").status_code == 422
    assert page.get("/api/draws/5000?plan=2").status_code == 404
    assert page.get("/api/plans/1/against/9").status_code == 404


def test_the_engine_is_closed_with_the_table(table: Table) -> None:
    assert isinstance(table.jobs, Jobs)
    table.close()
    assert table.jobs.engine.closed
