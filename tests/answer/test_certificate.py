"""certificate.json: what is written reads back, and what cannot be read is named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proofs import aged, certificate, write
from questions import LIMITS, Question
from toys import EXAMPLE

from optimizer.bounds.certificate import Certificate, Cuts, Leaf, SchoolProof
from optimizer.bounds.kernel.data import LEAF, RATE
from optimizer.errors import InputError
from scenarios.answer.certificate import certificate_text, write_certificate
from scenarios.folder.hashes import folder_hashes
from scenarios.verify import verify
from scenarios.verify.certificate import Shape, read_head, read_proof
from scenarios.verify.reading import BYTES, BYTES_A_BLOCK, load_json

SHAPE = Shape(blocks=4, schools=2, kinds=2, budgets=0, sums=1, takes=[0, 1], curved=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, Path, dict[str, Any]]:
    """FORMAT.md's example, today's zones, and a certificate whose numbers are all 0."""
    folder = EXAMPLE.write(tmp_path_factory.mktemp("example") / "d")
    plan = folder.parent / "plan.csv"
    plan.write_text("block_id,school_id\nr0c0,x\nr0c1,x\nr0c2,y\nr0c3,y\n")
    q = Question(folder, LIMITS | {"size_tolerance": 0.5}, [], "disparity")
    school = {"edges": [0.0, 0.4, 1.0], "tilt": [0.0, 0.0], "sum_prices": [[0.0, 0.0]], "cuts": [[], [0, 0.5]]}
    schools = [{"school": 0, **school}, {"school": 1, **school, "cuts": {"1": [1, 0.25]}}]
    leaf = {"rates": {}, "direction": [-1, 1], "prices": [0.0] * 4, "budget_prices": [], "schools": schools}
    cuts = [{"school": 0, "block": 2, "separator": [1]}, {"school": 1, "block": 1, "separator": [2]}]
    return folder, plan, certificate(q, [leaf], cuts, 0.0, plan)


def proof_in_memory(random: np.random.Generator) -> Certificate:
    """The example's shape with random numbers."""
    schools = tuple(
        SchoolProof(
            school=j,
            split=np.array([RATE, LEAF, LEAF]),
            middle=np.array([middle, np.nan, np.nan]),
            low=np.array([0.0, middle]),
            high=np.array([middle, 1.0]),
            tilt=random.normal(size=2) * 1e-7,
            size_price=random.normal(size=(2, 1)),
            start=np.array([0, 0, 1]),
            cut=np.array([j], np.int32),
            weight=random.uniform(size=1),
        )
        for j, middle in enumerate(random.uniform(size=2))
    )
    cuts = Cuts(np.array([0, 1]), np.array([2, 1]), np.array([0, 1, 2]), np.array([1, 2]))
    leaf = Leaf(random.normal(size=2), random.normal(size=4) / 3, np.zeros(0), schools)
    return Certificate(0.0, ("contiguity",), cuts, (leaf,))


def test_what_is_written_reads_back_to_the_last_digit(made, tmp_path: Path) -> None:
    folder, plan, content = made
    proof = proof_in_memory(np.random.default_rng(3))
    about = {key: content[key] for key in ("district", "objective", "limits", "rules", "inputs")}
    write_certificate(tmp_path / "certificate.json", proof, plan=plan.read_bytes(), **about)
    data, sealed = load_json(tmp_path / "certificate.json", 4)
    head, read = read_head(data, "certificate.json"), read_proof(data, "certificate.json", SHAPE)
    assert sealed
    assert (head.district, head.objective, head.relaxes, head.bound) == ("toy", "disparity", ("contiguity",), 0.0)
    assert head.inputs == folder_hashes(folder)
    assert sorted(head.inputs) == ["blocks", "district.toml", "schools.csv"]
    leaf, wanted = read.leaves[0], proof.leaves[0]
    assert np.array_equal(leaf.prices, wanted.prices)
    assert np.array_equal(leaf.direction, wanted.direction)
    for entry, school in zip(leaf.entries, wanted.schools, strict=True):
        assert entry.edges.tolist() == [0.0, school.high[0], 1.0]
        assert np.array_equal(entry.tilt, school.tilt)
        assert np.array_equal(entry.sum_prices, school.size_price.T)
        assert (entry.interval.tolist(), entry.cut.tolist()) == ([1], school.cut.tolist())
        assert np.array_equal(entry.price, school.weight)
    assert read.cuts.separator(1).tolist() == [2]
    assert verify(folder, plan, tmp_path / "certificate.json").verified


