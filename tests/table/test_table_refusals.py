"""What the server refuses is said in the language of who asks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tables_kit import assign, client, lay
from tree import ROOT

from scenarios.paper.words import languages, words

CALLS = {"RefusedError": (2, 1), "unknown": (0,)}  # where the key stands among the arguments, or, without it, the code


def keys() -> list[str]:
    """Of every refusal in the code, as patterns."""
    found = []
    for path in (ROOT / "scenarios" / "table").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in CALLS and path.name != "refusals.py":
                given = next(node.args[k] for k in CALLS[name] if k < len(node.args))
                found += [("no_" if name == "unknown" else "") + key for key in _patterns(given)]
    return found


def _patterns(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_patterns(node.body), *_patterns(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(re.escape(one.value) if isinstance(one, ast.Constant) else r"\w+" for one in node.values)]
    assert isinstance(node, ast.Constant)
    return [re.escape(node.value)] if node.value else []


@pytest.mark.parametrize("language", languages())
def test_every_refusal_has_its_words_in_every_language_and_no_words_are_left_over(language: str) -> None:
    known = set(words(language).plain("refused."))
    asked = keys()
    assert len(asked) > 40
    assert [key for key in asked if not any(re.fullmatch(key, one) for one in known)] == []
    left = {one.removesuffix("_mend") for one in known} - {"nothing"}  # which is a code where no key is given
    assert {one for one in left if not any(re.fullmatch(key, one) for key in asked)} == set()


def test_a_refusal_is_in_the_language_of_who_asks(tmp_path: Path) -> None:
    page = client(lay(tmp_path, language="es"))
    edit = assign(5, [0], [1])
    told = {
        asked: page.post(f"/api/plans/1/edits{asked}", json=edit).json()["error"]["what"]
        for asked in ("", "?language=en", "?language=zh-Hant")
    }
    assert told == {
        "": "Entretanto, otra ventana ha cambiado este plan",
        "?language=en": "Another window has changed this plan meanwhile",
        "?language=zh-Hant": "另一個視窗已在此期間更改了這個方案",
    }
    strange = page.post("/api/plans/1/edits?language=en", json=edit, headers={"origin": "http://elsewhere"})
    assert strange.json()["error"]["what"] == "This comes from another site"
    assert page.get("/api/nothing").json()["error"]["what"] == "Aquí no hay nada"
