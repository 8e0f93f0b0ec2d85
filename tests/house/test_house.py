"""docs/house.md names every room that there is, and its picture is what its command draws of the code as it is."""

from __future__ import annotations

import re
import sys

import pytest
from docs_runner import DOCS, ROOT

sys.path.insert(0, str(DOCS / "_ext"))
import house


def _named(package: str) -> list[str]:
    text = (DOCS / "house.md").read_text(encoding="utf-8")
    section = text.split(f"## The rooms of `{package}`")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row))


@pytest.mark.parametrize("package", ["optimizer", "scenarios"])
def test_every_room_is_named_once(package: str) -> None:
    rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    files = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    own = {"entry", "interrupts", "version"} if package == "scenarios" else set()  # the way in, no rooms
    assert _named(package) == sorted(rooms | files - own)


def test_the_picture_is_what_its_command_draws() -> None:
    assert house.PICTURE.read_text(encoding="utf-8") == house.drawn(), "run .venv/bin/python docs/_ext/house.py"


def test_a_stop_that_the_code_has_not_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = house.Stop("optimizer.plan:Gone", ("", ""))
    monkeypatch.setattr(house, "WAYS", {"a way": (gone,)})
    with pytest.raises(LookupError, match=r"optimizer\.plan:Gone"):
        house.drawn()
