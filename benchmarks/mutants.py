"""Which changes of the code no test sees: a sample of mutants of each part, and what its tests say of each.

    pip install cosmic-ray
    python -m benchmarks.mutants run [--part PART ...] [--sample 60] [--seed 1] --out ROWS.csv
    python -m benchmarks.mutants again ROWS.csv --out NEW.csv

cosmic-ray makes the mutants. Places are drawn with the seed, a part's files together, and at each place one of its
mutants. Types and kernels are left out: types do nothing at run time, and each changed kernel takes minutes to compile.
Mutants live in a copy of the tree, so that one that hangs or writes does no harm. `run` asks a part's quick tests, and
`again` its slow ones about those that survived. A mutant is killed where a test fails, where nothing can be imported,
or where its time ends.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from random import Random

from benchmarks.machine import ROOT, about

COPIED = ("optimizer", "scenarios", "rezone", "tests", "docs", "pyproject.toml", "README.md", "CHANGELOG.md")
HEAVY = (
    *("pytest", "scipy.sparse.csgraph", "scipy.optimize", "geopandas", "pyproj", "pydantic", "numba", "pyogrio"),
    *("pyarrow.parquet", "ortools.sat.python.cp_model", "jinja2", "typer", "rich.console", "xlsxwriter", "babel"),
)
KERNELS = "optimizer/solvers/kernel/__pycache__"
SECONDS, PATIENCE = 90, 900  # of processor, of the clock: for a file of tests
NONE_CHOSEN = 5  # by -k: pytest's exit status


@dataclass(frozen=True)
class Part:
    """files: patterns. quick: tests that know these files, the likeliest to fail first, for the first failure ends
    them. slow: those that whatever is left is asked by `again`. {stem} is the file's name: of a rule, its kind."""

    files: tuple[str, ...]
    quick: tuple[str, ...]
    slow: tuple[str, ...] = ()


KIND = "-k {stem}"
PARTS = {
    "model": Part(
        ("optimizer/model.py",),
        ("optimizer/test_model.py -k sum", "optimizer/test_rule_kinds.py"),
        ("optimizer/test_model.py", "optimizer/test_rules.py"),
    ),
    "rules": Part(
        ("optimizer/rules/[a-z]*.py",),
        ("optimizer/test_rule_kinds.py", "optimizer/test_amend_errors.py", f"optimizer/test_rules.py {KIND}"),
        (
            f"optimizer/test_rule_words.py {KIND}",
            "optimizer/test_model.py -k records",
            "optimizer/test_amend.py",
            f"optimizer/test_at_the_limit.py {KIND}",
            f"optimizer/test_barrier.py {KIND}",
        ),
    ),
    "what rules share": Part(
        ("optimizer/rules/__init__.py", "optimizer/rules/shared/*.py"),
        ("optimizer/test_rule_kinds.py", "optimizer/test_amend_errors.py"),
        (
            "optimizer/test_rule_words.py",
            "optimizer/test_amend.py",
            "optimizer/test_barrier.py",
            "optimizer/test_contradictions.py",
        ),
    ),
    "measures": Part(
        ("optimizer/measures/*.py",),
        ("optimizer/test_measures.py -k toys", "optimizer/test_measures.py -k example"),
        ("optimizer/test_measures.py", "house/test_docs_reference.py -k measures"),
    ),
    "bounds": Part(
        ("optimizer/bounds/*.py",),
        ("optimizer/test_bounds.py -k prices",),
        ("optimizer/test_bounds.py", "optimizer/test_proof.py"),
    ),
    "verify": Part(
        ("scenarios/verify/*.py", "scenarios/verify/rules/*.py"),
        ("verify/test_verify_rounding.py", "verify/test_verify_bound.py -k hand", "verify/test_verify.py"),
        (
            "verify/test_verify_bound.py",
            "verify/test_verify_rules.py -k breaches",
            "verify/test_verify_objectives.py",
            "verify/test_verify_parts.py",
        ),
    ),
}


@dataclass(frozen=True)
class Mutant:
    """The nth change that an operator can make in a file. before, after: the lines that differ. seconds: of processor.
    outcome: killed, time, or survived."""

    part: str
    file: str
    line: int
    operator: str
    nth: int
    before: str = ""
    after: str = ""
    outcome: str = ""
    seconds: float = 0.0


def drawn(part: str, sample: int, seed: int) -> list[Mutant]:
    """A mutant at each of `sample` places of the part, or at all where there are fewer."""
    places: dict[tuple[str, object], list[Mutant]] = {}
    for pattern in PARTS[part].files:
        for file in sorted(ROOT.glob(pattern)):
            for place, mutant in _mutants(part, file):
                places.setdefault((mutant.file, place), []).append(mutant)
    random = Random(seed)
    chosen = random.sample(list(places), min(sample, len(places)))
    print(f"{part}: {sum(map(len, places.values()))} mutants at {len(places)} places, {len(chosen)} drawn", flush=True)
    return sorted((random.choice(places[place]) for place in chosen), key=lambda mutant: (mutant.file, mutant.line))


def _mutants(part: str, file: Path) -> Iterator[tuple[object, Mutant]]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    source = file.read_text(encoding="utf-8")
    nodes, typed = list(ast_nodes(get_ast(source))), list(_types(source))
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if operator.arguments():  # asks for names of variables
            continue
        places = [place for node in nodes for place in operator().mutation_positions(node)]
        for nth, place in enumerate(places):
            if not any(start <= place[0] < end for start, end in typed):
                yield place, Mutant(part, file.relative_to(ROOT).as_posix(), place[0][0], name.split("/")[1], nth)


