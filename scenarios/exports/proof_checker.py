"""A second checker of rezone's certificates: this file alone, Python's standard library alone, exact numbers alone.

    python proof_checker.py FOLDER

FOLDER holds what `rezone export --for-checker` writes. Exit status 0: its plan is valid, and what its certificate
claims (no valid plan has a smaller objective) follows. 1: one of them fails. 2: a file cannot be read, or asks for what
is not known here. Read `proved` first. Each rule of the proof is one function that says why it is right, and believes
nothing. Numbers are decimals as written, added and multiplied without rounding (EXACT refuses to), but in `direction`.

Blocks i and schools j are places in the ascending order of their ids. Of a block, S are all students, N those in
groups, P those in poverty; a zone's rate is its P by its N. A plan gives each block one school, whose zone has it then.
"""

from __future__ import annotations

import csv
import decimal
import json
import math
import sys
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

EXACT = decimal.Context(prec=2000, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero])
ROUGH = decimal.Context(prec=25)
HAIR, SHARE, NEAR = Decimal("1e-6"), Decimal("1e-9"), Decimal("1e-12")  # limits, shares, last edges: widened by these
ZERO, ENDLESS = Decimal(0), Decimal("inf")
LIMITS = ("travel_increase", "travel_floor", "size_tolerance", "max_moved", "contiguity", "strict", "default_minimum")
OBJECTIVES = ("disparity", "travel_mean", "moved")
HEAD = ("format", "format_version", "version", "district", "objective", "limits", "rules", "inputs", "plan", "bound")
Cut = tuple[int, int, frozenset[int]]  # a school, a block, the separator around the block
Row = tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal, bool]  # i, c, N, P, S, cost less price, must be there


class NotProvedError(Exception):
    """Why, and the exit status."""


def need(holds: object, problem: str, status: int = 2) -> None:
    if not holds:
        raise NotProvedError(problem, status)


def number(value: Any, low: Decimal = ZERO) -> Decimal:
    """A finite decimal of at least `low`, neither so large nor so fine that it only serves to stop a checker."""
    found = Decimal(value)
    usable = found.is_finite() and found.adjusted() <= 300 and int(found.as_tuple().exponent) >= -400
    need(type(value) is not bool and usable and found >= low, f"{value} where a number must be")
    return found


def numbers(values: Any, low: Decimal = -ENDLESS) -> list[Decimal]:
    need(type(values) is list and str not in map(type, values), "no list of numbers where one must be")
    return [number(value, low) for value in values]


def keys(value: Any, *names: str) -> list[Any]:
    """What a table holds under these keys, which must be all that it has."""
    need(isinstance(value, dict) and set(value) == set(names), f"other keys than {', '.join(names)}")
    return [value[name] for name in names]


def place(value: Any, below: int) -> int:
    need(type(value) is int and 0 <= value < below, f"{value} is no place from 0 to {below - 1}")
    return int(value)


