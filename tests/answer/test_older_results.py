"""Results from before there were two default minima: they are judged under the one of their time, and it is said."""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
from scorecards import entry, scorecard
from told import plain
from toys import OVERFULL

from optimizer import Breach, Size
from optimizer.errors import InputError
from optimizer.rules import size
from scenarios import read_district, read_results
from scenarios.asking.options import DEFAULT_MINIMUM, MINIMA, Settings, minimum_meant
from scenarios.asking.settling import settle
from scenarios.cli import main
from scenarios.exports.runs import read_runs
from scenarios.exports.write import provenance
from scenarios.reading.records import FORMAT, Broken
from scenarios.report.given import Ask
from scenarios.report.sources import read_sources
from scenarios.runner.task import tasks_of
from scenarios.scenario_file import read_study
from scenarios.score.words import broken_in_words

KEY = "default_minimum"
OLDER = "An older result: today such a school may shrink to 15% below its seats."
QUICK = ("--iterations", 500, "--threads", 1)
STUDY = 'district = "d"\noptions = { iterations = 500 }\n[[scenario]]\nname = "a"\n'


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """The overfull district `d`; `one` and `many`, folders of `optimize` and of `run`, where the school is relieved."""
    base = tmp_path_factory.mktemp("written")
    folder = OVERFULL.write(base / "d")
    (base / "study.toml").write_text(STUDY)
    jobs = (
        ("optimize", folder, "--out", base / "one", *QUICK),
        ("run", base / "study.toml", "--out", base / "many", "--jobs", 1),
    )
    with pytest.MonkeyPatch.context() as patch:
        for words in jobs:
            patch.setattr(sys, "argv", ["rezone", *map(str, words)])
            with pytest.raises(SystemExit) as ended:
                main()
            assert not ended.value.code
    return base


