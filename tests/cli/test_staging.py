"""Answers take their places whole: nothing of an earlier one is left, nothing is half written, whatever happens."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from toys import EXAMPLE

from optimizer.errors import InputError
from scenarios.writing import staging
from scenarios.writing.files import OutputError, output_file, output_folder, replacing, write_text
from scenarios.writing.staging import being_placed, record_of, writing


def put(out: Path, files: dict[str, str], command: str = "score") -> None:
    out.mkdir(exist_ok=True)
    with writing(out, command) as new:
        for name, text in files.items():
            (new / name).parent.mkdir(exist_ok=True)
            write_text(new / name, text)


def there(out: Path) -> dict[str, str]:
    """What lies in the folder, but for its record."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in files}


OLD = {"score.json": "old", "plans/01.csv": "old", "plans/02.csv": "old", "not_matched.csv": "old"}
NEW = {"score.json": "new", "plans/01.csv": "new"}


def test_an_answer_replaces_the_one_before_and_leaves_what_is_not_of_it(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    (tmp_path / "plans" / "mine.csv").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    put(tmp_path, NEW)
    assert there(tmp_path) == NEW | {"plans/mine.csv": "mine", "notes.txt": "mine"}
    assert set(record_of(tmp_path, "score") or ()) == set(NEW)


def test_folders_that_are_left_empty_go(tmp_path: Path) -> None:
    put(tmp_path, {"certificates/01.json": "old", "a.csv": "old"}, "frontier")
    put(tmp_path, {"a.csv": "new"}, "frontier")
    assert not (tmp_path / "certificates").exists()


def test_without_a_record_only_what_the_command_always_writes_goes(tmp_path: Path) -> None:
    for name in ("score.json", "not_matched.csv", "other.csv"):
        (tmp_path / name).write_text("old")
    put(tmp_path, NEW)
    assert there(tmp_path) == NEW | {"other.csv": "old"}


def test_commands_that_share_a_folder_keep_each_others_files(tmp_path: Path) -> None:
    put(tmp_path, OLD, "score")
    put(tmp_path, {"frontier.csv": "old", "plans/07.csv": "old"}, "frontier")
    put(tmp_path, NEW, "score")
    assert there(tmp_path) == NEW | {"frontier.csv": "old", "plans/07.csv": "old"}
    put(tmp_path, {"frontier.csv": "new"}, "frontier")
    assert there(tmp_path) == NEW | {"frontier.csv": "new"}


def test_the_record_of_a_study_stays_its_own(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": "rezone-results", "runs": {"done": 1}}')
    put(tmp_path, OLD)
    put(tmp_path, NEW)
    found = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (found["format"], found["runs"], set(found["others"]["score"])) == ("rezone-results", {"done": 1}, set(NEW))
    assert there(tmp_path) == NEW


@pytest.mark.parametrize("name", ["../outside.csv", "/tmp/outside.csv", ""])
def test_a_record_changed_by_hand_reaches_nothing_outside(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, OLD)
    (tmp_path / "outside.csv").write_text("kept")
    record = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps(record | {"files": {**record["files"], name: "0"}}))
    put(out, NEW)
    assert (tmp_path / "outside.csv").read_text() == "kept"


def failing(out: Path) -> None:
    with writing(out, "score") as new:
        write_text(new / "score.json", "new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_what_fails_in_the_body_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)\. Make room"):
        failing(tmp_path)
    assert there(tmp_path) == OLD
    assert not list(tmp_path.glob(".writing-*"))


@pytest.mark.parametrize("at", range(9))
def test_what_fails_while_files_take_their_places_is_undone(at: int, tmp_path: Path, monkeypatch) -> None:
    put(tmp_path, OLD)
    done, move = [0], staging._move

    def failing(path: Path, to: Path) -> None:
        if "new" not in to.parts and "old" not in path.parts and done[0] == at:
            done[0] += 1
            raise OSError(5, os.strerror(5))
        done[0] += 1
        move(path, to)

    monkeypatch.setattr(staging, "_move", failing)
    try:
        put(tmp_path, NEW)
    except OutputError:
        assert there(tmp_path) == OLD
    else:
        assert there(tmp_path) == NEW
    assert not list(tmp_path.glob(".writing-*"))


def killed(out: Path, at: int) -> None:
    """A process that is killed at one of its moves."""
    moves, move = [0], staging._move

    def deadly(path: Path, to: Path) -> None:
        if moves[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        moves[0] += 1
        move(path, to)

    staging._move = deadly
    put(out, NEW)


@pytest.mark.parametrize("at", range(8))
def test_after_a_kill_the_old_answer_the_new_one_or_what_is_refused(at: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, OLD)
    child = multiprocessing.get_context("fork").Process(target=killed, args=(out, at))
    child.start()
    child.join()
    left = {name: text for name, text in there(out).items() if not name.startswith(".writing-")}
    assert left in (OLD, NEW) or being_placed(out)
    with writing(out, None):  # any command that writes there
        pass
    assert there(out) in (OLD, NEW)
    assert not list(out.glob(".writing-*"))
    put(out, NEW)
    assert there(out) == NEW


def many(out: Path, word: str) -> None:
    for _ in range(15):
        put(out, {f"{name}.csv": word for name in (f"{word}1", "score.json", f"plans/{word}")})


def test_two_processes_on_one_folder_leave_one_whole_answer(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, OLD)
    children = [multiprocessing.get_context("fork").Process(target=many, args=(out, word)) for word in ("a", "b", "c")]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    (word,) = set(there(out).values())
    assert set(there(out)) == {f"{word}1.csv", "score.json.csv", f"plans/{word}.csv"}


def test_leftovers_of_killed_commands_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    (tmp_path / ".writing-dead.csv").write_text("half")
    (tmp_path / ".writing-dead").mkdir()
    (tmp_path / ".writing-dead" / "a.csv").write_text("half")
    with replacing(tmp_path / "living.csv") as living:
        put(tmp_path, NEW)
        assert [path.name for path in tmp_path.glob(".writing-*")] == [living.name]
        living.write_text("whole")
    assert there(tmp_path) == NEW | {"living.csv": "whole"}


@pytest.mark.parametrize(
    ("name", "folder", "words"),
    [("score.json", True, "a folder called score.json lies in it"), ("plans", False, "a file called plans lies in it")],
)
def test_what_is_in_the_way_is_named_and_nothing_is_changed(name: str, folder: bool, words: str, tmp_path) -> None:
    (tmp_path / name).mkdir() if folder else (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match=words):
        put(tmp_path, NEW)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_is_deleted_meanwhile_is_not_made_again(tmp_path: Path) -> None:
    out = output_folder(tmp_path / "out")
    out.rmdir()
    with pytest.raises(OutputError, match="deleted or moved meanwhile"), writing(out, "score"):
        pass
    assert not out.exists()


LONG = "x" * 300


@pytest.mark.parametrize("make", [output_folder, output_file])
def test_names_that_cannot_exist_are_found_before_anything_is_done(make, tmp_path: Path) -> None:
    for path in (tmp_path / LONG, tmp_path / LONG / "a", tmp_path / "\0"):
        with pytest.raises(InputError, match="cannot be a name"):
            make(path)


def test_a_path_that_is_too_long_for_the_files_in_it_is_found_first(tmp_path: Path) -> None:
    path = tmp_path
    while len(str(path)) < 4040:
        path /= "d" * min(200, 4045 - len(str(path)))
    with pytest.raises(InputError, match="cannot be a name"):
        output_folder(path)


def test_a_name_with_control_characters_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be a name \(it holds a control character\)"):
        output_folder(tmp_path / "a\nb")


def test_nothing_is_written_in_or_above_a_district(tmp_path: Path) -> None:
    district = tmp_path / "all" / "d"
    district.mkdir(parents=True)
    (tmp_path / "link").symlink_to(district)
    for out in (district, district / "out", tmp_path / "all", tmp_path, tmp_path / "link" / "out"):
        with pytest.raises(InputError, match="lies in the district's folder"):
            output_folder(out, district)
    assert list(district.iterdir()) == []
    output_file(tmp_path / "all" / "r.html", district)
    with pytest.raises(InputError, match="lies in the district's folder"):
        output_file(district / "r.html", district)


def test_a_call_that_is_refused_leaves_no_folder_behind(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    rules = ("--rule", "lock blocks=r0c0", "--rule", "forbid pairs=r0c0:x")
    for words in (("optimize", folder, *rules), ("compare", folder / "schools.csv"), ("export", tmp_path / "no")):
        status, _, said = rezone(*words, "--out", tmp_path / "new" / "deep")
        assert (status, said.count("error: ") > 0) == (2, True)
        assert not (tmp_path / "new").exists()
