"""`districts = ["districts/*"]`: what a pattern matches that is no district is said, and nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import EXAMPLE

from optimizer.errors import Doubt, InputError
from scenarios.scenario_file import read_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A scenario file of all that lies in `districts`, which has two districts and a file."""
    for name in ("one", "two"):
        EXAMPLE.write(tmp_path / "districts" / name)
    (tmp_path / "districts" / "README.md").write_text("what these are")
    (tmp_path / "study.toml").write_text('districts = ["districts/*"]')
    return tmp_path / "study.toml"


def names(study: Path) -> list[str]:
    return [folder.name for folder in read_study(study).folders]


def test_files_beside_districts_are_nobodys_business(study: Path, recwarn) -> None:
    assert names(study) == ["one", "two"]
    (study.parent / "districts" / "one" / "plans").mkdir()
    study.write_text('districts = ["**"]')
    assert names(study) == ["one", "two"]
    assert not recwarn.list


def test_folders_that_are_no_districts_are_passed_over_with_a_word(study: Path) -> None:
    (study.parent / "districts" / "notes").mkdir()
    words = r"study.toml: folders that 'districts/\*' matches have no district.toml, and are passed over: notes$"
    with pytest.warns(Doubt, match=words):
        assert names(study) == ["one", "two"]


def test_links_that_lead_nowhere_are_an_error(study: Path) -> None:
    (study.parent / "districts" / "three").symlink_to("gone")
    with pytest.raises(InputError) as error:
        names(study)
    problem = "'districts/*' matches links that lead nowhere: three (to gone). Mend the links, or take them away"
    assert str(error.value) == f"study.toml, line 1, column 'districts': {problem}"


def test_a_district_whose_head_leads_nowhere_is_not_passed_over(study: Path) -> None:
    head = study.parent / "districts" / "two" / "district.toml"
    head.unlink()
    head.symlink_to("gone")
    assert names(study) == ["one", "two"]  # reading it says what is wrong
