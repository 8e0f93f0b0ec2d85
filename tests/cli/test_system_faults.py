"""Every command under every fault of the system: a status, one line of words, nothing half written, no traceback."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet
import pytest
from system import QUICK, REZONE, calls, ended, leftovers, start
from toys import EXAMPLE

from optimizer.errors import InputError
from scenarios.cli import main as cli
from scenarios.reading import files
from scenarios.writing import staging
from scenarios.writing.files import OutputError, reported

NAMES = tuple(calls(*[Path()] * 5))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> SimpleNamespace:
    """A district, a run of it, a plan and a study."""
    folder = tmp_path_factory.mktemp("made")
    district = EXAMPLE.write(folder / "district")
    (folder / "study.toml").write_text(
        'district = "district"\n[options]\niterations = 200\nsize_tolerance = 0.5\n[[scenario]]\nname = "a"\n'
    )
    shapes = EXAMPLE.blocks()
    (folder / "mapping.toml").write_text(
        'name = "t"\n[blocks]\nfile = "district/blocks.parquet"\nid = "block_id"\nstudents = "students"\n'
        'zone = "school_id"\n[schools]\nfile = "district/schools.csv"\nid = "school_id"\nname = "name"\n'
        'lon = "lon"\nlat = "lat"\n'
    )
    past = "year,grade,students\n" + "".join(f"{year},K,{40 + year % 3}\n" for year in range(2019, 2025))
    (folder / "past.csv").write_text(past)
    (folder / "forecast.toml").write_text('[history]\nfile = "past.csv"\ngrade = "grade"\n')
    shapes[["geometry"]].set_geometry(shapes.boundary).to_crs(4326).to_file(folder / "streets.geojson")
    child = start("optimize", district, "--out", folder / "run", *QUICK, "--size-tolerance", 0.5)
    assert ended(child)[0] == 0
    plan = shutil.copy(folder / "run" / "plan.csv", folder / "plan.csv")
    return SimpleNamespace(district=district, run=folder / "run", plan=Path(plan), study=folder / "study.toml")


def call(made: SimpleNamespace, name: str, out: Path) -> tuple[object, ...]:
    return (name, *calls(made.district, made.run, made.plan, made.study, out)[name])


def said(err: str) -> str:
    """The one line of an error, progress aside."""
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in err
    assert len(line) < 400
    return line


@pytest.mark.parametrize("name", [name for name in NAMES if name != "serve"])  # which answers, and says so then
def test_a_full_disk_leaves_what_was_there(name: str, rezone, made, tmp_path: Path, monkeypatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if name != "publish":  # which refuses a folder with other files
        (out / "notes.txt").write_text("mine")
    before = sorted(out.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(staging, "_place", full)
    status, _, err = rezone(*call(made, name, out))
    assert (status, "cannot be written (No space left on device)" in said(err)) == (3, True)
    left = [path for path in sorted(out.iterdir()) if path.name not in ("plans", "journal.sqlite")]
    assert left == before
    assert leftovers(out) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_in_the_way_is_found_before_any_work(name: str, rezone, made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        status, printed, err = rezone(*call(made, name, out))
        assert (status, printed) == (3, "")
        assert "is a file, not a folder" in said(err) or "Not a directory" in said(err)
    assert (tmp_path / "file").read_text() == "mine"


WAYS = {
    "optimize": "plan.csv", "bands": "bands.json", "compare": "compare.html", "demo": "summary.json",
    "export": "plans.gpkg", "frontier": "frontier.csv", "generate": "schools.csv", "report": "report.html",
    "rfp": "rfp.xlsx", "run": "results.parquet", "score": "score.html", "sensitivity": "sensitivity.json",
    "serve": "plans.sqlite",
    "transition": "years.csv", "travel": "travel.csv", "forecast": "futures.parquet", "import": "blocks.parquet",
    "repair": "plan.csv",
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_a_folder_in_a_files_place_is_found_before_any_work(name: str, rezone, made, tmp_path: Path) -> None:
    (tmp_path / WAYS[name] / "kept").mkdir(parents=True)
    status, printed, err = rezone(*call(made, name, tmp_path))
    assert (status, printed) == (3, "")
    assert "is a folder" in said(err) or f"a folder called {WAYS[name]} lies in it" in said(err)
    assert [path.name for path in tmp_path.iterdir()] == [WAYS[name]]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_device_or_a_pipe_is_never_replaced(rezone, made, tmp_path: Path) -> None:
    pipe = tmp_path / "report.html"
    os.mkfifo(pipe)
    status, printed, err = rezone(*call(made, "report", tmp_path))
    assert (status, printed) == (3, "")
    assert "is a device or a pipe. Name a file, such as report.html" in said(err)
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_cannot_be_is_the_calls_fault(name: str, rezone, made, tmp_path: Path) -> None:
    status, printed, err = rezone(*call(made, name, tmp_path / ("x" * 300)))
    assert (status, printed) == (2, "")
    assert "cannot be a name (File name too long)" in said(err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("demo", "generate", "compare")])
def test_nothing_is_written_into_a_district(name: str, rezone, made) -> None:
    before = sorted(made.district.rglob("*"))
    more = ("--district", made.district) if name in ("report", "export", "publish") else ()
    status, printed, err = rezone(*call(made, name, made.district / "out"), *more)
    assert (status, printed) == (2, "")
    assert "lies in the district's folder" in said(err)
    assert sorted(made.district.rglob("*")) == before


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "Make room there"),
        (errno.EDQUOT, "Make room there"),
        (errno.EFBIG, "Make room there"),
        (errno.EROFS, "Name a place that can be written to"),
        (errno.EACCES, "Name a place that can be written to"),
        (errno.EISDIR, "Move away what lies there"),
        (errno.ENOTDIR, "Move away what lies there"),
        (errno.ENOENT, "deleted or moved meanwhile"),
        (errno.EIO, "Look at what the system says"),
    ],
)
def test_each_fault_has_its_mend(number: int, mend: str) -> None:
    with pytest.raises(OutputError, match=mend) as error, reported(Path("out")):
        raise OSError(number, os.strerror(number))
    assert f"--out: 'out' cannot be written ({os.strerror(number)})" in str(error.value)


def words_of(error: BaseException) -> tuple[int, str]:
    """Status and words of what a command raises."""
    status, lines = cli_words(error)
    return status, lines[0]


def cli_words(error: BaseException):
    import sys

    try:
        raise error
    except BaseException as raised:
        return sys.modules["scenarios.cli.main"]._in_words(raised)


def test_one_place_says_what_an_exception_means(monkeypatch) -> None:
    monkeypatch.delenv("REZONE_TRACEBACK", raising=False)
    assert callable(cli)
    assert words_of(MemoryError())[0] == 3
    assert "there is not enough of it" in words_of(MemoryError())[1]
    for text in ("lib.so: failed to map segment from shared object", "can't start new thread"):
        assert "there is not enough of it" in words_of(RuntimeError(text))[1]
    assert words_of(OSError(errno.EIO, "Input/output error", "a.csv")) == (
        3,
        "'a.csv': the system failed (Input/output error). Mend what it says, and repeat the command",
    )
    status, line = words_of(KeyError("gone"))
    assert (status, "This is a fault of the program: please report it" in line) == (3, True)
    assert "test_system_faults.py" in line
    assert issubclass(InputError, ValueError)


def test_standard_output_without_room_is_a_failure(made) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        child = start("check", made.district, stdout=full)
        _, err = child.communicate(timeout=60)
    assert (child.returncode, "standard output: the system failed (No space left on device)" in said(err)) == (3, True)


def test_terminals_that_are_not_utf8_get_escapes(made, tmp_path: Path) -> None:
    shutil.copytree(made.district, tmp_path / "d")
    head = (tmp_path / "d" / "district.toml").read_text(encoding="utf-8")
    (tmp_path / "d" / "district.toml").write_text(head.replace('name = "', 'name = "é学 '), encoding="utf-8")
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    status, out, err = ended(start("check", "d", "--json", cwd=tmp_path, env=ascii_only))
    assert (status, err) == (0, "")
    assert json.loads(out)["district"].startswith("é学")
    status, out, err = ended(
        start("evaluate", "d", "gone-学.csv", cwd=tmp_path, env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    )
    assert (status, out, "gone-" in said(err)) == (2, "", True)


def test_who_closes_the_pipe_does_not_change_the_answer(made, tmp_path: Path) -> None:
    words = ("optimize", made.district, "--out", tmp_path / "out", *QUICK, "--size-tolerance", 0.5)
    with start(*words) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        err = child.stderr.read()
    assert (child.returncode, "Traceback" in err) == (0, False)
    assert (tmp_path / "out" / "summary.json").is_file()


def test_closed_streams(made) -> None:
    words = " ".join(shlex.quote(str(word)) for word in (*REZONE, "check", made.district))
    assert subprocess.run(f"{words} >&- 2>&- <&-", shell=True, check=False).returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_links_in_a_circle_are_in_the_way(name: str, rezone, made, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    status, printed, err = rezone(*call(made, name, tmp_path / "loop"))
    assert (status in (2, 3), printed) == (True, "")
    assert "cannot be" in said(err)
    assert "fault of the program" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE])
def test_what_the_system_does_not_read_is_no_fault_of_the_file(number: int, rezone, made, monkeypatch) -> None:
    def broken(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "open", broken)
    status, _, err = rezone("check", made.district)
    assert (status, f"the system failed ({os.strerror(number)})" in said(err)) == (3, True)


@pytest.mark.parametrize(("spare", "status", "words"), [(2**62, 3, "memory"), (0, 2, "or damaged")])
def test_want_of_memory_is_told_from_a_file_that_asks_for_too_much(
    spare: int, status: int, words: str, rezone, made, monkeypatch
) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "SPARE", spare)
    monkeypatch.setattr(pyarrow.parquet.ParquetFile, "read", hungry)
    found = rezone("check", made.district)
    assert (found[0], words in said(found[2])) == (status, True), found


def test_layers_without_room_are_told_without_the_librarys_words(made, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    words = ("export", made.run, "--out", tmp_path / "out", "--format", "gpkg")
    status, _, err = ended(start(*words, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))))
    assert (status, "sqlite3" in err) == (3, False)
    assert "the system took a file of it only in part" in said(err)


def test_a_limit_on_file_sizes_is_words(made, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    words = ("optimize", made.district, "--out", tmp_path / "out", *QUICK, "--size-tolerance", 0.5)
    child = start(*words, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)))
    status, _, err = ended(child)
    assert (status, "cannot be written" in said(err)) == (3, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("import sys\nsys.exit(0)", 2, "p.py cannot be run (SystemExit: 0)"),
        ("raise MemoryError('x')", 2, "p.py cannot be run (MemoryError: x)"),
        ("import sys\n" + (leaving := "def value(self, plan): sys.exit(5)"), 2, "--plugin: p.py, line"),
        ("def value(self, plan):\n        print('chatter')\n        return 0.0", None, "chatter"),
    ],
)
def test_a_plugin_that_leaves_or_prints(body: str, status: int | None, words: str, made, tmp_path: Path) -> None:
    if "def value" in body:
        lead, _, own = body.rpartition("def value")
        body = (
            f"{lead}\nfrom optimizer.objectives import TravelMean\nclass Mine(TravelMean):\n"
            f"    name = 'mine'\n    def value{own}\nOBJECTIVES = [Mine]\n"
        )
    (tmp_path / "p.py").write_text(body)
    job = ("bound", made.district, "--plugin", tmp_path / "p.py", "--objective", "mine", "--json", *QUICK)
    found, out, err = ended(start(*job, "--size-tolerance", 0.5))
    assert words in err
    assert "chatter" not in out
    assert "Traceback" not in err
    assert status is None or found == status