def table(path: Path, columns: str) -> list[list[str]]:
    """The names and rows of a CSV file that begins with these columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    need(rows[0][: len(columns.split())] == columns.split(), f"{path.name} has other columns than {columns}")
    need({len(row) for row in rows} == {len(set(rows[0]))}, f"{path.name} has rows of other lengths")
    return rows


def read_certificate(folder: Path, raw: bytes) -> dict[str, Any]:
    """certificate.json. It must be about the plain files, and about nothing that this checker does not know."""
    found: dict[str, Any] = json.loads(raw, parse_float=Decimal, parse_constant=Decimal)
    form, rules, aim = found["format_version"], found["rules"], found["objective"]
    need(found["format"] == "rezone-certificate" and form in (3, 4, 5), f"format {form} of certificates is not known")
    keys(found, *HEAD, "relaxes", "cuts", "leaves", "seal", *(["struck"] if form > 3 else []))
    need(rules == [], f"rules are not known: {', '.join(str(rule['kind']) for rule in rules)}")
    need(aim in OBJECTIVES, f"the objective {aim} is not known")
    about, stated = (dict(table(folder / file, "name value")[1:]) for file in ("about.csv", "limits.csv"))
    need(about == {"district": found["district"], **found["inputs"]}, "the certificate is for another district")
    limits = {name: json.loads(value, parse_float=Decimal) for name, value in stated.items()}
    need(limits == found["limits"], "the certificate is about other limits than limits.csv")
    *amounts, share, contiguity, strict, minimum = keys(limits, *LIMITS)
    lists = {type(found.get(name, [])) for name in ("relaxes", "struck", "cuts", "leaves")} == {list}
    texts = {type(text) for text in (found["version"], *found["relaxes"])} == {str}
    flags = type(contiguity) is type(strict) is bool and minimum in ("today_or_seats", "today")
    need(lists and texts and flags and numbers([share or ZERO, *amounts, found["bound"]], ZERO)[0] <= 1, "odd limits")
    return found


def walk(beside: Any, root: Any, inside: set[Any], must: Container[Any] = ()) -> tuple[set[Any], set[Any]]:
    """What a walk over neighbours inside reaches from the root; and of that, the blocks without which it misses some of
    `must`: one walk in depth, which notes the earliest block that each branch borders on (Tarjan 1972)."""
    met, back, under, path, found = {root: 0}, {root: 0}, Counter[Any](), [(root, iter(beside[root]))], set[Any]()
    while path:
        block, rest = path[-1]
        for other in rest:
            if other in met:
                back[block] = min(back[block], met[other])
            elif other in inside:
                met[other] = back[other] = len(met)
                path.append((other, iter(beside[other])))
                break
        else:
            under[block] += block in must
            path.pop()
            for up, _ in path[-1:]:
                back[up], under[up] = min(back[up], back[block]), under[up] + under[block]
                found |= {up} if under[block] and back[block] >= met[up] else set()
    return set(met), {i for i in found if i not in must and i != root}


class District:
    """The plain files, and what follows. today, plan: the school of each block. seats: capacity, fewest, other students
    of each school. root: school -> the part, (block, which of its pieces of land), that holds its zone together.
    travel: of each block, to schools; known: the students whose travel today is. web: the parts beside each part;
    beside: of blocks. may: the schools left for each block; zone: the blocks left for each school; size: its fewest and
    most students. loose: blocks wholly detached from their school today, which may stay so. gone: pairs taken away on
    trial. unit times the objective is the sum of cost(i, j), and the root of the sum over groups k of T_k (E_k - aim)^2
    / N, where T_k E_k is the sum over schools of rate n_kj. kinds: n_k of each block; none where there is no root."""

    def __init__(self, folder: Path, limits: dict[str, Any], objective: str) -> None:
        names, *blocks = table(folder / "blocks.csv", "block_id school_id parts students")
        _, *schools = table(folder / "schools.csv", "school_id capacity min_students other_students root part")
        _, *plan = table(folder / "plan.csv", "block_id school_id")
        i, j = ({row[0]: k for k, row in enumerate(rows)} for rows in (blocks, schools))
        fits = [row[0] for row in blocks] == sorted(i) == [row[0] for row in plan]
        need(fits and [row[0] for row in schools] == sorted(j), "ids that do not ascend, or a plan of other blocks")
        self.limits, self.seats = limits, [row[1:4] for row in schools]
        self.today, self.plan = ([j[row[1]] for row in rows] for rows in (blocks, plan))
        self.counts = {n: [number(row[k]) for row in blocks] for k, n in enumerate(names) if n.startswith("students")}
        self.students, self.travel = self.counts["students"], [dict[int, Decimal]() for _ in i]
        for block, school, far in table(folder / "pairs.csv", "block_id school_id travel")[1:]:
            self.travel[i[block]][j[school]] = number(far)
        self.web = {(i[row[0]], part): set[tuple[int, int]]() for row in blocks for part in range(int(row[2]))}
        for a, k, b, n in table(folder / "neighbours.csv", "block_id part neighbour_id neighbour_part")[1:]:
            self.web[i[a], int(k)].add((i[b], int(n)))
            self.web[i[b], int(n)].add((i[a], int(k)))
        self.beside = [{b for part in range(int(row[2])) for b, _ in self.web[k, part]} for k, row in enumerate(blocks)]
        self.root = {k: (i[row[4]], int(row[5])) for k, row in enumerate(schools) if row[4]}
        need(all(self.today[b] == k for k, (b, _) in self.root.items()), "a root is not zoned to its school")
        self.most = [] if limits["max_moved"] is None else [(limits["max_moved"] + SHARE) * sum(self.students)]
        need("students_poverty" in self.counts or objective != "disparity", "disparity needs counts of poverty")
        self.poor = self.counts.get("students_poverty", [ZERO for _ in self.students])
        kinds = [n for name, n in self.counts.items() if name not in ("students", "students_poverty")]
        kinds = kinds or [self.poor, [s - p for s, p in zip(self.students, self.poor, strict=True)]]
        self.heads = [sum(n, ZERO) for n in zip(*kinds, strict=True)]
        self.objective, self.kinds = objective, kinds if objective == "disparity" else []
        self.known = [s if self.today[b] in self.travel[b] else ZERO for b, s in enumerate(self.students)]
        self.unit = {"moved": sum(self.students), "travel_mean": sum(self.known)}.get(objective) or Decimal(1)
        self.size = {k: self.sizes(k) for k in sorted(set(self.today))}
        self.may, self.gone = self.candidates(), list[tuple[int, int]]()
        self.zone = {k: {b for b, left in enumerate(self.may) if k in left} for k in self.size}
        self.loose = set(i.values()) - {b for b, _ in set(self.web) - self.adrift(self.today)}

    def candidates(self) -> list[set[int]]:
        """The schools that each block may go to: its own, and those with a zone today that are no farther than a share
        more than today's travel, or the floor. With contiguity a root stays, and a block that is not at home goes only
        where a walk over blocks that may go there joins it to the root."""
        may = []
        for j, travel in zip(self.today, self.travel, strict=True):
            most = max((1 + self.limits["travel_increase"]) * travel.get(j, ZERO), self.limits["travel_floor"]) + HAIR
            may.append({j} | {k for k, far in travel.items() if j in travel and k in self.size and far <= most})
        roots = {j: root for j, (root, _) in self.root.items()} if self.limits["contiguity"] else {}
        may = [{self.today[i]} if i in roots.values() else left for i, left in enumerate(may)]
        for j, root in roots.items():
            reached, _ = walk(self.beside, root, {i for i, left in enumerate(may) if j in left})
            for i in {i for i, k in enumerate(self.today) if k != j} - reached:
                may[i].discard(j)
        return may

    def load(self, blocks: Iterable[int]) -> Decimal:
        return sum((self.students[i] for i in blocks), ZERO)

    def sizes(self, j: int) -> tuple[Decimal, Decimal]:
        """The fewest and most students of school j. Where seats or a minimum are not given, today's load by the
        tolerance stands for them. What today's zones break, a plan may break as much, unless limits are strict."""
        now, (seats, least, others) = self.load(i for i, k in enumerate(self.today) if k == j), self.seats[j]
        high = number(seats) - number(others) if seats else (1 + self.limits["size_tolerance"]) * now
        room = min(now, high) if seats and self.limits["default_minimum"] == "today_or_seats" else now
        low = number(least) if least else max(ZERO, 1 - self.limits["size_tolerance"]) * max(ZERO, room)
        if not self.limits["strict"]:
            low, high = now if low - now > HAIR else low, now if now - high > HAIR else high
        return low - HAIR, high + HAIR

    def adrift(self, zone: Sequence[int]) -> set[tuple[int, int]]:
        """The parts of blocks that no walk within their zone joins to its root."""
        away = set(self.web)
        for j, root in self.root.items():
            if zone[root[0]] == j:
                away -= walk(self.web, root, {part for part in self.web if zone[part[0]] == j})[0]
        return away

    def moved(self, i: int, j: int) -> Decimal:
        """The students of block i that change school if it goes to j."""
        return ZERO if self.today[i] == j else self.students[i]

    def cost(self, i: int, j: int) -> Decimal:
        if self.objective == "moved":
            return self.moved(i, j)
        return self.known[i] * self.travel[i].get(j, ZERO) if self.objective == "travel_mean" else ZERO

    def measured(self) -> float:
        """The plan's objective, rounded: to be read, no part of the proof."""
        square, everyone, rate = 0.0, float(sum(self.heads) or 1), dict[int, float]()
        for j in self.size:
            poor, heads = (sum(n[i] for i, k in enumerate(self.plan) if k == j) for n in (self.poor, self.heads))
            rate[j] = float(poor) / float(heads or 1)
        for n in self.kinds:
            met = sum(float(x) * rate[j] for x, j in zip(n, self.plan, strict=True)) / float(sum(n) or 1)
            square += float(sum(n)) / everyone * (met - float(sum(self.poor)) / everyone) ** 2
        return math.sqrt(square) + float(sum(self.cost(i, j) for i, j in enumerate(self.plan))) / float(self.unit)

    def need_valid(self) -> None:
        """The plan keeps every limit."""
        for i, (j, may) in enumerate(zip(self.plan, self.candidates(), strict=True)):
            need(j in may, f"the plan is not valid: block {i} may not go to school {j}", 1)
        for j, (low, high) in self.size.items():
            load = self.load(i for i, k in enumerate(self.plan) if k == j)
            need(low <= load <= high, f"the plan is not valid: {load} students at school {j}", 1)
        loose = {part for part in self.adrift(self.today) if self.plan[part[0]] == self.today[part[0]]}
        apart = self.limits["contiguity"] and self.adrift(self.plan) - loose
        need(not apart, "the plan is not valid: a zone does not hold together", 1)
        gone = [sum(self.moved(i, j) for i, j in enumerate(self.plan))] * len(self.most)
        need(gone <= self.most, "the plan is not valid: too many students move", 1)

    def strike(self, i: int, schools: set[int]) -> set[int]:
        """Take schools away from block i. The schools for which that may mean something."""
        for j in schools:
            self.may[i].discard(j)
            self.zone[j].discard(i)
            self.gone.append((i, j))
        need(self.may[i], "no school is left for a block", 1)
        return schools | (self.may[i] if len(self.may[i]) == 1 else set())

    def contradicts(self, i: int, j: int) -> bool:
        """Rule of struck pairs: suppose that block i goes to j, and let all follow that must. Each step keeps every
        valid plan that has the pair, so a contradiction says that none has it. All is as before afterwards."""
        try:
            waiting = self.strike(i, self.may[i] - {j}) | {j}
            while waiting:
                k = waiting.pop()
                for step in (self.walks, self.loads):
                    for b, stays in step(k):
                        waiting |= self.strike(b, self.may[b] - {k} if stays else self.may[b] & {k})
        except NotProvedError:
            return True
        finally:
            for b, k in self.gone:
                self.may[b].add(k)
                self.zone[k].add(b)
            self.gone.clear()
        return False

    def walks(self, j: int) -> list[tuple[int, bool]]:
        """What no walk over the blocks left joins to the root is not in the zone, unless it may be loose there (False);
        that without which something is cut off that must be in the zone is in it (True)."""
        inside, loose = self.zone[j], {i for i in self.zone[j] & self.loose if self.today[i] == j}
        if j not in self.root or not self.limits["contiguity"]:
            return []
        must = {i for i in inside - loose if len(self.may[i]) == 1}
        reached, cut = walk(self.beside, self.root[j][0], inside, must)
        need(reached <= inside and must <= reached, "a block that must be in a zone is cut off", 1)
        return [(i, False) for i in inside - reached - loose] + [(i, True) for i in cut]

    def loads(self, j: int) -> list[tuple[int, bool]]:
        """What is too much beside those that must be in the zone is not in it (False); that without which too little is
        left is in it (True)."""
        must, (low, high) = {i for i in self.zone[j] if len(self.may[i]) == 1}, self.size[j]
        least, most = self.load(must), self.load(self.zone[j])
        need(least <= high and most >= low, "a zone has too many students, or too few", 1)
        fits = {i: least + self.students[i] <= high for i in self.zone[j] - must}
        return [(i, fit) for i, fit in fits.items() if not fit or most - self.students[i] < low]

    def cut(self, content: Any) -> Cut:
        """Rule of cuts: if every walk from the root over the candidates of a school to a block enters a separator, a
        zone that has the block has one of the separator, for it joins the block to the root (or it is loose there)."""
        school, block, around = keys(content, "school", "block", "separator")
        blocks, separator = len(self.today), frozenset(place(i, len(self.today)) for i in around)
        need(type(around) is list and len(separator) == len(around) and block not in separator, "an odd separator")
        root, zone = self.root.get(place(school, len(self.seats)), (-1, 0))[0], self.zone.get(school, set())
        loose = place(block, blocks) in self.loose and self.today[block] == school
        says = self.limits["contiguity"] and not loose and root not in {-1, block} | separator
        need(says and block not in walk(self.beside, root, zone - separator)[0], "a cut does not hold", 1)
        return school, block, separator

    def direction(self, u: Sequence[Decimal]) -> list[Decimal]:
        """Rule of directions: whatever numbers q_k are, if N sum_k q_k^2 T_k <= 1, then by Cauchy and Schwarz the root
        is at least sum_k q_k T_k (E_k - aim). Taken are rounded ones, near to u_k over its norm: the test counts."""
        totals, everyone = [sum(n) for n in self.kinds], sum(self.heads, ZERO)
        norm = ROUGH.sqrt(everyone * sum((x * x * T for x, T in zip(u, totals, strict=True)), ZERO))
        q = [ROUGH.multiply(ROUGH.divide(x, norm), 1 - Decimal("1e-20")) if norm else ZERO for x in u]
        return q if everyone * sum(x * x * T for x, T in zip(q, totals, strict=True)) <= 1 else [ZERO for _ in q]

    def covering(self, zone: Iterable[int], edges: list[Decimal]) -> list[Decimal]:
        """Rule of intervals: a zone's rate is a mean of its blocks' rates, so it lies from 0 to the largest of them,
        and in one of the intervals. A last edge that misses the largest by 1e-12 of it alone is moved there."""
        top = max((Fraction(self.poor[i]) / Fraction(self.heads[i]) for i in zone if self.heads[i]), default=Fraction())
        edges[-1] *= 1 + (2 * NEAR if top * (1 - Fraction(NEAR)) <= edges[-1] < top else 0)
        need(edges[0] <= 0 and edges[-1] >= top, "the intervals of a school leave rates out", 1)
        return edges

    def value(self, rows: list[Row], ends: Sequence[Decimal], g: Decimal, mu: Decimal, cuts: Counter[int]) -> Decimal:
        """Rule of zones: at most what any zone costs whose rate lies between the ends, but for mu times its load. As P
        is rate times N, C rate is the sum of g P + rate (c - g N) over its blocks, for any g. Cuts that it keeps, at
        prices of at least 0, add at most 0. A block counts in full if it must be there, else where it is below 0."""
        total, (low, high) = ZERO, ends
        for i, c, n, p, s, base, must in rows:
            a = c - g * n
            r = g * p + (low if a > 0 else high) * a + base - mu * s + cuts[i]
            if must or r < 0:
                total += r
        return total

    def least_of_school(self, j: int, rows: list[Row], cuts: Sequence[Cut], entry: Any) -> Decimal:
        """Rule of sums: a zone's load times mu is at least mu times its lowest, or its highest where mu is below 0."""
        school, edges, tilts, (mus,), uses = keys(entry, "school", "edges", "tilt", "sum_prices", "cuts")
        given = dict(uses) if type(uses) is dict else dict(zip(range(len(tilts)), uses, strict=True))
        edges, found = numbers(edges, ZERO), []
        need(type(school) is int and school == j, "other schools than those that blocks may go to")
        need(edges == sorted(edges) and edges[-1] <= 2 and len(tilts) > 0, "no intervals of rates")
        edges = self.covering([row[0] for row in rows], edges)
        for k, (*ends, g, mu) in enumerate(zip(edges[:-1], edges[1:], numbers(tilts), numbers(mus), strict=True)):
            row, added = given.pop(str(k) if type(uses) is dict else k, []), Counter[int]()
            for cut, price in zip(row[::2], numbers(row[1::2], ZERO), strict=True):
                of, block, around = cuts[place(cut, len(cuts))]
                need(of == j, "a cut of another school is used")
                added.update({block: price * self.unit})
                added.subtract(dict.fromkeys(around, price * self.unit))
            side = mu * self.unit * self.size[j][0 if mu > 0 else 1]
            found.append(side + self.value(rows, ends, g * self.unit, mu * self.unit, added))
        need(not given, "cuts of an interval that is not there")
        return min(found)

    def least(self, cuts: Sequence[Cut], leaf: Any) -> Fraction:
        """Rule of prices: every block lies in one zone. So the objective is at least the sum of the blocks' prices,
        less what is paid for the limit on moves, plus the least of each school's zones, each block its price less."""
        rates, u, prices, paid, entries = keys(leaf, "rates", "direction", "prices", "budget_prices", "schools")
        prices, paid = numbers(prices), numbers(paid, ZERO)
        need(rates == {}, "proofs that are split are not known")
        q = self.direction(numbers(u)) if u != [] else [ZERO for _ in self.kinds]
        c = [sum((x * n[i] for x, n in zip(q, self.kinds, strict=True)), ZERO) for i in range(len(self.students))]
        shift = sum((x * sum(n) for x, n in zip(q, self.kinds, strict=True)), ZERO) * sum(self.poor)
        total = self.unit * (sum(prices) - sum(x * most for x, most in zip(paid, self.most, strict=True)))
        for j, entry in zip((j for j, zone in self.zone.items() if zone), entries, strict=True):
            rows = []
            for i in sorted(self.zone[j]):
                base = self.cost(i, j) + self.unit * (sum(paid) * self.moved(i, j) - prices[i])
                rows.append((i, c[i], self.heads[i], self.poor[i], self.students[i], base, len(self.may[i]) == 1))
            total += self.least_of_school(j, rows, cuts, entry)
        return (Fraction(total) - Fraction(shift) / Fraction(sum(self.heads) or 1)) / Fraction(self.unit)


