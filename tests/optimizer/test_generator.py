"""Synthetic districts: the same for a seed, sound at every size, and the demo is what the generator makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from optimizer.errors import InputError
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, breaches, is_valid
from scenarios import read_district, write_district
from scenarios.demo import demo_folder
from scenarios.generator import Character, generate, usual_name


@pytest.mark.parametrize(("blocks", "schools"), [(1, 1), (2, 1), (5, 5), (30, 3), (120, 4), (400, 9)])
def test_generated_districts_are_sound(blocks: int, schools: int) -> None:
    district = generate(blocks, schools, np.random.default_rng(blocks))
    assert (district.blocks, district.schools) == (blocks, schools)
    assert np.array_equal(district.exposed, district.students)
    assert (district.poverty <= district.students).all()
    assert district.students.sum() > 0
    assert district.has_zone.all()
    assert (district.root >= 0).all()
    assert district.geography is not None
    assert shapely.is_valid(district.geography.polygon).all()
    assert (shapely.get_type_id(district.geography.polygon) == 3).all()
    assert is_valid(breaches(Plan.status_quo(district), DEFAULT_RULES))


def test_large_ones_have_what_makes_districts_hard() -> None:
    district = generate(400, 9, np.random.default_rng(7))
    assert district.detached.any()
    assert np.isnan(district.capacity).any()
    assert (district.load_now + district.other_students > district.capacity).any()
    assert (district.students == 0).any()
    assert 0.02 < (measure_of(district) or 0) < 0.2


def measure_of(district) -> float | None:
    from optimizer.measures import disparity

    return disparity(Plan.status_quo(district))


def test_character_makes_districts_hard() -> None:
    def of(**character):
        return generate(200, 5, np.random.default_rng(4), character=Character(**character))

    usual = of()
    assert cut_edges(of(ragged=1.2)) > cut_edges(usual)
    assert not of(detached=0.0).detached.any()
    assert of(detached=0.1).detached.sum() > usual.detached.sum()
    assert measure_of(of(clustering=2.0)) > measure_of(usual) > measure_of(of(clustering=0.0))
    roomy = of(crowded=0.0, room=(1.0, 1.02))
    full = roomy.load_now + roomy.other_students
    assert (np.isnan(roomy.capacity) | ((full <= roomy.capacity + 0.5) & (roomy.capacity < 1.03 * full + 1))).all()
    bridged, parted = (graph_parts(of(bridges=(n, n), detached=0.0)) for n in (1, 0))
    assert (bridged, parted) == (1, 2)


def cut_edges(district) -> float:
    from optimizer.measures import measure

    return measure(Plan.status_quo(district))["cut_edges"]


def graph_parts(district) -> int:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    near = district.adjacency
    return connected_components(csr_matrix((np.ones(len(near.index)), near.index, near.start)), directed=False)[0]


def test_impossible_characters_are_refused() -> None:
    with pytest.raises(InputError, match=r"(?s)room: \(1.2, 1.1\) cannot be used.*crowded: 1.5 cannot be used"):
        Character(room=(1.2, 1.1), crowded=1.5)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(InputError, match=r"3 blocks and 4 schools cannot be used\. Give at least one school"):
        generate(3, 4, np.random.default_rng(0))


@pytest.mark.parametrize("students", [50, 700, 20_000])
def test_students_are_about_as_many_as_asked_for(students: int) -> None:
    district = generate(60, 4, np.random.default_rng(5), students=students)
    assert district.students.sum() == pytest.approx(students, abs=4 * np.sqrt(students))
    assert district.name == f"Synthetic district of 60 blocks, 4 schools and about {students} students"


def test_no_students_are_refused() -> None:
    with pytest.raises(InputError, match=r"--students: 0 cannot be used\. Give a whole number of 1 or more"):
        generate(60, 4, np.random.default_rng(5), students=0)


def test_names_tell_seeds_apart() -> None:
    assert usual_name(60, 4, seed=1) == "Synthetic district of 60 blocks and 4 schools, seed 1"
    assert usual_name(60, 4, seed=1) != usual_name(60, 4, seed=2)


def test_demo_is_what_the_generator_makes() -> None:
    """Compared by content: libraries may round the last digits of shapes otherwise from version to version."""
    demo, made = read_district(demo_folder()), generate(400, 9, np.random.default_rng(7))
    assert "synthetic" in demo.name
    assert demo.block_ids == made.block_ids
    assert np.array_equal(demo.counts, made.counts)
    assert np.array_equal(demo.status_quo, made.status_quo)
    assert np.array_equal(demo.adjacency.index, made.adjacency.index)


def test_writing_and_reading_changes_nothing(tmp_path: Path) -> None:
    made = generate(80, 5, np.random.default_rng(2), name='A "quoted" \\ name')
    write_district(made, tmp_path, limits={"size_tolerance": 0.2})
    read = read_district(tmp_path)
    assert (read.name, read.columns, read.school_names) == (made.name, made.columns, made.school_names)
    for part in ("counts", "status_quo", "root", "capacity", "min_students", "other_students"):
        assert np.array_equal(getattr(read, part), getattr(made, part), equal_nan=True), part
    assert read.attributes["neighbourhood"].tolist() == made.attributes["neighbourhood"].tolist()
    assert read.travel_today == pytest.approx(made.travel_today, abs=1e-3)