@pytest.fixture
def made(written: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """The district, and folders of `optimize` and of `run` that a test may change."""
    copies = [shutil.copytree(written / name, tmp_path / name) for name in ("one", "many")]
    return written / "d", copies[0], copies[1]


def aged(folder: Path) -> None:
    """The folder as it was written before results named the default minimum, and their files."""
    (folder / "manifest.json").unlink(missing_ok=True)
    for name in ("summary.json", "report.json"):
        if (folder / name).exists():
            found = json.loads((folder / name).read_text(encoding="utf-8"))
            del (found if name == "summary.json" else found["summary"])["limits"][KEY]
            found.pop("files", None)
            (folder / name).write_text(json.dumps(found), encoding="utf-8")
    table = folder / "results.parquet"
    if table.exists():
        pd.read_parquet(table).drop(columns=[f"option.{KEY}"]).to_parquet(table)


def summaries(source: Path, folder: Path) -> list[dict[str, Any]]:
    district = read_district(folder)
    return [plain(doc.summary) for doc in read_sources([source], district, Ask(settle({}, None, {}))).docs]


def test_what_names_no_default_minimum_means_todays_alone() -> None:
    assert minimum_meant({}) == minimum_meant({KEY: None}) == minimum_meant({KEY: "today"}) == "today"
    assert minimum_meant({KEY: "today_or_seats"}) == "today_or_seats"
    with pytest.raises(InputError, match=r"column 'default_minimum': 'seats' is no default minimum that is known"):
        minimum_meant({KEY: "seats"})
    with pytest.raises(InputError, match=r"default_minimum: 'seats' is none that is known\. It is one of: "):
        Size(default_minimum="seats")  # type: ignore[arg-type]
    assert (Size().default_minimum, get_args(size.DefaultMinimum)) == (DEFAULT_MINIMUM, MINIMA)


def test_folders_say_which_default_minimum_they_mean(made) -> None:
    folder, one, many = made
    for name in ("summary.json", "certificate.json"):
        assert json.loads((one / name).read_text(encoding="utf-8"))["limits"][KEY] == "today_or_seats"
    assert json.loads((one / "report.json").read_text(encoding="utf-8"))["summary"]["limits"][KEY] == "today_or_seats"
    assert pd.read_parquet(many / "results.parquet")[f"option.{KEY}"].tolist() == ["today_or_seats"]
    for source in (one, many):
        (summary,) = summaries(source, folder)
        assert (summary["valid"], summary["limits"][KEY]) == (True, "today_or_seats")


def test_an_older_study_is_judged_under_the_older_default(made) -> None:
    """Its plan relieves the school further than that default lets it: it was no valid plan then."""
    folder, _, many = made
    aged(many)
    (summary,) = summaries(many, folder)
    assert (summary["valid"], summary["limits"].get(KEY, "today")) == (False, "today")
    assert [row["limit"] for row in summary["broken_limits"] if not row["inherited"]] == ["min_students"]


def test_pages_exports_and_comparisons_say_so(made, rezone, tmp_path: Path) -> None:
    _, one, many = made
    (tmp_path / "older").mkdir()
    older = shutil.copytree(one, tmp_path / "older" / "one")
    aged(older)
    pages = {}
    for source in (one, older):
        assert rezone("report", source, "--out", tmp_path / "page.html")[0] == 0
        pages[source] = (tmp_path / "page.html").read_text(encoding="utf-8")
        (run,) = read_runs([source])
        meant = "today" if source == older else "today_or_seats"
        assert f"{KEY} {meant}" in provenance([run])[f"plan {run.name}"]
    assert OLDER in pages[older]
    assert OLDER not in pages[one]
    assert f"--{KEY.replace('_', '-')}" not in pages[one]  # the command to repeat it has no such flag
    aged(many)
    results = read_results([one, older, many])
    assert results[f"option.{KEY}"].tolist() == ["today_or_seats", "today", "today"]
    status, told, _ = rezone("compare", one, older, many, "--out", tmp_path / "compared")
    assert status == 0
    words = "Judged under the older default minimum: one (default_minimum today), a. A school that gives no "
    assert words in told
    assert words in (tmp_path / "compared" / "compare.html").read_text(encoding="utf-8")
    assert "older default" not in rezone("compare", one, "--out", tmp_path / "compared")[1]


def test_older_folders_are_published_as_they_were_judged(made, rezone, tmp_path: Path) -> None:
    _, one, _ = made
    aged(one)
    status, _, err = rezone("publish", one, "--out", tmp_path / "open", "--threshold", 3)
    assert status == 0, err
    document = json.loads((tmp_path / "open" / "report.json").read_text(encoding="utf-8"))
    assert minimum_meant(document["summary"]["limits"]) == "today"
    assert rezone("report", tmp_path / "open", "--out", tmp_path / "page.html")[0] == 0
    assert OLDER in (tmp_path / "page.html").read_text(encoding="utf-8")


def newer(folder: Path, form: int) -> None:
    """As a later version may write it: with keys, limits and measures that are not known here."""
    for name in ("summary.json", "report.json"):
        found = json.loads((folder / name).read_text(encoding="utf-8"))
        found.pop("files", None)
        found |= {"mood": "good"} | ({"format": form} if "format" in found else {})
        summary = found.get("summary", found)
        summary["limits"]["noise"] = 3
        for measures in (summary["measures"], summary["measures_status_quo"]):
            measures["loudness"] = 0.5
        (folder / name).write_text(json.dumps(found), encoding="utf-8")


@pytest.mark.parametrize("command", ["report", "publish", "compare", "export", "rfp"])
def test_newer_folders_are_read_or_refused_in_words(command: str, made, rezone, tmp_path: Path) -> None:
    folder, one, _ = made
    asked = {"report": ("--out", tmp_path / "page.html"), "publish": ("--out", tmp_path / "open", "--threshold", 3)}
    for form, wanted in ((FORMAT, 0), (FORMAT + 1, 2)):
        later = shutil.copytree(one, tmp_path / f"of_format_{form}")
        newer(later, form)
        read = (folder, later) if command == "rfp" else (later,)
        status, _, err = rezone(command, *read, *asked.get(command, ("--out", tmp_path / "compared")))
        assert status == wanted, err
        said = f"was made by a newer version of rezone: its format is {form}, this version reads {FORMAT}. Bring rezone"
        assert (said in err) == bool(wanted)


def test_a_rerun_asks_anew_what_an_older_run_answered(written: Path, monkeypatch) -> None:
    """The default minimum is part of a run's name: another question, another run."""
    study = read_study(written / "study.toml")
    (now,) = tasks_of(study)
    monkeypatch.setattr("scenarios.asking.near.Settings", partial(Settings, default_minimum="today"))
    (then,) = tasks_of(study)
    assert now.run != then.run


def test_a_frontier_is_judged_as_it_was_made(rezone, tmp_path: Path) -> None:
    folder, out = OVERFULL.write(tmp_path / "d"), tmp_path / "f"
    assert rezone("frontier", folder, "--out", out, "--points", 2, *QUICK)[0] == 0
    found = json.loads((out / "frontier.json").read_text(encoding="utf-8"))
    assert found["limits"][KEY] == "today_or_seats"
    assert all(summary["limits"][KEY] == "today_or_seats" for summary in summaries(out, folder))
    del found["limits"][KEY]
    (out / "frontier.json").write_text(json.dumps(found), encoding="utf-8")
    aged(out)
    assert all(summary["limits"][KEY] == "today" for summary in summaries(out, folder))


def test_a_scorecard_names_the_smallest_size_that_was_meant() -> None:
    row = Breach("min_students", 3.0, 9.0, "x")
    plan = entry(broken_limits=Broken.of([row]))
    for meant, end in (("today_or_seats", ", or of the seats where that is less."), (None, " today's students.")):
        assert any(line.endswith(end) for line in broken_in_words(scorecard(**{KEY: meant}), plan, {}))
