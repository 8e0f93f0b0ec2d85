"""Each kind of rule by hand, on FORMAT.md's example: what a plan breaks, by how much; what is said of wrong rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from toys import EXAMPLE, TOWN

from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import Model
from optimizer.plan import Plan
from optimizer.rules import breaches
from scenarios.asking.options import Options, Settings, rules_of
from scenarios.asking.rule_tables import make_rule, rule_faults

# Blocks A B C D are r0c0 to r0c3; the plan moves B from X to Y.
ROW = EXAMPLE.but(
    seats={"x": 20, "y": 25},
    extra={
        "estate": ["oak", "oak", None, ""],
        "middle": ["m", "m", "n", "n"],
        "held": [False, True, False, False],
        "ago": [np.nan, 2.0, 9.0, np.nan],
        "changed": [np.nan, 2024.0, 2017.0, np.nan],
        "mixed": [0.0, 0.5, 1.0, np.nan],
        "words": ["1", "2", "three", None],
        "blank": [None, "", " ", None],
        "students_el": [1.0, 2.0, 0.0, 5.0],
    },
)
B = "r0c1"
TO_X = {"r0c0": "x", B: "x", "r0c2": "x", "r0c3": "x"}


@pytest.fixture(scope="module")
def row(tmp_path_factory) -> District:
    return ROW.district(tmp_path_factory.mktemp("row"))


@pytest.fixture(scope="module")
def moved(row) -> Plan:
    return Plan.of_ids(row, {"r0c0": "x", B: "y", "r0c2": "y", "r0c3": "y"})


@pytest.mark.parametrize(
    ("table", "broken"),
    [
        ({"kind": "lock", "blocks": [B]}, [("lock", B, 1, 0, False)]),
        ({"kind": "lock", "schools": ["x"]}, [("lock", B, 1, 0, False)]),
        ({"kind": "lock", "column": "held"}, [("lock", B, 1, 0, False)]),
        ({"kind": "lock", "schools": ["y"]}, []),
        ({"kind": "forbid", "pairs": [[B, "y"]]}, [("forbid", B, 1, 0, False)]),
        ({"kind": "require", "pairs": [["r0c2", "x"]]}, [("require", "r0c2", 1, 0, False)]),
        ({"kind": "keep_together", "column": "estate"}, [("keep_together", "r0c0", 1, 1, False)]),
        ({"kind": "keep_together", "column": "estate", "cost": 0.1}, []),
        ({"kind": "keep_together", "blocks": ["r0c0", B]}, [("keep_together", "r0c0", 1, 1, False)]),
        ({"kind": "walk_zone", "distance": 500}, [("walk_zone", B, 1, 0, False)]),
        ({"kind": "walk_zone", "distance": 499}, []),
        ({"kind": "recently_moved", "column": "ago", "years": 2}, [("recently_moved", B, 1, 0, False)]),
        ({"kind": "recently_moved", "column": "ago", "years": 1}, []),
        (
            {"kind": "recently_moved", "column": "changed", "years": 3, "year": 2026},
            [("recently_moved", B, 1, 0, False)],
        ),
        ({"kind": "share", "of": "poverty", "high": 0.45}, [("share.poverty", "y", 0.05, 0.45, True)]),
        ({"kind": "share", "of": "white", "low": 0.5}, [("share.white", "y", 0.1, 0.5, True)]),
        ({"kind": "share", "of": "students_el", "high": 0.2}, [("share.students_el", "y", 7 / 30 - 0.2, 0.2, True)]),
        ({"kind": "share", "of": "black", "low": 0.25}, [("share.black", "x", 0.05, 0.25, False)]),
        (
            {"kind": "utilisation", "low": 0.6, "high": 1.1},
            [("utilisation", "x", 0.1, 0.6, False), ("utilisation", "y", 0.1, 1.1, False)],
        ),
        ({"kind": "moved", "share": 0.2}, [("max_moved", "", 0.05, 0.2, False)]),
        ({"kind": "moved", "share": 0.1, "of": "poverty"}, [("moved.poverty", "", 0.0875, 0.1, False)]),
        ({"kind": "moved", "share": 0.2, "by_school": True}, [("moved.all", "x", 0.3, 0.2, False)]),
        ({"kind": "changed", "share": 0.2, "plan": TO_X}, [("max_changed", "", 0.55, 0.2, False)]),
        ({"kind": "changed", "share": 0.2, "plan": TO_X, "of": "white"}, [("changed.white", "", 0.4, 0.2, False)]),
        ({"kind": "changed", "share": 1.0, "plan": TO_X}, []),
        ({"kind": "burden", "of": "moved", "difference": 0.05}, [("burden.moved", "", 0.05, 0.05, False)]),
        ({"kind": "burden", "of": "travel", "difference": 20}, [("burden.travel", "", 30, 20, False)]),
        ({"kind": "burden", "of": "travel", "difference": 50}, []),
        ({"kind": "travel_mean", "limit": 300}, [("travel_mean", "", 75, 300, False)]),
        ({"kind": "at_most", "of": "travel_mean", "limit": 300}, [("at_most.travel_mean", "", 75, 300, False)]),
        ({"kind": "at_most", "of": "moved", "limit": 0.2}, [("at_most.moved", "", 0.05, 0.2, False)]),
        ({"kind": "at_most", "of": "cut_edges", "limit": 0.5}, [("at_most.cut_edges", "", 0.5, 0.5, False)]),
        ({"kind": "riders", "distance": 600, "share": 0.1}, [("riders", "", 0.15, 0.1, False)]),
        ({"kind": "feeder", "column": "middle", "low": 0.9}, [("feeder", "y", 0.9 - 2 / 3, 0.9, False)]),
        ({"kind": "shape", "measure": "cut_edges", "limit": 0}, [("shape", "", 1, 0, False)]),
        (
            {"kind": "shape", "measure": "polsby_popper", "limit": 0.7},
            [("shape", "y", 0.7 - 3 * np.pi / 16, 0.7, False)],
        ),
    ],
)
def test_what_a_plan_breaks(table: dict[str, Any], broken: list[Any], moved: Plan) -> None:
    rows = make_rule(table).excess(moved)
    assert [(r.limit, r.block or r.school or "", r.inherited) for r in rows] == [(b[0], b[1], b[4]) for b in broken]
    assert [r.amount for r in rows] == pytest.approx([b[2] for b in broken], abs=1e-6)
    assert [r.limit_value for r in rows] == [b[3] for b in broken]


def test_what_today_breaks_is_said_beside_it(moved: Plan) -> None:
    row = make_rule({"kind": "share", "of": "poverty", "high": 0.45}).excess(moved)[0]
    assert row.status_quo_amount == pytest.approx(0.15)


@pytest.mark.parametrize("table", [{"kind": "share", "of": "poverty", "high": 0.45}, {"kind": "utilisation", "low": 1}])
def test_strict_takes_what_today_breaks_as_hard(table: dict[str, Any], row: District) -> None:
    today = Plan.status_quo(row)
    for strict in (False, True):
        rules = rules_of(Settings(Options(strict=strict), (table,)))
        found = [breach.inherited for breach in breaches(today, rules) if breach.limit[:5] in ("share", "utili")]
        assert found
        assert set(found) == {not strict}


def test_what_it_costs_stands_in_the_model(row: District) -> None:
    tables: tuple[dict[str, Any], ...] = (
        {"kind": "keep_together", "column": "estate", "cost": 0.1},
        {"kind": "feeder", "column": "middle", "cost": 0.2},
        {"kind": "shape", "measure": "cut_edges", "cost": 0.3},
        {"kind": "shape", "measure": "polsby_popper", "cost": 0.4},
    )
    model = Model.build(row, tuple(make_rule(table) for table in tables))
    assert [(split.cost, split.part.tolist()) for split in model.splits] == [
        (0.1, [0, 0, -1, -1]),
        (0.2, [0, 0, 1, 1]),
    ]
    assert (model.borders[0].cost, model.borders[0].limit) == (0.3, np.inf)
    compact = model.compact[0]
    assert (compact.cost, compact.low) == (0.4, 0.0)
    assert compact.around.tolist() == pytest.approx([2000] * 4)
    assert compact.shared.tolist() == pytest.approx([500] * 6)


def test_a_share_that_today_breaks_is_no_bar_but_counts_as_excess(row: District) -> None:
    hard, soft = Model.build(row, (make_rule({"kind": "share", "of": "poverty", "high": 0.45}),)).sums
    assert hard.factor.tolist() == pytest.approx([0.45, 0.6])
    assert np.isinf(soft.hard_high).all()
    assert np.isinf(soft.hard_low).all()
    # 12 of 20 in poverty at Y today: three students beyond 45 %.
    assert hard.excess(row, row.status_quo) + soft.excess(row, row.status_quo) == pytest.approx(3, abs=1e-6)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            {"kind": "lock", "blocks": ["r0c11", B]},
            "rule lock, column 'blocks': the district has no such block: r0c11 (did you mean 'r0c1'?). "
            "Write ids exactly as block_id of the blocks has them",
        ),
        ({"kind": "lock", "schools": ["w"]}, "the district has no such school: w. Schools are: x, y"),
        (
            {"kind": "lock", "column": "hold"},
            "rule lock: the blocks have no further column 'hold' (did you mean 'held'?). Columns are: estate, middle, ",
        ),
        (
            {"kind": "lock", "column": "mixed"},
            "rule lock, column 'mixed': it has cells that are neither true nor false: r0c1 (0.5), r0c3 (empty). Give ",
        ),
        ({"kind": "forbid", "pairs": [["r0", "x"], [B, "z"]]}, "the district has no such block: r0 (did you mean 'r0c"),
        (
            {"kind": "require", "pairs": [[B, "x"], [B, "y"]]},
            "blocks are sent to two schools at once: r0c1 (x, y). Name each block once",
        ),
        ({"kind": "keep_together", "column": "estates"}, "no further column 'estates' (did you mean 'estate'?)"),
        (
            {"kind": "keep_together", "column": "blank"},
            "column 'blank': it is empty for every block. Name a column with values",
        ),
        (
            {"kind": "recently_moved", "column": "changed", "years": 2},
            "column 'changed': it seems to hold calendar years: r0c1, r0c2. Give `year`, the present year",
        ),
        (
            {"kind": "recently_moved", "column": "changed", "years": 2, "year": 2020},
            "column 'changed': it has changes that are yet to come: r0c1. Give years up to 2020",
        ),
        (
            {"kind": "recently_moved", "column": "words", "years": 2},
            "column 'words': it has cells that are not a number: r0c0 ('1'), r0c1 ('2'), r0c2 ('three'). Give ",
        ),
        (
            {"kind": "share", "of": "whites", "high": 0.5},
            "no students are called 'whites' (did you mean 'white'?). Give one of: all, poverty, white, black, ",
        ),
        ({"kind": "moved", "of": "povert", "share": 0.5}, "no students are called 'povert' (did you mean 'poverty'?)"),
        ({"kind": "feeder", "column": "midle", "low": 0.5}, "no further column 'midle' (did you mean 'middle'?)"),
    ],
)
def test_rules_that_do_not_fit_the_district(table: dict[str, Any], words: str, row: District) -> None:
    rule = make_rule(table)
    with pytest.raises(InputError) as build:
        Model.build(row, (rule,))
    with pytest.raises(InputError) as check:
        breaches(Plan.status_quo(row), (rule,))
    assert words in str(build.value)
    assert str(check.value) == str(build.value)


def test_all_rules_that_do_not_fit_are_named_at_once(row: District) -> None:
    tables = ({"kind": "lock", "schools": ["w"]}, {"kind": "feeder", "column": "none", "low": 0.5})
    with pytest.raises(InputError) as error:
        Model.build(row, tuple(make_rule(table) for table in tables))
    assert [fault.where for fault in error.value.faults] == ["rule lock", "rule feeder"]


def test_what_a_district_cannot_be_asked(tmp_path) -> None:
    bare = TOWN.but(groups={}, students=TOWN.groups["white"], poverty=None, seats={}, least={})
    district = bare.district(tmp_path)
    for table, words in (
        ({"kind": "burden", "of": "moved", "difference": 0.1}, "the district has no groups to compare. Give groups in"),
        ({"kind": "keep_together", "column": "estate"}, "this one has no further columns"),
        (
            {"kind": "share", "of": "poverty", "high": 0.5},
            "no students are called 'poverty'. Give one of: all, students",
        ),
    ):
        with pytest.raises(InputError) as error:
            Model.build(district, (make_rule(table),))
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "lock"}, "column 'blocks, schools, column': none is given. Give exactly one of blocks"),
        ({"kind": "lock", "blocks": [B], "column": "held"}, "blocks and column are given together. Give exactly one"),
        ({"kind": "keep_together"}, "column 'column, blocks': none is given. Give exactly one of column, blocks"),
        ({"kind": "barrier", "points": [[0, 0]]}, "a line has two points or more"),
        ({"kind": "keep_together", "column": "e", "cost": 0}, "column 'cost': 0 cannot be used. Give a number above 0"),
        ({"kind": "keep_together", "column": "e", "cost": 1, "hard": True}, "a hard rule has no cost. Give hard"),
        ({"kind": "keep_together", "column": "e", "hard": False}, "a rule that is not hard needs a cost"),
        ({"kind": "walk_zone", "distance": -1}, "column 'distance': -1 cannot be used. Give a number of 0 or more"),
        ({"kind": "share", "of": "all", "low": 0.1}, "all students are always a share of 1. Give poverty, a group or"),
        ({"kind": "share", "of": "poverty"}, "column 'low, high': none is given. Give low, high, or both"),
        ({"kind": "share", "of": "poverty", "low": 0.5, "high": 0.2}, "column 'low': 0.5 is above high, 0.2"),
        ({"kind": "share", "of": "poverty", "high": 20}, "column 'high': 20 cannot be used. Give a number from 0 to 1"),
        ({"kind": "share", "of": "poverty", "high": 0.5, "strict": True}, "'strict': the key is not known"),
        ({"kind": "utilisation", "low": float("inf")}, "column 'low': inf cannot be used. Give a number of 0 or more"),
        ({"kind": "burden", "of": "move", "difference": 0.1}, "column 'of': it must be 'moved' or 'travel'"),
        ({"kind": "burden", "of": "moved", "difference": 2}, "column 'difference': 2 cannot be used"),
        ({"kind": "feeder", "column": "m", "low": 0.5, "cost": 1}, "low and cost are given together. Give exactly one"),
        ({"kind": "shape", "measure": "round", "limit": 1}, "it must be 'cut_edges' or 'polsby_popper'"),
        ({"kind": "shape", "measure": "polsby_popper", "limit": 2}, "column 'limit': 2 cannot be used"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_used(table: dict[str, Any], words: str) -> None:
    faults = rule_faults(table, "c.toml [[rules]] number 1")
    assert faults
    assert "; ".join(map(str, faults)).startswith("c.toml [[rules]] number 1")
    assert words in "; ".join(map(str, faults))


def test_every_kind_says_what_counts_it_looks_at(row: District) -> None:
    assert make_rule({"kind": "lock", "blocks": [B]}).attributes(row) == ()
    share = make_rule({"kind": "share", "of": "poverty", "high": 0.5})
    assert share.attributes(row) == ("students_poverty", "students_white", "students_black")
    burden = make_rule({"kind": "burden", "of": "moved", "difference": 0.1})
    assert burden.attributes(row) == ("students_white", "students_black")


def test_utilisation_asks_nothing_where_no_seats_are_given(tmp_path) -> None:
    district = TOWN.but(seats={}, least={}).district(tmp_path)
    rule = make_rule({"kind": "utilisation", "low": 0.9, "high": 1.1})
    assert rule.excess(Plan.status_quo(district)) == []
    plain, narrowed = Model.build(district, ()), Model.build(district, (rule,))
    assert len(narrowed.pairs.index) == len(plain.pairs.index)
    assert all(np.isinf(s.hard_high).all() and np.isinf(s.hard_low).all() for s in narrowed.sums)
