"""PL 94-171 as files of the census that no one table makes: a geographic header and segments, joined by record number.

Fields and positions: the Census Bureau's technical documentation of 2000, 2010 and 2020; names as in 2020.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from optimizer.errors import Fault, InputError
from scenarios.census.areas import Level
from scenarios.census.codes import SUMMARY
from scenarios.census.published import Published

SEGMENT = re.compile(rb"u?PL(?:ST)? *[|,](\w\w)[|,]\d*[|,](\d\d)[|,]", re.I)  # FILEID STUSAB CHARITER CIFSN
HEADER = re.compile(rb"PLST *\|(\w\w)\|\d{3}\||(?:PLST  |uPL   )(\w\w)\d{3}", re.I)  # FILEID STUSAB SUMLEV
BARS = 96  # in a row of the header of 2020, which begins as a segment does
HEAD = 5  # fields of a segment before its counts
RACE, BY_RACE, UNITS, QUARTERS = 71, 73, 3, 10
SEGMENTS = {  # by CIFSN: tables, and how many cells each has
    1: (("P1", RACE), ("P2", BY_RACE)),
    2: (("P3", RACE), ("P4", BY_RACE), ("H1", UNITS)),
    3: (("P5", QUARTERS),),
}
# By vintage, from 0: summary level, component, record number, state, county, tract, block group, block.
FIXED = {
    2000: ((8, 11), (11, 13), (18, 25), (29, 31), (31, 34), (55, 61), (61, 62), (62, 66)),
    2010: ((8, 11), (11, 13), (18, 25), (27, 29), (29, 32), (54, 60), (60, 61), (61, 65)),
}
FIELDS = (2, 4, 7, 9)  # of 2020: summary level, component, record number, code
DEPTH = {"040": 1, "050": 2, "140": 3, "150": 4, "750": 5}  # how many parts a code has


class Record(NamedTuple):
    """A row of a geographic header: the number that joins it to its counts, and its code with its level before it."""

    number: int
    code: str


def is_legacy(raw: bytes) -> bool:
    """Whether it is a file of PL 94-171, by its first bytes."""
    return SEGMENT.match(raw) is not None or HEADER.match(raw) is not None


def read_legacy(parts: Sequence[tuple[str, bytes]], level: Level) -> list[Published]:
    """A table for each state: its rows of one level, and those of counties and the state for control totals, since
    adding all rows counts people many times. Raises InputError."""
    segments: dict[tuple[str, int], list[tuple[str, bytes]]] = {}
    headers: dict[str, tuple[str, bytes]] = {}
    for name, raw in parts:
        header, segment = HEADER.match(raw), SEGMENT.match(raw)
        if header is not None and raw.split(b"\n", 1)[0].count(b"|") in (0, BARS):
            headers[(header[1] or header[2]).decode().upper()] = (name, raw)
        elif segment is not None and int(segment[2]) in SEGMENTS:
            segments.setdefault((segment[1].decode().upper(), int(segment[2])), []).append((name, raw))
    without = sorted({state for state, _ in segments} ^ set(headers))
    if without:
        problem = "no geographic header or no segments were given of the states"
        mend = "Give both: files such as ri2020.pl.zip hold them all"
        raise InputError(Fault(parts[0][0], problem, mend, ids=tuple(without)))
    return [
        _published(name, raw, {k: files for (of, k), files in sorted(segments.items()) if of == state}, level)
        for state, (name, raw) in headers.items()
    ]


def _published(where: str, raw: bytes, segments: dict[int, list[tuple[str, bytes]]], level: Level) -> Published:
    records = _records(where, raw, {level, "county", "state"})
    wanted = np.array([one.number for one in records], np.int64)
    frames = []
    for k, files in segments.items():
        counts = pd.concat([_segment(name, text, k) for name, text in files])
        counts = counts[~counts.index.duplicated()] if len(files) > 1 else counts
        lost = np.setdiff1d(wanted, counts.index.to_numpy())
        if len(lost) or counts.index.has_duplicates:
            problem = f"{len(lost):,} records of {where} are not in it" if len(lost) else "records stand twice"
            raise InputError(Fault(files[0][0], problem, "Take all files of one state from one place"))
        frames.append(counts.loc[wanted].reset_index(drop=True))
    values = {str(cell): frame[cell] for frame in frames for cell in frame}
    return Published(where, [one.code for one in records], values, {})


def _records(where: str, raw: bytes, levels: set[Level]) -> list[Record]:
    """The rows of these levels, without parts of areas such as their rural component."""
    lines = raw.decode("latin-1").replace("\r", "").removesuffix("\n").split("\n")
    wanted = {code for code, level in SUMMARY.items() if level in levels and code in DEPTH}
    try:
        if "|" in lines[0]:
            rows = [[row[k] for k in FIELDS] for line in lines if (row := line.split("|", FIELDS[-1] + 1))]
        else:
            vintage = 2000 if lines[0][:3].lower() == "upl" else 2010
            cuts, after = FIXED[vintage][:3], FIXED[vintage][3:]
            rows = [
                [*(line[a:b] for a, b in cuts), "".join(line[a:b] for a, b in after[: DEPTH.get(line[8:11], 0)])]
                for line in lines
            ]
        return [Record(int(row[2]), f"{row[0]}00US{row[3]}") for row in rows if row[0] in wanted and row[1] == "00"]
    except (IndexError, ValueError):
        raise InputError(Fault(where, "is no geographic header of PL 94-171", "Take it anew")) from None


def _segment(where: str, raw: bytes, k: int) -> pd.DataFrame:
    """(records, cells) counts, by record number."""
    names = [f"{table}_{n:03}" for table, cells in SEGMENTS[k] for n in range(1, cells + 1)]
    mark = "|" if b"|" in raw[:100] else ","
    fields = raw.split(b"\n", 1)[0].count(mark.encode()) + 1
    if k == 2 and fields == HEAD + len(names) - UNITS:  # in 2000 without housing units
        names = names[:-UNITS]
    if fields != HEAD + len(names):
        problem = f"has {fields} fields, where a segment {k:05} has {HEAD + len(names)}"
        raise InputError(Fault(where, problem, "Take it anew"))
    places = range(HEAD - 1, fields)
    try:
        kinds: Any = dict.fromkeys(places, np.float64) | {HEAD - 1: np.int64}
        frame = pd.read_csv(
            io.BytesIO(raw), sep=mark, header=None, usecols=list(places), dtype=kinds, encoding="latin-1"
        )
    except (ValueError, pd.errors.ParserError):
        raise InputError(Fault(where, "holds records that are not all numbers", "Take it anew")) from None
    return frame.set_axis(["", *names], axis=1).set_index("")
