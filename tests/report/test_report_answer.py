"""The sentences of the report's answer: which way poverty and race go, today's zones alone, students from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from told import gone, saying, today_of
from toys import EXAMPLE, TOWN

from scenarios.paper.words import languages, words
from scenarios.reading.records import Public
from scenarios.report import render
from scenarios.report.answer import certainty, sentences

PUBLIC = Public(threshold=10, suppressed=0)
UP, DOWN, SAME = (0.1, 0.2), (0.2, 0.1), (0.1, 0.1)


@pytest.mark.parametrize(
    ("disparity", "race", "said"),
    [
        (UP, UP, "; and racial separation rises with it, from 0.100 to 0.200"),
        (DOWN, DOWN, "; racial separation falls with it, from 0.200 to 0.100"),
        (DOWN, UP, "; but racial separation rises, from 0.100 to 0.200"),
        (UP, DOWN, "; but racial separation falls, from 0.200 to 0.100"),
        (SAME, UP, "; but racial separation rises"),
        (SAME, DOWN, "; but racial separation falls"),
        (UP, SAME, "; racial separation stays as it is"),
    ],
)
def test_but_stands_only_where_the_two_go_apart(disparity: tuple, race: tuple, said: str, tmp_path: Path) -> None:
    doc = gone(today_of(EXAMPLE, tmp_path), disparity, race)
    assert said in sentences(doc, words("en"))[0]
    spanish, chinese = sentences(doc, words("es"))[0], sentences(doc, words("zh-Hant"))[0]
    assert ("pero" in spanish, "但" in chinese) == ("; but" in said, "; but" in said)


def test_todays_zones_alone_are_told_as_today(tmp_path: Path) -> None:
    toy = EXAMPLE.but(seats={"x": 15, "y": 30})
    page = render(today_of(toy, tmp_path))
    assert "Attendance zones as they are today." in page
    assert "A plan for attendance zones" not in page
    assert "Under this plan" not in page
    answer = sentences(today_of(toy, tmp_path / "again"), words("en"))
    assert answer[0].startswith("Today children of different racial groups meet poverty at school with a disparity of")
    assert "; racial separation is" in answer[0]
    assert answer[1] == "1 school is over its seats: School X."
    both = sentences(today_of(toy.but(seats={"x": 15, "y": 15}), tmp_path / "both"), words("es"))
    assert both[1] == "2 escuelas superan sus cupos: School X y School Y."


def test_a_plan_whose_published_share_rounds_to_nought_is_no_plan_of_today(tmp_path: Path) -> None:
    doc = replace(saying(gone(today_of(EXAMPLE, tmp_path), UP, UP), moved_share=0.0), public=PUBLIC)
    page = render(doc)
    assert "A plan for attendance zones" in page
    assert "Attendance zones as they are today." not in page
    assert not any("Nobody" in line or "No student" in line for line in sentences(doc, words("en")))


def test_seats_that_nobody_gave_or_that_were_left_out_say_nothing(tmp_path: Path) -> None:
    roomy = sentences(today_of(EXAMPLE.but(seats={"x": 30, "y": 30}), tmp_path / "a"), words("en"))
    assert roomy[1] == "No school is over its seats."
    assert len(sentences(today_of(EXAMPLE.but(seats={}), tmp_path / "b"), words("en"))) == 2
    doc = replace(today_of(EXAMPLE.but(seats={"x": 15}), tmp_path / "c"), public=PUBLIC)
    assert len(sentences(doc, words("en"))) == 2


def test_a_plan_of_a_search_that_moves_nobody_is_a_plan(tmp_path: Path) -> None:
    doc = saying(today_of(EXAMPLE, tmp_path), status="feasible")
    assert sentences(doc, words("en"))[1] == "No student would change school."


def test_students_from_elsewhere_have_a_column_on_the_planners_page_alone(tmp_path: Path) -> None:
    doc = today_of(TOWN, tmp_path)
    page = render(doc)
    assert '<th scope="col" rowspan="2">From elsewhere</th>' in page
    assert "Students from elsewhere, outside the zone, take seats too" in page
    assert "From elsewhere" not in render(replace(doc, public=PUBLIC))
    assert "From elsewhere" not in render(today_of(TOWN.but(other={}), tmp_path / "none"))


@pytest.mark.parametrize("language", languages())
def test_a_bound_of_an_own_objective_is_a_whole_sentence(language: str, tmp_path: Path) -> None:
    doc = saying(today_of(EXAMPLE, tmp_path), proof=None, bound=0.5, gap=0.1, objective="mine")
    said = certainty(doc.summary, words(language))
    assert "mine" in said
    assert "0.5" in said
    if language == "en":
        assert "so that at most 10.1% of this plan" in said
        assert said.endswith("value could still be won")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("race", "off", "told"),
    [
        ((0.339, 0.343), (0.0, 0.0), True),
        ((0.34, 0.34), (0.003, 0.003), False),
        ((0.34, 0.35), (0.006, 0.006), False),
        ((0.335, 0.326), (0.003, 0.005), False),  # the page says that each may be off by 0.005
        ((0.33, 0.32), (0.005, 0.005), False),  # 0.01, but for the last digit of a double
        ((0.3, 0.35), (0.006, 0.006), True),
    ],
)
def test_a_public_page_names_no_way_that_its_figures_do_not_prove(race, off, told, language, tmp_path: Path) -> None:
    doc, t = gone(today_of(TOWN, tmp_path), DOWN, race), words(language)
    if any(off):
        ends = zip(("measures_status_quo", "measures"), off, strict=True)
        doc = saying(doc, off_by={key: {"dissimilarity.race": by} for key, by in ends})
    first = str(sentences(doc, t)[0])
    unclear = str(t("race_unclear", before=t.figures.index(race[0]), after=t.figures.index(race[1])))
    assert (unclear in first) is not told
