"""How many limits a plan breaks is how many limits, at however many schools and blocks they are broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from scenarios.paper.words import words
from scenarios.reading.records import Broken
from scenarios.report.answer import limits_kept


def broken(limit: str, *, inherited: bool = False, rule: int | None = None, **at: str) -> Broken:
    return Broken(limit=limit, amount=1.0, limit_value=0.0, status_quo_amount=0.0, inherited=inherited, rule=rule, **at)


def said(rows: list[Broken], *, valid: bool = False, language: str = "en") -> str:
    summary: Any = SimpleNamespace(valid=valid, broken_limits=rows)
    return str(limits_kept(summary, words(language)))


FOUR = [broken("share", school=name, rule=0) for name in "abcd"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (FOUR[:1], "it breaks 1 limit"),
        (FOUR, "it breaks 1 limit (at 4 schools)"),
        ([*FOUR, broken("share", school="a", rule=1)], "it breaks 2 limits (at 4 schools)"),
        ([broken("travel_increase", school="a", block=name) for name in "pq"], "it breaks 1 limit (at 2 blocks)"),
        (
            [*FOUR, *(broken("travel_increase", school="a", block=name) for name in "pq")],
            "it breaks 2 limits (at 4 schools, at 2 blocks)",
        ),
        ([*FOUR, broken("capacity", school="z", inherited=True)], "it breaks 1 limit (at 4 schools)"),
    ],
)
def test_limits_and_the_places_where_they_are_broken_are_counted_apart(rows: list[Broken], text: str) -> None:
    assert said(rows) == f"The plan is not valid: {text}"


def test_limits_of_today_are_counted_so_too_and_in_every_language() -> None:
    today = [broken("capacity", school=name, inherited=True) for name in "abc"]
    text = said(today, valid=True)
    assert text.startswith(
        "Every limit holds but for 1 that today\u2019s zones already break, and that is no worse than"
    )
    assert text.endswith("today (at 3 schools)")
    assert said([], valid=True) == "Every limit holds"
    assert said(FOUR, language="es") == "El plan no es válido: incumple 1 límite (en 4 escuelas)"
    assert "違反 1 項限制" in said(FOUR, language="zh-Hant")
    assert "4 所學校" in said(FOUR, language="zh-Hant")
