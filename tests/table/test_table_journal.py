"""The journal: what is written is there, nothing else is; older files, newer ones, foreign ones, no room."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from optimizer.errors import InputError
from scenarios.table import journal as journals
from scenarios.table.holding import Holding
from scenarios.table.journal import FILE, MIGRATIONS, VERSION, Journal, StaleError, TakenError
from scenarios.writing.files import OutputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def test_what_was_written_is_there_when_it_is_opened_again(path: Path) -> None:
    one = Journal(path)
    row = one.add("A", [0, 1, 1], window="w")
    one.append(row.id, 0, "assign", {"blocks": [2], "schools": [0]}, "w")
    one.keep("mark.1", "1")
    one.close()
    again = Journal(path)
    assert again.plans() == [row]
    assert [(entry.seq, entry.kind, entry.data) for entry in again.entries(row.id)] == [
        (0, "base", {"schools": [0, 1, 1]}),
        (1, "assign", {"blocks": [2], "schools": [0]}),
    ]
    assert (again.meta("mark.1"), again.meta("mark.2")) == ("1", None)


def test_it_is_written_so_that_it_outlives_the_power(path: Path) -> None:
    one = Journal(path)
    told = [one.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "user_version")]
    assert told == ["wal", 2, VERSION]


def test_an_edit_that_does_not_follow_the_last_one_is_refused(path: Path) -> None:
    one = Journal(path)
    plan = one.add("A", [0]).id
    one.append(plan, 0, "lock", {"blocks": [0], "on": True})
    with pytest.raises(StaleError) as stale:
        one.append(plan, 0, "lock", {"blocks": [0], "on": False})
    assert stale.value.head == 1
    assert len(list(one.entries(plan))) == 2


def test_names_are_taken_once_and_free_again_when_the_plan_is_gone(path: Path) -> None:
    one = Journal(path)
    first, second = one.add("A", [0]).id, one.add("B", [0]).id
    for again in (lambda: one.add("A", [0]), lambda: one.rename(second, "A")):
        with pytest.raises(TakenError):
            again()
    one.remove(first)
    one.rename(second, "A")
    assert [(row.id, row.name) for row in one.plans()] == [(second, "A")]
    assert len(list(one.entries(first))) == 1  # the file only grows


def test_older_files_are_migrated_with_all_that_is_in_them(path: Path) -> None:
    older = sqlite3.connect(path)
    older.executescript(MIGRATIONS[0])
    older.execute("INSERT INTO plan VALUES (1, 'A', 'then', NULL)")
    older.execute("INSERT INTO edit VALUES (1, 0, 'base', '{\"schools\":[0]}', '', 'then')")
    older.execute(f"PRAGMA application_id = {journals.APPLICATION}")
    older.execute("PRAGMA user_version = 1")
    older.commit()
    older.close()
    one = Journal(path)
    assert [row.name for row in one.plans()] == ["A"]
    one.append(1, 0, "lock", {"blocks": [0], "on": True})
    one.remove(1)
    assert one.db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_newer_files_and_foreign_ones_are_refused_and_left_as_they_are(path: Path) -> None:
    Journal(path).close()
    later = sqlite3.connect(path)
    later.execute(f"PRAGMA user_version = {VERSION + 1}")
    later.close()
    with pytest.raises(InputError, match=r"written by a newer version \(format"):
        Journal(path)
    for foreign in (b"no database at all, but longer than the head of one" * 20,):
        path.write_bytes(foreign)
        with pytest.raises(InputError, match="is no file of rezone serve, or it is damaged"):
            Journal(path)
        assert path.read_bytes() == foreign
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(InputError, match="is no file of rezone serve"):
        Journal(path)


def test_a_full_disk_refuses_the_edit_and_loses_nothing(path: Path) -> None:
    one = Journal(path)
    plan = one.add("A", [0] * 100).id
    (pages,) = one.db.execute("PRAGMA page_count").fetchone()
    one.db.execute(f"PRAGMA max_page_count = {pages + 2}")
    head = iter(range(1_000))

    def fill() -> None:
        while True:
            one.append(plan, next(head), "lock", {"blocks": list(range(100)), "on": True})

    with pytest.raises(OutputError, match=r"cannot be written \(database or disk is full\)\. Make room there"):
        fill()
    head = next(head) - 1
    assert len(list(one.entries(plan))) == head + 1
    one.db.execute("PRAGMA max_page_count = 100000")
    one.append(plan, head, "lock", {"blocks": [0], "on": False})
    one.close()
    assert len(list(Journal(path).entries(plan))) == head + 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(tmp_path / FILE)


def test_a_folder_is_held_once_and_free_when_its_holder_ends(tmp_path: Path) -> None:
    one = Holding(tmp_path)
    with pytest.raises(InputError, match="is served by another command, which is just beginning"):
        Holding(tmp_path)
    one.say("http://127.0.0.1:1/")
    with pytest.raises(InputError, match=r"is served at http://127\.0\.0\.1:1/\. Open that address"):
        Holding(tmp_path)
    one.leave()
    Holding(tmp_path).leave()