def proved(folder: Path) -> str:
    """What is proved, in words. Raises NotProvedError with the first thing that does not follow."""
    raw = (folder / "certificate.json").read_bytes()
    data = read_certificate(folder, raw)
    d = District(folder, data["limits"], data["objective"])
    for i, j in data.get("struck", []):
        may = d.may[place(i, len(d.today))]
        need(place(j, len(d.seats)) in may and d.contradicts(i, j), f"that block {i} is never at school {j}", 1)
        d.strike(i, {j})
        d.gone.clear()
    cuts = [d.cut(content) for content in data["cuts"]]
    bound = max(Fraction(), min((d.least(cuts, leaf) for leaf in data["leaves"]), default=Fraction()))
    claim, body = Fraction(data["bound"]), raw[: raw.rindex(b',"seal":"')] + b"}"
    need(sha256(body).hexdigest() == data["seal"], "the seal does not fit", 1)
    need(sha256((folder / "plan.csv").read_bytes()).hexdigest() == data["plan"], "it was made for another plan", 1)
    d.need_valid()
    need(claim - Fraction(SHARE) * max(claim, Fraction(1)) <= bound, f"it claims {claim}", 1)
    below = ROUGH.divide(*bound.as_integer_ratio()).quantize(NEAR, decimal.ROUND_DOWN, ROUGH)
    return f"no valid plan has {data['objective']} below {below}, and this one, which is valid, has {d.measured():.12f}"


def main(arguments: Sequence[str]) -> int:
    """The exit status. Whatever goes wrong in reading is a refusal, never a proof."""
    try:
        with decimal.localcontext(EXACT):
            said, status = proved(Path(*arguments)), 0
    except NotProvedError as error:
        said, status = error.args
    except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError, csv.Error) as error:
        said, status = f"{type(error).__name__} {error}", 2
    print(f"{('Proved', 'Not proved', 'Refused')[status]}: {said}.")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
