"""What the page asks over HTTP, and what it is told: edits, stale ones, plans, marks, faults."""

from __future__ import annotations

import base64
import errno
import gzip
import json
import os
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_kit import Client, assign, client, lay, locks
from toys import EXAMPLE, TOWN

from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.plans.file import plan_csv
from scenarios.table import journal
from scenarios.table.table import Table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return lay(tmp_path)


@pytest.fixture
def page(table: Table) -> Client:
    return client(table)


def test_the_district_is_told_once_with_all_that_the_page_needs(page: Client) -> None:
    told = page.get("/api/district").json()
    assert (told["name"], told["blocks"], [one["id"] for one in told["schools"]]) == ("toy", 20, ["x", "y", "z"])
    assert [one["name"] for one in told["groups"]] == ["White", "Black"]
    assert told["today"] == page.get("/api/plans/1").json()["schools"]
    assert len(told["atlas"]["blocks"]["id"]) == 20
    assert (told["unit"], told["objective"], told["limits"]["travel_floor"]) == ("m", "disparity", 1000)
    assert told["words"]["table.said"] == "{text}."


def test_the_district_comes_compressed_and_is_not_sent_to_who_has_it(page: Client) -> None:
    plain = page.get("/api/district", headers={"accept-encoding": "identity"})
    packed = page.get("/api/district", headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == plain.json()
    again = page.get("/api/district", headers={"if-none-match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = page.get("/api/district?language=es", headers={"if-none-match": packed.headers["etag"]})
    assert other.json()["language"] == "es"


def test_addresses_are_found_by_a_file_and_by_a_column_of_the_blocks(tmp_path: Path, page: Client) -> None:
    assert page.get("/api/district").json()["addresses"] is False
    assert page.get("/api/addresses").status_code == 404
    names = ["", "2 Elm St", None, *(f"{k} Oak Ave" for k in range(3, 20))]
    toy = TOWN.but(extra={"address": names})
    toy.write(tmp_path / "own" / "district")
    shapes = read_district(tmp_path / "own" / "district").geography
    assert shapes is not None
    middle = gpd.GeoSeries([shapes.polygon[7].centroid], crs=shapes.crs).to_crs(4326)[0]
    (tmp_path / "streets.csv").write_text(f"address,lon,lat\nMain St 1,{middle.x},{middle.y}\nFar off,0,0\n")
    there = client(lay(tmp_path / "own", toy, addresses=tmp_path / "streets.csv"))
    found = there.get("/api/addresses").json()
    known = dict(zip(found["text"], found["block"], strict=True))
    assert (known["2 Elm St"], known["Main St 1"], len(known)) == (1, 7, 19)
    assert there.get("/api/district").json()["addresses"] is True


def test_the_list_of_plans_judges_none_that_is_as_it_was(tmp_path: Path, monkeypatch) -> None:
    first = client(lay(tmp_path))
    for name in ("B", "C"):
        first.post("/api/plans", json={"name": name, "from": "today"})
    known = first.get("/api/plans").json()
    first.post("/api/plans/2/edits", json=assign(0, [1], [1]))
    again, judged = lay(tmp_path), []
    real = Table.plan
    monkeypatch.setattr(Table, "plan", lambda table, number: judged.append(number) or real(table, number))
    found = client(again).get("/api/plans").json()
    assert judged == [2]
    assert [found["plans"][k] for k in (0, 2)] == [known["plans"][k] for k in (0, 2)]
    assert found["plans"][1]["moved_students"] == 10
    monkeypatch.undo()
    other = client(lay(tmp_path, settings=settle({"max_moved": 0.01}))).get("/api/plans").json()
    assert [line["valid"] for line in other["plans"]] == [True, False, True]


def test_an_edit_says_what_it_changed_and_what_the_plan_does_now(page: Client) -> None:
    before = page.get("/api/plans/1").json()
    done = page.post("/api/plans/1/edits", json=assign(0, [1, 2], [1, 0])).json()
    assert (done["seq"], done["blocks"], done["schools"], done["undo"], done["redo"]) == (1, [1], [1], 1, 0)
    after = page.get("/api/plans/1").json()
    assert after["schools"] == [1 if i == 1 else j for i, j in enumerate(before["schools"])]
    assert after["figures"] == done["figures"] != before["figures"]
    shown = "10 students change school (5.3%)"
    assert done["figures"]["moved"] == {"students": 10.0, "blocks": 1, "share": 10 / 190, "shown": shown}


def test_undo_and_redo_without_end_and_after_a_reload(page: Client, table: Table, tmp_path: Path) -> None:
    start = page.get("/api/plans/1").json()
    for seq in range(5):
        page.post("/api/plans/1/edits", json=assign(seq, [1 + seq], [(start["schools"][1 + seq] + 1) % 3]))
    table.close()
    page = client(lay(tmp_path))
    seq = 5
    for k in range(5):
        seq = page.post("/api/plans/1/undo", json={"seq": seq}).json()["seq"]
        assert page.get("/api/plans/1").json()["redo"] == k + 1
    state = page.get("/api/plans/1").json()
    assert (state["schools"], state["undo"]) == (start["schools"], 0)
    assert state["figures"]["measures"] == start["figures"]["measures"]
    refused = page.post("/api/plans/1/undo", json={"seq": seq})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_to_undo")
    seq = page.post("/api/plans/1/redo", json={"seq": seq}).json()["seq"]
    assert page.post("/api/plans/1/edits", json=assign(seq, [9], [0])).json()["redo"] == 0


def test_a_stale_edit_is_not_merged_silently(page: Client) -> None:
    page.post("/api/plans/1/edits", json=assign(0, [1, 2], [1, 1], "mine"))
    refused = page.post("/api/plans/1/edits", json=assign(0, [2, 3], [2, 2], "theirs"))
    told = refused.json()["stale"]
    assert (refused.status_code, told["seq"], told["overlap"], told["free"]) == (409, 1, [2], [3])
    assert [(one["seq"], one["window"], one["data"]["blocks"]) for one in told["edits"]] == [(1, "mine", [1, 2])]
    ahead = page.post("/api/plans/1/undo", json={"seq": 7})
    assert (ahead.status_code, ahead.json()["stale"]["seq"]) == (409, 1)


def test_locked_blocks_stay(page: Client) -> None:
    done = page.post("/api/plans/1/edits", json=locks(0, [1, 2])).json()
    assert (done["locked"], done["blocks"]) == ({"on": [1, 2], "off": []}, [])
    refused = page.post("/api/plans/1/edits", json=assign(1, [2, 3], [1, 1]))
    assert (refused.status_code, refused.json()["error"]["what"]) == (409, "1 of these blocks is locked")
    assert page.post("/api/plans/1/undo", json={"seq": 1}).json()["locked"] == {"on": [], "off": [1, 2]}
    assert page.post("/api/plans/1/edits", json=assign(2, [2], [1])).status_code == 200


def test_what_changes_nothing_is_no_edit(page: Client) -> None:
    own = page.get("/api/plans/1").json()["schools"]
    done = page.post("/api/plans/1/edits", json=assign(0, [4, 5], [own[4], own[5]])).json()
    assert (done["seq"], done["undo"], done["blocks"]) == (0, 0, [])


def test_wishes_are_kept_with_the_plan(page: Client) -> None:
    wish = {"id": "a", "text": "<b>keep us</b>", "who": "Ms. X", "area": [[0.5, 1], [2, 3], [4, 1]], "blocks": [3]}
    body = {"seq": 0, "window": "w", "kind": "wish", "data": wish}
    done = page.post("/api/plans/1/edits", json=body).json()
    assert (done["wishes"][0]["text"], done["undo"]) == ("<b>keep us</b>", 0)
    assert page.get("/api/plans").json()["plans"][0]["wishes"] == 1
    gone = page.post("/api/plans/1/edits", json={**body, "seq": 1, "data": {**wish, "removed": True}}).json()
    assert gone["wishes"] == []


def test_changes_are_told_since_the_mark(page: Client) -> None:
    page.post("/api/plans/1/edits", json=assign(0, [1], [1]))
    assert page.post("/api/plans/1/mark", json={"seq": 1}).json()["mark"] == 1
    page.post("/api/plans/1/edits", json=assign(1, [2], [1]))
    state = page.get("/api/plans/1").json()
    row = state["figures"]["rows"][0]
    assert state["mark"] == 1
    assert row["change_mark"] == pytest.approx(row["now"] - row["mark"])
    assert row["mark"] not in (row["now"], row["today"])


def test_plans_are_made_named_and_taken_away(page: Client, table: Table) -> None:
    page.post("/api/plans/1/edits", json=assign(0, [1], [1]))
    made = page.post("/api/plans", json={"name": "B", "from": 1})
    assert (made.status_code, made.json()) == (201, {"plan": 2, "unmatched": []})
    assert page.get("/api/plans/2").json()["schools"] == page.get("/api/plans/1").json()["schools"]
    assert page.post("/api/plans", json={"name": "B", "from": "today"}).json()["error"]["code"] == "name"
    assert page.post("/api/plans", json={"name": " ", "from": "today"}).status_code == 422
    assert page.post("/api/plans/2/rename", json={"name": "C"}).json() == {"plan": 2, "name": "C"}
    lines = page.get("/api/plans").json()["plans"]
    assert [(one["name"], one["parent"], one["seq"]) for one in lines] == [("Plan 1", None, 1), ("C", 1, 1)]
    assert page.delete("/api/plans/1").status_code == 200
    last = page.delete("/api/plans/2")
    assert (last.status_code, last.json()["error"]["code"]) == (409, "last")
    assert page.get("/api/plans/1").status_code == 404


def test_plans_come_from_files_with_what_did_not_fit(page: Client, table: Table, tmp_path: Path) -> None:
    page.post("/api/plans/1/edits", json=assign(0, [1], [1]))
    csv = plan_csv(table.plan_of(1))
    made = page.post("/api/plans", json={"name": "csv", "from": {"csv": csv}}).json()
    assert page.get(f"/api/plans/{made['plan']}").json()["schools"] == page.get("/api/plans/1").json()["schools"]
    zones = TOWN.blocks()[["school_id", "geometry"]].dissolve("school_id").reset_index()
    zones = zones[zones["school_id"] != "z"].replace({"school_id": {"y": "nowhere"}})
    zones.to_file(tmp_path / "zones.geojson")
    packed = base64.b64encode((tmp_path / "zones.geojson").read_bytes()).decode()
    made = page.post("/api/plans", json={"name": "zones", "from": {"zones": packed, "name": "../zones.geojson"}}).json()
    assert "nowhere" in " ".join(made["unmatched"])
    assert "keep their school of today" in made["unmatched"][0]


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ({"csv": "block_id,school_id\nr0c0,x\n"}, "blocks are missing"),
        ({"csv": "a,b\nr0c0,x\n"}, "its columns are called a and b"),
        ({"csv": "a,b\nr0c0,x\n", "name": "Option <B>.csv"}, "Option <B>.csv: "),
        ({"zones": "AAAA", "name": "/etc/passwd"}, "no layer that can be read here"),
        ({"zones": "!", "name": "a.gpkg"}, "not in base64"),
        ({"zones": "AAAA", "name": "a.gpkg"}, "a.gpkg"),
        (7, "There is no such plan"),
    ],
)
def test_files_that_are_no_plan_are_refused_in_words(origin: object, words: str, page: Client) -> None:
    refused = page.post("/api/plans", json={"name": "new", "from": origin})
    assert refused.status_code in (404, 422)
    assert words in refused.json()["error"]["what"]
    assert len(page.get("/api/plans").json()["plans"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"no json", b"[]", b"{}", b"\xff", b"[" * 100_000,
        json.dumps(assign(0, [1], [9])).encode(), json.dumps(assign(0, [99], [1])).encode(),
        json.dumps(assign(0, [1, 1], [1, 1])).encode(), json.dumps(assign(0, [1, 2], [1])).encode(),
        json.dumps(assign(0, [-1], [1])).encode(), json.dumps(assign("0", [1], [1])).encode(),
        json.dumps(assign(0, [1], [1]) | {"more": 1}).encode(), json.dumps(assign(0, [1.5], [1])).encode(),
        json.dumps(assign(0, [1], [1]) | {"kind": "base"}).encode(), json.dumps(assign(2**60, [1], [1])).encode(),
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused_and_changes_nothing(body: bytes, page: Client) -> None:
    refused = page.post("/api/plans/1/edits", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 422
    assert set(refused.json()["error"]) == {"what", "mend", "code"}
    assert page.get("/api/plans/1").json()["seq"] == 0


def test_a_full_disk_is_said_and_the_plan_stays_as_it_was(page: Client, table: Table) -> None:
    before = page.get("/api/plans/1").json()
    (pages,) = table.journal.db.execute("PRAGMA page_count").fetchone()
    table.journal.db.execute(f"PRAGMA max_page_count = {pages}")
    long = {"id": "a", "text": "x" * 5_000}
    refused = page.post("/api/plans/1/edits", json={"seq": 0, "kind": "wish", "data": long})
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "disk")
    assert "database or disk is full" in refused.json()["error"]["what"]
    assert page.get("/api/plans/1").json() == before


def test_a_fault_of_the_program_shows_nothing_of_it(page: Client, table: Table, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), "/secret/place")

    monkeypatch.setattr(journal.Journal, "append", broken)
    refused = page.post("/api/plans/1/edits", json=assign(0, [1], [1]))
    assert (refused.status_code, refused.json()["error"]["code"]) == (500, "fault")
    assert "secret" not in refused.text
    assert "Traceback" not in refused.text


def test_every_window_hears_of_it_before_the_next_edit(page: Client, table: Table) -> None:
    heard: list[tuple[str, str]] = []
    leave = table.listen(lambda event, data: heard.append((event, data)))
    page.post("/api/plans/1/edits", json=assign(0, [1], [1], "mine"))
    page.post("/api/plans/1/undo", json={"seq": 1, "window": "theirs"})
    page.post("/api/plans", json={"name": "B", "from": 1})
    leave()
    page.post("/api/plans/1/redo", json={"seq": 2})
    told = [(event, json.loads(data)) for event, data in heard]
    assert [(event, data.get("kind"), data.get("window")) for event, data in told] == [
        ("edit", "assign", "mine"), ("edit", "undo", "theirs"), ("plans", None, None),
    ]  # fmt: skip
    assert told[1][1]["blocks"] == [1]
    assert told[0][1]["figures"]["value"] != told[1][1]["figures"]["value"]


def test_a_window_that_says_its_name_is_told_what_others_do_alone(page: Client, table: Table) -> None:
    heard: list[tuple[str, int]] = []
    table.listen(lambda event, data: heard.append((event, json.loads(data).get("seq", 0))), window="mine")
    page.post("/api/plans/1/edits", json=assign(0, [1], [1], "mine"))
    page.post("/api/plans/1/mark", json={"seq": 1, "window": "mine"})
    page.post("/api/plans/1/undo", json={"seq": 1, "window": "theirs"})
    page.post("/api/plans/1/redo", json={"seq": 2})
    assert heard == [("edit", 2), ("edit", 3)]


def test_each_window_is_told_in_its_own_language(page: Client, table: Table) -> None:
    heard: dict[str, str] = {}
    for language in ("en", "es"):
        table.listen(lambda _, data, own=language: heard.update({own: data}), language)
    done = page.post("/api/plans/1/edits?language=zh-Hant", json=assign(0, [1], [1])).json()
    said = [done["figures"]["sentence"], *(json.loads(data)["figures"]["sentence"] for data in heard.values())]
    assert ["學生" in said[0], "students" in said[1], "alumnado" in said[2]] == [True] * 3
    assert page.get("/api/district?language=es").json()["language"] == "es"
    assert page.get("/api/district").json()["languages"] == ["en", "es", "zh-Hant"]
    refused = page.get("/api/plans/1?language=xx")
    assert (refused.status_code, "'xx' is not a language here" in refused.json()["error"]["what"]) == (422, True)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.lists(st.integers(0, 3), unique=True, min_size=1), st.integers(0, 1)),
        st.tuples(st.just("lock"), st.lists(st.integers(0, 3), unique=True, min_size=1), st.booleans()),
        st.tuples(st.sampled_from(["undo", "redo"]), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_a_plan_is_what_its_journal_says_whatever_was_asked(tmp_path_factory, acts) -> None:
    folder = tmp_path_factory.mktemp("acts")
    table = lay(folder, EXAMPLE)
    page, seq = client(table), 0
    for kind, blocks, value in acts:
        if kind == "assign":
            answer = page.post("/api/plans/1/edits", json=assign(seq, blocks, [value] * len(blocks)))
        elif kind == "lock":
            answer = page.post("/api/plans/1/edits", json=locks(seq, blocks, value))
        else:
            answer = page.post(f"/api/plans/1/{kind}", json={"seq": seq})
        seq = answer.json()["seq"] if answer.status_code == 200 else seq
    told = page.get("/api/plans/1").json()
    table.close()
    assert client(lay(folder, EXAMPLE)).get("/api/plans/1").json() == told
