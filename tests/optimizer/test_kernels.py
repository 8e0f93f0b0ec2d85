"""Where compiled kernels are kept: whole or not at all, whoever looks at them, and whatever happens to them."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import pkgutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toys import EXAMPLE

import optimizer.bounds.kernel
import optimizer.solvers.kernel
from optimizer import Contiguity, Disparity, InputError, Model, Moved, Size, Travel, kernels, make_objective, optimize
from optimizer.arrays import Csr, Floats
from optimizer.deadline import Deadline
from optimizer.rules import Feeder, KeepTogether, Lock, Shape
from optimizer.solvers.kernel.handed import FloatTable, handed
from optimizer.solvers.kernel.jit import called
from optimizer.solvers.search import search
from optimizer.warm import tiny
from scenarios.generator import generate

NOBODY = Csr.of_pairs(np.zeros(0), np.zeros(0), 6)


@pytest.fixture
def compiling(monkeypatch):
    """In place of the compiler: two files; how often it was asked."""
    asked = []

    def compile_(new: Path, tell) -> None:
        asked.append(new)
        for part in kernels.PARTS:
            tell(0.5)
            (new / f"{part}.nbi").write_bytes(part.encode())
            (new / f"{part}.nbc").write_bytes(bytes(1000))

    monkeypatch.setattr(kernels, "_compile", compile_)
    return asked


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def overwritten(file: Path) -> None:
    file.write_bytes(b"x" * file.stat().st_size)


DAMAGES = {
    "an index cut off": ("search.nbi", cut_off),
    "an index of something else": ("search.nbi", overwritten),
    "code cut off": ("bound.nbc", cut_off),
    "code of something else": ("bound.nbc", overwritten),
    "a file gone": ("bound.nbc", Path.unlink),
    "a folder in the way": ("search.nbc", lambda file: (file.unlink(), file.mkdir())),
    "the list cut off": (kernels.WHOLE, cut_off),
    "the list of something else": (kernels.WHOLE, lambda file: file.write_text("[1]")),
    "an empty list": (kernels.WHOLE, lambda file: file.write_text("{}")),
    "the list not text": (kernels.WHOLE, lambda file: file.write_bytes(b"\xff\xfe")),
    "the list gone": (kernels.WHOLE, Path.unlink),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_kernels_are_made_anew(damage, compiling, tmp_path):
    place = tmp_path / "kernels-1"
    kernels._make(place, lambda share: None)
    assert kernels._whole(place)
    name, hurt = DAMAGES[damage]
    hurt(place / name)
    assert not kernels._whole(place)
    kernels._make(place, lambda share: None)
    assert kernels._whole(place)
    assert len(compiling) == 2


def test_there_is_never_half_of_them(compiling, tmp_path):
    """Ctrl-C, or a compiler that fails, leaves nothing; and what a killed process left goes."""
    place, left = tmp_path / "kernels-1", tmp_path / "making-left"
    left.mkdir()

    def press(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kernels._make(place, press)
    assert [file.name for file in tmp_path.iterdir()] == ["making.lock"]


def test_one_of_several_first_starts_compiles(compiling, tmp_path, monkeypatch):
    place = tmp_path / "kernels-1"
    slow = kernels._compile
    monkeypatch.setattr(kernels, "_compile", lambda new, tell: (time.sleep(0.3), slow(new, tell)))
    threads = [threading.Thread(target=kernels._make, args=(place, lambda share: None)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kernels._whole(place)
    assert len(compiling) == 1


def test_old_kernels_do_not_pile_up(compiling, tmp_path):
    for k in range(kernels.KEPT + 3):
        kernels._make(tmp_path / f"kernels-{k}", lambda share: None)
        os.utime(tmp_path / f"kernels-{k}", (k, k))
    assert len(list(tmp_path.glob("kernels-*"))) <= kernels.KEPT + 1
    assert kernels._whole(tmp_path / f"kernels-{k}")


@pytest.fixture
def blocked(tmp_path, monkeypatch):
    """An installation, a home and a folder for temporary files, in none of which anything can be made; root, too."""
    places = {name: tmp_path / name for name in ("package", "home", "temporary")}
    for place in places.values():
        place.touch()
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(kernels, "PACKAGE", places["package"])
    monkeypatch.setattr(kernels, "_fingerprint", lambda: "1")
    monkeypatch.setattr(kernels.tempfile, "gettempdir", lambda: str(places["temporary"]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(places["home"]))
    return places


@pytest.mark.parametrize("free", ["package", "home", "temporary"])
def test_a_read_only_installation_keeps_them_elsewhere(free, blocked):
    blocked[free].unlink()
    blocked[free].mkdir()
    assert kernels.folder.__wrapped__().is_relative_to(blocked[free])


def test_where_nothing_can_be_kept_each_process_compiles_by_itself(blocked, compiling, monkeypatch):
    place = kernels.folder.__wrapped__()
    monkeypatch.setattr(kernels, "folder", lambda: place)
    monkeypatch.setattr(kernels, "_there", None)
    assert not kernels.ensure()
    assert compiling == []


def test_kernels_of_a_read_only_installation_are_used(blocked, compiling, monkeypatch):
    """Compiled by whoever installed it."""
    blocked["package"].unlink()
    root = blocked["package"] / "solvers" / "kernel" / "__pycache__"
    root.mkdir(parents=True)
    place = kernels.folder.__wrapped__()
    kernels._make(place, lambda share: None)
    monkeypatch.setattr(kernels, "_can_be_written", lambda root: False)
    assert kernels.folder.__wrapped__() == place


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners of files")
def test_nobody_else_can_plant_code_among_temporary_files(blocked, compiling, monkeypatch):
    blocked["temporary"].unlink()
    blocked["temporary"].mkdir()
    place = kernels.folder.__wrapped__()
    kernels._make(place, lambda share: None)
    assert kernels._trusted(place.parent)
    place.parent.chmod(0o777)
    assert not kernels._trusted(place.parent)
    place.parent.chmod(0o700)
    monkeypatch.setattr(kernels.os, "getuid", lambda: 12345)
    assert not kernels._trusted(place.parent)
    link = blocked["temporary"] / "link"
    link.symlink_to(place.parent)
    assert not kernels._trusted(link)


@pytest.mark.parametrize("setting", ["NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT"])
def test_other_code_has_another_name(setting, monkeypatch):
    before = kernels._fingerprint.__wrapped__()
    monkeypatch.setenv(setting, "1")
    assert kernels._fingerprint.__wrapped__() != before


def test_no_limit_counts_compiling(monkeypatch):
    from scenarios.asking.options import Options
    from scenarios.cli import job

    options = Options(time_limit=1000.0)
    before = job.time_left(options, 0.0)
    monkeypatch.setattr(kernels, "_spent", 100.0)
    monkeypatch.setattr(job, "STARTED", job.STARTED - 100.0)
    assert job.time_left(options, 0.0) == pytest.approx(before, abs=1.0)


@handed(read_only=False)
class Sample:
    """A number, and arrays of one and two dimensions."""

    number: float
    row: Floats
    table: FloatTable
    yes: bool


@called
def added_up(sample, factor):
    total = sample.number
    for i in range(sample.row.size):
        sample.row[i] *= factor
        total += sample.row[i] if sample.yes else 0.0
        for k in range(sample.table.shape[1]):
            total += sample.table[i, k]
    return total


def sample() -> Sample:
    return Sample(0.5, np.arange(2.0), np.arange(6.0).reshape(2, 3), True)


def test_a_kernel_reads_and_writes_what_it_is_handed():
    one = sample()
    assert added_up(one, 10) == 0.5 + 10.0 + 15.0
    assert one.row.tolist() == [0.0, 10.0]
    assert added_up(replace(one, yes=False), 1) == 0.5 + 15.0


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_handed_over_with_its_own_arrays(copied):
    other = copied(sample())
    assert added_up(other, 10) == 25.5
    assert other.row.tolist() == [0.0, 10.0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"row": np.arange(2)},
        {"row": np.arange(2, dtype=np.float32)},
        {"row": np.zeros((2, 2))},
        {"row": np.arange(4.0)[::2]},
        {"table": np.zeros((2, 3), order="F")},
    ],
)
def test_nothing_else_is_handed_over(wrong):
    with pytest.raises(TypeError, match=f"Sample.{next(iter(wrong))}: .* dimensions"):
        replace(sample(), **wrong)


@handed(read_only=True)
class Question:
    numbers: Floats


def test_what_is_only_read_is_converted():
    for given in (np.arange(3), np.arange(3, dtype=np.float32), np.arange(6.0)[::2] / 2):
        assert Question(given).numbers.dtype == np.float64
        assert Question(given).numbers.flags.c_contiguous
        assert Question(given).numbers.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(TypeError, match=r"Question\.numbers: complex128"):
        Question(np.zeros(1, complex))


def all_kernels():
    for package in (optimizer.solvers.kernel, optimizer.bounds.kernel):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            yield from vars(importlib.import_module(module.name)).values()


def test_no_process_compiles_a_kernel_by_itself():
    """Whatever is asked, what `warm` runs has compiled it."""
    district = generate(60, 3, np.random.default_rng(1))
    usual = [Travel(), Size(), Contiguity()]
    questions = (
        (Disparity(), [*usual, Moved(0.2), KeepTogether("neighbourhood", cost=0.01)]),
        ("cut_edges", usual),
        ("theil_h.race", [*usual, Shape("polsby_popper", limit=0.01)]),
        ("outside_band", [Travel(), Size()]),
        ("travel_mean", [*usual, Feeder("neighbourhood", low=0.1)]),
    )
    for objective, rules in questions:
        optimize(district, objective, rules, iterations=500, threads=1)
    assert kernels.compiled()
    compiled = {str(kernel) for kernel in all_kernels() if hasattr(kernel, "stats") and kernel.stats.cache_misses}
    assert not compiled


NOWHERE_TO_GO = {
    "every block is locked": (tiny(), Lock(blocks=tuple("abcdef"))),
    "no block has a neighbour": (replace(tiny(), adjacency=NOBODY), Contiguity()),
    "neighbours of none, all away from their roots": (
        replace(tiny(), adjacency=NOBODY, root=np.array([0, 5]), status_quo=np.array([0, 1, 0, 1, 0, 1])),
        Contiguity(),
    ),
    "seats for nobody more": (replace(tiny(), capacity=np.array([21.0, 21.0])), Size()),
    "no student may move": (tiny(), Moved(0.0)),
    "no students": (replace(tiny(), counts=np.zeros((6, 2))), Contiguity()),
}


@pytest.mark.parametrize("case", NOWHERE_TO_GO)
@pytest.mark.parametrize("objective", ["travel_mean", "cut_edges"])
def test_no_kernel_waits_for_a_move_that_there_is_not(case, objective):
    district, rule = NOWHERE_TO_GO[case]
    model = Model.build(district, (Travel(floor=3000.0), Contiguity(), rule))
    found = search(
        model,
        make_objective(objective, district),
        Deadline(iterations=50_000),
        random=np.random.default_rng(1),
        lanes=1,
        threads=1,
    )
    assert found.iterations <= 50_000


def test_neighbours_of_one_side_alone_are_an_error():
    """The search would walk between them for ever."""
    one_way = Csr.of_pairs(np.array([0, 1, 2]), np.array([1, 0, 1]), 6)
    with pytest.raises(InputError, match="block 'b' is a neighbour of 'c', and 'c' none of 'b' \\(1 such pairs\\)"):
        optimize(replace(tiny(), adjacency=one_way), iterations=500)


def test_what_is_wrong_with_a_call_is_said_before_anything_is_compiled(
    compiling, tmp_path, monkeypatch, rezone
) -> None:
    monkeypatch.setattr(kernels, "_there", None)
    monkeypatch.setattr(kernels, "folder", lambda: tmp_path / "kernels-1")
    status, _, err = rezone("optimize", tmp_path / "nowhere", "--out", tmp_path / "o")
    assert status == 2, err
    assert not compiling
    EXAMPLE.write(tmp_path / "d")
    status, _, err = rezone("optimize", tmp_path / "d", "--out", tmp_path / "o", "--objective", "nonsense")
    assert status == 2, err
    assert not compiling
