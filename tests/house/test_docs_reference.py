"""The reference pages name what the code has, no more and no less; links lead somewhere; words are spelt right."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import codespell_lib
import pytest
from docs_runner import DOCS, ROOT, pages
from toys import EXAMPLE, TOWN

from optimizer import Plan, measure
from optimizer.objectives import OBJECTIVES, OF_GROUPS, OF_PLAN
from scenarios import read_district
from scenarios.asking.options import Options
from scenarios.demo import demo_folder

sys.path.insert(0, str(DOCS / "_ext"))
import reference

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _first_cells(text: str) -> set[str]:
    """The names in backticks of the first cell of every row."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def _any_group(name: str, groups: tuple[str, ...]) -> str:
    return ".".join("<group>" if part in groups else part for part in name.split("."))


def test_every_command_has_its_section() -> None:
    text = _text("commands.md")
    heads = re.findall(r"^## ([a-z]+)$", text, re.MULTILINE)
    assert heads == re.findall(r"^```\{command\} (\w+)$", text, re.MULTILINE)
    assert sorted(heads) == sorted(reference.command_names())


def test_every_flag_and_option_says_what_it_does() -> None:
    rows = [row for name in reference.command_names() for row in reference.parameters(name)]
    assert len(rows) > 100
    assert [flag for flag, text in rows if not text] == []
    assert [(key, text) for key, _, text in reference.option_rows() if len(text) < 10] == []
    flags = {flag for name in reference.command_names() for flag, _ in reference.parameters(name)}
    assert {f"`--{key.replace('_', '-')}`" for key in Options.model_fields if key != "contiguity"} <= flags


def test_what_one_imports_is_told_from_its_docstring() -> None:
    told = reference.api("optimizer.Plan")
    assert told.startswith("```text\nPlan(district, school)\n```\n\n")
    assert "| `moved` | (blocks,) whether the block changes school. |" in told
    assert "| `sums(values)` |" in told
    assert "_" not in {row.split("`")[1][0] for row in told.splitlines() if row.startswith("| `")}
    assert "Write the proof of the result's bound to `out`" in reference.api("scenarios.certify")
    assert max(map(len, reference.api("optimizer.optimize").split("```")[1].splitlines())) <= reference.WIDE


def test_table_of_the_reference_keeps_its_columns() -> None:
    table = reference.table(["a", "b"], [("x|y", "two\nlines")])
    assert table.splitlines() == ["| a | b |", "| --- | --- |", "| x\\|y | two lines |"]


def test_measures_are_those_of_the_code() -> None:
    district = read_district(demo_folder())
    given = {_any_group(name, district.groups) for name in measure(Plan.status_quo(district))}
    told = set()
    for name in _first_cells(_text("measures.md")):
        told |= {name.replace(".X", f".{x}") for x in ("poverty", "race", "<group>")} if ".X" in name else {name}
    assert told == given


def test_objectives_are_those_of_the_code() -> None:
    of_groups = {".".join([name, *["<group>"] * count]) for name, (count, _) in OF_GROUPS.items()}
    assert _first_cells(_text("objectives.md")) == {*OBJECTIVES, *OF_PLAN} | of_groups


@pytest.mark.parametrize("toy", [EXAMPLE.but(head="[limits]\nsize_tolerance = 0.5\n"), TOWN], ids=["example", "town"])
def test_every_key_of_the_summary_is_told(toy, tmp_path) -> None:
    from docs_runner import command

    folder = toy.write(tmp_path / "district")
    command(f"rezone optimize {folder} --out {tmp_path / 'run'} --race-neutral")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    section = _text("files.md").partition("### summary.json")[2].partition("## What other")[0]
    told = _first_cells(section)
    told |= {f"{name}_status_quo" for name in told}
    assert set(summary) <= told


def test_index_names_every_page() -> None:
    own = [page.relative_to(DOCS).as_posix() for page in pages() if DOCS in page.parents]
    told = set(LINK.findall(_text("index.md"))) | {
        f"figures/{name}" for name in LINK.findall(_text("figures/index.md"))
    }
    assert sorted(name for name in own if name not in told | {"index.md", "README.md"}) == []


def _anchors(page: Path) -> set[str]:
    """As GitHub and MyST name headings."""
    heads = re.findall(
        r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{target}: nothing there"
        assert ROOT in there.parents, f"{target}: not in the project"
        assert not anchor or anchor in _anchors(there), f"{target}: no such heading"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_stand_in_fences(page: Path) -> None:
    """An indented command would be run by nobody."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.MULTILINE)
    assert re.findall(r"^(?: {4}|\t)(?:\.venv/bin/)?rezone .*", text, re.MULTILINE) == []


def test_words_are_spelt_right(capsys) -> None:
    books = sorted((ROOT / "notebooks").glob("*.ipynb"))
    files = [str(path) for path in (*pages(), *books, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md")]
    wrong = codespell_lib.main("--builtin", "clear,rare,code", "--ignore-words", str(DOCS / "words.txt"), *files)
    assert wrong == 0, capsys.readouterr().out


def test_pages_build_offline_without_a_warning(tmp_path) -> None:
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    page = (tmp_path / "mathematics.html").read_text(encoding="utf-8")
    assert page.count("<math") > 50
    loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"(https?:[^\"]*)", page)
    assert loaded == []


def test_all_that_is_bounded_is_listed_with_its_most() -> None:
    from scenarios.reading.most import MOST

    table = _text("limits.md").split("## What is bounded")[1].split("| --- | --- |\n")[1].split("\n\n")[0]
    assert table.splitlines() == [
        f"| {what} | {value:,}{' ' + unit if unit else ''} |" for value, unit, what in MOST.values()
    ]
