"""What rules about schools say of what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from changed_schools import NEW, SIX, place, with_spare

from optimizer import District, InputError
from optimizer.rules import Close, Open, Pair, Rule, Seats, under
from scenarios import read_district
from scenarios.asking.rule_tables import make_rule
from scenarios.verify.ground import Ground
from scenarios.verify.rules import read_rules


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> District:
    return read_district(SIX.write(tmp_path_factory.mktemp("six") / "six", schools=with_spare(SIX)))


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ([Close(("Y",))], "rule close, column 'schools': the district has no such school: Y"),
        ([Close(("x", "y", "z"))], "rule close, column 'schools': no school is left. Leave at least one open"),
        ([Seats("v", 10)], "rule seats, column 'school': the school has no zone: v. Open it by a rule open"),
        ([Pair(("x", "v"))], "rule pair, column 'schools': the school has no zone to share: v. Open it by a rule open"),
        ([Open("y")], "rule open, column 'school': the school is open already: blocks are zoned to it today: y"),
        ([Open("vv")], "the school is not in schools.csv, and no place is given (did you mean 'v'?): vv. Give lon and"),
    ],
)
def test_what_does_not_fit_is_named(rules: list[Rule], text: str, six: District) -> None:
    with pytest.raises(InputError) as error:
        under(six, rules)
    assert text in str(error.value)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Close(()), "schools: names no school. Give the ids of the schools to close"),
        (lambda: Pair(("x",)), "schools: does not name two different schools. Give two or more, each once"),
        (lambda: Seats("x"), "capacity: is not given. Give capacity, or min_students, or both"),
        (lambda: Seats("x", -1), "capacity: -1 is not a number of students. Give a number of 0 or more"),
        (lambda: Seats("x", 10, 20), "min_students: 20 is more than the 10 seats. Give a capacity of at least"),
        (lambda: Open("q", lon=38.0), "lat: is not given. Give both lon and lat, or neither"),
        (lambda: Open("q", lon=38.0, lat=-178.5), "lat: -178.5 is not a place on earth. Give WGS 84 degrees from -90"),
    ],
)
def test_values_that_cannot_be_are_named(make: Any, text: str) -> None:
    with pytest.raises(InputError) as error:
        make()
    assert text in str(error.value)


def test_a_travel_file_must_know_a_school_that_opens(tmp_path: Path) -> None:
    folder = SIX.write(tmp_path / "six", schools=with_spare(SIX))
    blocks = [f"r{r}c{c}" for r in range(2) for c in range(3)]

    def write(schools: Sequence[str]) -> District:
        rows = [(b, s, 10 + len(s)) for b in blocks for s in schools]
        pd.DataFrame(rows, columns=["block_id", "school_id", "minutes"]).to_csv(folder / "travel.csv", index=False)
        return read_district(folder)

    with pytest.raises(InputError) as error:
        under(write("xyz"), [Open("v")])
    assert str(error.value) == (
        "rule open, column 'school': the travel file has no row of the school: v. Add its rows to the travel file: one "
        "for each block that may go there"
    )
    with pytest.raises(InputError) as error:
        under(write("xyz"), [make_rule(NEW)])
    assert "the travel file does not know the school: m. Add it to schools.csv, where it needs no zone" in str(
        error.value
    )
    changed = under(write("vxyz"), [Open("v", **place(0.9, 1))])
    assert changed.block_ids[changed.root[changed.school_ids.index("v")]] == "r0c1"  # r1c1 is z's


def test_a_pair_that_sends_students_out_of_reach_is_refused_and_so_is_its_certificate(tmp_path: Path) -> None:
    frame = SIX.blocks()
    folder = SIX.write(tmp_path / "six", blocks=frame)
    blocks = frame["block_id"].tolist()  # r0c1 and r0c2 are y's

    def read(missing: Sequence[str]) -> District:
        rows = [(b, s, 10) for b in blocks for s in "xyz" if f"{b}{s}" not in missing]
        pd.DataFrame(rows, columns=["block_id", "school_id", "minutes"]).to_csv(folder / "travel.csv", index=False)
        return read_district(folder)

    def refused(district: District, schools: str) -> str:
        said = []
        for way in (
            lambda: under(district, [Pair(tuple(schools))]),
            lambda: read_rules([{"kind": "pair", "schools": list(schools)}], Ground.of(district), "certificate.json"),
        ):
            try:
                way()
            except InputError as error:
                said.append(str(error))
        assert len(said) in (0, 2), said
        return "\n".join(said)

    lost = refused(read(["r0c1x"]), "xy")
    assert (
        "rule pair, column 'schools': the travel of blocks to the first school, x, is not known, so that it is" in lost
    )
    assert "out of their reach: r0c1. Give their travel to it, or name another school of the pair first" in lost
    assert "certificate.json, column 'rules[0]': the block 'r0c1' would go to 'x', to which its travel is not" in lost
    assert refused(read(["r0c1x"]), "yx") == ""  # y is in reach of all
    assert refused(read(["r0c1x", "r0c1y"]), "xy") == ""  # its own school's is not known: it keeps its zone
    assert refused(read(["r1c1x"]), "xy") == ""  # z's
    counts = [name for name in frame.columns if name.startswith("students")]
    frame.loc[1, counts] = 0.0
    frame.to_parquet(folder / "blocks.parquet")
    assert refused(read(["r0c1x"]), "xy") == ""  # nobody would go


def test_of_many_names_that_there_are_the_first_twenty_are_told(six: District) -> None:
    names = tuple(f"s{k:02d}" for k in range(21))
    for known, said in ((names, f"Schools are: {', '.join(names[:20])} and 1 more"), (names[:20], names[19])):
        with pytest.raises(InputError) as error:
            under(replace(six, school_ids=known), [Close(("none",))])
        assert str(error.value).endswith(said)
