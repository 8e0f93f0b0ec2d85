"""Runs the code blocks of a page of docs: commands on the demo district, Python, TOML and SQL, in one folder a page.

A command runs as it is written, but for the amount of search: `--iterations` takes the place of time limits, and so
does `iterations` in a TOML file, so that a page takes seconds. `# exit status 1` behind a command says that this is
what it answers. A TOML, Python or CSV block whose first line is `# NAME.toml` and so on is also written to that file.
What a program says is a `text` or `json` block;
a tutorial's is held to it. A block that cannot run here is marked by an HTML comment before it:
`<!-- not run: WHY -->`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from sybil import Document
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer
from tree import ROOT
from typer.testing import CliRunner

from optimizer.errors import InputError
from scenarios.asking.rule_files import located
from scenarios.asking.rule_tables import rule_faults
from scenarios.cli.main import app

DOCS = ROOT / "docs"
SHOWN = ("text", "json")
NOT_RUN = re.compile(r"<!-- not run: ([^>]+?) -->\s*\Z")
TIMED = re.compile(r"^time_limit = \d+", re.MULTILINE)
NAMED = re.compile(r"# (\w+\.(?:toml|py|csv))\n")
ITERATIONS, SECONDS = "3000", "4"  # enough for every answer, few enough for a page to take seconds

RUNS = """
district = "DISTRICT"
[options]
iterations = 1000
[[scenario]]
name = "modest"
max_moved = 0.05
[[scenario]]
name = "today"
baseline = "status_quo"
"""


@dataclass(frozen=True)
class Block:
    """A code block: its language, its text, its line, and why it does not run ("" where it does)."""

    language: str
    text: str
    line: int
    not_run: str


def pages() -> list[Path]:
    """Every page, README and CONTRIBUTING among them."""
    own = [path for path in DOCS.rglob("*.md") if "_build" not in path.parts]
    return sorted([*own, ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def blocks(path: Path) -> list[Block]:
    """The code blocks of a page, in order; Sphinx's own directives are none."""
    text, found = path.read_text(encoding="utf-8"), []
    for region in FencedCodeBlockLexer(r"[^\n]*")(Document(text, str(path))):
        language = str(region.lexemes["language"]).strip()
        if not language.startswith("{"):
            mark = NOT_RUN.search(text[: region.start])
            line = text.count("\n", 0, region.start) + 1
            found.append(Block(language, str(region.lexemes["source"]), line, mark.group(1) if mark else ""))
    return found


def prepare(folder: Path, district: Path) -> None:
    """What pages take as given: a district, a run of it, plans, and the examples."""
    for name in ("DISTRICT", "ELEMENTARY", "MIDDLE", "HIGH"):
        shutil.copytree(district, folder / name)
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(district, folder / "scenarios" / "demo" / "district")
    study = folder / "examples" / "closing.toml"
    study.write_text(study.read_text(encoding="utf-8").replace("20_000", ITERATIONS), encoding="utf-8")
    for name, plan in (("a.csv", "consultant.csv"), ("b.csv", "board_member.csv")):
        shutil.copy(ROOT / "examples" / "plans" / plan, folder / name)
    _river(folder / "river.gpkg")
    (folder / "runs.toml").write_text(RUNS, encoding="utf-8")
    command(f"rezone optimize {folder / 'DISTRICT'} --out {folder / 'DIR'} --seed 1")
    command(f"rezone frontier {folder / 'DISTRICT'} --out {folder / 'FRONTIER'} --points 3")
    command(f"rezone run {folder / 'runs.toml'} --out {folder / 'RUNS'} --jobs 1")
    shutil.copy(folder / "DIR" / "plan.csv", folder / "plan.csv")


def _river(path: Path) -> None:
    import geopandas as gpd
    import shapely

    line = shapely.LineString([(500_000, 4_203_000), (503_000, 4_203_200)])
    gpd.GeoDataFrame(geometry=[line], crs="EPSG:32618").to_file(path)


def run(block: Block, page: ModuleType) -> str:
    """Run a block in the current folder, and give what its commands said. page: what its Python blocks share. Raises
    AssertionError where it does not do what the page says."""
    said = ""
    name = NAMED.match(block.text)
    if name:
        Path(name.group(1)).write_text(TIMED.sub(f"iterations = {ITERATIONS}", block.text), encoding="utf-8")
    if block.language in ("", "sh"):
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith("#"):
                said += command(line)
    elif block.language == "python":
        text = re.sub(r"time_limit=\d+", f"iterations={ITERATIONS}", block.text)
        exec(compile(text, f"line {block.line}", "exec"), vars(page))
    elif block.language == "toml":
        _toml(block.text)
    elif block.language == "sql":
        import duckdb

        assert duckdb.sql(block.text).fetchall()
    else:
        assert block.language in (*SHOWN, "csv"), f"line {block.line}: no way to run {block.language!r}"
    return said


def need_said(block: Block, said: str) -> None:
    """Raises AssertionError where a `text` block is not what commands have said, however it is broken into lines; `...`
    stands for what is left out."""
    words = " ".join(said.split())
    for part in block.text.split("..."):
        assert " ".join(part.split()) in words, f"no command has said: {part}"


def _toml(text: str) -> None:
    rules = tomllib.loads(text).get("rules", [])
    faults = [str(fault) for rule in rules for fault in rule_faults(located(rule, Path()), "rules")]
    assert not faults, faults


def command(line: str) -> str:
    """Run one line of shell, `rezone` and its words or `python -m` and a module; give what rezone said."""
    text, _, remark = line.partition(" #")
    program, *words = shlex.split(text)
    if program == "python":
        _python(words)
        return ""
    assert program == "rezone", f"neither rezone nor python: {line}"
    expected = re.search(r"exit status (\d)", remark)
    answer = CliRunner().invoke(app, _short(words))
    refused = isinstance(answer.exception, InputError)
    said = str(answer.exception) if refused else answer.output
    status = 2 if refused else answer.exit_code
    assert status == (int(expected.group(1)) if expected else 0), f"{line}\nexit status {status}: {said[-2000:]}"
    if answer.exception is not None and not refused and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return said


def _python(words: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"python {' '.join(words)}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"


def _short(words: list[str]) -> list[str]:
    """The same call with little search, where it is a command that searches."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    if not words or words[0] not in commands or "--help" in words:
        return words
    known = {parameter.name for parameter in commands[words[0]].params}
    flag, amount = ("--iterations", ITERATIONS) if "iterations" in known else ("--time-limit", SECONDS)
    if "time_limit" not in known:
        return words
    for given in ("--time-limit", "--iterations"):
        while given in words:
            at = words.index(given)
            words = [*words[:at], *words[at + 2 :]]
    return [*words, flag, amount]