def test_no_proof_is_written_as_a_claim_of_nothing(made, tmp_path: Path) -> None:
    folder, plan, content = made
    about = {key: content[key] for key in ("district", "objective", "limits", "rules", "inputs")}
    (tmp_path / "c.json").write_text(certificate_text(None, plan=plan.read_bytes(), **about))
    found = verify(folder, plan, tmp_path / "c.json")
    assert (found.verified, found.bound, found.claimed) == (True, 0.0, 0.0)
    with pytest.raises(ValueError, match="not JSON compliant"):
        certificate_text(None, plan=b"", **about | {"limits": {"max_moved": float("nan")}})


def test_the_first_format_is_read_as_before(made, tmp_path: Path) -> None:
    """It had one price a school for its size, and knew no other sums."""
    folder, plan, content = made
    old = aged(content, 1)
    prices = [0.25, -0.125]
    for entry in old["leaves"][0]["schools"]:
        entry.pop("sum_prices")
        entry["size_price"] = prices
    data, _ = load_json(write(old, tmp_path / "c.json"), 4)
    read = read_proof(data, "c.json", replace(SHAPE, form=read_head(data, "c.json").form, sums=2))
    assert read.leaves[0].entries[1].sum_prices.tolist() == [prices, [0.0, 0.0]]
    assert verify(folder, plan, tmp_path / "c.json").verified
    entry["sum_prices"] = []
    with pytest.raises(InputError, match="the key 'sum_prices' is not known"):
        verify(folder, plan, write(old, tmp_path / "c.json"))


