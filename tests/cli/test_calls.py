"""What a call may hold: nothing empty, and no name that the program itself would not read."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from system import start
from toys import EXAMPLE

from scenarios import read_district
from scenarios.cli.main import LATER, app
from scenarios.reading.most import most

COMMANDS = {name: one for name, one in typer.main.get_command(app).commands.items() if name not in LATER}  # type: ignore[attr-defined]
VALUED = [
    (name, one)
    for name, command in COMMANDS.items()
    for one in command.params
    if one.name != "help" and not getattr(one, "is_flag", False)
]


@pytest.mark.parametrize(("command", "one"), VALUED, ids=[f"{name}-{one.name}" for name, one in VALUED])
def test_nothing_is_given_as_nothing(command: str, one, rezone, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    flag = max(one.opts, key=len)
    words = [""] if one.param_type_name == "argument" else [flag, ""]
    # Other arguments stand there, so that it is this one that is at fault.
    before = [p.name for p in COMMANDS[command].params if p.param_type_name == "argument" and p.name != one.name]
    at = next((k for k, p in enumerate(COMMANDS[command].params) if p.name == one.name), 0)
    given = [*words, *before] if one.param_type_name == "argument" and at == 0 else [*before, *words]
    status, out, err = rezone(command, *given)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {flag if one.param_type_name == 'option' else one.metavar}: is empty. Give a value")
    assert list(tmp_path.iterdir()) == []


NAMES = ("a\nb", "a\x01b", "\tb", "a\x7fb", "a\u202eb", "a\u2028b", "a\udcffb", "x" * (most("name") + 1), " ")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_reading_refuses_is_refused_at_the_call(name: str, rezone, tmp_path: Path) -> None:
    status, _, err = rezone("generate", tmp_path / "g", "--blocks", 6, "--schools", 2, "--name", name)
    assert status == 2
    assert err.startswith("error: --name: ")
    assert not (tmp_path / "g").exists()
    EXAMPLE.write(tmp_path / "d")
    head = tmp_path / "d" / "district.toml"
    lines = head.read_text().splitlines()
    escaped = "".join(c if 31 < ord(c) < 127 else f"\\u{ord(c):04x}" for c in name)
    head.write_text("\n".join([f'name = "{escaped}"', *(line for line in lines if not line.startswith("name"))]))
    with pytest.raises(ValueError, match=r"district\.toml"):
        read_district(tmp_path / "d")


@pytest.mark.parametrize("name", ["Åre & Östersund", "小學校區", '"quoted" \\ back'])
def test_other_names_come_back_as_they_were_given(name: str, rezone, tmp_path: Path) -> None:
    status, _, err = rezone("generate", tmp_path / "g", "--blocks", 6, "--schools", 2, "--name", name)
    assert status == 0, err
    assert read_district(tmp_path / "g").name == name


@pytest.mark.parametrize(("command", "one"), VALUED, ids=[f"{name}-{one.name}" for name, one in VALUED])
def test_names_that_are_no_text_are_refused_where_they_are_given(command: str, one, rezone) -> None:
    flag = max(one.opts, key=len)
    status, out, err = rezone(command, *(["\udce9/d"] if one.param_type_name == "argument" else [flag, "\udce9/d"]))
    assert (status, out) == (2, "")
    assert "'\\udce9/d' is not UTF-8. Give the file or folder a name in UTF-8" in err


SYSTEMS = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "C, as Python has it": {"LC_ALL": "C"},
    "Latin-1": {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("kind", ["parquet", "gpkg"])
def test_names_are_utf_8_whatever_the_system_takes_them_for(system: str, kind: str, rezone, tmp_path: Path) -> None:
    folder = tmp_path / "Åre 小"
    assert rezone("generate", folder, "--blocks", 8, "--schools", 2, "--format", kind)[0] == 0
    (tmp_path / "é.toml").write_text(f'district = "{folder.name}"\n[options]\niterations = 100\n', encoding="utf-8")
    run = start("check", folder.name, cwd=tmp_path, env=SYSTEMS[system])
    out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (0, "")
    assert "The folder can be used." in out
    if (kind, system) == ("gpkg", "C"):
        run = start("run", "é.toml", "--out", "très", "--jobs", 1, cwd=tmp_path, env=SYSTEMS[system])
        run.communicate(timeout=120)
        assert run.returncode == 0
        assert (tmp_path / "très" / "results.parquet").is_file()
