"""Where compiled kernels are kept: whole or not at all, whoever looks at them, and whatever happens to them."""

from __future__ import annotations

import importlib
import os
import pkgutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import optimizer.bounds.kernel
import optimizer.solvers.kernel
from optimizer import Contiguity, Disparity, Moved, Size, Travel, kernels, optimize
from optimizer.rules import Feeder, KeepTogether, Shape
from scenarios.generator import generate


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
    from scenarios.cli import job
    from scenarios.options import Options

    options = Options(time_limit=1000.0)
    before = job.time_left(options, 0.0)
    monkeypatch.setattr(kernels, "_spent", 100.0)
    monkeypatch.setattr(job, "STARTED", job.STARTED - 100.0)
    assert job.time_left(options, 0.0) == pytest.approx(before, abs=1.0)


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
