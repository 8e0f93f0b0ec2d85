"""`proof_checker.py`: on its own, from plain files, it says what `rezone verify` says."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from proofs import write
from toys import TOWN
from tree import ROOT
from two_checkers import Made, made, tampered
from typer.testing import CliRunner

from optimizer import optimize
from optimizer.errors import InputError
from scenarios import read_district
from scenarios.answer.summary import summarise_run
from scenarios.asking.settling import settle
from scenarios.cli.main import app
from scenarios.exports import proof_checker
from scenarios.report.output import Answer

FILE = Path(proof_checker.__file__)
PAGE = ROOT / "docs" / "proof_checker.md"


@pytest.mark.parametrize("seed", range(16))
def test_both_say_the_same_of_certificates_and_of_changed_ones(seed: int, tmp_path: Path) -> None:
    found = made(seed, tmp_path)
    if found is None:
        return
    assert found.statuses(found.content) == (0, 0)
    for more in range(6):
        content, where = tampered(found.content, np.random.default_rng([seed, more]))
        one, other = found.statuses(content)
        assert (one == 0) == (other == 0), where


@pytest.mark.parametrize("seed", range(40, 52))
def test_both_say_the_same_of_any_plan(seed: int, tmp_path: Path) -> None:
    found, random, said = made(seed, tmp_path), np.random.default_rng(seed), set[tuple[int, int]]()
    if found is None:
        return
    rows = found.plan.read_text().splitlines()
    schools = sorted({row.split(",")[1] for row in rows[1:]})
    for _ in range(8):
        k = int(random.integers(1, len(rows)))
        changed = [*rows[:k], f"{rows[k].split(',')[0]},{random.choice(schools)}", *rows[k + 1 :], ""]
        for path in (found.plan, found.plain / "plan.csv"):
            path.write_text("\n".join(changed), newline="")
        plan = hashlib.sha256(found.plan.read_bytes()).hexdigest()
        one, other = found.statuses(found.content | {"plan": plan})
        assert one == other
        said.add((one, other))
    assert said


def test_it_stands_alone(made_one: Made, tmp_path: Path) -> None:
    """One file, the standard library alone, no package of the program on any path."""
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    imports = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imports |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imports} <= sys.stdlib_module_names
    shutil.copy(FILE, tmp_path)
    write(made_one.content, made_one.plain / "certificate.json")
    words = [sys.executable, "-I", "-S", str(tmp_path / FILE.name), str(made_one.plain)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Proved: no valid plan has disparity below 0.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rules": [{"kind": "lock", "schools": ["x"]}]}, "rules are not known: lock"),
        ({"objective": "theil_h.race"}, "the objective theil_h.race is not known"),
        ({"objective": {"disparity": 1.0, "moved": 0.1}}, "is not known"),
        ({"format_version": 9}, "format 9 of certificates is not known"),
        ({"leaves": "split"}, "proofs that are split are not known"),
        ({"limits": {}}, "the certificate is about other limits than limits.csv"),
        ({"district": "another"}, "the certificate is for another district"),
    ],
)
def test_what_it_does_not_know_it_refuses_by_name(changes, words: str, made_one: Made, capsys) -> None:
    content = made_one.content | changes
    if changes.get("leaves") == "split":
        content["leaves"] = [leaf | {"rates": {"0": [0.0, 1.0]}} for leaf in made_one.content["leaves"]]
    made_one.statuses(made_one.content)  # the limits of the certificate as it was
    write(content, made_one.plain / "certificate.json")
    assert proof_checker.main([str(made_one.plain)]) == 2
    said = capsys.readouterr().out
    assert said.startswith("Refused: ")
    assert words in said


def test_no_damage_of_a_plain_file_is_a_proof_or_an_error(made_one: Made, tmp_path: Path, capsys) -> None:
    write(made_one.content, made_one.plain / "certificate.json")
    for path in sorted(made_one.plain.iterdir()):
        text = path.read_bytes()
        for damage in (b"", text[: len(text) // 2], b"\xff" + text, text.replace(b",", b";"), None):
            folder = tmp_path / "spoilt"
            shutil.copytree(made_one.plain, folder)
            (folder / path.name).unlink() if damage is None else (folder / path.name).write_bytes(damage)
            assert proof_checker.main([str(folder)]) in (1, 2), (path.name, damage)
            shutil.rmtree(folder)
    assert proof_checker.main([]) == 2
    assert "Traceback" not in capsys.readouterr().out


def test_numbers_that_only_stop_a_checker_are_refused(made_one: Made) -> None:
    for number in ("1e999999999", "1e-999999999", "NaN", "Infinity"):
        text = json.dumps(made_one.content | {"bound": "HERE"}).replace('"HERE"', number)
        (made_one.plain / "certificate.json").write_text(text[:-1] + ',"seal":"0"}')
        assert proof_checker.main([str(made_one.plain)]) == 2


def test_the_page_names_every_rule_in_the_files_order() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    named = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    text = PAGE.read_text(encoding="utf-8")
    assert not [name for name in named if f"`{name}`" not in text]


@pytest.fixture(scope="module")
def made_one(tmp_path_factory) -> Made:
    """The first that has something to prove."""
    for seed in range(100):
        found = made(seed, tmp_path_factory.mktemp("one"))
        if found and found.content["objective"] == "disparity" and found.content["bound"] > 0 and found.content["cuts"]:
            return found
    raise AssertionError


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A finished run of the toy town, and its district."""
    folder = tmp_path_factory.mktemp("run")
    district = read_district(TOWN.write(folder / "d"))
    (folder / "best").mkdir()
    result = optimize(district, None, iterations=500, threads=1)
    summary = summarise_run(result, settle({"iterations": 500}, None, {}), 1.0)
    Answer(result, summary).write(folder / "best", district.inputs)
    return folder


def export(*words: object) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["export", *map(str, words)])
    if isinstance(answer.exception, InputError):
        return 2, str(answer.exception)
    return answer.exit_code, answer.output


def test_a_run_is_exported_with_its_district_or_the_one_it_carries(run: Path, tmp_path: Path) -> None:
    said = [export(run / "best", "--for-checker", "--out", tmp_path / "a")]
    said.append(export(run / "best", "--for-checker", "--out", tmp_path / "b", "--district", run / "d"))
    assert [status for status, _ in said] == [0, 0]
    for name in (*(path.name for path in (tmp_path / "a").glob("*.csv")), "certificate.json", "proof_checker.py"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name
    assert proof_checker.main([str(tmp_path / "a")]) == 0


def test_what_cannot_be_exported_is_named(run: Path, tmp_path: Path) -> None:
    both = export(run / "best", run / "best", "--for-checker", "--out", tmp_path / "o")
    assert both == (2, "--for-checker: is for one plan, and these are 2. Name one run")
    other = tmp_path / "run"
    shutil.copytree(run / "best", other)
    path = other / "certificate.json"
    path.write_text(path.read_text().replace('"rules":[]', '"rules":[{"kind":"lock","schools":["x"]}]'))
    status, said = export(other, "--for-checker", "--out", tmp_path / "o")
    assert (status, "knows no further rules, and the certificate has lock" in said) == (2, True)
    path.unlink()
    status, said = export(other, "--for-checker", "--out", tmp_path / "o")
    assert (status, "certificate.json" in said) == (2, True)