def deep(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return change


SCHOOL = ("leaves", 0, "schools", 0)
MALFORMED = {
    "struck is no pair": (("struck", [[0]]), "column 'struck[0]': has 1 entries where there must be 2"),
    "struck is no block": (("struck", [[9, 0]]), "column 'struck[0]': holds a number that is not from 0 to 3"),
    "struck is no school": (("struck", [[0, 2]]), "column 'struck[0]': holds a number that is not from 0 to 1"),
    "struck is no number": (("struck", [["0", 1]]), "column 'struck[0]': holds what is not a whole number"),
    "format": (("format", "geojson"), "column 'format': is not 'rezone-certificate'"),
    "newer": (
        ("format_version", 6),
        "was made by a newer version of rezone (1.0): its format is 6, this version reads 5",
    ),
    "version 0": (("format_version", 0), "is not a whole number of 1 or more"),
    "missing key": (("prices",), "column 'leaves[0]': the key 'prices' is missing"),
    "unknown key": (("leaves", 0, "price", []), "the key 'price' is not known (did you mean 'prices'?)"),
    "unknown top key": (("bounds", 1), "the key 'bounds' is not known (did you mean 'bound'?)"),
    "rule": (("rules", [{"kind": "locks"}]), "rules of the kind 'locks' cannot be verified (did you mean 'lock'?)"),
    "rule's key": (
        ("rules", [{"kind": "moved", "shares": 1}]),
        "the key 'shares' is not known (did you mean 'share'?)",
    ),
    "rule's share": (("rules", [{"kind": "moved", "share": 2}]), "share is not a number from 0 to 1"),
    "rule's column": (
        ("rules", [{"kind": "moved", "share": 0.1, "of": "grey"}]),
        "the blocks have no column for 'grey'",
    ),
    "objective": (
        ("objective", "theil_h.poverty"),
        "the objective 'theil_h.poverty' cannot be verified (did you mean 'theil_h.race'?)",
    ),
    "objective's group": (("objective", "gap.white.grey"), "it needs 2 groups of the district after its name"),
    "no objective": (("objective", {"disparity": -1}), "is neither a name nor a table of names and weights"),
    "limits": (("limits", "travel_increase", -1), "column 'limits.travel_increase': cannot be used"),
    "limit": (("limits", "max_move", 0.1), "the key 'max_move' is not known (did you mean 'max_moved'?)"),
    "minimum": (
        ("limits", "default_minimum", "seats"),
        "column 'limits.default_minimum': is none of today_or_seats, today",
    ),
    "minimum of a kind": (("limits", "default_minimum", ["today"]), "column 'limits.default_minimum': is none of"),
    "no minimum": (("limits", LIMITS), "column 'limits': the key 'default_minimum' is missing"),
    "struck before its time": (("format_version", 3), "column 'the whole file': the key 'struck' is not known"),
    "negative bound": (("bound", -0.1), "holds a number below 0"),
    "prices' length": (("leaves", 0, "prices", [0.0] * 3), "has 3 entries where there must be 4"),
    "a text": (("leaves", 0, "prices", 1, "0.1"), "column 'leaves[0].prices': holds what is not a number"),
    "a truth": (("leaves", 0, "prices", 1, True), "holds what is not a number"),
    "too large": (("leaves", 0, "prices", 1, 10**400), "holds a number that is not finite"),
    "budgets": (("leaves", 0, "budget_prices", [0.0]), "has 1 entries where there must be 0"),
    "direction": (("leaves", 0, "direction", [1.0]), "has 1 entries where there must be 2"),
    "rates": (("leaves", 0, "rates", {"0": [0.5, 0.4]}), "is not a range of rates from low to high"),
    "rates' school": (("leaves", 0, "rates", {"07": [0.0, 1.0]}), "the key '07' is not a whole number from 0 to 1"),
    "schools": (("leaves", 0, "schools", []), "has 0 entries where there must be 2"),
    "school": ((*SCHOOL, "school", 1), "column 'leaves[0].schools[0].school': is not 0"),
    "edges": ((*SCHOOL, "edges", [0.0, 0.5, 0.4]), "do not ascend as rates do"),
    "edges beyond": ((*SCHOOL, "edges", [0.0, 0.5, 3.0]), "do not ascend as rates do"),
    "one edge": ((*SCHOOL, "edges", [0.0]), "has fewer than two entries"),
    "tilt": ((*SCHOOL, "tilt", [0.0]), "has 1 entries where there must be 2"),
    "negative y": ((*SCHOOL, "cuts", 1, [0, -0.5]), "holds a number below 0"),
    "half a pair": ((*SCHOOL, "cuts", 1, [0]), "interval 1 has no list of cuts and prices"),
    "no such cut": ((*SCHOOL, "cuts", 1, [2, 0.5]), "holds a number that is not from 0 to 1"),
    "half a cut": ((*SCHOOL, "cuts", 1, [0.5, 0.5]), "holds what is not a whole number"),
    "another's cut": ((*SCHOOL, "cuts", 1, [1, 0.5]), "names a cut of another school"),
    "no interval": ((*SCHOOL, "cuts", {"2": [0, 0.5]}), "the key '2' is not a whole number from 0 to 1"),
    "cut's block": (("cuts", 0, "block", 4), "column 'cuts[0].block': holds a number that is not from 0 to 3"),
    "cut's school": (("cuts", 0, "school", -1), "holds a number that is not from 0 to 1"),
    "separator": (("cuts", 0, "separator", [1, 1]), "names a block twice"),
    "itself": (("cuts", 0, "separator", [1, 2]), "holds the cut's own block, so that the cut says nothing"),
    "inputs": (("inputs", {"schools.csv": 1}), "column 'inputs': is not text"),
    "relaxes": (("relaxes", "all"), "column 'relaxes': is not a list"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_certificates_are_refused_by_text(name: str, made, tmp_path: Path) -> None:
    folder, plan, content = made
    content, (path, words) = copy.deepcopy(content), MALFORMED[name]
    if name == "missing key":
        del content["leaves"][0]["prices"]
    else:
        deep(*path[:-1], value=path[-1])(content)
    if name == "too large":
        text = json.dumps(content)
        (tmp_path / "c.json").write_text(text[:-1] + ',"seal":""}')
    else:
        write(content, tmp_path / "c.json")
    with pytest.raises(InputError) as error:
        verify(folder, plan, tmp_path / "c.json")
    assert words in str(error.value)
    assert str(error.value).startswith("c.json, column '")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "is UTF-16 text"),
        (b"[1, 2", "cannot be read as JSON"),
        (b"[" * 100_000, "lie inside each other more than"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice"),
        (b"[]", "is not 'rezone-certificate'"),
        (b"1" * 5000, "cannot be read as JSON"),
        (b"[" + b"[]," * 4_100_000 + b"[]]", "is too large to be read: too many lists and tables"),
        (b" " * (BYTES + 4 * BYTES_A_BLOCK + 1), "20,080,001 bytes, where 20,080,000 are the most for 4 blocks"),
    ],
)
def test_damaged_files_are_refused(raw: bytes, words: str, made, tmp_path: Path) -> None:
    folder, plan, _ = made
    (tmp_path / "c.json").write_bytes(raw)
    with pytest.raises(InputError) as error:
        verify(folder, plan, tmp_path / "c.json")
    assert words in str(error.value)


def test_a_file_that_is_not_there(made, tmp_path: Path) -> None:
    folder, plan, content = made
    with pytest.raises(InputError, match=r"c\.json: is not there\. Put it at"):
        verify(folder, plan, tmp_path / "c.json")
    (tmp_path / "c.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="the key 'seal' is missing"):
        verify(folder, plan, tmp_path / "c.json")
