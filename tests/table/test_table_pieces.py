"""Pieces of the difference of two plans: each is one area from one school to one other, and all make up the whole."""

from __future__ import annotations

import numpy as np
import pytest
from toys import TOWN

from optimizer.measures import measure
from optimizer.plan import Plan
from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.paper.words import words
from scenarios.table.figures import Judge, Teller
from scenarios.table.judging import judge_of
from scenarios.table.pieces import told


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return judge_of(read_district(TOWN.write(tmp_path_factory.mktemp("town") / "d")), settle())


def plan(judge: Judge, **schools: int) -> Plan:
    """Today's zones with some blocks elsewhere."""
    school = judge.district.status_quo.copy()
    for block, j in schools.items():
        school[judge.district.block_ids.index(block)] = j
    return Plan(judge.district, school)


def test_pieces_part_the_difference_and_each_is_one_area(judge: Judge) -> None:
    one, other = plan(judge), plan(judge, r0c1=1, r0c2=1, r3c0=1, r2c2=0)
    found = told(Teller(judge, words()), one, other)
    blocks = sorted(i for piece in found["pieces"] for i in piece["blocks"])
    assert blocks == np.flatnonzero(one.school != other.school).tolist()
    for piece in found["pieces"]:
        assert {int(one.school[i]) for i in piece["blocks"]} == {piece["from"]}
        assert {int(other.school[i]) for i in piece["blocks"]} == {piece["to"]}
        assert piece["students"] == judge.district.students[piece["blocks"]].sum()
    assert found["whole"]["students"] == sum(piece["students"] for piece in found["pieces"])
    assert found["left"] == 0


def test_each_is_told_alone_and_last_by_applying_it(judge: Judge) -> None:
    one, other = plan(judge, r1c1=1), plan(judge, r0c1=1, r2c2=0)
    before, after = measure(one), measure(other)
    for piece in told(Teller(judge, words()), one, other)["pieces"]:
        alone, without = one.school.copy(), other.school.copy()
        alone[piece["blocks"]], without[piece["blocks"]] = piece["to"], piece["from"]
        first, rest = measure(Plan(judge.district, alone)), measure(Plan(judge.district, without))
        assert {row["id"] for row in piece["alone"]["rows"]} >= {"disparity", "dissimilarity.race", "travel_mean"}
        for rows, then, now in ((piece["alone"]["rows"], before, first), (piece["last"]["rows"], rest, after)):
            for row in rows:
                assert row["change"] == pytest.approx(now[row["id"]] - then[row["id"]], abs=1e-12)
    assert told(Teller(judge, words()), one, one)["pieces"] == []
