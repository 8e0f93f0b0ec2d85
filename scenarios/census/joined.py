"""Several lists of the same schools as one, and what is to be doubted of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.errors import listed
from scenarios.census.enrolments import GRADES, GROUPS, MEASURES, Enrolments

PROGRAMME = re.compile(r"(?!.*without).*(CEP|CEO|Community Eligibility|Provision|NSLPPRO)", re.IGNORECASE)
Counts = dict[str, Floats]


def joined(lists: Sequence[Enrolments], *, every: bool = True) -> Enrolments:
    """One list, by id. Of what several say, the first that knows it counts, and it is noted where they differ.

    every: with schools of which nothing is counted; else they are left out, and it is noted."""
    counted = {name for one in lists if _counts_any(one) for name in one.ids}
    all_ids = sorted({name for one in lists for name in one.ids})
    ids = all_ids if every or not counted else sorted(counted)
    where = ", ".join(one.where for one in lists)
    notes = [note for one in lists for note in one.notes]
    if len(ids) < len(all_ids):
        notes.append(f"{where}: {len(all_ids) - len(ids):,} schools of which nothing is counted are left out")
    years = sorted({one.year for one in lists if one.year != ""})
    if len(years) > 1:
        notes.append(f"{where}: the files are of several years: {', '.join(years)}")
    rows = [_rows(one, ids) for one in lists]
    total = _first(lists, rows, lambda one: {"total": one.total}, ("total",), notes)["total"]
    place = _first(lists, rows, _places, ("lon", "lat"), [])
    missing: Counter[str] = Counter()
    for one in lists:
        missing.update(one.missing)
    return Enrolments(
        where,
        tuple(ids),
        _texts(lists, rows, lambda one: one.names),
        total,
        _first(lists, rows, lambda one: one.groups, GROUPS, notes),
        _first(lists, rows, lambda one: one.grades, GRADES, notes),
        _first(lists, rows, lambda one: one.poverty, MEASURES, notes),
        place.get("lon"),
        place.get("lat"),
        _texts(lists, rows, lambda one: one.low),
        _texts(lists, rows, lambda one: one.high),
        _kinds(lists, ids),
        _texts(lists, rows, lambda one: one.status),
        years[-1] if years else "",
        dict(missing),
        tuple(notes),
    )


def _counts_any(one: Enrolments) -> bool:
    return len(one.groups) + len(one.poverty) > 0 or not np.isnan(one.total).all()


def _rows(one: Enrolments, ids: Sequence[str]) -> np.ndarray:
    """(ids,) the row of each in the list, -1 where it is in none."""
    at = {name: k for k, name in enumerate(one.ids)}
    return np.array([at.get(name, -1) for name in ids], np.int64)


def _places(one: Enrolments) -> Counts:
    return {} if one.lon is None or one.lat is None else {"lon": one.lon, "lat": one.lat}


def _first(
    lists: Sequence[Enrolments],
    rows: Sequence[np.ndarray],
    of: Callable[[Enrolments], Counts],
    names: Sequence[str],
    notes: list[str],
) -> Counts:
    found: Counts = {}
    for name in names:
        for one, row in zip(lists, rows, strict=True):
            if name not in of(one):
                continue
            value = np.where(row >= 0, np.append(of(one)[name], np.nan)[row], np.nan)
            known = found.setdefault(name, value)
            differ = np.abs(known - value) > 0.5
            if differ.any():
                notes.append(f"{one.where}: {name} of {differ.sum():,} schools is another than in a file before it")
            found[name] = np.where(np.isnan(known), value, known)
    return found


def _texts(
    lists: Sequence[Enrolments], rows: Sequence[np.ndarray], of: Callable[[Enrolments], tuple[str, ...]]
) -> tuple[str, ...]:
    """(ids,) the first text that any list has."""
    told = [[of(one)[k] if k >= 0 and of(one) else "" for k in row] for one, row in zip(lists, rows, strict=True)]
    return tuple(next((text for text in texts if text), "") for texts in zip(*told, strict=True))


def _kinds(lists: Sequence[Enrolments], ids: Sequence[str]) -> tuple[str, ...]:
    words: dict[str, dict[str, None]] = {name: {} for name in ids}
    for one in lists:
        for name, kind in zip(one.ids, one.kinds, strict=bool(one.kinds)):
            if name in words:
                words[name] |= dict.fromkeys(word for word in kind.split(", ") if word)
    return tuple(", ".join(words[name]) for name in ids)


def doubtful(found: Enrolments) -> Enrolments:
    """The list with notes of what no plan should rest on: races that do not add up to the total, and counts of lunch
    that mean a programme in which all children of a school take part, and not need."""
    notes = list(found.notes)

    def note(mask: Bools, what: str) -> None:
        if mask.any():
            ids = [found.ids[k] for k in np.flatnonzero(mask).tolist()]
            notes.append(f"{found.where}: {len(ids):,} schools {what}: {listed(ids)}")

    if found.groups:
        away = np.abs(sum(found.groups.values(), start=np.zeros(len(found.ids))) - found.total) > 0.5
        without = ", ".join(name for name in GROUPS[:-1] if name not in found.groups)
        note(away, f"have races that do not add up to their total{f' (no column of {without})' * bool(without)}")
    programme = "mean the programme, not need"
    for measure, value in found.poverty.items():
        note(value > found.total, f"have {measure} above their enrolment, which may {programme}")
    under = np.array([bool(PROGRAMME.match(text)) for text in found.status], bool)
    note(under, f"feed all children (CEP, Provision 2): their counts of lunch {programme}")
    return replace(found, notes=tuple(notes))
