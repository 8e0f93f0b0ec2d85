"""certificate.json as the checker reads it: every key and value checked, nothing believed.

What depends on the district's zones and limits (whether a cut holds, whether rates are left out) is not looked at here:
it belongs to the proof. See docs/certificate.md for the format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from optimizer.arrays import Floats, Ints
from scenarios.asking.options import MINIMA, MINIMUM_KEY, DefaultMinimum, Limits, Options
from scenarios.reading.values import Table
from scenarios.verify.goal import Spec, read_spec
from scenarios.verify.reading import MOST_RATE, Reader
from scenarios.verify.trees import LEAF, Tree, read_tree

FORMAT, VERSION = "rezone-certificate", 5
NAMES_MINIMUM = 3  # the first format that says which default minimum it means
OF_CONTENT = 3  # the first format whose `inputs` are of what is read, not of the files' bytes
STRIKES = 4  # the first format that leaves out pairs which no valid plan has
SOFT = 5  # the first format in which sums that may be anything have a price
TREES = 5  # the first format that parts a school's zones by blocks, too
HEAD = ("format", "format_version", "version", "district", "objective", "limits", "rules", "inputs", "plan")
KEYS = (*HEAD, "bound", "relaxes", "cuts", "leaves", "seal")
LIMITS = (*Limits.model_fields, "strict")


@dataclass(frozen=True, eq=False)
class Head:
    """What the certificate is about. minimum: the default minimum that it means; formats before 3 knew only today's.
    rules: as they are written. inputs: file name -> SHA-256."""

    form: int
    version: str
    district: str
    objective: Spec
    limits: Options
    minimum: DefaultMinimum
    rules: tuple[Table, ...]
    inputs: dict[str, str]
    plan: str
    bound: float
    relaxes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Cuts:
    """school, block: (cuts,). The separators stand one after the other in `blocks`, cut k from start[k] on."""

    school: Ints
    block: Ints
    start: NDArray[np.int64]
    blocks: Ints

    def separator(self, k: int) -> Ints:
        return self.blocks[self.start[k] : self.start[k + 1]]


@dataclass(frozen=True, eq=False)
class Entry:
    """One school's part of a leaf of the proof. tree: None where zones are parted by their rates alone. edges:
    (intervals + 1,), empty where there is a tree. An interval is a leaf of the tree, or lies between two edges. tilt:
    (intervals,). sum_prices: (sums, intervals). The cuts used: in interval `interval`, cut `cut` at price `price`,
    (uses,) each. border: (n, 2) blocks, and border_price: (n,) what the first costs more, the second less."""

    school: int
    edges: Floats
    tilt: Floats
    sum_prices: Floats
    interval: Ints
    cut: Ints
    price: Floats
    border: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    border_price: Floats = field(default_factory=lambda: np.zeros(0))
    tree: Tree | None = None


@dataclass(frozen=True, eq=False)
class Leaf:
    """rates: school -> (low, high), the box of rates that the leaf holds under."""

    rates: dict[int, tuple[float, float]]
    direction: Floats
    prices: Floats
    budget_prices: Floats
    entries: tuple[Entry, ...]


@dataclass(frozen=True, eq=False)
class Proof:
    cuts: Cuts
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Shape:
    """What the district and the head say about the lengths of lists. kinds: of students in the direction. takes: the
    schools that blocks may go to. bordered: whether borders have prices. form: the version of the format."""

    blocks: int
    schools: int
    kinds: int
    budgets: int
    sums: int
    takes: Sequence[int]
    curved: bool
    bordered: bool = False
    form: int = VERSION


def read_head(data: Any, name: str) -> Head:
    """All but the proof. Raises InputError where the file is no certificate, too new or damaged."""
    take = Reader(name)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        take.fail("format", f"is not '{FORMAT}'", "Name a certificate.json that rezone wrote")
    version = data.get("format_version")
    if type(version) is not int or version < 1:
        take.fail("format_version", "is not a whole number of 1 or more")
    if version > VERSION:
        made = f" ({data['version'][:20]})" if isinstance(data.get("version"), str) else ""
        problem = f"was made by a newer version of rezone{made}: its format is {version}, this version reads {VERSION}"
        take.fail("format_version", problem, "Install that version, or a newer one")
    take.table(data, "the whole file", (*KEYS, "struck") if version >= STRIKES else KEYS)
    objective = read_spec(data["objective"])
    if objective is None:
        take.fail("objective", "is neither a name nor a table of names and weights of 0 or more")
    rules = take.list(data["rules"], "rules")
    for k, rule in enumerate(rules):
        if not isinstance(rule, dict):
            take.fail(f"rules[{k}]", "is not a table")
    if not isinstance(data["inputs"], dict):
        take.fail("inputs", "is not a table")
    take.text(data["seal"], "seal")
    limits, minimum = _limits(take, data["limits"], version)
    return Head(
        form=version,
        version=take.text(data["version"], "version"),
        district=take.text(data["district"], "district"),
        objective=objective,
        limits=limits,
        minimum=minimum,
        rules=tuple(rules),
        inputs={file: take.text(value, "inputs") for file, value in data["inputs"].items()},
        plan=take.text(data["plan"], "plan"),
        bound=take.number(data["bound"], "bound", 0.0),
        relaxes=tuple(take.text(text, "relaxes") for text in take.list(data["relaxes"], "relaxes")),
    )


def _limits(take: Reader, value: Any, version: int) -> tuple[Options, DefaultMinimum]:
    names = version >= NAMES_MINIMUM
    table = dict(take.table(value, "limits", (*LIMITS, MINIMUM_KEY) if names else LIMITS))
    minimum = table.pop(MINIMUM_KEY) if names else "today"
    if minimum not in MINIMA:
        take.fail(f"limits.{MINIMUM_KEY}", f"is none of {', '.join(MINIMA)}")
    try:
        return Options.model_validate(table), minimum
    except ValidationError as error:
        entry = error.errors()[0]
        take.fail(f"limits.{entry['loc'][0]}", f"cannot be used: {entry['msg'][0].lower()}{entry['msg'][1:]}")


def read_struck(data: Table, name: str, blocks: int, schools: int) -> tuple[tuple[int, int], ...]:
    """The pairs (block, school) that the proof leaves out, in their order. Raises InputError."""
    take, found = Reader(name), []
    for k, pair in enumerate(take.list(data.get("struck", []), "struck")):
        block, school = take.list(pair, f"struck[{k}]", 2)
        found.append((take.place(block, f"struck[{k}]", blocks), take.place(school, f"struck[{k}]", schools)))
    return tuple(found)


def read_proof(data: Table, name: str, shape: Shape) -> Proof:
    """Cuts and leaves. Raises InputError at the first value that does not fit the district."""
    take = Reader(name)
    cuts = _cuts(take, data["cuts"], shape)
    leaves = take.list(data["leaves"], "leaves")
    return Proof(cuts, tuple(_leaf(take, leaf, f"leaves[{k}]", shape, cuts) for k, leaf in enumerate(leaves)))


def _cuts(take: Reader, value: Any, shape: Shape) -> Cuts:
    school, block, parts, start = [], [], [np.zeros(0, np.int32)], [0]
    for k, cut in enumerate(take.list(value, "cuts")):
        path = f"cuts[{k}]"
        table = take.table(cut, path, ("school", "block", "separator"))
        school.append(take.place(table["school"], f"{path}.school", shape.schools))
        block.append(take.place(table["block"], f"{path}.block", shape.blocks))
        parts.append(take.places(table["separator"], f"{path}.separator", shape.blocks))
        if len(np.unique(parts[-1])) < len(parts[-1]):
            take.fail(f"{path}.separator", "names a block twice")
        if block[-1] in parts[-1]:
            take.fail(f"{path}.separator", "holds the cut's own block, so that the cut says nothing")
        start.append(start[-1] + len(parts[-1]))
    return Cuts(np.array(school, np.int32), np.array(block, np.int32), np.array(start), np.concatenate(parts))


def _leaf(take: Reader, value: Any, path: str, shape: Shape, cuts: Cuts) -> Leaf:
    table = take.table(value, path, ("rates", "direction", "prices", "budget_prices", "schools"))
    if not isinstance(table["rates"], dict):
        take.fail(f"{path}.rates", "is not a table")
    rates = {}
    for key, box in table["rates"].items():
        low, high = take.numbers(box, f"{path}.rates.{key[:20]}", 2, 0.0)
        if low > high or high > MOST_RATE:
            take.fail(f"{path}.rates.{key[:20]}", "is not a range of rates from low to high")
        rates[take.key_place(key, f"{path}.rates", shape.schools)] = (float(low), float(high))
    direction = take.numbers(table["direction"], f"{path}.direction", shape.kinds if shape.curved else None)
    if len(direction) not in (0, shape.kinds):
        take.fail(f"{path}.direction", f"has {len(direction)} entries where there must be {shape.kinds} or none")
    entries = take.list(table["schools"], f"{path}.schools", len(shape.takes))
    return Leaf(
        rates=rates,
        direction=direction,
        prices=take.numbers(table["prices"], f"{path}.prices", shape.blocks),
        budget_prices=take.numbers(table["budget_prices"], f"{path}.budget_prices", shape.budgets, 0.0),
        entries=tuple(
            _entry(take, entry, f"{path}.schools[{k}]", j, cuts, shape)
            for k, (entry, j) in enumerate(zip(entries, shape.takes, strict=True))
        ),
    )


def _entry(take: Reader, value: Any, path: str, school: int, cuts: Cuts, shape: Shape) -> Entry:
    treed = shape.form >= TREES and isinstance(value, dict) and "tree" in value
    parts, prices = "tree" if treed else "edges", "size_price" if shape.form == 1 else "sum_prices"
    further = ("borders",) if shape.bordered else ()
    table = take.table(value, path, ("school", parts, "tilt", prices, "cuts", *further))
    if type(table["school"]) is not int or table["school"] != school:
        mend = "Give the schools that blocks may go to, each once, in ascending order"
        take.fail(f"{path}.school", f"is not {school}", mend)
    tree = read_tree(take, table["tree"], f"{path}.tree", shape.blocks) if treed else None
    edges = _edges(take, table["edges"], f"{path}.edges") if tree is None else np.zeros(0)
    intervals = len(edges) - 1 if tree is None else int((tree.split == LEAF).sum())
    interval, cut, price = _uses(take, table["cuts"], f"{path}.cuts", intervals, len(cuts.school))
    if (cuts.school[cut] != school).any():
        take.fail(f"{path}.cuts", "names a cut of another school")
    return Entry(
        school=school,
        tree=tree,
        edges=edges,
        tilt=take.numbers(table["tilt"], f"{path}.tilt", intervals),
        sum_prices=_sum_prices(take, table, path, intervals, shape),
        interval=interval,
        cut=cut,
        price=price,
        **_borders(take, table.get("borders", []), f"{path}.borders", shape.blocks),
    )


def _borders(take: Reader, value: Any, path: str, blocks: int) -> dict[str, Any]:
    """Two blocks and a price, again and again."""
    flat = take.list(value, path)
    if len(flat) % 3:
        take.fail(path, "is no list of two blocks and a price each")
    pairs = [block for k in range(0, len(flat), 3) for block in flat[k : k + 2]]
    border = take.places(pairs, path, blocks).reshape(-1, 2)
    return {"border": border, "border_price": take.numbers(flat[2::3], path)}


def _edges(take: Reader, value: Any, path: str) -> Floats:
    edges = take.numbers(value, path, low=0.0)
    if len(edges) < 2:
        take.fail(path, "has fewer than two entries")
    if (edges[1:] < edges[:-1]).any() or edges[-1] > MOST_RATE:
        take.fail(path, "do not ascend as rates do")
    return edges


def _sum_prices(take: Reader, table: Table, path: str, intervals: int, shape: Shape) -> Floats:
    """(sums, intervals). The first format knew the price of a zone's size alone; other sums had none."""
    if shape.form == 1:
        prices = np.zeros((shape.sums, intervals))
        prices[0] = take.numbers(table["size_price"], f"{path}.size_price", intervals)
        return prices
    rows = take.list(table["sum_prices"], f"{path}.sum_prices", shape.sums)
    return np.array([take.numbers(row, f"{path}.sum_prices[{s}]", intervals) for s, row in enumerate(rows)])


def _uses(take: Reader, value: Any, path: str, intervals: int, cuts: int) -> tuple[Ints, Ints, Floats]:
    """The cuts' prices, flat: from a list for each interval, or from a table of some of them."""
    if isinstance(value, dict):
        rows = [(take.key_place(key, path, intervals), row) for key, row in value.items()]
    else:
        rows = list(enumerate(take.list(value, path, intervals)))
    which, places, prices = list[int](), list[Any](), list[Any]()
    for k, row in rows:
        if not isinstance(row, list) or len(row) % 2:
            take.fail(path, f"interval {k} has no list of cuts and prices")
        which += [k] * (len(row) // 2)
        places += row[::2]
        prices += row[1::2]
    return np.array(which, np.int32), take.places(places, path, cuts), take.numbers(prices, path, low=0.0)
