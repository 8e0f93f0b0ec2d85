"""Children by group: of people and adults, or of people by age."""

import numpy as np
import pytest

from optimizer.errors import InputError
from scenarios.census.areas import Areas
from scenarios.census.children import UNDER_18, children


def _areas(values: dict[str, list[float]], ids: tuple[str, ...] = ("1", "2"), where: str = "t.csv") -> Areas:
    return Areas(where, "block", ids, {k: np.array(v, float) for k, v in values.items()}, {}, {}, {}, {})


def _race(table: str, counts: list[list[float]], **how) -> Areas:
    """counts: of cells 001 to 011."""
    return _areas({f"{table}_{k + 1:03}": column for k, column in enumerate(counts)}, **how)


PEOPLE = _race("P2", [[100, 9], [40, 0], [60, 9], [50, 9], [20, 9], [10, 0], [5, 0], [6, 0], [4, 0], [5, 0], [10, 0]])
ADULTS = _race(
    "P4", [[9, 60], [1, 25], [9, 35], [9, 30], [10, 12], [0, 8], [0, 4], [0, 3], [0, 2], [0, 1], [0, 4]], ids=("2", "1")
)


def test_children_are_people_less_adults_cell_by_cell_and_never_below_0() -> None:
    notes: list[str] = []
    found = children(PEOPLE, ADULTS, notes)
    assert {group: count.tolist() for group, count in found.items()} == {
        "white": [8, 0],
        "black": [2, 0],
        "hispanic": [15, 0],
        "asian": [3, 0],
        "native": [1, 0],
        "pacific": [2, 0],
        "multiracial": [10, 0],
    }
    assert notes == ["t.csv: 2 counts with more adults than people are 0 children"]


def test_without_adults_all_ages_stand_for_children_and_that_is_said() -> None:
    notes: list[str] = []
    assert sum(children(PEOPLE, None, notes).values()).tolist() == [100, 9]
    assert "people of all ages stand for children" in notes[0]


def test_tables_of_other_areas_are_an_error() -> None:
    with pytest.raises(InputError, match=r"p4: lacks 1 blocks of t\.csv: 2"):
        children(PEOPLE, _areas({}, ids=("1",), where="p4"))


def _ages(letter: str, each: float) -> dict[str, list[float]]:
    return {f"P12{letter}_{cell}": [each, 0] for cell in UNDER_18}


def test_of_tables_by_age_and_race_the_whole_is_kept() -> None:
    ages = _ages("", 10) | _ages("H", 4) | _ages("I", 2)
    for letter, each in zip(
        "BCDEFG", (3, 0, 1, 0, 3, 1), strict=True
    ):  # 8 with Hispanics among them, of whom 4 are not
        ages |= _ages(letter, each)
    notes: list[str] = []
    found = children(_areas(ages), None, notes)
    assert {group: count[0] for group, count in found.items()} == {
        "white": 16, "hispanic": 32, "black": 12, "asian": 4, "native": 0, "pacific": 0, "multiracial": 16
    }  # fmt: skip
    assert sum(found.values()).tolist() == [80, 0]
    assert len(notes) == 1


def test_of_ages_alone_groups_are_as_among_all_people() -> None:
    notes: list[str] = []
    found = children(
        _areas({name: column.tolist() for name, column in PEOPLE.values.items()} | _ages("", 5)), None, notes
    )
    assert found["hispanic"].tolist() == [16, 0]
    assert sum(found.values()).tolist() == pytest.approx([40, 0])
    assert "groups as all people are" in notes[0]