def _types(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where types stand: (line, column)."""
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            kind = getattr(node, name, None)
            if isinstance(kind, ast.expr):
                yield (kind.lineno, kind.col_offset), (kind.end_lineno or 0, kind.end_col_offset or 0)


def mutated(mutant: Mutant, source: str) -> str:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    changed = mutate_code(source, get_operator(f"core/{mutant.operator}")(), mutant.nth)
    assert changed is not None, mutant
    return changed


class Copy:
    """A copy of the tree, in which the tests are asked. What is heavy and not ours is imported once, here: each asking
    is a fork."""

    def __init__(self, place: Path) -> None:
        self.place = place
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("kernels-*"))
            else:
                shutil.copy2(ROOT / name, place / name)
        os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / KERNELS))
        sys.dont_write_bytecode = True
        for name in HEAVY:
            __import__(name)

    def outcome(self, tests: Sequence[str], stem: str = "") -> tuple[str, float]:
        """killed, time, or survived; and the seconds of processor that it took."""
        spent = 0.0
        for words in tests:
            child = os.fork()
            if not child:
                self._ask(words.format(stem=stem).split(" ", 2))
            said, took = _ended(child)
            spent += took
            if said != "survived":
                return said, spent
        return "survived", spent

    def _ask(self, words: Sequence[str]) -> None:
        """In the child. It does not come back."""
        status = 3
        try:
            import pytest

            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
            os.chdir(self.place)
            said = os.open("said.txt", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            sys.path.insert(0, str(self.place))
            file, *only = words
            status = int(pytest.main(["-x", "-p", "no:cacheprovider", "-p", "no:xdist", f"tests/{file}", *only]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(0 if status == NONE_CHOSEN else status)

    def judged(self, mutant: Mutant, tests: Sequence[str]) -> Mutant:
        file, stem = self.place / mutant.file, Path(mutant.file).stem
        source, read = file.read_text(encoding="utf-8"), file.stat()
        changed = mutated(mutant, source)
        old, new = source.splitlines(), changed.splitlines()
        first = next((k for k, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
        file.write_text(changed, encoding="utf-8")
        outcome, spent = self.outcome(tests, stem)
        file.write_text(source, encoding="utf-8")
        os.utime(file, ns=(read.st_atime_ns, read.st_mtime_ns))  # what was compiled of it is good again
        before, after = old[first].strip(), new[first].strip()
        return replace(mutant, before=before, after=after, outcome=outcome, seconds=round(spent, 1))


def _ended(child: int) -> tuple[str, float]:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            return "time" if slow else "killed" if status else "survived", used.ru_utime + used.ru_stime
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    return "time", os.wait4(child, 0)[2].ru_utime


def run(mutants: Sequence[Mutant], out: Path, *, slow: bool = False) -> None:
    """Judge all, write each as soon as it is known, and say what survived."""
    with tempfile.TemporaryDirectory() as place, out.open("w", encoding="utf-8", newline="") as stream:
        copy, rows = Copy(Path(place)), csv.DictWriter(stream, [field.name for field in fields(Mutant)])
        rows.writeheader()
        for part in dict.fromkeys(mutant.part for mutant in mutants):
            tests = PARTS[part].slow if slow else PARTS[part].quick
            said, took = copy.outcome(tests, "share")
            if said != "survived":
                raise SystemExit(f"{part}: a test fails without a mutant\n{(copy.place / 'said.txt').read_text()}")
            print(f"{part}: its tests take {took:.0f} s", flush=True)
            judged = []
            for mutant in (mutant for mutant in mutants if mutant.part == part):
                judged.append(copy.judged(mutant, tests))
                rows.writerow(asdict(judged[-1]))
                stream.flush()
            _say(part, judged)
    print(about())


def _say(part: str, judged: Iterable[Mutant]) -> None:
    judged = list(judged)
    left = [mutant for mutant in judged if mutant.outcome == "survived"]
    print(f"{part}: {len(judged) - len(left)} of {len(judged)} killed", flush=True)
    for mutant in left:
        print(f"  {mutant.file}:{mutant.line} {mutant.before}  ->  {mutant.after}", flush=True)


def survivors(file: Path) -> list[Mutant]:
    """As an earlier run wrote them; the files must be as they were."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["outcome"] == "survived"]
    return [Mutant(row["part"], row["file"], int(row["line"]), row["operator"], int(row["nth"])) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutants of the code, and which of them the tests see.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("run", help="a sample of each part")
    new.add_argument("--part", action="append", choices=PARTS)
    new.add_argument("--sample", type=int, default=60)
    new.add_argument("--seed", type=int, default=1)
    again = commands.add_parser("again", help="those that survived an earlier run")
    again.add_argument("rows", type=Path)
    for command in (new, again):
        command.add_argument("--out", type=Path, required=True)
    words = parser.parse_args()
    if words.command == "again":
        run(survivors(words.rows), words.out, slow=True)
    else:
        run([mutant for part in words.part or PARTS for mutant in drawn(part, words.sample, words.seed)], words.out)


if __name__ == "__main__":
    main()
