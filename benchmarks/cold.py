"""The first start: `python benchmarks/cold.py [PART ...]`, all parts or some.

From a wheel of this tree in an environment of its own, so that nothing is compiled beforehand. Installing and
downloading are not counted.

plain: what a plain installation weighs (bar: 1,050 MB); every command that the README shows runs in it.
demo: seconds to the first line and for the whole of `rezone demo` at a first start (bars: 1 and 45; hoped for: 20), its
objective against the same command once all is compiled (bar: no worse), and seconds to the first line then.
repeats: the run that compiles and the next one, with one seed and number of proposals, say the same (bar: all of it).
interrupt: Ctrl-C at several instants of a first start: seconds until it has ended (bar: 1), and its exit status.
locked: a first start where kernels cannot be kept beside the program, and none of the usual folders can be made.
together: three first starts at once: all end well, with one plan.
damaged: a cache of compiled kernels that was cut off, and one that was overwritten: built anew.
make: `make demo` on a fresh clone, packages at hand (bar: 90 s).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from machine import ROOT, about

MEGABYTE = 1e6
QUICK = ("--iterations", "3000", "--threads", "1")
INSTANTS = (0.05, 0.3, 0.8, 2.0, 5.0, 12.0)  # seconds after the start
CACHES = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "TMPDIR")


@dataclass(frozen=True)
class Ended:
    """How a command ended. first: seconds to its first line; whole: to its end."""

    status: int
    first: float
    whole: float
    text: str


@dataclass(frozen=True)
class Place:
    """An environment of its own, with its own home, under `folder`."""

    folder: Path

    @property
    def rezone(self) -> Path:
        return self.folder / "env/bin/rezone"

    @property
    def packages(self) -> Path:
        return next((self.folder / "env/lib").glob("python*/site-packages"))

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in CACHES}
        return kept | {"HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "temporary"), **more}

    def kernels(self) -> list[Path]:
        """The folders of compiled kernels, beside the program or in its home."""
        roots = (self.packages / "optimizer", self.folder / "home", self.folder / "temporary")
        return [folder for root in roots for folder in root.rglob("kernels-*")]

    def forget(self) -> None:
        """Throw away all that was compiled."""
        for cache in self.kernels():
            shutil.rmtree(cache)
        for name in ("home", "temporary"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        command = [str(word) for word in (self.rezone, *words)]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: object, **environment: str) -> Ended:
        began = time.monotonic()
        process = self.start(*words, **environment)
        assert process.stdout is not None
        line = process.stdout.readline()
        first = time.monotonic() - began
        rest = process.communicate()[0]
        return Ended(process.returncode, first, time.monotonic() - began, line + rest)


def installed(folder: Path) -> Place:
    """A wheel of this tree, alone in a new environment, with the versions of requirements.txt."""
    source, place = folder / "source", Place(folder)
    ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", "out", "build", ".*_cache")
    shutil.copytree(ROOT, source, ignore=ignored)
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, source)
    subprocess.run(pip, check=True, capture_output=True)
    subprocess.run((sys.executable, "-m", "venv", folder / "env"), check=True)
    for words in (("-r", ROOT / "requirements.txt"), ("--no-deps", *folder.glob("*.whl"))):
        subprocess.run((folder / "env/bin/pip", "install", "-q", *words), check=True, capture_output=True)
    place.forget()
    return place


def plain(place: Place) -> None:
    weight = sum(file.lstat().st_size for file in (place.folder / "env").rglob("*") if file.is_file()) / MEGABYTE
    print(f"plain      {weight:,.0f} MB installed (bar 1,050)")
    district = place.packages / "scenarios/demo/district"
    limit = ("--time-limit", "4")
    commands: dict[str, tuple[object, ...]] = {
        "check": (district,),
        "optimize": (district, "--out", "run", *limit),
        "evaluate": (district, "run/plan.csv"),
        "verify": (district, "--plan", "run/plan.csv", "--certificate", "run/certificate.json"),
        "explain": (district, *limit),
        "report": ("run", "--out", "report.html"),
        "compare": ("run", "--out", "compared"),
        "score": (district, "run/plan.csv", "--out", "scored", *limit),
        "publish": ("run", "--out", "bundle"),
        "export": ("run", "--out", "exported"),
        "rfp": (district, "run/plan.csv", "--out", "tables"),
        "frontier": (district, "--out", "curve", "--points", "3", *limit),
    }
    for name, words in commands.items():
        ended = place.run(name, *words)
        print(f"plain      {name}: {said(ended)}")


def said(ended: Ended) -> str:
    """A word on how it ended, and the last line where it did not end well."""
    lines = ended.text.strip().splitlines() or [""]
    return "runs" if ended.status == 0 else f"exit {ended.status}: {lines[-1]}"


def objective(folder: Path) -> float:
    value: float = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["objective_value"]
    return value


def demo(place: Place) -> None:
    place.forget()
    cold = place.run("demo", "--out", "cold")
    warm = place.run("demo", "--out", "warm")
    assert cold.status == warm.status == 0, cold.text + warm.text
    print(f"demo       first start: first line after {cold.first:.1f} s (bar 1), all after {cold.whole:.1f} s (bar 45)")
    print(f"demo       second: first line after {warm.first:.1f} s, all after {warm.whole:.1f} s")
    first, second = (objective(place.folder / name) for name in ("cold", "warm"))
    print(f"demo       disparity {first:.5f} at a first start, {second:.5f} at the second (bar: no worse)")


def repeats(place: Place) -> None:
    place.forget()
    words = ("optimize", place.packages / "scenarios/demo/district", "--iterations", "30000", "--seed", "1")
    said: list[dict[str, object]] = []
    for name in ("first", "next"):
        ended = place.run(*words, "--out", name)
        assert ended.status == 0, ended.text
        folder = place.folder / name
        files = {file: (folder / file).read_text(encoding="utf-8") for file in ("plan.csv", "certificate.json")}
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        said.append(files | {key: value for key, value in summary.items() if key not in ("seconds", "files")})
    different = [key for key in said[0] if said[0][key] != said[1][key]]
    print(f"repeats    what differs in plan, certificate and summary, times aside: {different or 'nothing'}")


def interrupt(place: Place) -> None:
    for instant in INSTANTS:
        place.forget()
        process = place.start("demo", "--out", f"stopped{instant}")
        time.sleep(instant)
        process.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        text = process.communicate()[0]
        took, lines = time.monotonic() - pressed, text.strip().splitlines() or [""]
        print(f"interrupt  after {instant} s: ended in {took:.1f} s (bar 1), exit {process.returncode}, '{lines[-1]}'")


def locked(place: Place) -> None:
    """Root may write wherever it likes: files in the way of the cache folders stop it, too."""
    place.forget()
    for cache in list(place.packages.glob("optimizer/**/__pycache__")):
        shutil.rmtree(cache)
        cache.touch()
    shutil.rmtree(place.folder / "home")
    (place.folder / "home").touch()
    ended = place.run("optimize", place.packages / "scenarios/demo/district", "--out", "locked", *QUICK)
    print(f"locked     {said(ended)}, {ended.whole:.1f} s")
    (place.folder / "home").unlink()
    for cache in list(place.packages.glob("optimizer/**/__pycache__")):
        cache.unlink()
    place.forget()


def together(place: Place) -> None:
    place.forget()
    began, district = time.monotonic(), place.packages / "scenarios/demo/district"
    many = [place.start("optimize", district, "--out", f"one{k}", *QUICK) for k in range(3)]
    texts = [process.communicate()[0] for process in many]
    plans = {(place.folder / f"one{k}/plan.csv").read_bytes() for k in range(3)}
    statuses = [process.returncode for process in many]
    assert len(plans) == 1, texts
    print(f"together   three first starts at once: exit {statuses}, one plan, {time.monotonic() - began:.1f} s")


def damaged(place: Place) -> None:
    district = place.packages / "scenarios/demo/district"
    place.run("optimize", district, "--out", "whole", *QUICK)
    for name in ("cut off", "foreign"):
        caches = [file for folder in place.kernels() for file in folder.glob("*.nb?")]
        for file in caches:
            whole = file.read_bytes()
            file.write_bytes(whole[: len(whole) // 2] if name == "cut off" else b"x" * 9)
        ended = place.run("optimize", district, "--out", "mended", *QUICK)
        same = (place.folder / "mended/plan.csv").read_bytes() == (place.folder / "whole/plan.csv").read_bytes()
        print(f"damaged    {len(caches)} files {name}: {said(ended)}, {ended.whole:.1f} s, the same plan: {same}")


def make(place: Place) -> None:
    clone, wheels = place.folder / "clone", place.folder / "wheels"
    subprocess.run(("git", "clone", "-q", ROOT, clone), check=True)
    pip = (sys.executable, "-m", "pip", "download", "-q", "-d", wheels, "-r", clone / "requirements.txt")
    subprocess.run(pip, check=True, capture_output=True)
    began = time.monotonic()
    environment = place.environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    ended = subprocess.run(("make", "demo"), cwd=clone, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    print(f"make       make demo on a fresh clone: exit {ended.returncode}, {seconds:.1f} s (bar 90)")


def main() -> None:
    parts: Mapping[str, Callable[[Place], None]] = {
        part.__name__: part for part in (plain, demo, repeats, interrupt, locked, together, damaged, make)
    }
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", choices=[*parts, []], default=[])
    given = asked.parse_args()
    print(about())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else children of a shell's background job are deaf to it
    with tempfile.TemporaryDirectory() as folder:
        place = installed(Path(folder))
        for name, part in parts.items():
            if not given.parts or name in given.parts:
                part(place)


if __name__ == "__main__":
    main()
