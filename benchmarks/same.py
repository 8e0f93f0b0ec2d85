"""Whether two versions of the program answer the same, in every file that they write.

    python -m benchmarks.same make --tree TREE --out DIR [--part demo|albemarle|generated|NAME] [--jobs 2]
    python -m benchmarks.same compare DIR1 DIR2 [--allow FILE]

make: the `rezone` of TREE/.venv is asked a fixed list of questions (benchmarks/same_cases.py): of the demo, of
Albemarle where shared/data has it, and of 20 generated districts, under every kind of rule, kept and broken. All that
it writes and says is kept in DIR, a folder a district: in `said/`, for each call, its words and exit status (.call),
standard output (.out, or .json) and standard error (.err). 600 calls: some 10 minutes on two cores with nothing else
on them, by the 1.2 to 3 s of a call; --part asks less.
compare: file by file, exactly, but for what must differ (benchmarks/same_files.py says what). The first differences of
each file are shown; exit status 1 where one is in no line of FILE: a pattern of file names, then the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from benchmarks.machine import DATA
from benchmarks.same_cases import ALBEMARLE, DEMO, GENERATED, Case, calls, lay_out
from benchmarks.same_files import Masks, differences

RECORD = "record.json"
PARTS = ("demo", "albemarle", "generated")
SHOWN = 5
WIDE = {"COLUMNS": "200", "LANG": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Asker:
    """Calls the `rezone` of a tree in a folder, and keeps what it says."""

    tree: Path
    folder: Path

    def __call__(self, name: str, words: Sequence[str]) -> None:
        said = self.folder / "said"
        said.mkdir(exist_ok=True)
        command = (str(self.tree / ".venv/bin/rezone"), *words)
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **WIDE},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        (said / f"{name}.call").write_text(
            f"{shlex.join(('rezone', *words))}\nexit {ended.returncode}\n", encoding="utf-8"
        )
        (said / f"{name}.{'json' if '--json' in words and ended.stdout else 'out'}").write_bytes(ended.stdout)
        (said / f"{name}.err").write_bytes(ended.stderr)


def make(tree: Path, out: Path, parts: Sequence[str], jobs: int) -> None:
    """Ask everything of the parts anew; other parts that stand in `out` stay."""
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for line in pool.map(partial(_ask, tree, out), list(_cases(tree, parts))):
            print(line, flush=True)
    version = subprocess.run(
        (tree / ".venv/bin/rezone", "--version"), capture_output=True, text=True, check=False
    ).stdout
    record = {"tree": str(tree), "out": str(out), "version": version.split()[-1] if version.split() else ""}
    (out / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    print(f"{time.monotonic() - began:.0f} s, {jobs} at a time; {out}")


def _cases(tree: Path, parts: Sequence[str]) -> Iterable[tuple[Case, Path | None]]:
    if "demo" in parts:
        yield DEMO, next((tree / "scenarios").rglob("demo/district"))
    if "albemarle" in parts and (DATA / "albemarle_va").is_dir():
        yield ALBEMARLE, DATA / "albemarle_va"
    elif "albemarle" in parts:
        print(f"{DATA / 'albemarle_va'} is not there: Albemarle is left out")
    yield from ((case, None) for case in GENERATED if {"generated", case.name} & {*parts})


def _ask(tree: Path, out: Path, asked: tuple[Case, Path | None]) -> str:
    case, given = asked
    folder, began = out / case.name, time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    ask = Asker(tree, folder)
    lay_out(case, folder, ask, given)
    for name, words in calls(case):
        ask(name, words)
    _forget_timed(folder)
    statuses = {file.stem: file.read_text(encoding="utf-8").split()[-1] for file in (folder / "said").glob("*.call")}
    odd = ", ".join(f"{name} {status}" for name, status in sorted(statuses.items()) if status != "0")
    return f"{case.name:16} {len(statuses)} calls, {time.monotonic() - began:.0f} s; not 0: {odd or 'none'}"


def _forget_timed(folder: Path) -> None:
    """Of `rezone demo` only the names of its files: its time is limited, so that its figures do not repeat."""
    timed = folder / "timed"
    if timed.is_dir():
        (folder / "timed.txt").write_text(
            "".join(f"{file.name}\n" for file in sorted(timed.iterdir())), encoding="utf-8"
        )
        shutil.rmtree(timed)
        for ending in ("out", "err"):
            (folder / f"said/demo.{ending}").unlink()


def compare(one: Path, other: Path, allowed: Sequence[tuple[str, str]]) -> int:
    """How many files differ that nothing allows. Prints what differs in each file that does."""
    masks = [Masks.of(json.loads((folder / RECORD).read_text(encoding="utf-8"))) for folder in (one, other)]
    here, there = ({str(f.relative_to(d)) for f in d.rglob("*") if f.is_file()} - {RECORD} for d in (one, other))
    counts = {"the same": 0, "allowed": 0, "different": 0}
    for name in sorted(here | there):
        if name not in here or name not in there:
            found = [f"only in {one if name in here else other}"]
        else:
            found = differences(one / name, other / name, *masks)
        reason = next((why for pattern, why in allowed if fnmatch(name, pattern)), None)
        counts["the same" if not found else "allowed" if reason is not None else "different"] += 1
        if found:
            print(f"{name}: {len(found)} differences" + (f" (allowed: {reason})" if reason is not None else ""))
            print("".join(f"    {line}\n" for line in found[:SHOWN]), end="")
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return counts["different"]


def allowances(file: Path | None) -> list[tuple[str, str]]:
    """Lines of a file: a pattern of file names, and why they may differ. Empty lines and lines of # are passed over."""
    lines = [] if file is None else file.read_text(encoding="utf-8").splitlines()
    split = [line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#")]
    bare = [words[0] for words in split if len(words) == 1]
    if bare:
        sys.exit(f"{file}: no reason is given for {', '.join(bare)}. Write it behind the pattern")
    return [(pattern, why) for pattern, why in split]


def main(words: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = asked.add_subparsers(dest="what", required=True)
    making, comparing = what.add_parser("make"), what.add_parser("compare")
    making.add_argument("--tree", type=Path, required=True)
    making.add_argument("--out", type=Path, required=True)
    names = [*PARTS, *(case.name for case in GENERATED)]
    making.add_argument("--part", action="append", choices=names, help="may be repeated; default: all")
    making.add_argument("--jobs", type=int, default=2)
    comparing.add_argument("one", type=Path)
    comparing.add_argument("other", type=Path)
    comparing.add_argument("--allow", type=Path)
    given = asked.parse_args(words)
    if given.what == "compare":
        return int(compare(given.one, given.other, allowances(given.allow)) > 0)
    make(given.tree.resolve(), given.out.resolve(), given.part or PARTS, given.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
