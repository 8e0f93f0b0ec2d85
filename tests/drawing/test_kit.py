"""The drawing kit: axes hold what they are given, ticks are round, and words stay words."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.drawing.axis import Axis
from scenarios.drawing.chart import Chart
from scenarios.drawing.marks import Drawing, bar, dot, group, label

HOSTILE = '</text><script>alert("x")</script> & \x00'


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(2, 8))
def test_an_axis_holds_every_value_and_its_ticks_are_few_and_within(values: list[float], most: int) -> None:
    axis = Axis.around(values, 200, 10, below=0.1, above=0.1).named(lambda value: f"{value:g}", most)
    assert all(10 - 1e-6 <= axis(value) <= 200 + 1e-6 for value in values)
    assert len(axis.ticks) <= most + 1
    assert all(axis.low - 1e-6 <= value <= axis.high + 1e-6 for value, _ in axis.ticks)


def test_values_that_are_not_known_do_not_count_and_one_value_has_room() -> None:
    axis = Axis.around([None, 3.0], 0, 100, floor=-math.inf)
    assert axis.low < 3.0 < axis.high
    assert axis(3.0) == pytest.approx(50, abs=0.1)


def test_no_axis_of_values_above_nought_goes_below_it() -> None:
    assert Axis.around([0.001, 5.0], 0, 100).low == 0


def test_ticks_are_not_finer_than_their_names() -> None:
    axis = Axis.around([0.99, 1.01], 0, 100).named(lambda value: f"{value:.0%}", finest=0.01)
    names = [name for _, name in axis.ticks]
    assert len(set(names)) == len(names)


def test_words_are_text_in_pages_and_in_files() -> None:
    marks = (label("title", 1, 2, HOSTILE), group([bar("band", 0, 0, 1, 1)], label=HOSTILE))
    drawn = Drawing(10, 20, HOSTILE, marks, HOSTILE)
    for text in (drawn.__html__(), drawn.file()):
        assert "<script" not in text
        root = ET.fromstring(text)
        assert "".join(root.itertext()).count('<script>alert("x")</script> & \ufffd') == 3
    assert "var(" not in drawn.file()


def test_a_drawing_without_a_title_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in Drawing(1, 1, "", (dot("is", 0, 0, 1),)).__html__()


def test_a_chart_puts_values_where_its_axes_say() -> None:
    chart = Chart(Axis(0, 1, 10, 20, ((0.5, "half"),)), Axis(0, 10, 100, 0, ((5, "five"),)))
    assert chart.at([(0.5, 5), (1, 10)]) == [(15, 50), (20, 0)]
    said = [mark.inside[0] for mark in chart.grid() if mark.tag == "text"]
    assert said == ["five", "half"]
    assert chart.band("band", [(0, 1)], [(0, 0)]).at["d"].endswith("Z")
