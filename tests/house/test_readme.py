"""The README's Python is run as it stands."""

from __future__ import annotations

import re

from tree import ROOT


def test_ten_lines_of_python_run(capsys, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    exec(compile(code.replace("time_limit=10", "iterations=200_000"), "README", "exec"), {})
    disparity, bound, moved = capsys.readouterr().out.split()
    assert 0 < float(disparity) < 0.0735  # today's zones: 0.0734
    assert 0 < float(bound) <= float(disparity)
    assert 0 < float(moved) < 1
